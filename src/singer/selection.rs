//! Decides which streams and properties of a catalog are selected, down to nested properties. The
//! order of precedence is the one that the Meltano SDK and singer-python agree on.

use super::catalog::CatalogStream;
use crate::error::input;
use anyhow::Result;
use serde_json::{Map, Value, json};

/// Whether the stream is to be synced. In order of precedence: `inclusion`; `selected` in the
/// metadata, on the stream object or in its schema; `selected-by-default`. Without any of these, a
/// stream is selected only if it has no metadata at all.
pub(crate) fn is_selected(stream: &CatalogStream) -> bool {
    let elsewhere = flags_elsewhere(stream).into_iter().find_map(|(_, selected)| selected);
    decide(stream.metadata.get(&[] as &[String]), elsewhere).unwrap_or(stream.metadata.is_empty())
}

/// The values of `selected` that a stream has outside its metadata, each with its place.
fn flags_elsewhere(stream: &CatalogStream) -> [(&'static str, Option<bool>); 2] {
    [
        ("on the stream object", stream.member("selected").and_then(boolean)),
        ("in the schema", stream.schema.get("selected").and_then(boolean)),
    ]
}

/// Refuses two selected streams that would share a bookmark or a name. Logs every `selected` that a
/// place of higher precedence overrides.
pub(crate) fn check(catalog: &[CatalogStream]) -> Result<()> {
    let mut selected: Vec<&CatalogStream> = Vec::new();
    for stream in catalog {
        let is_selected = is_selected(stream);
        for (place, _) in flags_elsewhere(stream)
            .into_iter()
            .filter(|(_, flag)| flag.is_some_and(|flag| flag != is_selected))
        {
            log::info!(
                "catalog: `{}` is {}: `selected: {}` {place} is ignored because another setting \
                 takes precedence",
                stream.id,
                if is_selected { "read" } else { "left out" },
                !is_selected
            );
        }
        if !is_selected {
            continue;
        }
        if let Some(other) = selected.iter().find(|other| other.id == stream.id) {
            return Err(input(format!(
                "catalog: `{}` and `{}` are both selected and both have the `tap_stream_id` `{}`, \
                 so they would share a bookmark; deselect one of them, and sync it in a separate \
                 run with its own catalog and state",
                other.stream, stream.stream, stream.id
            )));
        }
        if let Some(other) = selected.iter().find(|other| other.stream == stream.stream) {
            return Err(input(format!(
                "catalog: the streams `{}` and `{}` are both selected under the name `{}`; change \
                 `stream` in one of them",
                other.id, stream.id, stream.stream
            )));
        }
        selected.push(stream);
    }
    Ok(())
}

/// The schema of the selected properties, nested ones included. `always` names those that cannot be
/// deselected: the key properties and the replication key.
pub(crate) fn selected_schema(stream: &CatalogStream, always: &[String]) -> Value {
    let mut schema = stream.schema.clone();
    prune(&mut schema, &mut Vec::new(), stream, always, None);
    schema
}

/// Like [`selected_schema`], but deselected nested properties stay, as objects with only the member
/// `mark`, so that rendering can leave them out.
pub(crate) fn marked_schema(stream: &CatalogStream, always: &[String], mark: &str) -> Value {
    let mut schema = stream.schema.clone();
    prune(&mut schema, &mut Vec::new(), stream, always, Some(mark));
    schema
}

fn prune(
    schema: &mut Value,
    path: &mut Vec<String>,
    stream: &CatalogStream,
    always: &[String],
    mark: Option<&str>,
) {
    let top = path.is_empty();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let mut removed = Vec::new();
    for (name, property) in properties.iter_mut() {
        path.extend(["properties".to_owned(), name.clone()]);
        let forced = top && always.iter().any(|a| a == name);
        // By default a property is selected like its parent, and here the parent is selected.
        let in_schema = property.get("selected").and_then(boolean);
        if forced || decide(stream.metadata.get(path.as_slice()), in_schema).unwrap_or(true) {
            prune(property, path, stream, always, mark);
        } else if let Some(mark) = mark.filter(|_| !top) {
            *property = json!({mark: true});
        } else {
            removed.push(name.clone());
        }
        path.truncate(path.len() - 2);
    }
    properties.retain(|name, _| !removed.contains(name));
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !removed.iter().any(|r| r == name)));
    }
}

/// Applies the order of precedence to one stream or property. `elsewhere` is a `selected` outside
/// the metadata.
fn decide(metadata: Option<&Map<String, Value>>, elsewhere: Option<bool>) -> Option<bool> {
    let setting = |name: &str| metadata.and_then(|m| m.get(name));
    match setting("inclusion").and_then(Value::as_str) {
        Some("unsupported") => Some(false),
        Some("automatic") => Some(true),
        _ => setting("selected")
            .and_then(boolean)
            .or(elsewhere)
            .or_else(|| setting("selected-by-default").and_then(boolean)),
    }
}

/// Reads a boolean, also from text, as some tools write it.
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::singer::catalog;

    fn stream(stream: &Value) -> CatalogStream {
        let mut stream = stream.clone();
        stream["tap_stream_id"] = json!("ads");
        if stream.get("schema").is_none() {
            stream["schema"] = json!({
                "properties": {"id": {}, "a": {"properties": {"b": {}, "c": {}}}, "d": {}},
                "required": ["id", "d"],
            });
        }
        catalog::parse(json!({"streams": [stream]})).expect("a catalog").remove(0)
    }

    fn root(metadata: &Value) -> Value {
        json!({"metadata": [{"breadcrumb": [], "metadata": metadata}]})
    }

    #[test]
    fn streams_are_selected_by_the_order_of_precedence() {
        for (metadata, want) in [
            (json!({"selected": true}), true),
            (json!({"selected": "false"}), false),
            (json!({"selected": "True"}), true),
            (json!({"selected": false, "inclusion": "automatic"}), true),
            (json!({"selected": true, "inclusion": "unsupported"}), false),
            (json!({"selected-by-default": true}), true),
            (json!({"selected-by-default": true, "selected": false}), false),
            (json!({"inclusion": "available"}), false),
        ] {
            assert_eq!(is_selected(&stream(&root(&metadata))), want, "{metadata}");
        }
        assert!(is_selected(&stream(&json!({"metadata": []}))), "without any metadata");
        let empty = json!([{"breadcrumb": [], "metadata": {}}]);
        assert!(
            is_selected(&stream(&json!({"metadata": empty, "selected": true}))),
            "on the stream object"
        );
        assert!(
            is_selected(&stream(
                &json!({"schema": {"properties": {}, "selected": true}, "metadata": empty})
            )),
            "in the schema"
        );
    }

    #[test]
    fn selected_outside_the_metadata_counts_where_the_metadata_has_none() {
        let by_default = json!({"inclusion": "available", "selected-by-default": true});
        let discovered = json!([{"breadcrumb": [], "metadata": by_default}]);
        let metadata = |metadata: Value| json!([{"breadcrumb": [], "metadata": metadata}]);
        let deselected = json!({"properties": {"id": {}}, "selected": false});
        for (entry, want) in [
            (json!({"metadata": discovered, "selected": false}), false),
            (json!({"metadata": discovered, "selected": "false"}), false),
            (json!({"metadata": discovered, "selected": null}), true),
            (json!({"metadata": discovered, "schema": deselected}), false),
            (json!({"metadata": discovered, "selected": true, "schema": deselected}), true),
            (json!({"metadata": [], "selected": false}), false),
            (json!({"metadata": metadata(json!({"selected": true})), "selected": false}), true),
            (json!({"metadata": metadata(json!({"selected": false})), "selected": true}), false),
            (
                json!({
                    "metadata": metadata(json!({"inclusion": "automatic"})), "selected": false,
                }),
                true,
            ),
        ] {
            assert_eq!(is_selected(&stream(&entry)), want, "{entry}");
        }
        let property = stream(&json!({
            "schema": {"properties": {"id": {}, "a": {"selected": false}}},
            "metadata": [{"breadcrumb": ["properties", "a"], "metadata": by_default}],
        }));
        assert_eq!(
            selected_schema(&property, &[])["properties"],
            json!({"id": {}}),
            "properties follow the same rule"
        );
    }

    #[test]
    fn no_two_selected_streams_share_an_id_or_a_name() {
        let entry = |id: &str, name: &str, selected: bool| {
            json!({
                "tap_stream_id": id, "stream": name, "schema": {"properties": {}},
                "selected": selected,
            })
        };
        let check = |entries: &[Value]| {
            check(&catalog::parse(json!({"streams": entries})).expect("a catalog"))
        };
        for (second, parts) in [
            (entry("ads", "b", true), ["`a`", "`b`", "`ads`"]),
            (entry("campaigns", "a", true), ["`a`", "`ads`", "`campaigns`"]),
        ] {
            let error =
                check(&[entry("ads", "a", true), second]).expect_err("a conflict").to_string();
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
        check(&[entry("ads", "a", true), entry("ads", "b", false), entry("campaigns", "c", true)])
            .expect("one is deselected");
    }

    #[test]
    fn properties_can_be_deselected_but_keys_cannot() {
        let entry = |path: Value, selected: bool| {
            let metadata = json!({"inclusion": "available", "selected": selected});
            json!({"breadcrumb": path, "metadata": metadata})
        };
        let stream = stream(&json!({"metadata": [
            entry(json!(["properties", "id"]), false),
            entry(json!(["properties", "d"]), false),
            entry(json!(["properties", "a", "properties", "b"]), false),
        ]}));
        let always = ["id".to_owned()];
        let want =
            json!({"properties": {"id": {}, "a": {"properties": {"c": {}}}}, "required": ["id"]});
        assert_eq!(selected_schema(&stream, &always), want);
        assert_eq!(
            marked_schema(&stream, &always, "x-gone")["properties"]["a"]["properties"]["b"],
            json!({"x-gone": true})
        );
    }
}
