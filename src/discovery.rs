//! Discovery: the stream tables as a catalog. Offline and instant, because orchestrators run it
//! before every sync.

use crate::singer::catalog::{self, CatalogStream};
use crate::streams;
use anyhow::Result;
use serde_json::{Value, json};

/// The catalog of every stream, all selected by default.
pub fn discover() -> Value {
    let streams: Vec<Value> = streams::all()
        .iter()
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

/// The catalog of a run that was given none.
pub fn default_catalog() -> Result<Vec<CatalogStream>> {
    catalog::parse(discover())
}
