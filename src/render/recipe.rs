//! What a stream's RECORD lines are made of, compiled once from the plan of the stream: bytes that
//! never change, fields with their kinds, and which of them need a second look when the row ends.

use super::kind::Kind;
use super::text;
use super::value::{Written, push_value};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A member of an entity's row, or of a report row's `dimensions`.
    Row,
    /// A member of a report row's `metrics`.
    Metric,
    /// The account that was asked for: TikTok's report rows do not name it.
    Account,
    /// Made from the two statuses of the row: `ACTIVE` or `DELETE`.
    Status,
}

/// One field as the plan wants it.
#[derive(Clone, Debug)]
pub struct FieldSpec {
    /// Its name in the API and in the record.
    pub name: String,
    /// How it is written.
    pub kind: Kind,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it is a key property: rows without it are left out.
    pub key: bool,
    /// Whether it is delivered. One that is not may still be declared, and is then not counted as
    /// undeclared.
    pub selected: bool,
}

/// How the rows of one stream become lines.
#[derive(Debug)]
pub struct Recipe {
    pub(super) head: Vec<u8>,
    pub(super) fields: Vec<Field>,
    /// Names of the row (or its dimensions), and of its metrics.
    pub(super) names: [Known; 2],
    pub(super) is_report: bool,
    /// Key properties in all, and those of them that the account gives.
    pub(super) keys: usize,
    pub(super) account_keys: usize,
    /// Fields that are written when the row ends, and from what.
    pub(super) late: Vec<(usize, Slot)>,
    /// Fields that are written where they are met.
    pub(super) inline: usize,
    /// Fields that tell a row from the others of its list.
    pub(super) identity: usize,
    /// Fields that are added up.
    pub(super) summed: usize,
    account: Option<usize>,
}

/// Bytes of a block that holds nearly every prefix.
const BLOCK: usize = 32;

/// A prefix as a block, if it fits.
fn block(prefix: &[u8]) -> Option<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    block.get_mut(..prefix.len())?.copy_from_slice(prefix);
    Some(block)
}

#[derive(Debug)]
pub(super) struct Field {
    /// `,"name":`
    pub(super) prefix: Vec<u8>,
    /// The same in a block of fixed size, if it fits: copying such a block takes no call.
    pub(super) block: Option<[u8; BLOCK]>,
    pub(super) kind: Kind,
    pub(super) key: bool,
    /// Written where it is met; else it is only captured.
    pub(super) inline: bool,
    pub(super) capture: Option<Slot>,
    /// Whether it tells a row from the others of its list.
    pub(super) identity: bool,
    /// Where its sum stands, if it is added up.
    pub(super) sum: Option<usize>,
    /// The short way of its usual values, if it is written where it is met and not kept for later.
    pub(super) short: Option<Short>,
    name: String,
}

/// Values that need no second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Short {
    /// A number in a string, as nearly every metric is.
    Number,
    /// A string without escapes.
    Text,
    /// An object or an array, which is written while it is read.
    Nested,
}

/// Values of a row that are kept until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Cursor,
    Created,
    Operation,
    Secondary,
    Status,
}

impl Slot {
    pub(super) const COUNT: usize = 5;
}

impl Recipe {
    /// Compiles the fields of a stream. `cursor` names the field that a bookmark compares with, if
    /// rows are compared at all.
    pub fn new(stream: &str, is_report: bool, cursor: Option<&str>, specs: Vec<FieldSpec>) -> Self {
        let mut head = b"{\"type\":\"RECORD\",\"stream\":".to_vec();
        text::push_quoted(stream, &mut head);
        head.extend_from_slice(b",\"record\":{");
        let mut recipe = Recipe {
            head,
            fields: Vec::with_capacity(specs.len()),
            names: [Known::default(), Known::default()],
            is_report,
            keys: specs.iter().filter(|s| s.key).count(),
            account_keys: specs.iter().filter(|s| s.key && s.origin == Origin::Account).count(),
            late: Vec::new(),
            inline: 0,
            identity: 0,
            summed: 0,
            account: None,
        };
        for spec in specs {
            recipe.add(spec, cursor);
        }
        recipe.capture("create_time", Slot::Created);
        if recipe.late.iter().any(|(_, slot)| *slot == Slot::Status) {
            recipe.capture("operation_status", Slot::Operation);
            recipe.capture("secondary_status", Slot::Secondary);
        }
        if let Some(cursor) = cursor {
            recipe.capture(cursor, Slot::Cursor);
        }
        recipe
    }

    fn add(&mut self, spec: FieldSpec, cursor: Option<&str>) {
        let index = self.fields.len();
        // A cursor that is a key as well may have to be filled from create_time, which is known
        // only when the row ends.
        let filled = spec.key && cursor == Some(&spec.name);
        match spec.origin {
            Origin::Account if spec.selected => self.account = Some(index),
            Origin::Status if spec.selected => self.late.push((index, Slot::Status)),
            _ if filled => self.late.push((index, Slot::Cursor)),
            _ => {}
        }
        let inline =
            spec.selected && !filled && matches!(spec.origin, Origin::Row | Origin::Metric);
        self.inline += usize::from(inline);
        self.names[usize::from(spec.origin == Origin::Metric)].add(&spec.name, index, inline);
        let mut prefix = vec![b','];
        text::push_quoted(&spec.name, &mut prefix);
        prefix.push(b':');
        let short = match spec.kind {
            Kind::Number if inline && !spec.key => Some(Short::Number),
            Kind::Text if inline => Some(Short::Text),
            Kind::Nested(_) if inline => Some(Short::Nested),
            _ => None,
        };
        self.fields.push(Field {
            block: block(&prefix),
            prefix,
            kind: spec.kind,
            key: spec.key,
            inline,
            capture: None,
            identity: false,
            sum: None,
            short,
            name: spec.name,
        });
    }

    /// Names the fields that tell a row from the others of its list, delivered or not. Those of the
    /// account tell nothing.
    pub fn identified_by(mut self, names: &[&str]) -> Self {
        for name in names {
            let index = self.look_at(name);
            self.fields[index].identity = true;
        }
        self.identity = names.len();
        self
    }

    /// Names the delivered metrics that are added up, in the order of the sums.
    pub fn summing(mut self, names: &[String]) -> Self {
        for (place, name) in names.iter().enumerate() {
            if let Some(field) = self.fields.iter_mut().find(|f| f.name == *name) {
                field.sum = Some(place);
                field.short = None;
            }
        }
        self.summed = names.len();
        self
    }

    /// Keeps a field's value until the end of the row, whether it is delivered or not.
    fn capture(&mut self, name: &str, slot: Slot) {
        if !self.is_report {
            let index = self.look_at(name);
            self.fields[index].capture = Some(slot);
        }
    }

    /// A field of the row, or of its dimensions, that needs a second look whether it is delivered
    /// or not.
    fn look_at(&mut self, name: &str) -> usize {
        let index = self.fields.iter().position(|f| f.name == name).unwrap_or_else(|| {
            let (prefix, kind, name) = (Vec::new(), Kind::Text, name.to_owned());
            self.fields.push(Field {
                prefix,
                block: None,
                kind,
                key: false,
                inline: false,
                capture: None,
                identity: false,
                sum: None,
                short: None,
                name,
            });
            self.fields.len() - 1
        });
        self.fields[index].short = None;
        self.names[0].add(name, index, true);
        index
    }

    /// The first field of every record of an account, and how many key properties it gives.
    pub(super) fn account(&self, advertiser_id: &str) -> (Vec<u8>, usize) {
        let (mut bytes, mut keys) = (Vec::new(), self.account_keys);
        if let Some(field) = self.account.map(|index| &self.fields[index]) {
            let mut raw = Vec::new();
            text::push_quoted(advertiser_id, &mut raw);
            bytes.extend_from_slice(&field.prefix[1..]);
            if push_value(&field.kind, &String::from_utf8_lossy(&raw), &mut bytes) != Written::Value
            {
                // A catalog may type it as what no id is.
                keys = 0;
            }
        }
        (bytes, keys)
    }

    /// Whether rows are those of a report: objects of `dimensions` and `metrics`.
    pub fn is_report(&self) -> bool {
        self.is_report
    }

    /// The name of a field, for messages.
    pub fn field_name(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", |f| &f.name)
    }
}

/// The declared names of one group of a row, by number from 1.
#[derive(Debug, Default)]
pub(super) struct Known {
    names: Vec<KnownName>,
    /// By the name with its JSON quotes.
    numbers: HashMap<Box<str>, usize, FixedState>,
}

#[derive(Debug)]
struct KnownName {
    /// `"name":`, as rows have it.
    tag: Box<[u8]>,
    /// The field to which it belongs, if its value is wanted.
    field: Option<usize>,
}

impl Known {
    fn add(&mut self, name: &str, field: usize, wanted: bool) {
        let raw = serde_json::Value::from(name).to_string();
        let field = wanted.then_some(field);
        if let Some(number) = self.numbers.get(&*raw) {
            self.names[number - 1].field = field;
        } else {
            self.names.push(KnownName { tag: format!("{raw}:").into_bytes().into(), field });
            self.numbers.insert(raw.into(), self.names.len());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    #[inline]
    pub(super) fn tag(&self, number: usize) -> Option<&[u8]> {
        self.names.get(number.wrapping_sub(1)).map(|name| &*name.tag)
    }

    pub(super) fn number(&self, raw: &str) -> Option<usize> {
        self.numbers.get(raw).copied()
    }

    #[inline]
    pub(super) fn field(&self, number: usize) -> Option<usize> {
        self.names.get(number.wrapping_sub(1)).and_then(|name| name.field)
    }
}
