//! Tests of the configuration as a whole: forms that other tools write, hosts and dates.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn config(more: &Value) -> Result<Config> {
    let mut given = json!({
        "access_token": "t", "accounts": "1,2,1", "start_date": "2026-01-31T23:59:59+09:00",
    });
    given.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Config::from_settings(given.as_object().expect("an object").clone())
}

#[test]
fn a_config_of_the_python_tap_works_unchanged() {
    let config = config(&json!({
        "sandbox": "true", "include_deleted": "false", "request_timeout": 0,
        "user_agent": "tap <a@b.c>",
    }))
    .expect("valid");
    assert_eq!(config.accounts, ["1", "2"]);
    assert_eq!(config.start_date, time::macros::date!(2026 - 01 - 31));
    assert_eq!(
        (config.base_url.as_str(), config.request_timeout),
        (SANDBOX, Duration::from_secs(300))
    );
    assert!(!format!("{config:?}").contains("\"t\""), "a token is never shown");
}

#[test]
fn plain_http_is_allowed_on_this_machine_only() {
    for good in
        ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/", "https://example.com"]
    {
        assert!(config(&json!({"base_url": good})).is_ok(), "{good}");
    }
    for bad in [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://user@127.0.0.1",
        "http://[::2]:80",
        "http://10.0.0.1",
    ] {
        assert!(config(&json!({"base_url": bad})).is_err(), "{bad}");
    }
}

#[test]
fn the_host_and_its_port_are_parsed() {
    for (url, want) in [
        ("https://example.com", ("example.com", 443)),
        ("https://example.com:8443/", ("example.com", 8443)),
        ("http://127.0.0.1", ("127.0.0.1", 80)),
        ("https://[2001:db8::1]", ("[2001:db8::1]", 443)),
        ("http://[::1]:8080", ("[::1]", 8080)),
    ] {
        let config = config(&json!({"base_url": url})).expect(url);
        assert_eq!(config.host_and_port(), want, "{url}");
        assert!(config.is_elsewhere());
    }
    assert_eq!(config(&json!({})).expect("valid").host_and_port().0, "business-api.tiktok.com");
    assert!(!config(&json!({"sandbox": true})).expect("valid").is_elsewhere());
}

#[test]
fn impossible_dates_and_names_are_refused() {
    assert!(config(&json!({"end_date": "2026-02-30"})).is_err());
    assert!(
        config(&json!({"accounts": ["My account"]}))
            .expect_err("a name")
            .to_string()
            .contains("accounts")
    );
    for (app, is_fine) in
        [(json!({"app_id": "1"}), false), (json!({"app_id": "1", "secret": "s"}), true)]
    {
        for accounts in [json!(null), json!(["My account", "7"])] {
            let mut more = app.clone();
            more["accounts"] = accounts;
            assert_eq!(config(&more).is_ok(), is_fine, "{more}");
        }
    }
}

proptest! {
    #[test]
    fn a_date_is_a_day_of_the_years_1_to_9999_or_refused(
        text in "([0-9]{4}|[+-][0-9]{3,5})-[01][0-9]-[0-3][0-9](T\\PC{0,12})?",
        other in "\\PC{0,20}",
    ) {
        for text in [text, other] {
            if let Ok(Config { end_date: Some(date), .. }) = config(&json!({"end_date": text})) {
                let is_same = text.starts_with(&date.to_string()) && date.year() > 0;
                prop_assert!(is_same, "{} as {}", text, date);
            }
        }
    }
}
