//! A stream as discovery prints it: its schema, and metadata for every property. It borrows what it
//! prints, because discovery with all streams prints several megabytes.

use serde::Serialize;
use serde_json::Value;

/// A stream of a catalog that discovery prints.
#[derive(Debug, Serialize)]
pub(crate) struct Discovered<'a> {
    tap_stream_id: &'a str,
    stream: &'a str,
    schema: &'a Value,
    key_properties: &'a [&'a str],
    replication_method: &'static str,
    metadata: Vec<Metadata<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_key: Option<&'a str>,
}

/// Metadata of the stream or of one of its properties.
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    breadcrumb: Vec<&'a str>,
    metadata: Values<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Values<'a> {
    inclusion: &'static str,
    selected_by_default: bool,
    #[serde(flatten)]
    stream: Option<OfStream<'a>>,
}

/// What only the stream itself has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct OfStream<'a> {
    table_key_properties: &'a [&'a str],
    forced_replication_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_replication_keys: Option<[&'a str; 1]>,
}

impl<'a> Discovered<'a> {
    /// Everything is selected by default. A `replication_key` makes the stream incremental.
    pub(crate) fn new(
        name: &'a str,
        schema: &'a Value,
        keys: &'a [&'a str],
        replication_key: Option<&'a str>,
    ) -> Self {
        let method = if replication_key.is_some() { "INCREMENTAL" } else { "FULL_TABLE" };
        let root = OfStream {
            table_key_properties: keys,
            forced_replication_method: method,
            valid_replication_keys: replication_key.map(|key| [key]),
        };
        let root = Values { inclusion: "available", selected_by_default: true, stream: Some(root) };
        let mut metadata = vec![Metadata { breadcrumb: Vec::new(), metadata: root }];
        add_properties(schema, &mut Vec::new(), &mut metadata, &|name| {
            keys.contains(&name) || replication_key == Some(name)
        });
        Discovered {
            tap_stream_id: name,
            stream: name,
            schema,
            key_properties: keys,
            replication_method: method,
            metadata,
            replication_key,
        }
    }
}

fn add_properties<'a>(
    schema: &'a Value,
    path: &mut Vec<&'a str>,
    metadata: &mut Vec<Metadata<'a>>,
    is_automatic: &dyn Fn(&str) -> bool,
) {
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let is_top = path.is_empty();
        path.extend(["properties", name.as_str()]);
        let inclusion = if is_top && is_automatic(name) { "automatic" } else { "available" };
        let values = Values { inclusion, selected_by_default: true, stream: None };
        metadata.push(Metadata { breadcrumb: path.clone(), metadata: values });
        add_properties(property, path, metadata, &|_| false);
        path.truncate(path.len() - 2);
    }
}
