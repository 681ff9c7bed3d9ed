//! A catalog: streams with schemas and metadata, as discovery writes it and as users, Meltano and
//! other taps change it. It owns the form; which parts are selected is `selection`'s.

use crate::error::{InputError, input};
use crate::files;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// One stream of a catalog.
#[derive(Clone, Debug)]
pub struct CatalogStream {
    /// Which stream it is. Identity: the other name may be changed.
    pub id: String,
    /// The name under which records are written.
    pub stream: String,
    /// JSON Schema of a record.
    pub schema: Value,
    /// Metadata by breadcrumb; the empty one is of the stream itself.
    pub metadata: HashMap<Vec<String>, Map<String, Value>>,
    /// The stream object, for what stands beside the metadata.
    object: Map<String, Value>,
}

/// Reads a catalog file.
pub fn load(path: &str) -> Result<Vec<CatalogStream>> {
    let text = files::read("catalog", path)?;
    let catalog: Value = serde_json::from_str(&text)
        .with_context(|| InputError(format!("catalog: `{path}` is not valid JSON")))?;
    parse(catalog).with_context(|| InputError(format!("catalog: `{path}` is not a catalog")))
}

/// Takes a catalog apart.
pub fn parse(mut catalog: Value) -> Result<Vec<CatalogStream>> {
    let Some(Value::Array(streams)) = catalog.get_mut("streams").map(Value::take) else {
        return Err(input("catalog: it has no array `streams`"));
    };
    streams
        .into_iter()
        .enumerate()
        .map(|(i, stream)| {
            one(stream).with_context(|| InputError(format!("catalog: in `streams[{i}]`")))
        })
        .collect()
}

fn one(stream: Value) -> Result<CatalogStream> {
    let Value::Object(mut object) = stream else {
        return Err(input("catalog: a stream is not an object"));
    };
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = text("tap_stream_id")
        .or_else(|| text("stream"))
        .ok_or_else(|| input("catalog: a stream has no `tap_stream_id`"))?;
    let stream = text("stream").unwrap_or_else(|| id.clone());
    let schema = object.shift_remove("schema").unwrap_or_default();
    if !schema.get("properties").is_some_and(Value::is_object) {
        return Err(input(format!("catalog: the schema of `{id}` has no object `properties`")));
    }
    let mut metadata = HashMap::new();
    for entry in object.get("metadata").and_then(Value::as_array).into_iter().flatten() {
        let breadcrumb = entry["breadcrumb"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|b| b.as_str().map(str::to_owned))
            .collect();
        if let Some(values) = entry["metadata"].as_object() {
            metadata.insert(breadcrumb, values.clone());
        }
    }
    Ok(CatalogStream { id, stream, schema, metadata, object })
}

impl CatalogStream {
    /// What the catalog says of the stream: its metadata first, then the stream object, where names
    /// have underscores.
    pub fn said(&self, name: &str) -> Option<&Value> {
        let in_metadata = self.metadata.get(&[] as &[String]).and_then(|m| m.get(name));
        in_metadata.or_else(|| self.beside(name))
    }

    /// What the stream object says by itself.
    pub(super) fn beside(&self, name: &str) -> Option<&Value> {
        self.object.get(name.trim_start_matches("table-").replace('-', "_").as_str())
    }

    /// The key properties that the catalog names.
    pub fn keys(&self) -> Option<Vec<String>> {
        let names = self.said("table-key-properties")?.as_array()?;
        Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Whether the user wants every row every time.
    pub fn is_full_table(&self) -> bool {
        self.said("replication-method")
            .and_then(Value::as_str)
            .is_some_and(|m| m.eq_ignore_ascii_case("FULL_TABLE"))
    }
}

/// One stream as discovery lists it, with metadata for every property. `replication_key` makes it
/// incremental.
pub fn discovered(
    name: &str,
    schema: &Value,
    keys: &[&str],
    replication_key: Option<&str>,
) -> Value {
    let method = if replication_key.is_some() { "INCREMENTAL" } else { "FULL_TABLE" };
    let mut root = Map::from_iter([
        ("inclusion".to_owned(), json!("available")),
        ("selected-by-default".to_owned(), json!(true)),
        ("table-key-properties".to_owned(), json!(keys)),
        ("forced-replication-method".to_owned(), json!(method)),
    ]);
    if let Some(key) = replication_key {
        root.insert("valid-replication-keys".to_owned(), json!([key]));
    }
    let mut metadata = vec![json!({"breadcrumb": [], "metadata": root})];
    add_properties(schema, &mut Vec::new(), &mut metadata, &|name| {
        keys.contains(&name) || replication_key == Some(name)
    });
    let mut stream = json!({
        "tap_stream_id": name, "stream": name, "schema": schema, "key_properties": keys, "replication_method": method, "metadata": metadata,
    });
    if let Some(key) = replication_key {
        stream["replication_key"] = json!(key);
    }
    stream
}

fn add_properties(
    schema: &Value,
    path: &mut Vec<String>,
    metadata: &mut Vec<Value>,
    is_automatic: &dyn Fn(&str) -> bool,
) {
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let top = path.is_empty();
        path.extend(["properties".to_owned(), name.clone()]);
        let inclusion = if top && is_automatic(name) { "automatic" } else { "available" };
        metadata.push(json!({"breadcrumb": path, "metadata": {"inclusion": inclusion, "selected-by-default": true}}));
        add_properties(property, path, metadata, &|_| false);
        path.truncate(path.len() - 2);
    }
}
