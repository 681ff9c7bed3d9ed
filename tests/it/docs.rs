//! The documentation agrees with the code and with itself: generated tables are current, links
//! lead to files, and the README stays short.

use std::fs;
use std::path::Path;
use tap_tiktok_ads::about::{
    counts_table, permissions_table, plugin, settings_table, streams_table,
};
use tap_tiktok_ads::streams::{self, Group, dictionary::dictionary};

const MOST_README_LINES: usize = 150;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The text between the markers `<!-- name -->` and `<!-- /name -->`.
pub(crate) fn block<'t>(text: &'t str, name: &str) -> &'t str {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let after = text.split_once(&open).unwrap_or_else(|| panic!("there is no {open}")).1;
    after.split_once(&close).unwrap_or_else(|| panic!("there is no {close}")).0
}

/// Every page for readers: those in the root folder and those in `docs/`.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    for folder in ["", "docs/"] {
        let names = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap());
        let names = names.map(|entry| entry.file_name().into_string().unwrap());
        pages.extend(
            names
                .filter(|name| Path::new(name).extension().is_some_and(|ext| ext == "md"))
                .map(|name| format!("{folder}{name}")),
        );
    }
    pages
}

/// The targets of the links in a page, without those to other sites.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://"))
}

/// The name by which a link finds a heading: lower case, `-` for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn generated_tables_are_current() {
    for (page, name, table) in [
        ("README.md", "settings", settings_table()),
        ("docs/streams.md", "streams", streams_table()),
        ("docs/streams.md", "counts", counts_table()),
        ("docs/setup.md", "permissions", permissions_table()),
    ] {
        assert_eq!(
            block(&read(page), name).trim(),
            table.trim(),
            "{page} is out of date: paste the table from `tap-tiktok-ads --about --format markdown`"
        );
    }
}

#[test]
fn counts_in_sentences_are_current() {
    let (count, metrics) = (streams::all().len(), dictionary().sizes().0);
    let metrics = format!("{},{:03} in", metrics / 1000, metrics % 1000);
    for (page, words) in [
        ("README.md", format!("**{count} streams**")),
        ("CHANGELOG.md", format!("- {count} streams in {} groups", Group::ALL.len())),
        ("docs/streams.md", metrics),
    ] {
        assert!(read(page).contains(&words), "{page} does not say `{words}`");
    }
}

#[test]
fn the_plugin_definition_for_meltano_is_current() {
    assert!(
        read("plugin.yml") == plugin(),
        "plugin.yml is out of date; write it with `tap-tiktok-ads --about --format meltano`"
    );
    // There is no public repository and no package in an index, so Meltano cannot install the tap
    // by itself: it runs the executable, unless the user names a wheel.
    let name = env!("CARGO_PKG_NAME");
    let lines = |start: &str| plugin().lines().filter(|line| line.starts_with(start)).count();
    assert!(plugin().contains(&format!("\nexecutable: {name}\n")), "it runs something else");
    assert_eq!((lines("pip_url:"), lines("# pip_url: /")), (0, 1), "it installs what is nowhere");
}

#[test]
fn every_row_of_a_table_has_every_cell() {
    for table in [settings_table(), streams_table()] {
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let wanted = columns(table.lines().next().unwrap());
        assert!(
            table.lines().all(|line| columns(line) == wanted),
            "a row with more or fewer cells:\n{table}"
        );
    }
    assert_eq!(streams_table().lines().count(), streams::all().len() + 2);
}

#[test]
fn links_lead_to_files_and_headings() {
    let pages = pages();
    assert!(pages.len() >= 7, "{pages:?}");
    let mut followed = 0;
    for page in &pages {
        let text = read(page);
        for link in links(&text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let folder = root().join(page).parent().unwrap().to_owned();
            let target = if file.is_empty() { root().join(page) } else { folder.join(file) };
            assert!(target.exists(), "{page} links to {link}");
            if !heading.is_empty() {
                let text = fs::read_to_string(&target).unwrap();
                let mut headings = text.lines().filter(|line| line.starts_with('#')).map(anchor);
                assert!(headings.any(|one| one == heading), "{page} links to {link}");
            }
            followed += 1;
        }
    }
    assert!(followed > 10, "{followed} links");
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= MOST_README_LINES, "{lines} lines");
}
