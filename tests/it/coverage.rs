//! The comparison with other systems in docs/coverage.md and docs/moving-over.md agrees with its
//! data in `docs/coverage/` and with the stream table.

use crate::docs::{block, read};
use std::collections::BTreeSet;
use tap_tiktok_ads::streams;

#[path = "../coverage/systems.rs"]
mod systems;

#[test]
fn the_comparison_is_current() {
    for (page, name, text) in systems::blocks() {
        let is = read(page);
        assert_eq!(
            block(&is, name).trim(),
            text.trim(),
            "{page} is out of date: run `cargo run --example coverage`"
        );
        let cells: BTreeSet<usize> = text.lines().map(|line| line.matches('|').count()).collect();
        assert_eq!(cells.len(), 1, "{name} has rows with more or fewer cells:\n{text}");
        let open = format!("<!-- {name} -->");
        assert_eq!(is.matches(&open).count(), 1, "{page} has {open} more than once");
    }
}

#[test]
fn every_stream_of_another_system_has_its_stream_here_or_a_reason() {
    let systems = systems::systems();
    assert_eq!(systems.len(), 5);
    for system in &systems {
        let mut names = BTreeSet::new();
        assert!(system.source.starts_with("https://"), "{}", system.name);
        for theirs in &system.streams {
            let name = format!("{} of {}", theirs.name, system.name);
            assert!(names.insert(&theirs.name), "{name} is listed twice");
            for ours in &theirs.ours {
                assert!(streams::find(ours).is_some(), "{name} is `{ours}`, which does not exist");
            }
            assert!(
                !theirs.ours.is_empty() || !theirs.note.is_empty(),
                "{name} is not here and has no note that says why"
            );
        }
    }
}

#[test]
fn the_streams_of_the_python_tap_keep_their_names() {
    let python = systems::systems().remove(0);
    assert_eq!(python.streams.len(), 9);
    for theirs in python.streams {
        assert_eq!(theirs.ours, [theirs.name]);
    }
}
