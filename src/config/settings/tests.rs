use super::*;
use serde_json::json;

fn read_with(name: &str, value: Value) -> Result<Map<String, Value>> {
    let required = [
        ("access_token", json!("t")),
        ("accounts", json!("1")),
        ("start_date", json!("2026-01-31")),
    ];
    let is_given =
        |own: &str| own == name || aliases(&schema()["properties"][own]).any(|alias| alias == name);
    let others = required.into_iter().filter(|(own, _)| !is_given(own));
    let mut given: Map<_, _> = others.map(|(own, value)| (own.to_owned(), value)).collect();
    given.insert(name.to_owned(), value);
    read(given)
}

#[test]
fn values_are_converted_to_the_types_of_the_schema() {
    for (name, given, setting, want) in [
        (
            "accounts",
            json!("7012345678901234567, 7012345678901234568"),
            "accounts",
            json!(["7012345678901234567", "7012345678901234568"]),
        ),
        (
            "advertiser_ids",
            json!([7_012_345_678_901_234_567_i64, "2"]),
            "accounts",
            json!(["7012345678901234567", "2"]),
        ),
        (
            "advertiser_id",
            json!(7_012_345_678_901_234_567_i64),
            "accounts",
            json!(["7012345678901234567"]),
        ),
        ("accounts", json!("[\"1\",2]"), "accounts", json!(["1", "2"])),
        ("sandbox", json!("true"), "sandbox", json!(true)),
        ("include_deleted", json!(0), "include_deleted", json!(false)),
        ("lookback", json!("28"), "attribution_window", json!(28)),
        ("page_size", json!(50.0), "page_size", json!(50)),
        ("page_size", json!("5e1"), "page_size", json!(50)),
        ("lookback", json!("7.00"), "attribution_window", json!(7)),
        ("lookback", json!("70e-1"), "attribution_window", json!(7)),
        ("lookback", json!(" +7. "), "attribution_window", json!(7)),
        ("lookback", json!("0.0"), "attribution_window", json!(0)),
        ("lookback", json!(7e0), "attribution_window", json!(7)),
        ("rate_limit", json!("2.5"), "rate_limit", json!(2.5)),
        ("rate_limit", json!("Premium"), "rate_limit", json!("premium")),
        ("request_timeout", json!(""), "request_timeout", json!(300)),
        ("concurrency", Value::Null, "concurrency", json!(4)),
        ("app_id", json!(7_123_456_789_012_345_678_i64), "app_id", json!("7123456789012345678")),
    ] {
        let read = read_with(name, given.clone()).unwrap_or_else(|e| panic!("{name} {given}: {e}"));
        assert_eq!(read[setting], want, "{name} {given}");
    }
}

#[test]
fn a_missing_setting_is_named() {
    let whole = json!({"access_token": "t", "accounts": "1", "start_date": "2026-01-31"});
    let whole = whole.as_object().expect("an object");
    assert!(read(whole.clone()).is_ok());
    assert_eq!(whole.keys().collect::<Vec<_>>(), required().collect::<Vec<_>>());
    for name in required() {
        let mut given = whole.clone();
        given.insert(name.to_owned(), Value::Null);
        let message = read(given).expect_err(name).to_string();
        assert!(message.contains(&format!("`{name}` is missing")), "{message}");
    }
}

#[test]
fn every_number_has_bounds_that_its_error_names() {
    let is_number = |setting: &Value| {
        ["integer", "number"].iter().any(|t| {
            setting["type"].as_str() == Some(t)
                || setting["type"].as_array().is_some_and(|all| all.contains(&json!(t)))
        })
    };
    for (name, setting) in settings().filter(|(_, setting)| is_number(setting)) {
        for bound in ["minimum", "maximum"] {
            assert!(setting[bound].is_number(), "{name} has no {bound}");
            assert!(
                expected(name).contains(&setting[bound].to_string()),
                "{name}: the error does not name the {bound}"
            );
        }
        for beyond in [json!(-1e18), json!(1e18), json!("1e300"), json!("-1e300")] {
            assert!(read_with(name, beyond.clone()).is_err(), "{name} takes {beyond}");
        }
    }
}

#[test]
fn aliases_are_replaced_by_the_main_name() {
    let own =
        |given: Value| Value::Object(by_main_names(given.as_object().expect("an object").clone()));
    assert_eq!(
        own(json!({"advertiser_ids": [1], "lookback": 3})),
        json!({"accounts": [1], "attribution_window": 3})
    );
    assert_eq!(own(json!({"advertiser_ids": [1], "accounts": [2]})), json!({"accounts": [2]}));
    assert_eq!(own(json!({"advertiser_ids": [1], "accounts": ""})), json!({"accounts": [1]}));
    assert_eq!(
        own(json!({"advertiser_id": 1, "advertiser_ids": [2], "x": null})),
        json!({"accounts": [2]})
    );
}

#[test]
fn an_invalid_value_is_never_shown_but_its_setting_is_named() {
    for (name, given) in [
        ("page_size", json!(100_000)),
        ("page_size", json!("many-secret")),
        ("concurrency", json!(0)),
        ("start_date", json!("yesterday-secret")),
        ("rate_limit", json!("fast-secret")),
        ("rate_limit", json!(0)),
        ("sandbox", json!("maybe-secret")),
        ("accounts", json!([])),
        ("attribution_window", json!(-1)),
        ("attribution_window", json!(7.5)),
        ("attribution_window", json!("7.5")),
        ("attribution_window", json!("7.0000000000000000001")),
        ("attribution_window", json!("7e")),
        ("attribution_window", json!("7e99999999999")),
        ("attribution_window", json!("1e400")),
        ("attribution_window", json!("9999999999999999999999")),
        ("attribution_window", json!(".")),
        ("rate_limit", json!(1e-300)),
        ("rate_limit", json!(1e300)),
        ("request_timeout", json!(1e19)),
        ("request_timeout", json!("1e400")),
        ("max_runtime", json!(1e-300)),
        ("max_runtime", json!(1e19)),
        ("base_url", json!("ftp://secret")),
        ("verify", json!("secret-yes")),
        ("metrics", json!({"secret": 1})),
        ("custom_reports", json!(["secret"])),
        ("max_runtime", json!("soon-secret")),
        ("access_token", json!({"secret": 1})),
    ] {
        let message = read_with(name, given.clone()).expect_err(name).to_string();
        assert!(message.contains(name) && !message.contains("secret"), "{given}: {message}");
    }
}
