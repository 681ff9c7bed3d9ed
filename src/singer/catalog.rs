//! Reads and writes catalogs: streams with their schemas and metadata, as discovery prints them and
//! as users, Meltano and other taps change them. The rules of selection are in `selection`.

use crate::error::{InputError, input};
use crate::files;
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One stream of a catalog.
#[derive(Clone, Debug)]
pub struct CatalogStream {
    /// `tap_stream_id`, which identifies the stream. Users may change the other name.
    pub(crate) id: String,
    /// The name under which records are written.
    pub(crate) stream: String,
    /// JSON Schema of a record.
    pub(crate) schema: Value,
    /// Metadata by breadcrumb. The empty breadcrumb belongs to the stream itself.
    pub(crate) metadata: HashMap<Vec<String>, Map<String, Value>>,
    /// The other members of the stream object, some of which repeat what metadata can say.
    object: Map<String, Value>,
}

/// Reads a catalog file.
pub(crate) fn load(path: &str) -> Result<Vec<CatalogStream>> {
    let text = files::read("catalog", path)?;
    let catalog: Value = serde_json::from_str(&text)
        .with_context(|| InputError(format!("catalog: `{path}` is not valid JSON")))?;
    parse(catalog).with_context(|| InputError(format!("catalog: `{path}` is not a catalog")))
}

/// Reads the streams of a catalog.
pub fn parse(mut catalog: Value) -> Result<Vec<CatalogStream>> {
    let Some(Value::Array(streams)) = catalog.get_mut("streams").map(Value::take) else {
        return Err(input("catalog: the array `streams` is missing"));
    };
    streams
        .into_iter()
        .enumerate()
        .map(|(i, stream)| {
            parse_stream(stream)
                .with_context(|| InputError(format!("catalog: `streams[{i}]` is not valid")))
        })
        .collect()
}

fn parse_stream(stream: Value) -> Result<CatalogStream> {
    let Value::Object(mut object) = stream else {
        return Err(input("catalog: the stream is not an object"));
    };
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = text("tap_stream_id")
        .or_else(|| text("stream"))
        .ok_or_else(|| input("catalog: the stream has no `tap_stream_id`"))?;
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
    /// A setting of the stream. Metadata wins over the stream object.
    fn setting(&self, name: &str) -> Option<&Value> {
        let in_metadata = self.metadata.get(&[] as &[String]).and_then(|m| m.get(name));
        in_metadata.or_else(|| self.member(name))
    }

    /// The member of the stream object that means the same as the metadata `name`:
    /// `key_properties` for `table-key-properties`.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.object.get(name.trim_start_matches("table-").replace('-', "_").as_str())
    }

    /// The key properties that the catalog names.
    pub(crate) fn keys(&self) -> Option<Vec<String>> {
        let names = self.setting("table-key-properties")?.as_array()?;
        Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Whether the catalog asks for full-table replication.
    pub(crate) fn is_full_table(&self) -> bool {
        self.setting("replication-method")
            .and_then(Value::as_str)
            .is_some_and(|m| m.eq_ignore_ascii_case("FULL_TABLE"))
    }
}
