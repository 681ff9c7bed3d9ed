//! What of a catalog is selected: streams, and properties down to nested ones. It owns the order of
//! precedence that the Meltano SDK and singer-python agree on.

use super::catalog::CatalogStream;
use crate::error::input;
use anyhow::Result;
use serde_json::{Map, Value, json};

/// Whether the stream is to be synced. In order: `inclusion`, `selected` in the metadata, on the
/// stream object or in its schema, `selected-by-default`; a stream about which the catalog says
/// nothing at all is in, one with metadata but no word on selection is out.
pub fn is_selected(stream: &CatalogStream) -> bool {
    let beside = beside(stream).into_iter().find_map(|(_, selected)| selected);
    verdict(stream.metadata.get(&[] as &[String]), beside).unwrap_or(stream.metadata.is_empty())
}

/// What is said of the selection of a stream elsewhere than in its metadata, and where.
fn beside(stream: &CatalogStream) -> [(&'static str, Option<bool>); 2] {
    [
        ("on the stream object", stream.beside("selected").and_then(truth)),
        ("in the schema", stream.schema.get("selected").and_then(truth)),
    ]
}

/// Holds the selected streams against one another, and says what is ignored about the others.
pub fn check(catalog: &[CatalogStream]) -> Result<()> {
    let mut selected: Vec<&CatalogStream> = Vec::new();
    for stream in catalog {
        let is_in = is_selected(stream);
        for (place, _) in
            beside(stream).into_iter().filter(|(_, said)| said.is_some_and(|said| said != is_in))
        {
            let what = if is_in { "read" } else { "left out" };
            log::info!(
                "catalog: `{}` is {what}: `selected: {}` {place} is ignored, because another place comes first",
                stream.id,
                !is_in
            );
        }
        if !is_in {
            continue;
        }
        if let Some(other) = selected.iter().find(|other| other.id == stream.id) {
            return Err(input(format!(
                "catalog: `{}` and `{}` are both selected and both of the stream `{}`; they would share its bookmark: deselect one, and \
                 run the other by a catalog and a state of its own",
                other.stream, stream.stream, stream.id
            )));
        }
        if let Some(other) = selected.iter().find(|other| other.stream == stream.stream) {
            return Err(input(format!(
                "catalog: the streams `{}` and `{}` are both selected under the name `{}`; give one of them another `stream`",
                other.id, stream.id, stream.stream
            )));
        }
        selected.push(stream);
    }
    Ok(())
}

/// The schema of the selected properties. `always` names those that cannot be left out: keys and
/// the replication key. Deselected nested properties are left out too.
pub fn selected_schema(stream: &CatalogStream, always: &[String]) -> Value {
    let mut schema = stream.schema.clone();
    prune(&mut schema, &mut Vec::new(), stream, always, None);
    schema
}

/// Like [`selected_schema`], but deselected nested properties stay as objects with the member
/// `mark` only, so that rendering can leave them out.
pub fn marked_schema(stream: &CatalogStream, always: &[String], mark: &str) -> Value {
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
    let mut gone = Vec::new();
    for (name, property) in properties.iter_mut() {
        path.extend(["properties".to_owned(), name.clone()]);
        let forced = top && always.iter().any(|a| a == name);
        // Without a word of its own a property goes with its parent, which is in, or we would not
        // be here.
        let beside = property.get("selected").and_then(truth);
        if forced || verdict(stream.metadata.get(path.as_slice()), beside).unwrap_or(true) {
            prune(property, path, stream, always, mark);
        } else if let Some(mark) = mark.filter(|_| !top) {
            *property = json!({mark: true});
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

/// What metadata says; `beside` is what stands elsewhere and counts where the metadata has no
/// `selected`.
fn verdict(metadata: Option<&Map<String, Value>>, beside: Option<bool>) -> Option<bool> {
    let said = |name: &str| metadata.and_then(|m| m.get(name));
    match said("inclusion").and_then(Value::as_str) {
        Some("unsupported") => Some(false),
        Some("automatic") => Some(true),
        _ => said("selected")
            .and_then(truth)
            .or(beside)
            .or_else(|| said("selected-by-default").and_then(truth)),
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
        assert!(
            is_selected(&stream(
                &json!({"metadata": [{"breadcrumb": [], "metadata": {}}], "selected": true})
            )),
            "on the stream object"
        );
        assert!(
            is_selected(&stream(
                &json!({"schema": {"properties": {}, "selected": true}, "metadata": [{"breadcrumb": [], "metadata": {}}]})
            )),
            "old"
        );
    }

    #[test]
    fn what_stands_beside_the_metadata_counts_where_it_is_silent() {
        let discovered = json!([{"breadcrumb": [], "metadata": {"inclusion": "available", "selected-by-default": true}}]);
        let properties = json!({"id": {}});
        for (entry, want) in [
            (json!({"metadata": discovered, "selected": false}), false),
            (json!({"metadata": discovered, "selected": "false"}), false),
            (json!({"metadata": discovered, "selected": null}), true),
            (
                json!({"metadata": discovered, "schema": {"properties": properties, "selected": false}}),
                false,
            ),
            (
                json!({"metadata": discovered, "selected": true, "schema": {"properties": properties, "selected": false}}),
                true,
            ),
            (json!({"metadata": [], "selected": false}), false),
            (
                json!({"metadata": [{"breadcrumb": [], "metadata": {"selected": true}}], "selected": false}),
                true,
            ),
            (
                json!({"metadata": [{"breadcrumb": [], "metadata": {"selected": false}}], "selected": true}),
                false,
            ),
            (
                json!({"metadata": [{"breadcrumb": [], "metadata": {"inclusion": "automatic"}}], "selected": false}),
                true,
            ),
        ] {
            assert_eq!(is_selected(&stream(&entry)), want, "{entry}");
        }
        let property = stream(
            &json!({"schema": {"properties": {"id": {}, "a": {"selected": false}}}, "metadata": [
            {"breadcrumb": ["properties", "a"], "metadata": {"inclusion": "available", "selected-by-default": true}}]}),
        );
        assert_eq!(
            selected_schema(&property, &[])["properties"],
            json!({"id": {}}),
            "properties too"
        );
    }

    #[test]
    fn streams_and_names_come_once_among_the_selected() {
        let entry = |id: &str, name: &str, selected: bool| json!({"tap_stream_id": id, "stream": name, "schema": {"properties": {}}, "selected": selected});
        let check = |entries: &[Value]| {
            check(&catalog::parse(json!({"streams": entries})).expect("a catalog"))
        };
        for (second, parts) in [
            (entry("ads", "b", true), ["`a`", "`b`", "`ads`"]),
            (entry("campaigns", "a", true), ["`a`", "`ads`", "`campaigns`"]),
        ] {
            let error = check(&[entry("ads", "a", true), second]).expect_err("a clash").to_string();
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
        check(&[entry("ads", "a", true), entry("ads", "b", false), entry("campaigns", "c", true)])
            .expect("one is deselected");
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
        let want =
            json!({"properties": {"id": {}, "a": {"properties": {"c": {}}}}, "required": ["id"]});
        assert_eq!(selected_schema(&stream, &always), want);
        assert_eq!(
            marked_schema(&stream, &always, "x-gone")["properties"]["a"]["properties"]["b"],
            json!({"x-gone": true})
        );
    }
}
