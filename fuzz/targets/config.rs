//! Fuzzes settings: they are accepted or refused, and the token is never shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tap_tiktok_ads::config::{Config, Rate};
use tap_tiktok_ads_fuzz::TOKEN;

fuzz_target!(|data: &[u8]| {
    let Ok(Value::Object(mut settings)) = serde_json::from_slice(data) else { return };
    for secret in ["access_token", "secret"] {
        if let Some(text) = settings.get_mut(secret).filter(|value| value.is_string()) {
            *text = TOKEN.into();
        }
    }
    let shown = match Config::from_settings(settings) {
        Ok(config) => {
            let url = &config.base_url;
            assert!(url.starts_with("https://") || config.is_loopback(), "{url}");
            for id in &config.accounts {
                assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
            }
            assert!((1..=30).contains(&config.report_window));
            assert!((1..=1000).contains(&config.page_size));
            if let Rate::PerSecond(number) = config.rate_limit {
                assert!(number > 0.0 && number.is_finite(), "{number}");
            }
            assert!(!config.request_timeout.is_zero());
            assert!(config.max_runtime.is_none_or(|time| !time.is_zero()));
            format!("{config:?}")
        }
        Err(error) => format!("{error:#} {error:?}"),
    };
    assert!(!shown.contains(TOKEN), "the token is shown: {shown}");
});
