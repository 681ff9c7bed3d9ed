use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const ONE: &str = "2026-02-01T03:04:05Z";

fn at(text: &str) -> Bookmark {
    Bookmark::parse(text).expect("a time")
}

fn state(value: &Value) -> State {
    State::parse(&value.to_string()).expect("a state")
}

fn written(state: &State) -> Value {
    serde_json::from_str(&state.to_value()).expect("JSON")
}

#[test]
fn every_form_that_tools_write_is_read() {
    let map = json!({"bookmarks": {"ads": {"1": "2026-02-01T03:04:05.000000Z"}}});
    let older = json!({"bookmarks": {"ads": {"1": "2026-01-01T00:00:00Z"}}});
    for form in [
        map.clone(),
        json!({"singer_state": map}),
        json!({"type": "STATE", "value": map}),
        json!({"type": "STATE", "value": {"singer_state": map}}),
        json!({"bookmarks": {"ads": "2026-02-01 03:04:05"}}),
        json!({"bookmarks": {"ads": {"partitions": [
            {
                "context": {"advertiser_id": "1"},
                "replication_key_value": "2026-02-01T04:04:05+01:00",
            },
        ]}}}),
        json!({"bookmarks": {"ads": {"partitions": [
            7, {}, {"context": {"advertiser_id": 1}, "replication_key_value": ONE},
        ]}}}),
        json!({"bookmarks": {}, "singer_state": map}),
        json!({"bookmarks": null, "value": map}),
        json!({"completed": {"singer_state": map}, "partial": {}}),
        json!({"completed": {"singer_state": map}}),
        json!({"completed": {}, "partial": {"singer_state": map}}),
        json!({"completed": {"singer_state": older}, "partial": {"singer_state": map}}),
        json!({"completed": older, "partial": map}),
    ] {
        assert_eq!(state(&form).bookmark("ads", "1").expect("valid"), Some(at(ONE)), "{form}");
    }
    assert_eq!(
        state(&json!({"bookmarks": {"ads": {"1": "2026-02-01"}}}))
            .bookmark("ads", "1")
            .expect("valid"),
        Some(at("2026-02-01T00:00:00Z"))
    );
    assert_eq!(state(&json!({})).bookmark("ads", "1").expect("valid"), None);
}

#[test]
fn what_a_run_delivered_in_part_goes_over_what_was_completed() {
    let completed = json!({"bookmarks": {
        "ads": {"1": "2026-01-01T00:00:00Z", "2": "2026-01-02T00:00:00Z"},
        "adgroups": "2026-01-03",
    }});
    let partial = json!({"bookmarks": {
        "ads": {"1": "2026-02-01T00:00:00Z"},
        "campaigns": {"1": "2026-02-02T00:00:00Z"},
    }, "x": 1});
    let merged = written(&state(
        &json!({"completed": {"singer_state": completed}, "partial": {"singer_state": partial}}),
    ));
    let want = json!({"bookmarks": {
        "ads": {"1": "2026-02-01T00:00:00Z", "2": "2026-01-02T00:00:00Z"},
        "adgroups": "2026-01-03",
        "campaigns": {"1": "2026-02-02T00:00:00Z"},
    }, "x": 1});
    assert_eq!(merged, want);
}

#[test]
fn bookmarks_only_move_forward_and_other_parts_stay() {
    let mut state = state(&json!({"bookmarks": {
        "advertisers": "2020-01-01T00:00:00Z", "ads": "2026-02-01T00:00:00Z", "other": [1],
    }, "x": 1}));
    let accounts = ["1".to_owned(), "2".to_owned()];
    state.advance("ads", "1", at("2026-01-01T00:00:00Z"), &accounts);
    assert_eq!(written(&state)["bookmarks"]["ads"], json!("2026-02-01T00:00:00Z"));
    state.advance("ads", "1", at("2026-03-01T00:00:00Z"), &accounts);
    let want = json!({"bookmarks": {"advertisers": "2020-01-01T00:00:00Z",
        "ads": {"1": "2026-03-01T00:00:00Z", "2": "2026-02-01T00:00:00Z"}, "other": [1]}, "x": 1});
    assert_eq!(written(&state), want);
    state.set("ads", "1", at("2026-02-15T00:00:00Z"), &accounts);
    assert_eq!(
        written(&state)["bookmarks"]["ads"]["1"],
        json!("2026-02-15T00:00:00Z"),
        "set moves back too"
    );
}

#[test]
fn parts_of_other_tools_keep_every_digit_and_stay_on_one_line() {
    let text = "{\n \"a\": 0.10,\n \"bookmarks\": {\"pixels\": {\"1\": 12345678901234567890123, \
                \"x\": [ 1e400, -0.0 ]},\n\t\"gone\": \"a  b\\n\"},\n \"z\": 1E+2}\n";
    let mut state = State::parse(text).expect("a state");
    state.set_current(Some("ads"));
    state.advance("ads", "7", at(ONE), &[]);
    let want = format!(
        "{}{ONE}{}",
        concat!(
            r#"{"a":0.10,"bookmarks":{"pixels":{"1":12345678901234567890123,"x":[1e400,-0.0]},"#,
            r#""gone":"a  b\n","ads":{"7":""#
        ),
        r#""}},"z":1E+2,"currently_syncing":"ads"}"#
    );
    assert_eq!(state.to_value(), want);
}

#[test]
fn a_state_that_lacks_bookmarks_is_recognized() {
    for (text, want) in [
        ("{}", false),
        (r#"{"currently_syncing":"ads"}"#, false),
        (r#"{"type":"STATE","value":{}}"#, false),
        (r#"{"completed":{},"partial":{}}"#, false),
        (r#"{"bookmarks":{},"x":1}"#, false),
        (r#"{"ads":{"1":"2026-01-01"}}"#, true),
        (r#"{"singer_state":"text"}"#, true),
        (r#"{"completed":{"singer_state":{"ads":"2026-01-01"}}}"#, true),
    ] {
        assert_eq!(State::parse(text).expect(text).lacks_bookmarks(), want, "{text}");
    }
}

#[test]
fn only_a_few_nested_wrappings_are_removed() {
    let text = format!("{}{{}}{}", "{\"completed\":".repeat(100_000), "}".repeat(100_000));
    assert!(State::parse(&text).expect("a state").lacks_bookmarks());
}

#[test]
fn invalid_states_are_refused_with_the_place_of_the_error() {
    for bad in ["[]", "\"x\"", "{\"bookmarks\": [1]}", "{\"value\": {\"bookmarks\": 7}}", "{", ""] {
        assert!(State::parse(bad).is_err(), "{bad}");
    }
    for bad in [
        json!({"1": 5}),
        json!("soon"),
        json!(7),
        json!({"1": "2026-99-01"}),
        json!("9999-12-31T23:59:59-01:00"),
        json!("0000-01-01T00:00:00+01:00"),
        json!("-0001-01-01T00:00:00"),
    ] {
        let error =
            state(&json!({"bookmarks": {"ads": bad}})).bookmark("ads", "1").expect_err("no time");
        assert!(error.to_string().contains("/bookmarks/ads"), "{error}");
    }
}

#[test]
fn a_refused_pass_has_a_separate_bookmark_until_it_is_read() {
    let mut state = state(&json!({"bookmarks": {"ads": "2026-02-01T00:00:00Z"}}));
    let accounts = ["1".to_owned()];
    assert!(!state.is_held("ads", "1", "top_view"));
    state.hold("ads", "1", "top_view", None, &accounts);
    state.advance("ads", "1", at("2026-03-01T00:00:00Z"), &accounts);
    assert!(state.is_held("ads", "1", "top_view"));
    assert_eq!(state.bookmark("ads", &held_key("1", "top_view")).expect("valid"), None);
    let want = json!({"1": "2026-03-01T00:00:00Z", "1/top_view": null});
    assert_eq!(written(&state)["bookmarks"]["ads"], want);
    state.release("ads", "1", "top_view");
    assert_eq!(written(&state)["bookmarks"]["ads"], json!({"1": "2026-03-01T00:00:00Z"}));
}

#[test]
fn the_account_at_which_a_run_ended_is_kept_until_the_next_stream() {
    let mut state = state(&json!({}));
    state.set_current(Some("ads"));
    state.set_current_account("1");
    assert_eq!(state.current(), (Some("ads".to_owned()), Some("1".to_owned())));
    state.set_current(None);
    assert_eq!(written(&state), json!({"currently_syncing": null, "bookmarks": {}}));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn a_bookmark_is_a_time_with_seconds_or_none(
        text in concat!(
            "([0-9]{4}|9999|0000|[+-][0-9]{4,5})-[01][0-9]-[0-3][0-9]",
            "([ T][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{0,9})?)?",
            "(Z|[+-][0-2][0-9]:?[0-6][0-9]|\\PC{0,4})"
        ),
        other in "\\PC{0,30}",
    ) {
        for text in [text, other] {
            if let Some(bookmark) = Bookmark::parse(&text) {
                let written = bookmark.to_string();
                prop_assert_eq!(written.len(), 20, "{}", text);
                let read = OffsetDateTime::parse(&written, &Rfc3339);
                prop_assert!(read.is_ok_and(|time| time.year() > 0), "{}", text);
                prop_assert_eq!(Bookmark::parse(&written), Some(bookmark));
            }
        }
    }
}
