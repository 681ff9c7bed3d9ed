//! The parts that a report is asked for in: whose it is, the stores, campaigns or ads that its
//! calls name, and the columns that only these calls know.

use super::report::Pairs;
use fake_tiktok::{Kind, ReportQuery, World};
use serde_json::Value;
use tap_tiktok_ads::streams::{Per, Stream};

/// One part of a report.
pub(super) struct Part {
    /// Owner, dimensions and ids of the query.
    pub query: ReportQuery,
    /// Columns that all of its rows have in common.
    pub columns: Pairs,
}

impl Part {
    /// The same part with one of these values only.
    fn of(mut self, name: &str, values: &[String]) -> Part {
        self.query.ids.push((name.to_owned(), values.to_vec()));
        self
    }

    /// The same part for one value, which rows have in a column.
    fn in_column(self, name: &str, value: &str) -> Part {
        let mut part = self.of(name, &[value.to_owned()]);
        part.columns.push((name.to_owned(), format!("\"{value}\"")));
        part.query.dimensions.retain(|dimension| dimension != name);
        part
    }
}

/// All parts of a report of an account or a Business Center.
pub(super) fn parts(world: &World, stream: &Stream, owner: &str) -> Vec<Part> {
    let report = stream.report().expect("a report");
    let part = || {
        let is_of_center = stream.per == Per::BusinessCenter;
        let query = ReportQuery {
            advertiser_id: if is_of_center { String::new() } else { owner.to_owned() },
            bc_id: if is_of_center { owner.to_owned() } else { String::new() },
            dimensions: report.dimensions.iter().map(|name| (*name).to_owned()).collect(),
            ..ReportQuery::default()
        };
        Part { query, columns: Pairs::new() }
    };
    let shown = |kind: Kind| -> Vec<String> {
        let entities = world.entities(kind, owner).into_iter().filter(|entity| !entity.deleted);
        entities.map(|entity| entity.id).collect()
    };
    let fixed = |mut part: Part, dimensions: &[&str]| {
        part.query.dimensions = dimensions.iter().map(|name| (*name).to_owned()).collect();
        part
    };
    match report.report_type {
        "GMV_MAX" => {
            let of_store = |store: &String| of_pass(stream, part()).in_column("store_id", store);
            // Rows of products do not name their campaign.
            let names = |name: &str| report.dimensions.contains(&name);
            if !names("item_group_id") || names("item_id") {
                return world.stores().iter().map(of_store).collect();
            }
            let campaigns = gmv_max_campaigns(world, owner);
            let of_campaigns = |store: &String| -> Vec<Part> {
                let of = |campaign: &String| of_store(store).in_column("campaign_id", campaign);
                campaigns.iter().map(of).collect()
            };
            world.stores().iter().flat_map(of_campaigns).collect()
        }
        "CREATIVE" => vec![of_pass(stream, fixed(part(), &MATERIAL))],
        "VIDEO_PERFORMANCE" => {
            let videos = fixed(part(), &["ad_id", "video_id", "duration"]);
            vec![videos.of("ad_id", &shown(Kind::Ad))]
        }
        "BID_PROTECTION" => [("CAMPAIGN", Kind::Campaign), ("ADGROUP", Kind::Adgroup)]
            .map(|(level, kind)| {
                part().of("data_level", &[level.to_owned()]).of("query_id", &shown(kind))
            })
            .into(),
        _ => vec![part()],
    }
}

/// Columns of a report of materials.
const MATERIAL: [&str; 12] = [
    "material_id",
    "material_name",
    "video_id",
    "image_id",
    "page_id",
    "create_time",
    "source",
    "country_code",
    "placement",
    "num_ads",
    "currency",
    "related_ad_ids",
];

/// The filter of a stream's only pass.
fn of_pass(stream: &Stream, part: Part) -> Part {
    let params = stream.call.passes.iter().flat_map(|pass| pass.params);
    params.fold(part, |part, (name, value)| match *name {
        "filtering.gmv_max_promotion_types" => {
            let types: Vec<String> = serde_json::from_str(value).expect("an array of texts");
            part.of("promotion_type", &types)
        }
        "material_type" => part.of("material_type", &[(*value).to_owned()]),
        other => panic!("{other} is missing here"),
    })
}

fn gmv_max_campaigns(world: &World, account: &str) -> Vec<String> {
    let text = |raw: &str| serde_json::from_str::<Value>(raw).ok()?.as_str().map(str::to_owned);
    let rows = world.listed("gmv_max/campaign/get/", account).into_iter();
    let shown = rows.filter(|row| row.get("_state") != Some("\"DELETE\""));
    shown.filter_map(|row| text(row.get("campaign_id")?)).collect()
}
