//! Tests of `scan`: it accepts what `serde_json` accepts, and finds the same parts.

use super::*;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

fn valid(text: &str) -> bool {
    let mut scan = Scan::new(text);
    scan.skip().and_then(|()| scan.end()).is_ok()
}

#[test]
fn only_whole_strings_are_read_as_quoted_numbers() {
    for (text, want) in [
        (r#""12.50""#, Some("12.50")),
        (r#""0""#, Some("0")),
        (r#""-15""#, Some("-15")),
        (r#""12""#, Some("12")),
    ] {
        assert_eq!(Scan::new(text).quoted_number(), want);
    }
    for text in [
        r#""-""#,
        r#""""#,
        r#""007""#,
        r#""1.""#,
        r#""<5""#,
        r#""5 ""#,
        "5",
        r#""5"#,
        r#""+5""#,
        r#""-1e5""#,
    ] {
        let mut scan = Scan::new(text);
        assert_eq!((scan.quoted_number(), scan.at), (None, 0), "{text}");
    }
}

#[test]
fn numbers_that_are_not_finite_are_values() {
    for text in ["NaN", "[Infinity,-Infinity , NaN]", r#"{"a":NaN,"b":{"c":[ -Infinity ]}}"#] {
        assert!(valid(text), "{text}");
    }
    assert_eq!(Scan::new("-Infinity ,").value(), Ok("-Infinity"));
    for text in ["Na", "NaNa", "nan", "Inf", "+Infinity", "--Infinity", "[NaN NaN]", "{NaN:1}"] {
        assert!(!valid(text), "{text}");
    }
}

#[test]
fn text_that_is_nested_too_deep_is_malformed() {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert!(valid(&deep(100)));
    assert!(!valid(&deep(100_000)));
}

/// Numbers that are not finite, with placeholders, because `serde_json` cannot read them.
const TOKENS: [(&str, &str); 3] =
    [("\u{a7}0", "NaN"), ("\u{a7}1", "Infinity"), ("\u{a7}2", "-Infinity")];

/// The text with those numbers for this parser, and with `null` in their place for `serde_json`.
fn both(text: &str) -> (String, String) {
    TOKENS.iter().fold((text.to_owned(), text.to_owned()), |(ours, theirs), (placeholder, word)| {
        (ours.replace(placeholder, word), theirs.replace(placeholder, "null"))
    })
}

/// Text that is JSON, or nearly so.
fn near_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        proptest::sample::select(&TOKENS[..]).prop_map(|(placeholder, _)| placeholder.to_owned()),
        "-?[0-9.eE+]{1,5}".prop_map(|s| s),
        r#""[a-z\\"u0-9\u{1}\u{e9}\u{1F680}]{0,9}""#.prop_map(|s| s),
        r#""(\\u[0-9a-fg]{4}|\\[bfnrtx/]|[ -~]){0,3}""#.prop_map(|s| s),
        "[ -HJ-MO-~]{0,3}".prop_map(|s| s),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5)
                .prop_map(|v| format!("[ {}]", v.join(" ,"))),
            proptest::collection::vec(("[a-c]{0,2}", inner), 0..5).prop_map(|v| format!(
                "{{{} }}",
                v.iter().map(|(k, v)| format!("\"{k}\" : {v}")).collect::<Vec<_>>().join(",\n")
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn accepts_what_serde_json_accepts(
        text in near_json(), cut in 0_usize..60, drop in any::<bool>(),
    ) {
        let text: String = if drop { text.chars().take(cut).collect() } else { text };
        let (text, theirs) = both(&text);
        let want = serde_json::from_str::<IgnoredAny>(&theirs).is_ok();
        prop_assert_eq!(valid(&text), want, "{}", text);
    }

    #[test]
    fn members_are_those_of_serde_json(text in near_json()) {
        let (_, text) = both(&text);
        if let Ok(members) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(&text) {
            let mut scan = Scan::new(&text);
            scan.enter(b'{').expect("an object");
            let mut found = BTreeMap::new();
            let mut first = true;
            while scan.next(first, b'}').expect("valid") {
                first = false;
                let name = scan.name().expect("valid");
                let name: String = serde_json::from_str(name).expect("valid");
                found.insert(name, scan.value().expect("valid").to_owned());
            }
            let members = members.into_iter().map(|(k, v)| (k, v.get().to_owned()));
            prop_assert_eq!(found, members.collect::<BTreeMap<_, _>>());
        }
    }
}
