//! Writes the generated parts of docs/coverage.md and docs/moving-over.md:
//! `cargo run --example coverage`. A test fails as long as they are out of date.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

mod systems;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, name, text) in systems::blocks() {
        let path = root.join(page);
        let old = fs::read_to_string(&path).with_context(|| format!("cannot read {page}"))?;
        let new = replace(&old, name, &text)
            .with_context(|| format!("{page} has no lines <!-- {name} --> and <!-- /{name} -->"))?;
        fs::write(&path, new).with_context(|| format!("cannot write {page}"))?;
    }
    Ok(())
}

/// A page with one of its generated parts replaced.
fn replace(page: &str, name: &str, text: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = page.split_once(&open)?;
    let (_, after) = rest.split_once(&close)?;
    Some(format!("{before}{open}{text}{close}{after}"))
}
