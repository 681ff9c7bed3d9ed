//! The streams that a config makes available: the built-in ones with its additional metrics, and
//! its custom reports. Discovery lists some of them; a catalog may select any.

use super::nearest::hint;
use super::{Group, Per, Stream, all, custom, more_metrics, verification};
use serde_json::Value;

/// The streams of a run.
#[derive(Clone, Debug)]
pub struct Available {
    /// Built-in streams in the order of their groups, then custom reports, and last the stream of
    /// comparisons.
    streams: Vec<Stream>,
    built_in: usize,
    groups: Vec<Group>,
    /// Whether delivered rows are compared with TikTok's totals.
    verify: bool,
}

impl Default for Available {
    /// Without any settings: the built-in streams, of which the group `core` is listed.
    fn default() -> Self {
        let mut streams = all().to_vec();
        let built_in = streams.len();
        streams.push(verification::stream());
        Available { built_in, streams, groups: vec![Group::Core], verify: false }
    }
}

impl Available {
    /// The streams of a config, from the values of `stream_groups`, `metrics`, `custom_reports` and
    /// `verify`. An error names the wrong one, the place, and what would be right.
    pub fn new(
        groups: &Value,
        metrics: &Value,
        reports: &Value,
        verify: &Value,
    ) -> Result<Self, String> {
        let names = groups.as_array().into_iter().flatten().filter_map(Value::as_str);
        let groups = Group::parse_all(names)?;
        let verify = verify.as_bool().unwrap_or_default();
        let mut available = Available { groups, verify, ..Available::default() };
        for (place, report) in reports.as_array().into_iter().flatten().enumerate() {
            let stream = custom::stream(report, place, &available.streams)?;
            let last = available.streams.len() - 1;
            available.streams.insert(last, stream);
        }
        more_metrics::add(&mut available.streams, metrics)?;
        Ok(available)
    }

    /// The streams that discovery lists and a run without a catalog reads: those of the groups,
    /// every custom report, and with `verify` the stream of comparisons.
    pub fn listed(&self) -> impl Iterator<Item = &Stream> {
        let is_listed = |(place, stream): &(usize, &Stream)| match stream.per {
            Per::Run => self.verify,
            _ => *place >= self.built_in || self.groups.contains(&stream.group),
        };
        self.streams.iter().enumerate().filter(is_listed).map(|(_, stream)| stream)
    }

    /// The stream of that name, also if discovery does not list it.
    pub fn find(&self, name: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.name == name)
    }

    /// `; did you mean …?` with the stream whose name is nearest; empty if none is near.
    pub fn hint(&self, name: &str) -> String {
        hint(name, self.streams.iter().map(|stream| stream.name))
    }
}
