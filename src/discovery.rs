//! Discovery: builds the catalog from the stream tables. It needs no network and is fast, because
//! orchestrators run it before every sync.

use crate::singer::catalog::{self, CatalogStream};
use crate::streams::{self, Group};
use anyhow::Result;
use serde_json::{Value, json};

/// The catalog of the group `core`, of which all streams are selected by default.
pub fn discover() -> Value {
    let streams: Vec<Value> = streams::all()
        .iter()
        .filter(|stream| stream.group == Group::Core)
        .map(|stream| {
            catalog::discovered(
                stream.name,
                &streams::schema(stream),
                &stream.keys,
                stream.replication_key(),
            )
        })
        .collect();
    json!({"streams": streams})
}

/// The catalog that is used if the user passes none.
pub(crate) fn default_catalog() -> Result<Vec<CatalogStream>> {
    catalog::parse(discover())
}
