//! What can be replicated. A stream is a set of columns: what it is read per, its call, its
//! replication, its key properties and its fields. Resources are entries, one file a group; reports
//! follow from a grid, or from the config.

mod audiences;
mod available;
mod breakdowns;
mod business_center;
mod call;
mod catalogs;
mod comments;
mod core;
mod creative;
mod custom;
pub mod dictionary;
mod finance;
mod gmv_max;
mod gmv_max_reports;
mod grain;
mod grid;
mod group;
mod leads;
mod legal;
mod more_metrics;
mod nearest;
mod other_reports;
mod pixels;
mod reference;
mod report;
mod report_settings;
mod resource;
mod reviews;
mod rules;
mod schema;
mod smart_plus;
mod task;
mod verification;

pub use available::Available;
pub use call::{Buying, Call, Cap, Days, Detail, PASS, Paging, Parent, Pass, Rest};
pub use group::Group;
pub use report::{Report, UTC_HOUR};
pub use report_settings::{Filter, ReportSettings};
pub use schema::schema;
pub use task::{FileForm, Questions, Task};

use std::sync::OnceLock;

/// One stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Its name, which is that of the Python tap if it has the stream. Names of custom reports are
    /// created at the start and live as long as the process.
    pub name: &'static str,
    /// The group, which the setting `stream_groups` names.
    pub group: Group,
    /// What its rows are, in one line.
    pub about: String,
    /// What it is read per.
    pub per: Per,
    /// The call that returns its rows.
    pub call: Call,
    /// Which rows are read on the next run.
    pub replication: Replication,
    /// Key properties, which are never null.
    pub keys: Vec<&'static str>,
    /// The fields of its records.
    pub fields: Fields,
    /// Columns whose values are not those of the member with their name.
    pub made: &'static [(&'static str, Made)],
    /// The column with the requested day, or with the day of the run.
    pub stamp: Option<&'static str>,
    /// The permission that the developer app needs, in the words of TikTok's app page.
    pub permission: &'static str,
    /// Members of rows that may hold secrets. They are never delivered, whatever the catalog says.
    pub withheld: &'static [&'static str],
    /// Whether TikTok's sandbox has it.
    pub in_sandbox: bool,
}

/// What a stream is read per.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each account by itself. Its records have `advertiser_id`.
    Account,
    /// Up to a hundred accounts at once, in the first calls of a run.
    AccountBatch,
    /// Each Business Center. Its records have `bc_id`.
    BusinessCenter,
    /// Nothing in particular: it is read once, with the first account that answers.
    Once,
    /// The developer app, which is named by its id and secret.
    App,
    /// The run itself: its rows are not read from TikTok, they say what the run found.
    Run,
}

/// Where the values of a column come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// A member of an object inside the row: `item_info.item_id`.
    Inside(&'static str),
    /// Another member of the row.
    Of(&'static str),
    /// The value from around the row: see `RowsAt`.
    Around,
    /// The member of that name, or the empty text if the row does not have it: a part of the key
    /// that only some rows have.
    OrEmpty(&'static str),
    /// A hash of the whole row.
    RowId,
}

/// Which rows are read on the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    /// All of them.
    FullTable,
    /// The rows that changed since the bookmark.
    Incremental {
        /// The field with the time of the last change of a row, in UTC.
        key: &'static str,
        /// Whether TikTok can leave out unchanged rows (`filtering.modified_after`).
        is_filtered: bool,
    },
    /// The rows of the days since the bookmark, and of the days of `attribution_window` before it.
    Window {
        /// The field with the day or hour of a row, in the time zone of the account.
        key: &'static str,
        /// The most days of one request.
        days: u16,
    },
    /// All rows, as they are on the day of the run, which is part of the key (`read_date`).
    Snapshot,
}

/// The fields of the records of a stream.
#[derive(Clone, Debug)]
pub enum Fields {
    /// The fields that a JSON Schema declares.
    Declared(&'static str),
    /// The dimensions and metrics of a report.
    Report(Report),
}

impl Stream {
    /// The field that bookmarks hold, unless all rows are read every time.
    pub fn replication_key(&self) -> Option<&'static str> {
        match self.replication {
            Replication::FullTable | Replication::Snapshot => None,
            Replication::Incremental { key, .. } | Replication::Window { key, .. } => Some(key),
        }
    }

    /// The report whose rows these are, if it is one.
    pub fn report(&self) -> Option<&Report> {
        match &self.fields {
            Fields::Report(report) => Some(report),
            Fields::Declared(_) => None,
        }
    }

    /// Fields that have the same value in all records of a request and are in no row.
    pub fn constants(&self) -> Vec<&'static str> {
        let mut names = match self.per {
            Per::Account => vec!["advertiser_id"],
            Per::BusinessCenter => vec!["bc_id"],
            Per::AccountBatch | Per::Once | Per::App | Per::Run => Vec::new(),
        };
        if self.report().is_some() && self.per == Per::Account {
            names.extend(report::ACCOUNT_FIELDS);
        }
        names.extend(self.stamp);
        names.extend(self.call.parents.iter().copied().flatten().filter_map(|p| p.column));
        let of_passes = self.call.passes.iter().flat_map(|pass| pass.columns);
        names.extend(of_passes.map(|(name, _)| *name));
        let parents = self.call.parents.iter().copied().flatten();
        names.extend(parents.flat_map(|parent| parent.columns).map(|(name, _)| *name));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Days that one request covers at most.
    pub fn window_days(&self) -> u16 {
        match self.replication {
            Replication::Window { days, .. } => days,
            _ => u16::MAX,
        }
    }

    fn report_mut(&mut self) -> Option<&mut Report> {
        match &mut self.fields {
            Fields::Report(report) => Some(report),
            Fields::Declared(_) => None,
        }
    }

    /// Whether it is read in windows of days.
    pub fn has_windows(&self) -> bool {
        matches!(self.replication, Replication::Window { .. })
    }
}

/// The endpoint that describes accounts.
pub const ADVERTISER_INFO: &str = "advertiser/info/";
/// The endpoint of most reports.
pub const REPORT: &str = "report/integrated/get/";

/// Every built-in stream, in the order of discovery and of a run without a catalog. The first one
/// is cheap and always has rows, because `meltano config test` stops at the first record.
pub fn all() -> &'static [Stream] {
    static STREAMS: OnceLock<Vec<Stream>> = OnceLock::new();
    STREAMS.get_or_init(|| {
        let mut streams = core::streams();
        streams.extend(grid::streams());
        streams.extend(other_reports::streams());
        let resources = [
            smart_plus::streams,
            reviews::streams,
            creative::streams,
            audiences::streams,
            pixels::streams,
            leads::streams,
            comments::streams,
            catalogs::streams,
            gmv_max::streams,
            business_center::streams,
            finance::streams,
            rules::streams,
            reference::streams,
        ];
        streams.extend(resources.into_iter().flat_map(|of_group| of_group()));
        streams.sort_by_key(|stream| stream.group);
        streams
    })
}

/// The built-in stream of that name.
pub fn find(name: &str) -> Option<&'static Stream> {
    all().iter().find(|stream| stream.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_stream_fits_its_schema_and_the_targets() {
        let mut wrong = Vec::new();
        let mut names = HashSet::new();
        for stream in all() {
            let name = stream.name;
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !names.insert(name) || name.len() >= 63 || !name.chars().all(is_name) {
                wrong.push(format!("{name}: its name stands twice or is no name for a table"));
            }
            let schema = schema(stream);
            let properties = schema["properties"].as_object().expect("an object");
            for key in stream.keys.iter().chain(stream.replication_key().iter()) {
                if !properties.contains_key(*key) {
                    wrong.push(format!("{name}: its schema lacks {key}"));
                }
            }
            let lower: HashSet<String> = properties.keys().map(|p| p.to_lowercase()).collect();
            if lower.len() != properties.len() {
                wrong.push(format!("{name}: names of fields differ in case only"));
            }
            // Meltano reads lines of at most 64 KiB.
            if serde_json::to_string(&schema).expect("json").len() >= 60_000 {
                wrong.push(format!("{name}: its SCHEMA line is too long"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
