//! The README says what the code says: its tables of settings and streams are made from the schema
//! and the stream tables.
//!
//! A difference means: make the block of the README anew.

use crate::harness::CORE;
use tap_tiktok_ads::about::{settings_table, streams_table};

fn block<'r>(readme: &'r str, name: &str) -> &'r str {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let after = readme.split_once(&open).unwrap_or_else(|| panic!("README.md has no {open}")).1;
    after.split_once(&close).unwrap_or_else(|| panic!("README.md has no {close}")).0
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let Ok(readme) = std::fs::read_to_string(path) else { return };
    for (name, table) in [("settings", settings_table()), ("streams", streams_table())] {
        assert_eq!(
            block(&readme, name).trim(),
            table.trim(),
            "README.md is old: put in the table of `tap-tiktok-ads --about --format markdown`"
        );
    }
}

#[test]
fn tables_are_whole() {
    for table in [settings_table(), streams_table()] {
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let wanted = columns(table.lines().next().unwrap());
        assert!(
            table.lines().all(|line| columns(line) == wanted),
            "a row with more or fewer cells:\n{table}"
        );
    }
    assert_eq!(streams_table().lines().count(), CORE.len() + 2);
}
