//! The workflows of GitHub: what they run is pinned, and nothing is published without the tests.

use std::fs;
use std::path::Path;

fn workflow(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows").join(name);
    fs::read_to_string(&path).unwrap()
}

/// The lines of a job of the release.
fn job(name: &str) -> Vec<String> {
    let text = workflow("release.yml");
    let start = format!("  {name}:");
    let lines = text.lines().skip_while(|line| *line != start).skip(1);
    let lines: Vec<String> =
        lines.take_while(|line| line.starts_with("    ")).map(str::to_owned).collect();
    assert!(!lines.is_empty(), "there is no job {name}");
    lines
}

fn needs(name: &str) -> Vec<String> {
    let lines = job(name);
    let needs = lines.iter().find_map(|line| line.trim().strip_prefix("needs: "));
    let names = needs.unwrap_or_default().trim_matches(['[', ']']).split(", ");
    names.map(str::to_owned).filter(|name| !name.is_empty()).collect()
}

#[test]
fn actions_are_pinned_to_commits() {
    let mut count = 0;
    for name in ["ci.yml", "release.yml"] {
        for line in workflow(name).lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            count += 1;
            if action.starts_with("./") {
                continue;
            }
            let commit = action.split(['@', ' ']).nth(1).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(is_commit, "{name}: {action} may change");
        }
    }
    assert!(count > 10, "{count} actions");
}

#[test]
fn nothing_is_published_without_the_tests() {
    assert_eq!(job("test"), ["    uses: ./.github/workflows/ci.yml"]);
    assert!(workflow("ci.yml").contains("\n  workflow_call:"), "it cannot be called");
    for name in ["release", "pypi"] {
        let (mut found, mut open) = (Vec::new(), vec![name.to_owned()]);
        while let Some(next) = open.pop() {
            open.extend(needs(&next));
            found.push(next);
        }
        assert!(found.iter().any(|needed| needed == "test"), "{name} waits for {found:?}");
    }
}

#[test]
fn checksums_are_not_written_where_files_are_listed() {
    let lines = job("release");
    let sums = lines.iter().find(|line| line.contains("sha256sum")).expect("checksums");
    assert!(sums.contains(">../SHA256SUMS") && !sums.contains('|'), "{sums}");
}
