//! Answers and row keys kept for repeated requests, so that benches measure the client.
//! Owns the bounds; what makes two requests equal is decided in `api` and `reports`.

use crate::world::Key;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// A million rows of a report, compressed.
const MOST_BYTES: usize = 1 << 30;
const MOST_KEYS: usize = 8_000_000;

/// A successful answer as it is sent: compressed or not.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) gzipped: bool,
    pub(crate) throttled: bool,
    pub(crate) wait: Duration,
}

/// All caches; bodies and keys are dropped whole when they grow too big.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    bodies: HashMap<String, Body>,
    bytes: usize,
    keys: HashMap<String, Arc<Vec<Key>>>,
    keys_held: usize,
    /// Few and small: one for each report with totals.
    totals: HashMap<String, String>,
}

impl Cache {
    pub(crate) fn body(&self, request: &str) -> Option<Body> {
        self.bodies.get(request).cloned()
    }

    pub(crate) fn keep_body(&mut self, request: String, body: Body) {
        let size = body.bytes.len();
        if self.bytes + size > MOST_BYTES {
            self.bodies.clear();
            self.bytes = 0;
        }
        // Of two equal requests at once both come here; counting twice only empties it sooner.
        self.bytes += size;
        self.bodies.insert(request, body);
    }

    pub(crate) fn keys(&self, query: &str) -> Option<Arc<Vec<Key>>> {
        self.keys.get(query).cloned()
    }

    pub(crate) fn keep_keys(&mut self, query: String, keys: Arc<Vec<Key>>) {
        if self.keys_held + keys.len() > MOST_KEYS {
            self.keys.clear();
            self.keys_held = 0;
        }
        self.keys_held += keys.len();
        self.keys.insert(query, keys);
    }

    pub(crate) fn totals(&self, query: &str) -> Option<String> {
        self.totals.get(query).cloned()
    }

    pub(crate) fn keep_totals(&mut self, query: String, totals: String) {
        self.totals.insert(query, totals);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Compresses a body, fast rather than small.
pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder.write_all(plain).expect("writing to memory cannot fail");
    encoder.finish().expect("writing to memory cannot fail")
}
