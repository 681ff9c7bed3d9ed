//! The recipe for the RECORD lines of a stream, compiled once from its plan: bytes that never
//! change, the fields with their kinds, and which fields are written only when the row ends.

use super::field::{Field, LateField, Short, block};
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
    /// The same value in all rows of a list, such as the account of the request, which TikTok's
    /// report rows do not name.
    Constant,
    /// `ACTIVE` or `DELETE`, derived from the two statuses of the row.
    Status,
    /// The hour of the row (`stat_time_hour`) in UTC.
    UtcHour,
    /// A member of an object inside the row: `item_info.item_id`.
    Inside(&'static str),
    /// A value from around the row: the name under which it stands, or a member of the object that
    /// holds it.
    Around,
    /// The member of that name, or the empty text if the row does not have it.
    OrEmpty(&'static str),
    /// A hash of the whole row, for rows that have no id.
    RowId,
}

/// The dimension that [`Origin::UtcHour`] is made from.
pub(super) const HOUR: &str = "stat_time_hour";

/// Values that all rows of a list have in common, by the names of their fields.
pub type Constants = Vec<(&'static str, String)>;

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
    /// The fields that are written when the row ends, and from what.
    pub(super) late: Vec<(usize, LateField)>,
    /// The number of values of a row that are kept until it ends.
    pub(super) captures: usize,
    /// Which of them is compared with the bookmark.
    pub(super) cursor: Option<usize>,
    /// Which of them is the hour of the row.
    pub(super) hour: Option<usize>,
    /// Whether rows have no id, so that a hash of all they hold tells them apart.
    pub(super) hashes_rows: bool,
    /// The number of fields that are written as soon as they are read.
    pub(super) inline: usize,
    /// The number of fields that identify a row in its list.
    pub(super) identity: usize,
    /// The number of fields that are summed.
    pub(super) summed: usize,
    /// The fields of a stored row, in the order of their numbers; see `stored`.
    pub(super) stored: Vec<StoredField>,
    constants: Vec<usize>,
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
            late: Vec::new(),
            captures: 0,
            cursor: None,
            hour: None,
            hashes_rows: false,
            inline: 0,
            identity: 0,
            summed: 0,
            stored: Vec::new(),
            constants: Vec::new(),
        };
        let mut late = Vec::new();
        for spec in specs {
            let (index, origin, is_selected) = (recipe.fields.len(), spec.origin, spec.selected);
            // A cursor that is also a key may have to be filled from create_time, which is known
            // only when the row ends.
            let is_filled = spec.key && cursor == Some(&spec.name);
            recipe.add(spec, is_filled);
            match origin {
                Origin::Constant if is_selected => recipe.constants.push(index),
                _ if is_selected => late.push((index, origin, is_filled)),
                _ => {}
            }
        }
        for (index, origin, is_filled) in late {
            let late = recipe.late_field(origin, is_filled.then_some(cursor).flatten());
            recipe.late.extend(late.map(|late| (index, late)));
        }
        recipe.cursor = cursor.map(|cursor| recipe.capture(cursor));
        recipe
    }

    /// What a field is made of that is written when the row ends; `None` for all others.
    fn late_field(&mut self, origin: Origin, filled: Option<&str>) -> Option<LateField> {
        match origin {
            _ if filled.is_some() => {
                let cursor = self.capture(filled?);
                Some(LateField::Cursor { cursor, created: self.capture("create_time") })
            }
            Origin::Status => Some(LateField::Status {
                operation: self.capture("operation_status"),
                secondary: self.capture("secondary_status"),
            }),
            Origin::Inside(path) => {
                let (object, path) = path.split_once('.').unwrap_or((path, ""));
                Some(LateField::Inside { object: self.capture(object), path })
            }
            Origin::UtcHour => Some(LateField::UtcHour { hour: self.hour() }),
            Origin::Around => Some(LateField::Around),
            Origin::OrEmpty(name) => Some(LateField::OrEmpty { member: self.capture(name) }),
            Origin::RowId => {
                self.hashes_rows = true;
                Some(LateField::RowId)
            }
            Origin::Row | Origin::Metric | Origin::Constant => None,
        }
    }

    /// Rows whose hour is `-` belong to no hour, and are left out.
    pub(crate) fn with_hours(mut self) -> Self {
        self.hour();
        self
    }

    fn hour(&mut self) -> usize {
        let hour = self.capture(HOUR);
        *self.hour.insert(hour)
    }

    fn add(&mut self, spec: FieldSpec, is_filled: bool) {
        let index = self.fields.len();
        let inline =
            spec.selected && !is_filled && matches!(spec.origin, Origin::Row | Origin::Metric);
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

    /// Keeps the value of a field until the row ends, whether it is delivered or not. Returns its
    /// place.
    fn capture(&mut self, name: &str) -> usize {
        let index = self.field_of_row(name);
        let next = self.captures;
        let place = *self.fields[index].capture.get_or_insert(next);
        self.captures = self.captures.max(place + 1);
        place
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

    /// The first fields of every record of a list, and how many key properties have a value there.
    pub(super) fn constants(&self, values: &[(&'static str, String)]) -> (Vec<u8>, usize) {
        let (mut bytes, mut keys) = (Vec::new(), 0);
        for field in self.constants.iter().map(|index| &self.fields[*index]) {
            let mut raw = Vec::new();
            match values.iter().find(|(name, _)| *name == field.name) {
                Some((_, value)) => text::push_quoted(value, &mut raw),
                None => raw.extend_from_slice(b"null"),
            }
            bytes.extend_from_slice(&field.prefix[usize::from(bytes.is_empty())..]);
            // A catalog may declare a type that the value does not fit.
            let written = push_value(&field.kind, &String::from_utf8_lossy(&raw), &mut bytes);
            keys += usize::from(field.key && written == Written::Value);
        }
        (bytes, keys)
    }

    /// The number of key properties that are the same in all rows of a list.
    pub(super) fn constant_keys(&self) -> usize {
        self.constants.iter().filter(|index| self.fields[**index].key).count()
    }

    /// Whether rows are those of hours.
    pub(crate) fn has_hours(&self) -> bool {
        self.hour.is_some()
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
