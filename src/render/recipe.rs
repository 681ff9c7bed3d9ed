//! The recipe for the RECORD lines of a stream, compiled once from its plan: bytes that never
//! change, the fields with their kinds, and which fields are written only when the row ends.

use super::kind::Kind;
use super::names::DeclaredNames;
use super::stored::StoredField;
use super::text;
use super::value::{Written, push_value};

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A member of an entity's row, or of a report row's `dimensions`.
    Row,
    /// A member of a report row's `metrics`.
    Metric,
    /// The account of the request, because TikTok's report rows do not name it.
    Account,
    /// `ACTIVE` or `DELETE`, derived from the two statuses of the row.
    Status,
}

/// One field as the plan describes it.
#[derive(Clone, Debug)]
pub struct FieldSpec {
    /// Its name in the API and in the record.
    pub name: String,
    /// The type as which its values are written.
    pub kind: Kind,
    /// Where its values come from.
    pub origin: Origin,
    /// Whether it is a key property. Rows without it are left out.
    pub key: bool,
    /// Whether it is delivered. A deselected field is still declared, so it is not reported as
    /// undeclared.
    pub selected: bool,
}

/// Describes how the rows of one stream become RECORD lines.
#[derive(Debug)]
pub struct Recipe {
    pub(super) head: Vec<u8>,
    pub(super) fields: Vec<Field>,
    /// The names of the row (or of its dimensions), and of its metrics.
    pub(super) names: [DeclaredNames; 2],
    pub(super) is_report: bool,
    /// The number of key properties.
    pub(super) keys: usize,
    /// The number of key properties whose value is the id of the account.
    pub(super) account_keys: usize,
    /// The fields that are written when the row ends, and from which values.
    pub(super) late: Vec<(usize, LateField)>,
    /// The number of fields that are written as soon as they are read.
    pub(super) inline: usize,
    /// The number of fields that identify a row in its list.
    pub(super) identity: usize,
    /// The number of fields that are summed.
    pub(super) summed: usize,
    /// The fields of a stored row, in the order of their numbers; see `stored`.
    pub(super) stored: Vec<StoredField>,
    account: Option<usize>,
}

/// The size of a block in bytes, which is enough for nearly every prefix.
const BLOCK: usize = 32;

/// Copies a prefix into a block, if it fits.
pub(super) fn block(prefix: &[u8]) -> Option<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    block.get_mut(..prefix.len())?.copy_from_slice(prefix);
    Some(block)
}

#[derive(Debug)]
pub(super) struct Field {
    /// `,"name":`
    pub(super) prefix: Vec<u8>,
    /// The same in a block of fixed size, if it fits, because copying such a block needs no call.
    pub(super) block: Option<[u8; BLOCK]>,
    pub(super) kind: Kind,
    pub(super) key: bool,
    /// Whether it is written as soon as it is read.
    pub(super) inline: bool,
    /// Whether its value is kept until the row ends, and for what.
    pub(super) capture: Option<LateField>,
    /// Whether it is one of the fields that identify a row in its list.
    pub(super) identity: bool,
    /// The index of its sum, if it is summed.
    pub(super) sum: Option<usize>,
    /// A faster way for its usual values, if they are needed for nothing but the record.
    pub(super) short: Option<Short>,
    pub(super) name: String,
}

impl Field {
    /// Appends what comes before its value.
    #[inline]
    pub(super) fn push_prefix(&self, out: &mut Vec<u8>) {
        match &self.block {
            // The head ends with a brace, and every prefix starts with a comma.
            _ if out.last() == Some(&b'{') => out.extend_from_slice(&self.prefix[1..]),
            Some(block) => {
                let end = out.len() + self.prefix.len();
                out.extend_from_slice(block);
                out.truncate(end);
            }
            None => out.extend_from_slice(&self.prefix),
        }
    }
}

/// Values that are copied without further checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Short {
    /// A number in a string, which is what nearly every metric is.
    Number,
    /// A string without escapes.
    Text,
    /// An object or an array, which is written while it is being read.
    Nested,
}

/// Values of a row that are kept until the row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LateField {
    Cursor,
    Created,
    Operation,
    Secondary,
    Status,
}

impl LateField {
    pub(super) const COUNT: usize = 5;
}

impl Recipe {
    /// Compiles the fields of a stream. `cursor` names the field that is compared with the
    /// bookmark, if there is one.
    pub(crate) fn new(
        stream: &str,
        is_report: bool,
        cursor: Option<&str>,
        specs: Vec<FieldSpec>,
    ) -> Self {
        let mut head = b"{\"type\":\"RECORD\",\"stream\":".to_vec();
        text::push_quoted(stream, &mut head);
        head.extend_from_slice(b",\"record\":{");
        let mut recipe = Recipe {
            head,
            fields: Vec::with_capacity(specs.len()),
            names: [DeclaredNames::default(), DeclaredNames::default()],
            is_report,
            keys: specs.iter().filter(|s| s.key).count(),
            account_keys: specs.iter().filter(|s| s.key && s.origin == Origin::Account).count(),
            late: Vec::new(),
            inline: 0,
            identity: 0,
            summed: 0,
            stored: Vec::new(),
            account: None,
        };
        for spec in specs {
            recipe.add(spec, cursor);
        }
        recipe.capture("create_time", LateField::Created);
        if recipe.late.iter().any(|(_, late)| *late == LateField::Status) {
            recipe.capture("operation_status", LateField::Operation);
            recipe.capture("secondary_status", LateField::Secondary);
        }
        if let Some(cursor) = cursor {
            recipe.capture(cursor, LateField::Cursor);
        }
        recipe
    }

    fn add(&mut self, spec: FieldSpec, cursor: Option<&str>) {
        let index = self.fields.len();
        // A cursor that is also a key may have to be filled from create_time, which is known only
        // when the row ends.
        let filled = spec.key && cursor == Some(&spec.name);
        match spec.origin {
            Origin::Account if spec.selected => self.account = Some(index),
            Origin::Status if spec.selected => self.late.push((index, LateField::Status)),
            _ if filled => self.late.push((index, LateField::Cursor)),
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

    /// Names the fields that identify a row in its list, delivered or not. The id of the account is
    /// not needed, since a list belongs to one account.
    pub(crate) fn identified_by(mut self, names: &[&str]) -> Self {
        for name in names {
            let index = self.field_of_row(name);
            self.fields[index].identity = true;
        }
        self.identity = names.len();
        self
    }

    /// Names the delivered metrics that are summed, in the order of the sums.
    pub(crate) fn summing(mut self, names: &[String]) -> Self {
        for (place, name) in names.iter().enumerate() {
            if let Some(field) = self.fields.iter_mut().find(|f| f.name == *name) {
                field.sum = Some(place);
                field.short = None;
            }
        }
        self.summed = names.len();
        self
    }

    /// Keeps the value of a field until the row ends, whether it is delivered or not.
    fn capture(&mut self, name: &str, late: LateField) {
        if !self.is_report {
            let index = self.field_of_row(name);
            self.fields[index].capture = Some(late);
        }
    }

    /// The index of a field of the row, or of its dimensions, whose value is needed for more than
    /// the record. The field is added if the catalog does not have it.
    fn field_of_row(&mut self, name: &str) -> usize {
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

    /// The first field of every record of an account, and how many key properties are in it.
    pub(super) fn account(&self, advertiser_id: &str) -> (Vec<u8>, usize) {
        let (mut bytes, mut keys) = (Vec::new(), self.account_keys);
        if let Some(field) = self.account.map(|index| &self.fields[index]) {
            let mut raw = Vec::new();
            text::push_quoted(advertiser_id, &mut raw);
            bytes.extend_from_slice(&field.prefix[1..]);
            if push_value(&field.kind, &String::from_utf8_lossy(&raw), &mut bytes) != Written::Value
            {
                // A catalog may declare a type that no id fits.
                keys = 0;
            }
        }
        (bytes, keys)
    }

    /// Whether rows belong to a report: objects with `dimensions` and `metrics`.
    pub(crate) fn is_report(&self) -> bool {
        self.is_report
    }

    /// The name of a field, for messages.
    pub(crate) fn field_name(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", |f| &f.name)
    }
}
