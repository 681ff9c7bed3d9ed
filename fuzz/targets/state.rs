//! Fuzzes state files: bookmarks have one form, only move forward, and are the same after the state
//! is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tap_tiktok_ads::singer::state::State;

const STREAMS: [&str; 2] = ["ads", "ad_insights"];
const NEWER: &str = "2026-03-01T00:00:00Z";

fn check_form(time: &str) {
    let form = "0000-00-00T00:00:00Z";
    let fits = |(byte, form): (u8, u8)| {
        if form == b'0' { byte.is_ascii_digit() } else { byte == form }
    };
    assert!(time.len() == form.len() && time.bytes().zip(form.bytes()).all(fits), "{time}");
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(mut state) = State::parse(text) else { return };
    let accounts = ["1".to_owned(), "2".to_owned()];
    for stream in STREAMS {
        let [before, other] = ["1", "2"].map(|account| state.bookmark(stream, account));
        for time in [&before, &other].into_iter().flatten().flatten() {
            check_form(time);
        }
        state.advance(stream, "1", NEWER, &accounts);
        let after = state.bookmark(stream, "1").expect("a timestamp").expect("a bookmark");
        let later = before.ok().flatten().filter(|time| time.as_str() > NEWER);
        assert_eq!(after, later.unwrap_or_else(|| NEWER.to_owned()));
        if let Ok(other) = other {
            let now = state.bookmark(stream, "2").expect("a timestamp, as before");
            assert_eq!(now, other, "the bookmark of another account moved");
        }
    }
    state.set_current(Some("ads"));
    let written = state.to_value();
    assert!(!written.contains('\n'), "a state is one line");
    let again = State::parse(&written).expect("what was written is read");
    assert_eq!(again.to_value(), written);
});
