//! What failures of `auth` mean and what to do: TikTok's return codes for a code, an app or a token
//! that it does not accept.

use crate::api::error::ApiError;
use crate::error::failed;

const APP_PAGE: &str = "on the page of the app in TikTok's developer portal";

/// A return code of the endpoints for tokens, and words of which its message contains one (none
/// for any message), with an explanation. The first entry that matches counts.
static EXPLAINED: [(i64, &[&str], &str); 7] = [
    (
        40110,
        &["expired"],
        "the code has expired, because it is valid for one hour; run `auth` again and confirm anew",
    ),
    (
        40110,
        &["used"],
        "the code was used before, and works only once; run `auth` again and confirm anew",
    ),
    (
        40110,
        &[],
        "the code was used before, has expired or was cancelled; run `auth` again and confirm anew",
    ),
    (
        40101,
        &["code"],
        "the code is wrong or belongs to another app; copy all of it from the address to which \
         TikTok redirected after consent to this app",
    ),
    (40101, &[], "the app id and the secret do not belong together; compare both with those shown"),
    (
        40113,
        &[],
        "the app does not exist, is blocked, or is not the one that the token belongs to; compare \
         `app_id` and `secret` with those shown",
    ),
    (
        40000,
        &["inconsistent"],
        "the token belongs to another app; compare `app_id` with the one shown",
    ),
];

/// The error of a call of `auth`, with the exit code that a run would have.
pub(super) fn of(what: &str, error: &ApiError) -> anyhow::Error {
    let message = error.message.to_lowercase();
    let fits = |(code, words, _): &&(i64, &[&str], &str)| {
        Some(*code) == error.code
            && (words.is_empty() || words.iter().any(|word| message.contains(word)))
    };
    let Some((_, _, explained)) = EXPLAINED.iter().find(fits) else {
        // `auth` has no state.
        let remedy = error.remedy.strip_suffix("; the state is kept").unwrap_or(error.remedy);
        let error = ApiError { remedy, ..error.clone() };
        return failed(error.cause.exit(), format!("{what}: {error}"));
    };
    let place = if explained.ends_with("shown") { format!(" {APP_PAGE}") } else { String::new() };
    let plain = ApiError { remedy: "", ..error.clone() };
    failed(error.cause.exit(), format!("{what}: {explained}{place} ({plain})"))
}
