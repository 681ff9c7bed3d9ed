//! The placeholders in sample rows. `{id}` is an id of the row, `{A|B}` one of the choices
//! (`{turn:A|B}` takes them in turn),
//! `{created}` and `{modified}` are times (`:iso`, `:epoch`, `:millis`, `:date` change the form),
//! `{name}` is a member of the row that stands before. A text that begins with `#` comes without
//! quotes; one with `#?` without them in every other row.

use super::World;
use super::row::{Row, quote};
use super::tree::TIME_FORMAT;
use crate::random::{mix, pick, text};
use serde_json::Value;
use time::macros::{datetime, format_description};
use time::{Date, Duration, PrimitiveDateTime, Time};

/// Which row is being made, and of what.
pub(super) struct Place<'a> {
    pub(super) world: &'a World,
    pub(super) owner: &'a str,
    pub(super) hash: u64,
    /// Tells it from the other rows of the same parent.
    pub(super) n: usize,
    /// Its position among all rows of the owner.
    pub(super) ordinal: usize,
    pub(super) day: Option<Date>,
    pub(super) parent: Option<&'a Row>,
    pub(super) each: &'a Value,
    pub(super) window: &'a [String; 2],
}

impl Place<'_> {
    /// The hash of this row.
    pub(super) fn salt(&self) -> u64 {
        mix(self.hash, number(self.n))
    }
}

/// Fills in the placeholders of a text; the result is raw JSON.
pub(super) fn expand(template: &str, key: &str, place: &Place, row: &Row) -> String {
    let odd = place.world.config.odd && place.ordinal % 2 == 1;
    let (text, raw) = match (template.strip_prefix("#?"), template.strip_prefix('#')) {
        (Some(text), _) => (text, odd),
        (None, Some(text)) => (text, true),
        (None, None) => (template, false),
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or_else(|| panic!("{template}: no end"));
        out.push_str(before);
        out.push_str(&value(name, key, place, row));
        rest = after;
    }
    out.push_str(rest);
    if raw { out } else { quote(&out) }
}

fn value(name: &str, key: &str, place: &Place, row: &Row) -> String {
    let salt = mix(place.salt(), text(key));
    if let Some(choices) = name.strip_prefix("turn:") {
        let choices: Vec<_> = choices.split('|').collect();
        return choices[place.n % choices.len()].to_owned();
    }
    if name.contains('|') {
        return pick(salt, &name.split('|').collect::<Vec<_>>()).to_owned();
    }
    let (base, form) = name.split_once(':').unwrap_or((name, ""));
    let (base, part) = base.split_once('.').unwrap_or((base, ""));
    match base {
        "id" => id(mix(place.salt(), text(part))),
        // Two rows in a row have it.
        "shared_id" => id(mix(mix(place.hash, text("shared")), number(place.n / 2))),
        "n" => place.n.to_string(),
        "owner" => place.owner.to_owned(),
        "day" => day(place, form, salt),
        "from" => place.window[0].clone(),
        "until" => place.window[1].clone(),
        "created" => written(times(place).0, form),
        "modified" => written(times(place).1, form),
        "money" => money(salt),
        "share" => format!("0.{}", salt % 100_000),
        "count" => (salt % 5_000).to_string(),
        "words" => words(salt).to_owned(),
        "bc" => nth(&place.world.business_centers(), place.n),
        "account" => {
            let accounts = place.world.accounts();
            accounts[place.n % accounts.len().max(1)].advertiser_id.clone()
        }
        "campaign" | "adgroup" | "ad" => entity(base, place),
        "each" if part.is_empty() => plain(place.each),
        "each" => plain(&place.each[part]),
        "parent" => place
            .parent
            .and_then(|parent| parent.get(part))
            .map(|raw| serde_json::from_str(raw).map_or_else(|_| raw.to_owned(), |v| plain(&v)))
            .unwrap_or_default(),
        _ => {
            let earlier = row.get(base).unwrap_or_else(|| panic!("{key}: unknown {{{name}}}"));
            earlier.trim_matches('"').to_owned()
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// 19 digits, below the greatest integer of 64 bits.
fn id(hash: u64) -> String {
    (1_000_000_000_000_000_000 + hash % 8_000_000_000_000_000_000).to_string()
}

fn nth(all: &[String], n: usize) -> String {
    all.get(n % all.len().max(1)).cloned().unwrap_or_default()
}

/// An entity of the account, in turn; the first account's where the owner is no account.
fn entity(kind: &str, place: &Place) -> String {
    let world = place.world;
    let Some(account) = world.account(place.owner).or(world.accounts().first()) else {
        return String::new();
    };
    let tree = world.tree(account);
    let nodes = match kind {
        "campaign" => &tree.campaigns,
        "adgroup" => &tree.adgroups,
        _ => &tree.ads,
    };
    nodes.get(place.n % nodes.len().max(1)).map_or_else(String::new, |node| node.id.clone())
}

/// Amounts in the forms seen: whole, with a trailing zero, and with more digits than a float has.
fn money(hash: u64) -> String {
    match hash % 7 {
        0 => "0".to_owned(),
        1 => format!("{}.50", hash % 9_000),
        2 => format!("{}.12345678901234567", hash % 90),
        3 => format!("-{}.10", hash % 700),
        _ => format!("{}.{}", hash % 90_000, 10 + hash % 90),
    }
}

fn words(hash: u64) -> &'static str {
    let all = [
        "Spring tents",
        "Fr\u{fc}hling \u{1f337}",
        "\u{590f}\u{306e}\u{30ad}\u{30e3}\u{30f3}\u{30d7}",
        "two\nlines",
        "\"quoted\" \\ and, comma",
        "Always on",
    ];
    pick(hash, &all)
}

/// Creation, and modification after it, both long over: the real clock changes neither.
fn times(place: &Place) -> (PrimitiveDateTime, PrimitiveDateTime) {
    let hash = place.salt();
    let first = PrimitiveDateTime::new(place.world.config.first_day, Time::MIDNIGHT);
    let created = first + seconds(mix(hash, 6), 365);
    let now = place.world.config.now.map(|now| PrimitiveDateTime::new(now.date(), now.time()));
    let last = now.unwrap_or(datetime!(2026-06-30 00:00)).max(created + Duration::seconds(1));
    let modified = created + seconds(mix(hash, 7), (last - created).whole_days().max(1));
    (created, modified)
}

/// Less than so many days.
fn seconds(hash: u64, days: i64) -> Duration {
    Duration::seconds(i64::try_from(hash >> 1).unwrap_or_default() % (days * 86_400))
}

fn day(place: &Place, form: &str, salt: u64) -> String {
    let day = place.day.unwrap_or_else(|| panic!("{{day}} is for sources with days"));
    match form {
        "" => written(PrimitiveDateTime::new(day, Time::MIDNIGHT), "date"),
        form => written(PrimitiveDateTime::new(day, Time::MIDNIGHT) + seconds(salt, 1), form),
    }
}

fn written(time: PrimitiveDateTime, form: &str) -> String {
    let iso = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let epoch = time.assume_utc().unix_timestamp();
    match form {
        "epoch" => epoch.to_string(),
        "millis" => format!("{epoch}600"),
        "date" => time.date().to_string(),
        "iso" => time.format(iso).expect("a plain format"),
        _ => time.format(TIME_FORMAT).expect("a plain format"),
    }
}

fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
