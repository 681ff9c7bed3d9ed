//! Rules that tie parameters together, and what the options of the server refuse. Parameters by
//! themselves are checked before.

use super::api::Context;
use super::envelope::Refusal;
use super::list_facts::{Cap, ListFacts};
use super::params::Params;
use crate::world::Listing;
use serde_json::Value;

/// The one buying type that some accounts may not ask for.
const TOP_VIEW: &str = "RESERVATION_TOP_VIEW";

/// Checks a request, and sets the window that applies without one.
pub(crate) fn check(
    context: &Context,
    facts: &ListFacts,
    params: &mut Params,
) -> Result<(), Refusal> {
    for names in &facts.exactly_one {
        let given = names.iter().filter(|name| params.text(name).is_some()).count();
        if given != 1 {
            return Err(Refusal::wrong(format!("exactly one of {} is needed", names.join(", "))));
        }
    }
    for [at, value, needed] in &facts.needs {
        let has_value = params.at(at).is_some_and(|given| has(&given, &value[0]));
        if has_value && params.at(needed).is_none() {
            let why = format!("{}: required with {} {}", needed.join("."), at[0], value[0]);
            return Err(Refusal::wrong(why));
        }
    }
    for filter in &facts.filters {
        let Some(given) = filter.given(params) else { continue };
        let alone = filter.alone.as_ref().filter(|alone| given.contains(*alone));
        if let Some(value) = alone.filter(|_| given.len() > 1) {
            return Err(Refusal::wrong(format!("{}: {value} only on its own", filter.name())));
        }
        check_page(facts, params)?;
        if alone.is_some_and(|value| value == TOP_VIEW) && context.options.refuse_top_view {
            let why = format!("{}: {TOP_VIEW} is not supported for this advertiser", filter.name());
            return Err(Refusal::by_option(40002, why));
        }
        if context.options.sandbox && filter.is_of(&facts.not_in_sandbox) {
            let why = format!("{} is not supported in sandbox", filter.name());
            return Err(Refusal::by_option(40009, why));
        }
    }
    let today = context.world.today_utc();
    facts.windows.iter().try_for_each(|window| window.check(params, today))?;
    if let Some(Cap::PageTimesSize(most)) = &facts.cap {
        let most = context.options.cap(facts.endpoint.path).unwrap_or(*most);
        if params.page() * params.page_size() > most {
            return Err(Refusal::wrong(format!("page * page_size must not exceed {most}")));
        }
    }
    Ok(())
}

/// The smaller page that some filters ask for.
fn check_page(facts: &ListFacts, params: &Params) -> Result<(), Refusal> {
    let Some((at, value, most)) = &facts.smaller_page else { return Ok(()) };
    let asked = params.at(at).is_some_and(|given| has(&given, value));
    if asked && params.page_size() > *most {
        let why = format!("page_size: must be between 1 and {most} with {value}");
        return Err(Refusal::wrong(why));
    }
    Ok(())
}

/// Whether a value is the text, or an array that has it; `*` is any value.
fn has(given: &Value, text: &str) -> bool {
    text == "*"
        || given == text
        || given.as_array().is_some_and(|all| all.iter().any(|one| one == text))
}

/// Refuses what the options refuse, and single ids that no row has.
pub(crate) fn check_ids(
    context: &Context,
    facts: &ListFacts,
    params: &Params,
    listing: &Listing,
) -> Result<(), Refusal> {
    for filter in &facts.filters {
        let Some(given) = filter.given(params) else { continue };
        let refused = &context.options.refused_parents;
        if let Some(id) = given.iter().find(|id| refused.contains(id)) {
            let why = format!("No permission to operate {} {id}", filter.name());
            return Err(Refusal::by_option(40001, why));
        }
        if filter.exists && !listing.has_parents(&given) {
            let why = format!("{}: {} does not exist", filter.name(), given.join(", "));
            return Err(Refusal::of(40007, why));
        }
    }
    Ok(())
}
