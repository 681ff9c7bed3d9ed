//! What of a catalog is selected: streams, and properties down to nested ones. It owns the order of precedence that the Meltano SDK
//! and singer-python agree on.

use super::catalog::CatalogStream;
use serde_json::{Map, Value, json};

/// Marks a nested property that is deselected, in a schema from [`marked_schema`].
pub const DESELECTED: &str = "x-deselected";

/// Whether the stream is to be synced. In order: `inclusion`, `selected`, `selected-by-default`; a stream about which the catalog says
/// nothing at all is in, one with metadata but no word on selection is out.
#[must_use]
pub fn is_selected(stream: &CatalogStream) -> bool {
    let legacy = stream.schema.get("selected").and_then(truth);
    verdict(stream.metadata.get(&[] as &[String]))
        .or_else(|| stream.said("selected").and_then(truth))
        .or(legacy)
        .unwrap_or(stream.metadata.is_empty())
}

/// The schema of the selected properties. `always` names those that cannot be left out: keys and the replication key. Deselected nested
/// properties are left out too.
#[must_use]
pub fn selected_schema(stream: &CatalogStream, always: &[String]) -> Value {
    let mut schema = stream.schema.clone();
    prune(&mut schema, &mut Vec::new(), stream, always, false);
    schema
}

/// Like [`selected_schema`], but deselected nested properties stay, marked, so that rendering can leave them out.
#[must_use]
pub fn marked_schema(stream: &CatalogStream, always: &[String]) -> Value {
    let mut schema = stream.schema.clone();
    prune(&mut schema, &mut Vec::new(), stream, always, true);
    schema
}

fn prune(schema: &mut Value, path: &mut Vec<String>, stream: &CatalogStream, always: &[String], mark: bool) {
    let top = path.is_empty();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let mut gone = Vec::new();
    for (name, property) in properties.iter_mut() {
        path.extend(["properties".to_owned(), name.clone()]);
        let forced = top && always.iter().any(|a| a == name);
        // Without a word of its own a property goes with its parent, which is in, or we would not be here.
        if forced || verdict(stream.metadata.get(path.as_slice())).or_else(|| property.get("selected").and_then(truth)).unwrap_or(true) {
            prune(property, path, stream, always, mark);
        } else if mark && !top {
            *property = json!({DESELECTED: true});
        } else {
            gone.push(name.clone());
        }
        path.truncate(path.len() - 2);
    }
    properties.retain(|name, _| !gone.contains(name));
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !gone.iter().any(|g| g == name)));
    }
}

fn verdict(metadata: Option<&Map<String, Value>>) -> Option<bool> {
    let metadata = metadata?;
    match metadata.get("inclusion").and_then(Value::as_str) {
        Some("unsupported") => Some(false),
        Some("automatic") => Some(true),
        _ => metadata.get("selected").and_then(truth).or_else(|| metadata.get("selected-by-default").and_then(truth)),
    }
}

/// Some tools write booleans as text.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
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
            stream["schema"] = json!({"properties": {"id": {}, "a": {"properties": {"b": {}, "c": {}}}, "d": {}}, "required": ["id", "d"]});
        }
        catalog::parse(json!({"streams": [stream]})).expect("a catalog").remove(0)
    }

    fn root(metadata: &Value) -> Value {
        json!({"metadata": [{"breadcrumb": [], "metadata": metadata}]})
    }

    #[test]
    fn streams_are_in_by_the_order_of_precedence() {
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
        assert!(is_selected(&stream(&json!({"metadata": []}))), "nothing said: everything in");
        assert!(is_selected(&stream(&json!({"metadata": [{"breadcrumb": [], "metadata": {}}], "selected": true}))), "on the stream object");
        assert!(
            is_selected(&stream(
                &json!({"schema": {"properties": {}, "selected": true}, "metadata": [{"breadcrumb": [], "metadata": {}}]})
            )),
            "old"
        );
    }

    #[test]
    fn properties_go_with_their_parents_and_keys_never() {
        let entry = |path: Value, selected: bool| json!({"breadcrumb": path, "metadata": {"inclusion": "available", "selected": selected}});
        let stream = stream(&json!({"metadata": [
            entry(json!(["properties", "id"]), false),
            entry(json!(["properties", "d"]), false),
            entry(json!(["properties", "a", "properties", "b"]), false),
        ]}));
        let always = ["id".to_owned()];
        let want = json!({"properties": {"id": {}, "a": {"properties": {"c": {}}}}, "required": ["id"]});
        assert_eq!(selected_schema(&stream, &always), want);
        assert_eq!(marked_schema(&stream, &always)["properties"]["a"]["properties"]["b"], json!({DESELECTED: true}));
    }
}
