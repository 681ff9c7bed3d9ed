//! Settings: taken or refused, and neither shows the token.
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
            assert!(config.base_url.starts_with("https://") || config.is_loopback(), "{}", config.base_url);
            assert!(config.accounts.iter().all(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())));
            assert!((1..=30).contains(&config.report_window) && (1..=1000).contains(&config.page_size));
            assert!(!matches!(config.rate_limit, Rate::PerSecond(number) if number <= 0.0 || !number.is_finite()));
            assert!(!config.request_timeout.is_zero() && config.max_runtime.is_none_or(|most| !most.is_zero()));
            format!("{config:?}")
        }
        Err(error) => format!("{error:#} {error:?}"),
    };
    assert!(!shown.contains(TOKEN), "the token can be seen: {shown}");
});
