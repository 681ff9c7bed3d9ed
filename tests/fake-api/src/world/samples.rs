//! Rows made from the sample row of a file of facts: for an owner so many, or so many for each row
//! of a parent, for each value of a list, or for each of the last days.

use super::World;
use super::listing::Item;
use super::row::{Row, quote};
use super::template::{Place, expand};
use crate::facts;
use crate::random::{mix, pick, text};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::Arc;
use time::{Date, Duration};

/// The rows of an endpoint for one owner.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) rows: Vec<Row>,
    /// The ids of the parents that were asked for rows, also of those that have none.
    pub(crate) parents: HashSet<String>,
}

impl World {
    /// The rows of an endpoint; those that are sums are made for the window.
    pub(crate) fn samples(
        &self,
        path: &str,
        owner: &str,
        window: Option<[String; 2]>,
    ) -> Arc<Samples> {
        let file = facts::find(path).unwrap_or_else(|| panic!("no endpoint {path}"));
        let facts = &file.json["rows"];
        // What is the same for everyone is made once.
        let owner = if facts["global"] == true { "" } else { owner };
        let window = window.filter(|_| facts["window"] == true).unwrap_or_default();
        let key = format!("{path} {owner} {} {window:?}", self.today_utc());
        let made = self.samples.lock().ok().and_then(|samples| samples.get(&key).cloned());
        if let Some(made) = made {
            return made;
        }
        let maker = Maker { world: self, path, owner, facts, window };
        let made = Arc::new(maker.make());
        if let Ok(mut samples) = self.samples.lock() {
            samples.insert(key, Arc::clone(&made));
        }
        made
    }
}

struct Maker<'a> {
    world: &'a World,
    path: &'a str,
    owner: &'a str,
    facts: &'a Value,
    window: [String; 2],
}

/// What stands in `rows` besides the members of a source.
const OF_ALL: &[&str] = &["world", "global", "window", "always", "sources", "row"];
const OF_SOURCE: &[&str] =
    &["parent", "id", "where", "each", "count", "days", "per_day", "twins", "set"];

impl Maker<'_> {
    fn make(&self) -> Samples {
        facts::expect_keys(self.path, self.facts, &[OF_ALL, OF_SOURCE].concat());
        let mut samples = Samples::default();
        match self.facts["sources"].as_array() {
            None => self.source(self.facts, 0, &mut samples),
            Some(sources) => {
                for (index, source) in sources.iter().enumerate() {
                    facts::expect_keys(self.path, source, OF_SOURCE);
                    self.source(source, index, &mut samples);
                }
            }
        }
        samples
    }

    fn source(&self, source: &Value, index: usize, samples: &mut Samples) {
        let mut template = self.facts["row"].as_object().cloned().unwrap_or_default();
        // The members of the source come first: others refer to them.
        let mut row = source["set"].as_object().cloned().unwrap_or_default();
        template.retain(|key, _| !row.contains_key(key));
        row.extend(template);
        let own = mix(mix(self.world.config.seed, text(self.path)), text(self.owner));
        let own = mix(mix(own, text(&self.window.concat())), number(index));
        for (id, parent) in self.parents(source) {
            let hash = id.as_ref().map_or(own, |id| mix(own, text(id)));
            samples.parents.extend(id.clone());
            let each = match source["each"].as_array() {
                Some(values) => values.clone(),
                None => vec![Value::Null],
            };
            for (position, each) in each.iter().enumerate() {
                let hash = mix(hash, number(position));
                for (n, day) in self.ordinals(source, hash) {
                    let place = Place {
                        world: self.world,
                        owner: self.owner,
                        hash,
                        n,
                        ordinal: samples.rows.len(),
                        day,
                        parent: parent.as_ref(),
                        each,
                        window: &self.window,
                    };
                    let mut made = self.row(&row, &place);
                    if let Some(id) = &id {
                        made.set("_parent", quote(id));
                    }
                    samples.rows.push(made);
                }
            }
        }
    }

    /// The parents with their ids, each id once; without a parent a single nothing.
    fn parents(&self, source: &Value) -> Vec<(Option<String>, Option<Row>)> {
        let Some(path) = source["parent"].as_str() else { return vec![(None, None)] };
        if path == "business_centers" {
            let ids = self.world.business_centers().into_iter();
            return ids
                .map(|id| (Some(id.clone()), Some(Row(vec![("bc_id".into(), quote(&id))]))))
                .collect();
        }
        let id = source["id"].as_str().unwrap_or_else(|| panic!("{}: a parent's id", self.path));
        let owners = match path {
            // Every Business Center administers every account.
            "advertiser/info/" if self.world.account(self.owner).is_none() => {
                self.world.accounts.iter().map(|account| account.advertiser_id.clone()).collect()
            }
            _ => vec![self.owner.to_owned()],
        };
        let listing = self.world.listing(path, &owners, None);
        let mut seen = HashSet::new();
        let fits = |item: &Item| {
            source["where"].as_object().into_iter().flatten().all(|(member, value)| {
                let raw = item.member(member).unwrap_or_default();
                raw.trim_matches('"') == value.as_str().unwrap_or_default()
            })
        };
        let items = listing.items();
        let named = items.iter().filter(|item| fits(item)).filter_map(|item| {
            let row = item.row();
            let id = row.get(id)?.trim_matches('"').to_owned();
            (id != "null").then_some((Some(id), Some(row)))
        });
        named.filter(|(id, _)| seen.insert(id.clone())).collect()
    }

    /// One entry a row: its number, and its day if the source goes by days.
    fn ordinals(&self, source: &Value, hash: u64) -> Vec<(usize, Option<Date>)> {
        let Some(back) = source["days"].as_i64() else {
            let counts: Vec<_> = match &source["count"] {
                Value::Null => vec![1],
                Value::Array(counts) => counts.iter().filter_map(Value::as_u64).collect(),
                count => count.as_u64().into_iter().collect(),
            };
            let count = usize::try_from(pick(mix(hash, 1), &counts)).unwrap_or_default();
            return (0..count).map(|n| (n, None)).collect();
        };
        let today = self.world.today_utc();
        let twins = source["twins"] == true;
        let days = (1..=back).map(|ago| today - Duration::days(ago));
        // A day has the same rows, whenever it is asked for.
        let rows = days.flat_map(|day| {
            let julian = usize::try_from(day.to_julian_day()).unwrap_or_default();
            let counts: Vec<_> = source["per_day"].as_array().into_iter().flatten().collect();
            let count = pick(mix(hash, number(julian)), &counts).as_u64().unwrap_or_default();
            let count = usize::try_from(count).unwrap_or_default();
            // Rows without an id may be equal, as two payments of the same amount are.
            let equal = twins && julian.is_multiple_of(3);
            (0..count).map(move |n| (julian * 8 + if equal { 0 } else { n }, Some(day)))
        });
        rows.collect()
    }

    fn row(&self, template: &Map<String, Value>, place: &Place) -> Row {
        let mut row = Row::default();
        for (key, value) in template {
            let made = self.value(value, key, place, &row);
            row.0.extend(made.map(|raw| (key.clone(), raw)));
        }
        if self.world.config.odd && place.salt() % 5 == 3 && self.facts["global"] != true {
            row.set("future_field", "\"not in any schema\"");
        }
        row
    }

    /// A value as raw JSON; none when the member is left out.
    fn value(&self, value: &Value, key: &str, place: &Place, row: &Row) -> Option<String> {
        let hash = mix(place.salt(), text(key));
        let always = key.starts_with('_')
            || place.ordinal == 0
            || self.facts["always"]
                .as_array()
                .is_some_and(|keys| keys.iter().any(|name| name == key));
        if !always && hash.is_multiple_of(9) {
            return Some("null".to_owned());
        }
        if !always && self.world.config.odd && hash % 23 == 1 {
            return None;
        }
        if !always && value.is_array() && hash % 7 == 2 {
            return Some("[]".to_owned());
        }
        Some(match value {
            Value::String(text) => expand(text, key, place, row),
            Value::Array(all) => {
                let all = all.iter().enumerate().filter_map(|(index, value)| {
                    // Elements are never left out; only members are.
                    self.inner(value, &format!("{key}.{index}"), place, row)
                });
                format!("[{}]", all.collect::<Vec<_>>().join(","))
            }
            Value::Object(members) => {
                let mut inner = Row::default();
                for (name, value) in members {
                    let made = self.value(value, &format!("{key}.{name}"), place, row);
                    inner.0.extend(made.map(|raw| (name.clone(), raw)));
                }
                inner.json()
            }
            other => other.to_string(),
        })
    }

    fn inner(&self, value: &Value, key: &str, place: &Place, row: &Row) -> Option<String> {
        match value {
            Value::String(text) => Some(expand(text, key, place, row)),
            other => self.value(other, key, place, row).filter(|raw| raw != "null"),
        }
    }
}

fn number(position: impl TryInto<u64>) -> u64 {
    position.try_into().ok().unwrap_or_default()
}
