//! The table of TikTok's return codes and messages, with the cause that each stands for. The first
//! entry that matches counts.

use super::cause::Cause;
use std::ops::RangeInclusive;

/// The code of an answer that lacks a part.
pub const PARTIAL: i64 = 20001;

struct Rule {
    codes: RangeInclusive<i64>,
    /// Lower-case words of which the message must contain one, or with `^` begin with it; none
    /// for any message.
    says: &'static [&'static str],
    cause: Cause,
    /// What it means and what the user can do.
    remedy: &'static str,
}

const fn rule(
    codes: RangeInclusive<i64>,
    says: &'static [&'static str],
    cause: Cause,
    remedy: &'static str,
) -> Rule {
    Rule { codes, says, cause, remedy }
}

impl Rule {
    /// Whether the rule is about a code with a message in lower case.
    fn fits(&self, code: i64, message: &str) -> bool {
        let says = |words: &&str| match words.strip_prefix('^') {
            Some(start) => message.starts_with(start),
            None => message.contains(*words),
        };
        self.codes.contains(&code) && (self.says.is_empty() || self.says.iter().any(says))
    }
}

/// Messages about an ad account that does not exist or that the token cannot read. A message that
/// merely mentions `advertiser_id` or a permission is about a dimension or a filter.
const ACCOUNT: &[&str] = &[
    "^advertiser_id:",
    "^advertiser_id does",
    "^advertiser_id is",
    "advertiser does not exist",
    "advertiser doesn't exist",
    "advertiser_id does not exist",
    "advertiser_id doesn't exist",
    "permission to operate advertiser",
    "permission to operate the advertiser",
    "permission to operate this advertiser",
    "permission to access advertiser",
    "permission to access the advertiser",
    "permission to access this advertiser",
];
/// Messages about a permission that the developer app lacks, and not a single account.
const APP_SCOPE: &[&str] = &["developer app", "your app", "scope", "the app does", "app has no"];
const GONE: &str = "check that the account exists and that the token's owner granted it to the app";
const TOKEN: &str = "check `access_token`: authorise the app again and take the new token";
const APP: &str = "check the developer app: its id, secret and status";
const SCOPE: &str = "add the permission to the developer app and authorise it again";
const SANDBOX: &str = "the sandbox does not have this";
const REQUEST: &str = "TikTok refuses the request as it is";
const LATER: &str = "run again later; the state is kept";

/// By code, the most specific entries first.
static RULES: &[Rule] = &[
    rule(
        -1..=-1,
        &["country", "region"],
        Cause::Unauthorized,
        "TikTok blocks the country that this machine is in",
    ),
    rule(PARTIAL..=PARTIAL, &[], Cause::PartMissing, "TikTok left a part out"),
    rule(40000..=40000, &["inconsistent"], Cause::Unauthorized, APP),
    rule(40001..=40001, &["doesn't exist or has been deleted"], Cause::AccountGone, GONE),
    rule(40001..=40001, ACCOUNT, Cause::AccountGone, GONE),
    rule(40001..=40001, APP_SCOPE, Cause::ScopeMissing, SCOPE),
    rule(40001..=40001, &[], Cause::NotGranted, SCOPE),
    rule(
        40002..=40002,
        &["max time span is"],
        Cause::TooLarge,
        "the window is longer than TikTok allows",
    ),
    rule(40002..=40002, ACCOUNT, Cause::AccountGone, GONE),
    rule(40008..=40009, &[], Cause::NotGranted, SANDBOX),
    rule(40010..=40010, &[], Cause::Unauthorized, "check `base_url` and `sandbox`"),
    rule(40011..=40011, &[], Cause::TooLarge, "too many ids in one request"),
    rule(
        40013..=40013,
        &[],
        Cause::Unauthorized,
        "check `accounts`: the sandbox has one account of its own",
    ),
    rule(40014..=40014, &[], Cause::NotGranted, SANDBOX),
    rule(40067..=40067, &[], Cause::TooLarge, "the report is too large for one answer"),
    rule(40016..=40016, &[], Cause::Throttled, LATER),
    rule(
        40100..=40100,
        &["qpd"],
        Cause::QuotaSpent,
        "the app's requests of today are used up; run again after 00:00 UTC",
    ),
    rule(
        40100..=40100,
        &["daily"],
        Cause::QuotaSpent,
        "the app's requests of today are used up; run again after 00:00 UTC",
    ),
    rule(40100..=40100, &[], Cause::Throttled, "lower `rate_limit`, or see what else uses the app"),
    rule(
        40118..=40118,
        &[],
        Cause::NotGranted,
        "TikTok has to allow the app or account this feature",
    ),
    rule(40119..=40119, &[], Cause::AccountGone, GONE),
    rule(40125..=40125, &[], Cause::ScopeMissing, SCOPE),
    rule(40132..=40132, &[], Cause::Throttled, LATER),
    rule(40133..=40133, &[], Cause::AccountThrottled, LATER),
    rule(40121..=40122, &[], Cause::Refused, REQUEST),
    rule(40102..=40109, &[], Cause::Unauthorized, TOKEN),
    rule(40101..=40199, &[], Cause::Unauthorized, APP),
    rule(40200..=40202, &[], Cause::Passing, LATER),
    rule(40300..=40301, &[], Cause::AccountGone, GONE),
    rule(40700..=40700, &[], Cause::Passing, LATER),
    rule(
        41000..=41000,
        &[],
        Cause::Unauthorized,
        "TikTok blocks the country that this machine is in",
    ),
    rule(41001..=41001, &[], Cause::ScopeMissing, "TikTok took the endpoint off line"),
    rule(51021..=51021, &[], Cause::Throttled, LATER),
    rule(50000..=59999, &[], Cause::Passing, LATER),
    rule(60000..=69999, &[], Cause::Maintenance, "TikTok is under maintenance; run again later"),
];

/// Codes for a time-out inside TikTok. A report that timed out is never repeated unchanged.
const TIMED_OUT: [i64; 2] = [51001, 51039];

/// Why TikTok answered with a code other than 0, and what the user can do. An unknown code is taken
/// as a refusal, which most codes are.
pub fn cause_of(code: i64, message: &str) -> (Cause, &'static str) {
    let message = message.to_lowercase();
    let rule = RULES.iter().find(|rule| rule.fits(code, &message));
    rule.map_or((Cause::Refused, REQUEST), |rule| (rule.cause, rule.remedy))
}

/// Whether a code means a time-out.
pub fn is_time_out(code: i64) -> bool {
    TIMED_OUT.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_decided_by_number_and_words() {
        for (code, message, want) in [
            (40000, "The app_id is inconsistent with the token", Cause::Unauthorized),
            (40000, "", Cause::Refused),
            (40001, "No permission to operate advertiser 7298114450012340009", Cause::AccountGone),
            (40001, "The advertiser does not grant you /campaign/get/", Cause::NotGranted),
            (
                40001,
                "The developer app does not grant you the permission of scope 4",
                Cause::ScopeMissing,
            ),
            (40002, "Invalid metric fields: [complete_payment]", Cause::Refused),
            (
                40002,
                "The dimensions [advertiser_id, stat_time_day] have no relation",
                Cause::Refused,
            ),
            (40002, "advertiser_id, stat_time_day: have no relation", Cause::Refused),
            (
                40002,
                "You do not have permission to use buying type RESERVATION_TOP_VIEW",
                Cause::Refused,
            ),
            (40002, "filtering: data_level AUCTION_ADVERTISER needs no permission", Cause::Refused),
            (40002, "No permission to operate advertiser 7298114450012340009", Cause::AccountGone),
            (40002, "advertiser_id does not exist.", Cause::AccountGone),
            (40002, "max time span is 30 days when use stat_time_day", Cause::TooLarge),
            (40050, "", Cause::Refused),
            (40067, "", Cause::TooLarge),
            (40100, "Too many requests. Please retry in some time.", Cause::Throttled),
            (40100, "App reaches the QPD limit.", Cause::QuotaSpent),
            (40105, "Access token is incorrect or has been revoked.", Cause::Unauthorized),
            (40113, "", Cause::Unauthorized),
            (40118, "", Cause::NotGranted),
            (40121, "", Cause::Refused),
            (40133, "", Cause::AccountThrottled),
            (40202, "", Cause::Passing),
            (40905, "", Cause::Refused),
            (51010, "", Cause::Passing),
            (51021, "too many requests", Cause::Throttled),
            (60001, "", Cause::Maintenance),
            (99999, "", Cause::Refused),
            (-1, "", Cause::Refused),
        ] {
            assert_eq!(cause_of(code, message).0, want, "{code} {message}");
        }
    }

    #[test]
    fn every_rule_can_be_reached() {
        for (i, rule) in RULES.iter().enumerate() {
            let says = |words: &str| words.trim_start_matches('^').to_owned();
            let messages: Vec<String> = match rule.says {
                [] => vec![String::new()],
                some => some.iter().map(|words| says(words)).collect(),
            };
            let is_hidden =
                |code, message: &String| RULES[..i].iter().any(|r| r.fits(code, message));
            let hidden = rule.codes.clone().all(|code| messages.iter().all(|m| is_hidden(code, m)));
            assert!(!hidden, "{:?} {:?} stands behind another rule", rule.codes, rule.says);
        }
    }
}
