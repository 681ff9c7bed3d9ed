//! Discovery: builds the catalog from the streams that there are. It needs no network and is fast,
//! because orchestrators run it before every sync.

use crate::singer::catalog::{self, CatalogStream};
use crate::singer::discovered::Discovered;
use crate::streams::{self, Available, Stream};
use anyhow::Result;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// The catalog of the streams that are listed without a config.
pub fn discover() -> Value {
    catalog_of(&Available::default())
}

/// The catalog of the streams that a config lists, which are all selected by default.
pub fn catalog_of(available: &Available) -> Value {
    json!(Catalog { streams: Listed(available) })
}

/// The same catalog as indented text that ends with a line feed.
pub(crate) fn text_of(available: &Available) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(&Catalog { streams: Listed(available) })?;
    text.push(b'\n');
    Ok(text)
}

/// The catalog that is used if the user passes none.
pub(crate) fn default_catalog(available: &Available) -> Result<Vec<CatalogStream>> {
    catalog::parse(catalog_of(available))
}

#[derive(Serialize)]
struct Catalog<'a> {
    streams: Listed<'a>,
}

/// The listed streams, each of which is built when it is its turn.
struct Listed<'a>(&'a Available);

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut listed = serializer.serialize_seq(None)?;
        for stream in self.0.listed() {
            let Stream { name, keys, .. } = stream;
            let schema = streams::schema(stream);
            let key = stream.replication_key();
            listed.serialize_element(&Discovered::new(name, &schema, keys, key))?;
        }
        listed.end()
    }
}
