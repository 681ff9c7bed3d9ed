//! Combines two plain schemas as `allOf` and `anyOf` do, on one level. Schemas that both have
//! inside are joined with the keyword itself, which is resolved when they are read.

use super::FORMATS;
use serde_json::{Map, Value, json};

/// The types that a plain schema names; `None` where it allows any.
pub(super) fn named(object: &Map<String, Value>) -> Option<Vec<String>> {
    match object.get("type")? {
        Value::Array(names) => {
            Some(names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        }
        name => Some(name.as_str().map(str::to_owned).into_iter().collect()),
    }
}

/// Whether a plain schema accepts text.
pub(super) fn has_text(object: &Map<String, Value>) -> bool {
    named(object).is_none_or(|types| types.iter().any(|name| name == "string"))
}

/// A schema for what both schemas accept.
pub(super) fn both(mut a: Map<String, Value>, b: Map<String, Value>) -> Map<String, Value> {
    match (named(&a), named(&b)) {
        (Some(ours), Some(theirs)) => {
            let has = |types: &[String], name: &str| types.iter().any(|one| one == name);
            // Integers are numbers too, and should be named only once.
            let narrowed = |name: &str| {
                name == "number"
                    && !has(&theirs, name)
                    && has(&theirs, "integer")
                    && !has(&ours, "integer")
            };
            let is_common =
                |name: &str| has(&theirs, name) || (name == "integer" && has(&theirs, "number"));
            let common: Vec<&str> = ours
                .iter()
                .filter_map(|name| {
                    if narrowed(name) {
                        Some("integer")
                    } else {
                        is_common(name).then_some(name.as_str())
                    }
                })
                .collect();
            if ours.iter().ne(&common) {
                a.insert("type".to_owned(), json!(common));
            }
        }
        (None, Some(theirs)) => drop(a.insert("type".to_owned(), json!(theirs))),
        (_, None) => {}
    }
    merge(&mut a, b, "allOf");
    if !has_text(&a) {
        a.shift_remove("format");
    }
    a
}

/// A schema for what at least one of the schemas accepts.
pub(super) fn either(mut a: Map<String, Value>, b: Map<String, Value>) -> Map<String, Value> {
    let format = match (has_text(&a), has_text(&b)) {
        (true, false) => a.get("format").cloned(),
        (false, true) => b.get("format").cloned(),
        // A field for times can also take dates, but not any text.
        _ => a
            .get("format")
            .zip(b.get("format"))
            .map(|(a, b)| if a == b { a.clone() } else { json!(FORMATS[0]) }),
    };
    let types = named(&a).zip(named(&b)).map(|(mut ours, theirs)| {
        for name in theirs {
            if !ours.contains(&name) {
                ours.push(name);
            }
        }
        ours
    });
    merge(&mut a, b, "anyOf");
    for (name, value) in [("type", types.map(|types| json!(types))), ("format", format)] {
        match value {
            Some(value) => drop(a.insert(name.to_owned(), value)),
            None => drop(a.shift_remove(name)),
        }
    }
    a
}

/// Adds to `a` what only `b` has. Schemas inside both are joined under the keyword `how`.
fn merge(a: &mut Map<String, Value>, b: Map<String, Value>, how: &str) {
    for (name, theirs) in b {
        match (name.as_str(), a.get_mut(&name)) {
            (_, None) => drop(a.insert(name, theirs)),
            ("properties", Some(Value::Object(ours))) => {
                for (name, property) in theirs.as_object().cloned().unwrap_or_default() {
                    let joined = match ours.get(&name) {
                        Some(own) if *own != property => json!({how: [own, property]}),
                        _ => property,
                    };
                    ours.insert(name, joined);
                }
            }
            ("items", Some(ours)) if *ours != theirs => {
                *ours = json!({how: [ours.clone(), theirs]});
            }
            _ => {}
        }
    }
}
