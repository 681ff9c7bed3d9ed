//! Answers of every endpoint that lists rows: who may read them, which of them pass the filters,
//! and the page asked for. The facts say what the endpoint takes, the world has the rows.

use super::api::Context;
use super::envelope::{Answer, Data, Refusal, page_info};
use super::filter::Filters;
use super::list_facts::{ListFacts, Shape, ShapeKind};
use super::params::Params;
use super::{APP_ID, SECRET};
use crate::Row;
use crate::facts;

/// The one buying type that cannot be asked for together with others.
const TOP_VIEW: &str = "RESERVATION_TOP_VIEW";

/// Answers a request to an endpoint of the files of facts.
pub(crate) fn answer(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    let facts = params.facts().expect("only endpoints with facts come here");
    let owner = owner(context, facts, params)?;
    check(context, facts, params)?;
    let listing = context.world.listing(facts.endpoint.path, &owner);
    let filters = Filters::of(&facts.filters, params);
    let shown: Vec<_> = listing
        .items()
        .into_iter()
        .filter(|item| !context.options.unlisted_campaigns.iter().any(|id| item.is_campaign(id)))
        .filter(|item| filters.pass(item))
        .collect();
    let paged = facts.endpoint.largest_page.is_some();
    let (page, size) = (params.page(), params.page_size());
    let (skip, take) = if paged { (params.offset(), size) } else { (0, usize::MAX) };
    let wanted = Wanted::of(context, facts, params);
    let rows = shown.iter().skip(skip).take(take).map(|item| wanted.of_row(item.row()).json());
    let page_info = paged.then(|| page_info(page, size, shown.len()));
    let data = shaped(&facts.shape, rows.collect(), page_info);
    Ok(Answer { data, ..Answer::default() })
}

/// Puts the rows where the endpoint has them.
fn shaped(shape: &Shape, rows: Vec<String>, page_info: Option<String>) -> Data {
    let member = &shape.member;
    match shape.kind {
        ShapeKind::List if member == "list" => {
            let null = shape.null && rows.is_empty();
            Data::List { rows: rows.join(","), page_info, total_metrics: None, null }
        }
        ShapeKind::List => Data::Shaped {
            open: format!("{{\"{member}\":["),
            rows: rows.join(","),
            close: "]",
            page_info,
            end: "}".to_owned(),
        },
        ShapeKind::Object => {
            let row = rows.into_iter().next().unwrap_or_else(|| "{}".to_owned());
            let inside = !member.is_empty();
            Data::Raw(if inside { format!("{{\"{member}\":{row}}}") } else { row })
        }
    }
}

/// Whose rows are asked for, if the token may read them.
fn owner(context: &Context, facts: &ListFacts, params: &Params) -> Result<Vec<String>, Refusal> {
    let mut owner = Vec::new();
    let file = facts::find(facts.endpoint.path).expect("it is the same path");
    for param in facts.endpoint.params {
        match file.json["params"][param.name]["type"].as_str() {
            Some("account") => {
                let id = params.text(param.name).unwrap_or_default();
                owner.push(context.account(id)?.advertiser_id.clone());
            }
            Some("accounts") => {
                for id in params.texts(param.name).unwrap_or_default() {
                    owner.push(context.account(&id)?.advertiser_id.clone());
                }
            }
            Some("app_id") if params.text(param.name) != Some(APP_ID) => {
                let why = "The app_id does not belong to the access token.";
                return Err(Refusal::of(40113, why));
            }
            Some("secret") if params.text(param.name) != Some(SECRET) => {
                let why = "The app_id and the secret do not fit together.";
                return Err(Refusal::of(40101, why));
            }
            _ => {}
        }
    }
    Ok(owner)
}

/// Rules that tie parameters together.
fn check(context: &Context, facts: &ListFacts, params: &Params) -> Result<(), Refusal> {
    for filter in &facts.filters {
        let Some(given) = filter.given(params) else { continue };
        let alone = filter.alone.as_ref().is_some_and(|alone| given.contains(alone));
        if alone && given.len() > 1 {
            let why = format!("{}: {TOP_VIEW} only on its own", filter.name());
            return Err(Refusal::wrong(why));
        }
        if alone && context.options.refuse_top_view {
            let why = format!("{}: {TOP_VIEW} is not supported for this advertiser", filter.name());
            check_page(facts, params)?;
            return Err(Refusal::by_option(40002, why));
        }
        if context.options.sandbox && filter.is_of(&facts.not_in_sandbox) {
            let why = format!("{} is not supported in sandbox", filter.name());
            return Err(Refusal::by_option(40009, why));
        }
    }
    check_page(facts, params)
}

/// The smaller page that some filters ask for.
fn check_page(facts: &ListFacts, params: &Params) -> Result<(), Refusal> {
    let Some((at, value, most)) = &facts.smaller_page else { return Ok(()) };
    let asked = params.at(at).is_some_and(|given| {
        given.as_array().is_some_and(|all| all.iter().any(|one| one == value))
    });
    if asked && params.page_size() > *most {
        let why = format!("page_size: must be between 1 and {most} with {value}");
        return Err(Refusal::wrong(why));
    }
    Ok(())
}

/// Which members of rows a request gets.
struct Wanted<'a> {
    fields: Option<Vec<String>>,
    nulls: bool,
    left_out: &'a [String],
}

impl<'a> Wanted<'a> {
    fn of(context: &Context, facts: &'a ListFacts, params: &Params) -> Self {
        Self {
            fields: params.texts("fields"),
            nulls: params.text("exclude_field_types_in_response").is_none(),
            left_out: if context.options.sandbox { &facts.not_in_sandbox } else { &[] },
        }
    }

    fn of_row(&self, mut row: Row) -> Row {
        let named = |key: &str| {
            self.fields.as_ref().is_none_or(|fields| fields.iter().any(|field| field == key))
        };
        row.retain(|key, value| {
            let hidden = key.starts_with('_') || self.left_out.iter().any(|name| name == key);
            named(key) && !hidden && (self.nulls || value != "null")
        });
        row
    }
}
