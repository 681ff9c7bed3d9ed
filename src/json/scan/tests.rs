//! Tests of `scan`: it accepts what `serde_json` accepts, and finds the same parts.

use super::*;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

fn valid(text: &str) -> bool {
    let mut scan = Scan::new(text);
    scan.skip().and_then(|()| scan.end()).is_ok()
}

#[test]
fn numbers_in_strings_are_numbers_to_the_last_byte() {
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
fn bottomless_text_is_malformed() {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert!(valid(&deep(100)));
    assert!(!valid(&deep(100_000)));
}

/// Numbers that are not finite, and what stands for them until it is known who reads the text.
const TOKENS: [(&str, &str); 3] =
    [("\u{a7}0", "NaN"), ("\u{a7}1", "Infinity"), ("\u{a7}2", "-Infinity")];

/// The text with those numbers as they are, and with `null` in their place.
fn both(text: &str) -> (String, String) {
    TOKENS.iter().fold((text.to_owned(), text.to_owned()), |(ours, theirs), (placeholder, word)| {
        (ours.replace(placeholder, word), theirs.replace(placeholder, "null"))
    })
}

/// Text near JSON: tokens in an order that is right more often than chance would have it.
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
    fn accepts_what_serde_json_accepts(text in near_json(), cut in 0_usize..60, drop in any::<bool>()) {
        let text: String = if drop { text.chars().take(cut).collect() } else { text };
        let (text, theirs) = both(&text);
        prop_assert_eq!(valid(&text), serde_json::from_str::<IgnoredAny>(&theirs).is_ok(), "{}", text);
    }

    #[test]
    fn members_are_those_of_serde_json(text in near_json()) {
        let (_, text) = both(&text);
        if let Ok(members) = serde_json::from_str::<std::collections::BTreeMap<String, Box<RawValue>>>(&text) {
            let mut scan = Scan::new(&text);
            scan.enter(b'{').expect("an object");
            let mut found = std::collections::BTreeMap::new();
            let mut first = true;
            while scan.next(first, b'}').expect("valid") {
                first = false;
                let name: String = serde_json::from_str(scan.name().expect("valid")).expect("valid");
                found.insert(name, scan.value().expect("valid").to_owned());
            }
            let members: std::collections::BTreeMap<_, _> = members.into_iter().map(|(k, v)| (k, v.get().to_owned())).collect();
            prop_assert_eq!(found, members);
        }
    }
}
