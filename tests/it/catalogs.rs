//! Catalogs as users, Meltano and other taps write them: helpers that change the discovered
//! catalog.

use serde_json::{Value, json};
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams::{self, Stream};

/// The entry of a stream in a catalog.
#[track_caller]
pub(crate) fn entry<'c>(catalog: &'c mut Value, stream: &str) -> &'c mut Value {
    let streams = catalog["streams"].as_array_mut().expect("streams");
    streams
        .iter_mut()
        .find(|entry| entry["tap_stream_id"] == stream)
        .unwrap_or_else(|| panic!("no {stream} in the catalog"))
}

/// Sets a member of the metadata at a breadcrumb, and adds the entry if there is none.
pub(crate) fn mark(entry: &mut Value, breadcrumb: &[&str], name: &str, value: impl Into<Value>) {
    let metadata = entry["metadata"].as_array_mut().expect("metadata");
    let wanted = json!(breadcrumb);
    let index = metadata.iter().position(|one| one["breadcrumb"] == wanted).unwrap_or_else(|| {
        metadata.push(json!({"breadcrumb": wanted, "metadata": {}}));
        metadata.len() - 1
    });
    metadata[index]["metadata"][name] = value.into();
}

/// The discovered catalog with only these streams selected.
pub(crate) fn only(streams: &[&str]) -> Value {
    let mut catalog = discover();
    for entry in catalog["streams"].as_array_mut().expect("streams") {
        let selected = streams.contains(&entry["tap_stream_id"].as_str().expect("a name"));
        mark(entry, &[], "selected", selected);
    }
    catalog
}

/// One stream with only these fields selected, and the automatic ones.
pub(crate) fn fields(stream: &str, fields: &[&str]) -> Value {
    let mut catalog = only(&[stream]);
    let entry = entry(&mut catalog, stream);
    let names: Vec<String> =
        entry["schema"]["properties"].as_object().expect("properties").keys().cloned().collect();
    for name in names {
        mark(entry, &["properties", &name], "selected", fields.contains(&name.as_str()));
    }
    catalog
}

/// A catalog of any streams of the table, all of them selected. Discovery lists fewer.
pub(crate) fn of<'s>(streams: impl IntoIterator<Item = &'s Stream>) -> Value {
    let entries = streams.into_iter().map(|stream| {
        json!({
            "tap_stream_id": stream.name,
            "stream": stream.name,
            "schema": streams::schema(stream),
            "key_properties": stream.keys,
            "metadata": [{"breadcrumb": [], "metadata": {"selected": true}}],
        })
    });
    json!({"streams": entries.collect::<Vec<_>>()})
}
