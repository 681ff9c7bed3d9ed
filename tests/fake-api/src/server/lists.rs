//! Answers of every endpoint that lists rows: which of them pass the filters, and the page asked
//! for. The facts say what the endpoint takes, the world has the rows.

use super::api::Context;
use super::envelope::{Answer, Refusal, page_info};
use super::filter::Filters;
use super::list_facts::{Cap, ListFacts};
use super::params::Params;
use super::{owners, rules};
use crate::Row;
use crate::world::{Item, Listing};

/// Answers a request to an endpoint of the files of facts.
pub(crate) fn answer(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    let facts = params.facts().expect("only endpoints with facts come here");
    let owner = owners::of(context, facts, params)?;
    let mut params = params.clone();
    rules::check(context, facts, &mut params)?;
    let listing = listing(context, facts, &params, &owner);
    rules::check_ids(context, facts, &params, &listing)?;
    let items = listing.items();
    let shown = shown(context, facts, &params, &items);
    if facts.shape.refused_empty && shown.is_empty() {
        // Clients find out by asking, so this is no mistake of theirs.
        return Err(Refusal::by_option(40002, "The combination is not supported."));
    }
    let paged = facts.endpoint.largest_page.is_some();
    let (page, size) = (params.page(), params.page_size());
    let (skip, take) = if paged { (params.offset(), size) } else { (0, usize::MAX) };
    let wanted = Wanted::of(context, facts, &params);
    let rows: Vec<_> =
        shown.iter().skip(skip).take(take).map(|item| wanted.of_row(item.row())).collect();
    let counts_all = facts.page_info_with.as_ref().is_none_or(|at| params.at(at).is_some());
    let total = if counts_all { shown.len() } else { rows.len() };
    let page_info = (paged && facts.page_info).then(|| page_info(page, size, total));
    let data = facts.shape.data(&rows, page_info, context.world.turn(&owner));
    Ok(Answer { data, ..Answer::default() })
}

/// All rows of the owner; those that are sums over a window are made for it.
pub(crate) fn listing<'a>(
    context: &Context<'a>,
    facts: &ListFacts,
    params: &Params,
    owner: &[String],
) -> Listing<'a> {
    let window = facts.windows.first().and_then(|window| window.text(params));
    context.world.listing(facts.endpoint.path, owner, window)
}

/// The rows that the request sees.
pub(crate) fn shown<'a>(
    context: &Context,
    facts: &ListFacts,
    params: &Params,
    items: &'a [Item<'a>],
) -> Vec<&'a Item<'a>> {
    let filters = Filters::of(&facts.filters, params);
    let listed =
        |item: &&Item| !context.options.unlisted_campaigns.iter().any(|id| item.is_campaign(id));
    let mut shown: Vec<_> = items.iter().filter(listed).filter(|item| filters.pass(item)).collect();
    if let Some(Cap::Rows(most, unless)) = &facts.cap {
        let most = context.options.cap(facts.endpoint.path).unwrap_or(*most);
        if shown.len() > most && !unless.iter().any(|at| params.at(at).is_some()) {
            shown.sort_by(|one, two| two.member("modify_time").cmp(&one.member("modify_time")));
            shown.truncate(most);
        }
    }
    shown
}

/// Which members of rows a request gets.
struct Wanted<'a> {
    fields: Option<Vec<String>>,
    nulls: bool,
    left_out: Vec<&'a String>,
}

impl<'a> Wanted<'a> {
    fn of(context: &Context, facts: &'a ListFacts, params: &Params) -> Self {
        let fields = params.texts("fields");
        let named = |name: &&String| fields.as_ref().is_some_and(|fields| fields.contains(name));
        let mut left_out: Vec<_> =
            facts.only_with_fields.iter().filter(|name| !named(name)).collect();
        if context.options.sandbox {
            left_out.extend(&facts.not_in_sandbox);
        }
        let nulls = params.text("exclude_field_types_in_response").is_none() && !facts.drops_nulls;
        // Members beyond the usual ones come beside them, not instead.
        let fields = fields.filter(|_| facts.only_with_fields.is_empty());
        Self { fields, nulls, left_out }
    }

    fn of_row(&self, mut row: Row) -> Row {
        let named = |key: &str| {
            self.fields.as_ref().is_none_or(|fields| fields.iter().any(|field| field == key))
        };
        row.retain(|key, value| {
            let left_out = self.left_out.iter().any(|name| *name == key);
            key.starts_with('_') || (named(key) && !left_out && (self.nulls || value != "null"))
        });
        row
    }
}
