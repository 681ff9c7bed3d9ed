//! Whose rows a request asks for: accounts, a Business Center, a page library, or nobody's in
//! particular; and whether the token may read them.

use super::api::Context;
use super::envelope::Refusal;
use super::list_facts::ListFacts;
use super::params::Params;
use super::{APP_ID, SECRET};
use crate::{World, facts};

/// The ids of the owners that the request names.
pub(crate) fn of(
    context: &Context,
    facts: &ListFacts,
    params: &Params,
) -> Result<Vec<String>, Refusal> {
    let mut owners = Vec::new();
    let file = facts::find(facts.endpoint.path).expect("it is the same path");
    for param in facts.endpoint.params {
        let Some(value) = params.text(param.name) else { continue };
        match file.json["params"][param.name]["type"].as_str() {
            Some("account") => owners.push(context.account(value)?.advertiser_id.clone()),
            Some("accounts") => {
                for id in params.texts(param.name).unwrap_or_default() {
                    owners.push(context.account(&id)?.advertiser_id.clone());
                }
            }
            Some("business_center") => owners.push(business_center(context, value)?),
            Some("library") => owners.push(library(context, value)?),
            Some("app_id") if value != APP_ID => {
                let why = "The app_id does not belong to the access token.";
                return Err(Refusal::of(40113, why));
            }
            Some("secret") if value != SECRET => {
                let why = "The app_id and the secret do not fit together.";
                return Err(Refusal::of(40101, why));
            }
            _ => {}
        }
    }
    Ok(owners)
}

/// Every owner that an endpoint has rows of; a single empty one when the rows are nobody's.
pub(crate) fn all(world: &World, facts: &ListFacts) -> Vec<String> {
    let file = facts::find(facts.endpoint.path).expect("it is the same path");
    let mut owners = Vec::new();
    for param in facts.endpoint.params.iter().filter(|_| file.json["rows"]["global"] != true) {
        match file.json["params"][param.name]["type"].as_str() {
            Some("account" | "accounts") => {
                owners.extend(world.accounts().iter().map(|account| account.advertiser_id.clone()));
            }
            Some("business_center") => owners.extend(world.business_centers()),
            Some("library") => owners.extend(world.libraries()),
            _ => {}
        }
    }
    if owners.is_empty() { vec![String::new()] } else { owners }
}

/// A Business Center that the token may read.
pub(crate) fn business_center(context: &Context, id: &str) -> Result<String, Refusal> {
    let message = format!("No permission to operate business center {id}");
    if context.options.refused_business_centers.iter().any(|refused| refused == id) {
        return Err(Refusal::by_option(40001, message));
    }
    let known = context.world.business_centers().into_iter().find(|known| known == id);
    known.ok_or_else(|| Refusal::of(40001, message))
}

fn library(context: &Context, id: &str) -> Result<String, Refusal> {
    let known = context.world.libraries().into_iter().find(|known| known == id);
    known.ok_or_else(|| Refusal::of(40001, format!("No permission to operate library {id}")))
}
