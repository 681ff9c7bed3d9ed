//! Discovery: builds the catalog from the streams that there are. It needs no network and is fast,
//! because orchestrators run it before every sync.

use crate::singer::catalog::{self, CatalogStream};
use crate::streams::{self, Available};
use anyhow::Result;
use serde_json::{Value, json};

/// The catalog of the streams that are listed without a config.
pub fn discover() -> Value {
    catalog_of(&Available::default())
}

/// The catalog of the streams that a config lists, which are all selected by default.
pub fn catalog_of(available: &Available) -> Value {
    let streams: Vec<Value> = available
        .listed()
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
pub(crate) fn default_catalog(available: &Available) -> Result<Vec<CatalogStream>> {
    catalog::parse(catalog_of(available))
}
