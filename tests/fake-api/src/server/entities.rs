//! Answers about campaigns, ad groups and ads. Owns filters and pages; rows come from the world,
//! which hides nothing: what requests see by default is decided here.

use super::api::Context;
use super::envelope::{Answer, Data, Refusal, page_info};
use super::params::{Params, strings};
use crate::Kind;
use crate::world::{Modified, Node, Tree};
use serde_json::{Map, Value};

const TOP_VIEW: &str = "RESERVATION_TOP_VIEW";

/// `campaign/get/`.
pub(crate) fn campaigns(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    answer(context, params, Kind::Campaign)
}

/// `adgroup/get/`.
pub(crate) fn adgroups(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    answer(context, params, Kind::Adgroup)
}

/// `ad/get/`.
pub(crate) fn ads(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    answer(context, params, Kind::Ad)
}

fn answer(context: &Context, params: &Params, kind: Kind) -> Result<Answer, Refusal> {
    let account = context.account(params.text("advertiser_id").unwrap_or_default())?;
    let filtering = params.json("filtering");
    let no_filter = Map::new();
    let filtering = filtering.as_object().unwrap_or(&no_filter);
    check(context, params, kind, filtering)?;

    let tree = context.world.tree(account);
    let filter = Filter { context, kind, tree: &tree, filtering };
    let nodes: Vec<_> =
        tree.nodes(kind).iter().rev().filter(|node| filter.shows(account, node)).collect();
    let (page, size) = (params.page(), params.page_size());
    let fields = params.texts("fields");
    let nulls = params.text("exclude_field_types_in_response").is_none();
    let mut rows = String::new();
    for node in nodes.iter().skip(params.offset()).take(size) {
        let mut row = context.world.row(account, &tree, kind, node);
        if context.options.sandbox {
            row.remove("secondary_status");
        }
        let wanted = |key: &str| {
            fields.as_ref().is_none_or(|fields| fields.iter().any(|field| field == key))
        };
        row.retain(|key, value| wanted(key) && (nulls || value != "null"));
        if !rows.is_empty() {
            rows.push(',');
        }
        row.write(&mut rows);
    }
    let null = nodes.is_empty() && kind == Kind::Campaign;
    let page_info = Some(page_info(page, size, nodes.len()));
    Ok(Answer {
        data: Data::List { rows, page_info, total_metrics: None, null },
        ..Answer::default()
    })
}

/// Rules that tie parameters together.
fn check(
    context: &Context,
    params: &Params,
    kind: Kind,
    filtering: &Map<String, Value>,
) -> Result<(), Refusal> {
    let buying_types = filtering.get("buying_types").map(strings).unwrap_or_default();
    if buying_types.iter().any(|name| name == TOP_VIEW) {
        if buying_types.len() > 1 {
            return Err(Refusal::wrong(format!(
                "filtering: buying_types: {TOP_VIEW} only on its own"
            )));
        }
        if kind == Kind::Adgroup && params.page_size() > 100 {
            return Err(Refusal::wrong(format!(
                "page_size: must be between 1 and 100 with {TOP_VIEW}"
            )));
        }
        if context.options.refuse_top_view {
            return Err(Refusal::by_option(
                40002,
                format!("filtering: buying_types: {TOP_VIEW} is not supported for this advertiser"),
            ));
        }
    }
    if context.options.sandbox && filtering.contains_key("secondary_status") {
        return Err(Refusal::by_option(
            40009,
            "filtering: secondary_status is not supported in sandbox",
        ));
    }
    Ok(())
}

struct Filter<'a> {
    context: &'a Context<'a>,
    kind: Kind,
    tree: &'a Tree,
    filtering: &'a Map<String, Value>,
}

impl Filter<'_> {
    fn shows(&self, account: &crate::Account, node: &Node) -> bool {
        let unlisted = &self.context.options.unlisted_campaigns;
        let is_unlisted = self.kind == Kind::Campaign && unlisted.contains(&node.id);
        !is_unlisted
            && self.shows_by_default(node)
            && self.filtering.iter().all(|(name, value)| self.matches(account, node, name, value))
    }

    /// What is hidden unless the filter says otherwise: deleted, `TopView`, Promote.
    fn shows_by_default(&self, node: &Node) -> bool {
        let names = |key: &str| self.filtering.get(key).map(strings);
        let buying_types = names("buying_types").unwrap_or_else(|| vec!["AUCTION".to_owned()]);
        let origins =
            names("campaign_system_origins").unwrap_or_else(|| vec!["TT_ADS_PLATFORM".to_owned()]);
        let buying_type = if node.top_view { TOP_VIEW } else { "AUCTION" };
        let origin = if node.promote { "PROMOTE" } else { "TT_ADS_PLATFORM" };
        buying_types.iter().any(|name| name == buying_type)
            && origins.iter().any(|name| name == origin)
            && self.shows_status(node)
    }

    fn shows_status(&self, node: &Node) -> bool {
        let text = |key: &str| self.filtering.get(key).and_then(Value::as_str);
        if let Some(status) = text("secondary_status") {
            let state = status.split_once("_STATUS_").map_or(status, |(_, state)| state);
            let enabled = node.enabled && !node.deleted;
            return match state.trim_start_matches("STATUS_") {
                "ALL" => true,
                "NOT_DELETE" => !node.deleted,
                "DELETE" => node.deleted,
                "DISABLE" => !node.deleted && !node.enabled,
                "ENABLE" => enabled && self.kind == Kind::Campaign,
                "DELIVERY_OK" => enabled && self.kind != Kind::Campaign,
                _ => false,
            };
        }
        match text("primary_status").unwrap_or("STATUS_NOT_DELETE") {
            "STATUS_ALL" => true,
            "STATUS_NOT_DELETE" => !node.deleted,
            "STATUS_DELETE" => node.deleted,
            "STATUS_DELIVERY_OK" => !node.deleted && node.enabled,
            "STATUS_DISABLE" => !node.deleted && !node.enabled,
            _ => false,
        }
    }

    fn matches(&self, account: &crate::Account, node: &Node, name: &str, value: &Value) -> bool {
        let campaign = &self.tree.campaigns[node.campaign];
        let has =
            |id: &str| value.as_array().is_some_and(|ids| ids.iter().any(|wanted| wanted == id));
        let text = value.as_str().unwrap_or_default();
        match name {
            // Decided by `shows_by_default`.
            "primary_status" | "secondary_status" | "buying_types" | "campaign_system_origins" => {
                true
            }
            "campaign_ids" => has(&campaign.id),
            "adgroup_ids" => has(&self.tree.adgroups[node.adgroup].id),
            "ad_ids" => has(&node.id),
            "campaign_name" | "adgroup_name" | "ad_name" => node.name.contains(text),
            // Times of this form sort like texts.
            "creation_filter_start_time" => node.create_time.as_str() >= text,
            "creation_filter_end_time" => node.create_time.as_str() <= text,
            // Smart+ ads have no time to compare; they are not withheld for it.
            "modified_after" => {
                !matches!(&node.modified, Modified::At(time) if time.as_str() <= text)
            }
            "objective_type" => {
                let row = self.context.world.row(account, self.tree, Kind::Campaign, campaign);
                row.get(name) == Some(&value.to_string())
            }
            _ => {
                let row = self.context.world.row(account, self.tree, self.kind, node);
                let singular = row.get(name).or_else(|| row.get(name.trim_end_matches('s')));
                let wanted = value.as_array().map_or_else(
                    || vec![value.to_string()],
                    |all| all.iter().map(Value::to_string).collect(),
                );
                singular.is_some_and(|value| wanted.iter().any(|wanted| wanted == value))
            }
        }
    }
}
