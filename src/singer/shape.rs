//! Reduces the JSON Schemas of catalogs to a plain form: type names, date formats, properties and
//! items. References and combinations such as `anyOf` are resolved.
//!
//! Records must fit the SCHEMA line before them, but TikTok guarantees nothing: any field may be
//! null, or longer or larger than a catalog allows. So the types stay, with null among them, and
//! every other constraint on values is removed. A schema that is already plain stays as it is.

mod combine;

use combine::{both, either, has_text, named};
use serde_json::{Map, Value, json};

/// Keywords, of all drafts, that restrict the values of a type or only support such keywords.
const DROPPED: [&str; 47] = [
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "divisibleBy",
    "minLength",
    "maxLength",
    "pattern",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "additionalItems",
    "prefixItems",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "required",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "disallow",
    "extends",
    "not",
    "if",
    "then",
    "else",
    "$ref",
    "anyOf",
    "oneOf",
    "allOf",
    "definitions",
    "$defs",
    "$schema",
    "$id",
];

const TYPES: [&str; 7] = ["null", "string", "number", "integer", "boolean", "object", "array"];
/// The formats that stay in a schema. The wider one comes first.
const FORMATS: [&str; 2] = ["date-time", "date"];

/// How deep schemas may be nested. Deeper ones accept any value.
const MAX_DEPTH: usize = 100;
/// How many schemas are read in all, since a few nested references can stand for any number.
const MAX_SCHEMAS: usize = 20_000;

/// The schema of a stream in its plain form. All properties may be null except `keys`, because rows
/// without a key are left out.
pub(crate) fn plain(schema: &Value, keys: &[String]) -> Value {
    let mut reader = Reader { root: schema, left: MAX_SCHEMAS };
    let (mut object, opened) = reader.flat(schema, &[], 0);
    reader.children(&mut object, &opened, 0, &|name| !keys.iter().any(|key| key == name));
    Value::Object(object)
}

/// Reads schemas and follows their references to others of the same document.
struct Reader<'s> {
    root: &'s Value,
    /// How many more schemas may be read.
    left: usize,
}

/// References that were followed, so that none is followed into itself.
type Opened = Vec<String>;

impl Reader<'_> {
    fn property(
        &mut self,
        schema: &Value,
        opened: &[String],
        depth: usize,
        nullable: bool,
    ) -> Value {
        let (mut object, opened) = self.flat(schema, opened, depth);
        self.children(&mut object, &opened, depth, &|_| true);
        if let Some(mut types) = named(&object) {
            if types.is_empty() {
                // Contradicting schemas leave no type.
                object.insert("type".to_owned(), json!("null"));
            } else if nullable && !types.iter().any(|name| name == "null") {
                types.push("null".to_owned());
                object.insert("type".to_owned(), json!(types));
            }
        }
        Value::Object(object)
    }

    /// Reduces the schemas inside an object or an array.
    fn children(
        &mut self,
        object: &mut Map<String, Value>,
        opened: &[String],
        depth: usize,
        nullable: &dyn Fn(&str) -> bool,
    ) {
        match object.get_mut("properties") {
            Some(Value::Object(properties)) => {
                for (name, property) in properties.iter_mut() {
                    *property = self.property(property, opened, depth + 1, nullable(name));
                }
            }
            _ => drop(object.shift_remove("properties")),
        }
        match object.get_mut("items") {
            Some(items @ (Value::Object(_) | Value::Bool(false))) => {
                *items = self.property(items, opened, depth + 1, true);
            }
            // A list of schemas, one per position, says nothing about lists of other lengths.
            _ => drop(object.shift_remove("items")),
        }
    }

    /// Resolves the references and combinations on the level of a schema itself; schemas inside it
    /// stay as they are. Returns it with the references that were followed.
    fn flat(
        &mut self,
        schema: &Value,
        opened: &[String],
        depth: usize,
    ) -> (Map<String, Value>, Opened) {
        let mut opened = opened.to_vec();
        let Value::Object(given) = schema else {
            // `false` accepts nothing; `true`, and anything that is not a schema, accepts all.
            let nothing = Map::from_iter([("type".to_owned(), json!("null"))]);
            return (if *schema == json!(false) { nothing } else { Map::new() }, opened);
        };
        if depth > MAX_DEPTH || self.left == 0 {
            return (Map::new(), opened);
        }
        self.left -= 1;
        let mut object = given.clone();
        object.retain(|name, _| !DROPPED.contains(&name.as_str()));
        let branches = read_type(given, &mut object);
        read_format(&mut object);
        let mut more = Vec::new();
        if let Some(reference) = given.get("$ref").and_then(Value::as_str) {
            let root = self.root;
            let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
            if let Some(target) = target.filter(|_| !opened.iter().any(|known| known == reference))
            {
                opened.push(reference.to_owned());
                let (target, further) = self.flat(target, &opened, depth + 1);
                more.extend(further);
                object = both(object, target);
            }
        }
        let list =
            |name: &str| given.get(name).and_then(Value::as_array).filter(|list| !list.is_empty());
        for branch in list("allOf").into_iter().flatten() {
            let (branch, further) = self.flat(branch, &opened, depth + 1);
            more.extend(further);
            object = both(object, branch);
        }
        for branches in [list("anyOf"), list("oneOf"), branches.as_ref()].into_iter().flatten() {
            let mut union: Option<Map<String, Value>> = None;
            for branch in branches {
                let (branch, further) = self.flat(branch, &opened, depth + 1);
                more.extend(further);
                union = Some(
                    union.map_or_else(|| branch.clone(), |union| either(union, branch.clone())),
                );
            }
            object = both(object, union.unwrap_or_default());
        }
        more.retain(|reference| !opened.contains(reference));
        more.sort_unstable();
        more.dedup();
        opened.extend(more);
        (object, opened)
    }
}

/// Reduces `type`: unchanged if it names only known types, absent if any type is allowed. Old
/// drafts allow schemas among the names; then all alternatives are returned, as schemas.
fn read_type(given: &Map<String, Value>, object: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let is_known = |name: &Value| name.as_str().is_some_and(|name| TYPES.contains(&name));
    let of_values = |values: &[Value]| -> Vec<&str> {
        let mut types: Vec<&str> = values.iter().map(type_of).collect();
        types.sort_unstable();
        types.dedup();
        types
    };
    match given.get("type") {
        Some(name) if is_known(name) => {}
        Some(Value::Array(names)) if names.iter().any(Value::is_object) => {
            object.shift_remove("type");
            let (schemas, names): (Vec<_>, Vec<_>) =
                names.iter().cloned().partition(Value::is_object);
            let known: Vec<_> = names.into_iter().filter(is_known).collect();
            return Some(
                schemas
                    .into_iter()
                    .chain((!known.is_empty()).then(|| json!({"type": known})))
                    .collect(),
            );
        }
        Some(Value::Array(names)) => {
            let mut known: Vec<&Value> = Vec::with_capacity(names.len());
            for name in names.iter().filter(|name| is_known(name)) {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
            if known.is_empty() || names.iter().any(|name| name == "any") {
                object.shift_remove("type");
            } else if known.len() < names.len() {
                object.insert("type".to_owned(), json!(known));
            }
        }
        Some(_) => drop(object.shift_remove("type")),
        // Without a `type`, the listed values show which types are allowed.
        None => {
            let listed =
                given.get("enum").and_then(Value::as_array).filter(|values| !values.is_empty());
            let values =
                listed.map(Vec::as_slice).or_else(|| given.get("const").map(std::slice::from_ref));
            if let Some(values) = values {
                object.insert("type".to_owned(), json!(of_values(values)));
            }
        }
    }
    None
}

/// Keeps the format of dates and times, and only if the schema allows text.
fn read_format(object: &mut Map<String, Value>) {
    let is_date = object
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(|format| FORMATS.contains(&format));
    if is_date && !object.contains_key("type") {
        object.insert("type".to_owned(), json!(["null", "string"]));
    }
    if !is_date || !has_text(object) {
        object.shift_remove("format");
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests;
