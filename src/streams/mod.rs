//! What can be replicated: one entry a stream, and how its schema is put together. It knows
//! TikTok's resources and nothing of requests, catalogs or records.

pub mod dictionary;
mod schema;
mod table;

use dictionary::{Grain, Grouping};
pub use schema::schema;
pub use table::STREAMS;

/// One stream: an entry of [`STREAMS`].
#[derive(Debug)]
pub struct Stream {
    /// Its name, as in the Python tap where that has it.
    pub name: &'static str,
    /// Which `stream_groups` brings it.
    pub group: Group,
    /// One line for people.
    pub about: &'static str,
    /// Key properties, never null.
    pub keys: &'static [&'static str],
    /// Where its rows come from.
    pub source: Source,
}

/// A set of streams that the setting `stream_groups` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The streams of the Python tap, and the insights of every level.
    Core,
}

impl Group {
    /// As it is written in the setting.
    pub fn name(self) -> &'static str {
        match self {
            Group::Core => "core",
        }
    }
}

/// Where rows come from.
#[derive(Debug)]
pub enum Source {
    /// The account itself, from the one `advertiser/info` that the run begins with.
    Account(Account),
    /// A list that an account has.
    Entity(Entity),
    /// A report of an account.
    Report(Report),
}

/// The advertisers themselves.
#[derive(Debug)]
pub struct Account {
    /// JSON Schema of a row.
    pub schema: &'static str,
}

/// A paged list of one account.
#[derive(Debug)]
pub struct Entity {
    /// Below `/open_api/v1.3/`, with its slash at the end: without it TikTok answers 404.
    pub path: &'static str,
    /// The member of `data` that holds the rows.
    pub list: &'static str,
    /// JSON Schema of a row.
    pub schema: &'static str,
    /// The time of the last change, which the bookmark holds and `modified_after` compares.
    pub cursor: Option<&'static str>,
    /// Whether TikTok can leave out what did not change since (`filtering.modified_after`, UTC).
    pub modified_after: bool,
    /// Whether rows can be deleted: TikTok hides those unless asked for them
    /// (`filtering.primary_status`), and rows get `current_status`, as in the Python tap.
    pub deletable: bool,
    /// Calls that together give all rows; each is paged by itself.
    pub passes: &'static [Pass],
    /// Whether the sandbox has it.
    pub in_sandbox: bool,
}

/// One call for a part of a list.
#[derive(Debug)]
pub struct Pass {
    /// Members of `filtering`: arrays of text.
    pub filters: &'static [(&'static str, &'static [&'static str])],
    /// The most rows a page that TikTok takes.
    pub page_size: u64,
    /// Where a refusal costs a note instead of the stream: what the pass is called in the state,
    /// which holds a bookmark for it until it is answered.
    pub optional: Option<&'static str>,
}

/// A `report/integrated/get/` of one account.
#[derive(Debug)]
pub struct Report {
    /// `BASIC`, `AUDIENCE`.
    pub report_type: &'static str,
    /// `AUCTION_AD` and so on: the entity that rows are about.
    pub data_level: &'static str,
    /// The id of the level, breakdowns, and the time: what a row is for.
    pub dimensions: &'static [&'static str],
}

impl Report {
    /// What its rows are grouped by; all reports of the table are daily.
    pub fn grouping(&self) -> Grouping<'_> {
        Grouping {
            report_type: self.report_type,
            data_level: Some(self.data_level),
            dimensions: self.dimensions,
            grain: Grain::Day,
        }
    }

    /// The dimension that windows go by.
    pub fn time_dimension(&self) -> Option<&'static str> {
        self.dimensions.iter().copied().find(|d| d.starts_with("stat_time"))
    }

    /// Whether the sandbox has it: it knows no advertiser level.
    pub fn in_sandbox(&self) -> bool {
        self.data_level != "AUCTION_ADVERTISER"
    }

    /// Whether rows are about campaigns, ad groups or ads: TikTok leaves out Promote and `TopView`
    /// there unless asked for them, while the account holds both.
    pub fn is_below_account(&self) -> bool {
        self.data_level != "AUCTION_ADVERTISER"
    }

    /// The report of the account for the same days, without breakdowns.
    pub fn of_account(&self) -> Report {
        Report {
            report_type: self.report_type,
            data_level: "AUCTION_ADVERTISER",
            dimensions: &["advertiser_id", "stat_time_day"],
        }
    }

    /// The name of the filter that decides about deleted entities, which must fit the level. The
    /// advertiser level has none: its totals always hold them.
    pub fn status_filter(&self) -> Option<&'static str> {
        match self.data_level {
            "AUCTION_CAMPAIGN" => Some("campaign_status"),
            "AUCTION_ADGROUP" => Some("adgroup_status"),
            "AUCTION_AD" => Some("ad_status"),
            _ => None,
        }
    }
}

impl Stream {
    /// The field that bookmarks hold, if the stream is incremental.
    pub fn replication_key(&self) -> Option<&'static str> {
        match &self.source {
            Source::Account(_) => None,
            Source::Entity(entity) => entity.cursor,
            Source::Report(report) => report.time_dimension(),
        }
    }

    /// Whether the sandbox has it.
    pub fn in_sandbox(&self) -> bool {
        match &self.source {
            Source::Account(_) => false,
            Source::Entity(entity) => entity.in_sandbox,
            Source::Report(report) => report.in_sandbox(),
        }
    }

    /// The endpoint, below `/open_api/v1.3/`.
    pub fn path(&self) -> &'static str {
        match &self.source {
            Source::Account(_) => ADVERTISER_INFO,
            Source::Entity(entity) => entity.path,
            Source::Report(_) => REPORT,
        }
    }
}

/// Describes up to 100 accounts a call.
pub const ADVERTISER_INFO: &str = "advertiser/info/";
/// All reports but GMV Max and a few of creatives.
pub const REPORT: &str = "report/integrated/get/";

/// The stream of that name.
pub fn find(name: &str) -> Option<&'static Stream> {
    STREAMS.iter().find(|s| s.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_entry_fits_its_schema_and_the_targets() {
        let mut names = HashSet::new();
        for stream in STREAMS {
            let name = stream.name;
            assert!(names.insert(name), "{name} stands twice");
            assert!(
                name.len() < 63 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                "{name}"
            );
            let schema = schema(stream);
            let properties = schema["properties"].as_object().expect("an object");
            for key in stream.keys.iter().chain(stream.replication_key().iter()) {
                assert!(properties.contains_key(*key), "{name}.{key}");
            }
            let lower: HashSet<String> = properties.keys().map(|p| p.to_lowercase()).collect();
            assert_eq!(lower.len(), properties.len(), "{name}: names that differ in case only");
            assert!(
                serde_json::to_string(&schema).expect("json").len() < 60_000,
                "{name}: a SCHEMA line must stay below 64 KiB"
            );
        }
    }

    #[test]
    fn every_report_asks_for_what_its_type_and_level_have() {
        let dictionary = dictionary::dictionary();
        for stream in STREAMS {
            let Source::Report(report) = &stream.source else { continue };
            let grouping = report.grouping();
            for name in report.dimensions {
                assert!(dictionary.dimension(name).is_some(), "{}.{name}", stream.name);
                assert!(dictionary.dimension_fits(name, &grouping), "{}.{name}", stream.name);
            }
            let metrics = dictionary.defaults(&grouping);
            assert!(
                (20..=90).contains(&metrics.len()),
                "{}: {} metrics",
                stream.name,
                metrics.len()
            );
            for name in metrics {
                assert!(dictionary.metric(name).is_some(), "{}.{name}", stream.name);
                assert!(dictionary.fits(name, &grouping), "{}.{name}", stream.name);
                assert!(
                    !report.dimensions.contains(&name),
                    "{}.{name} is a dimension",
                    stream.name
                );
            }
        }
    }
}
