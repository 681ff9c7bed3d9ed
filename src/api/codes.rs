//! What TikTok's return codes mean for a reader: one table, first match wins. It owns the decision;
//! waiting, skipping and stopping are done where they belong.

use std::ops::RangeInclusive;

/// What to do about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Use the data.
    Accept,
    /// Use what is there and say that a part is missing.
    AcceptPart,
    /// Passing trouble: ask again after a while, a few times.
    Retry,
    /// The app asks too fast: everybody pauses.
    Pause,
    /// One account asks too fast on one path: that one pauses.
    PauseAccount,
    /// Today's budget of the app is used up: end the run in good order.
    EndRun,
    /// Maintenance: wait minutes.
    Wait,
    /// Too much at once: ask for less.
    Shrink,
    /// The token, the app or the settings are wrong: stop, never ask again.
    StopRun,
    /// The request itself is wrong: give up this stream of this account.
    Refuse,
    /// The account is gone or closed to this token: leave it out for the whole run.
    SkipAccount,
    /// This account lacks the feature or permission: leave the stream out for it.
    SkipStream,
    /// The developer app lacks the permission: leave the stream out for every account.
    CloseStream,
}

/// The code of an answer that lacks a part.
pub const PARTIAL: i64 = 20001;

struct Rule {
    codes: RangeInclusive<i64>,
    /// Lower-case words of which the message must contain one, or with `^` begin with it; none
    /// for any message.
    says: &'static [&'static str],
    action: Action,
    /// What it means and what to do, for people.
    remedy: &'static str,
}

const fn rule(
    codes: RangeInclusive<i64>,
    says: &'static [&'static str],
    action: Action,
    remedy: &'static str,
) -> Rule {
    Rule { codes, says, action, remedy }
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

/// What TikTok says of an ad account that is gone or closed to the token. A message that merely
/// mentions `advertiser_id` or a permission is about something else: a dimension, a filter.
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
/// What TikTok says where the developer app, and not one account, lacks a permission.
const APP_SCOPE: &[&str] = &["developer app", "your app", "scope", "the app does", "app has no"];
const GONE: &str = "check that the account exists and that the token's owner granted it to the app";
const TOKEN: &str = "check `access_token`: authorise the app again and take the new token";
const APP: &str = "check the developer app: its id, secret and status";
const SCOPE: &str = "add the permission to the developer app and authorise it again";
const SANDBOX: &str = "the sandbox does not have this";
const REQUEST: &str = "TikTok refuses the request as it is";
const LATER: &str = "run again later; the state is kept";

/// By code, the most particular first.
static RULES: &[Rule] = &[
    rule(
        -1..=-1,
        &["country", "region"],
        Action::StopRun,
        "TikTok blocks the country that this machine is in",
    ),
    rule(0..=0, &[], Action::Accept, ""),
    rule(PARTIAL..=PARTIAL, &[], Action::AcceptPart, "TikTok left a part out"),
    rule(40000..=40000, &["inconsistent"], Action::StopRun, APP),
    rule(40001..=40001, &["doesn't exist or has been deleted"], Action::SkipAccount, GONE),
    rule(40001..=40001, ACCOUNT, Action::SkipAccount, GONE),
    rule(40001..=40001, APP_SCOPE, Action::CloseStream, SCOPE),
    rule(40001..=40001, &[], Action::SkipStream, SCOPE),
    rule(
        40002..=40002,
        &["max time span is"],
        Action::Shrink,
        "the window is longer than TikTok allows",
    ),
    rule(40002..=40002, ACCOUNT, Action::SkipAccount, GONE),
    rule(40008..=40009, &[], Action::SkipStream, SANDBOX),
    rule(40010..=40010, &[], Action::StopRun, "check `base_url` and `sandbox`"),
    rule(40011..=40011, &[], Action::Shrink, "too many ids in one request"),
    rule(
        40013..=40013,
        &[],
        Action::StopRun,
        "check `accounts`: the sandbox has one account of its own",
    ),
    rule(40014..=40014, &[], Action::SkipStream, SANDBOX),
    rule(40067..=40067, &[], Action::Shrink, "the report is too large for one answer"),
    rule(40016..=40016, &[], Action::Pause, LATER),
    rule(
        40100..=40100,
        &["qpd"],
        Action::EndRun,
        "the app's requests of today are used up; run again after 00:00 UTC",
    ),
    rule(
        40100..=40100,
        &["daily"],
        Action::EndRun,
        "the app's requests of today are used up; run again after 00:00 UTC",
    ),
    rule(40100..=40100, &[], Action::Pause, "lower `rate_limit`, or see what else uses the app"),
    rule(
        40118..=40118,
        &[],
        Action::SkipStream,
        "TikTok has to allow the app or account this feature",
    ),
    rule(40119..=40119, &[], Action::SkipAccount, GONE),
    rule(40125..=40125, &[], Action::CloseStream, SCOPE),
    rule(40132..=40132, &[], Action::Pause, LATER),
    rule(40133..=40133, &[], Action::PauseAccount, LATER),
    rule(40121..=40122, &[], Action::Refuse, REQUEST),
    rule(40102..=40109, &[], Action::StopRun, TOKEN),
    rule(40101..=40199, &[], Action::StopRun, APP),
    rule(40200..=40202, &[], Action::Retry, LATER),
    rule(40300..=40301, &[], Action::SkipAccount, GONE),
    rule(40700..=40700, &[], Action::Retry, LATER),
    rule(41000..=41000, &[], Action::StopRun, "TikTok blocks the country that this machine is in"),
    rule(41001..=41001, &[], Action::CloseStream, "TikTok took the endpoint off line"),
    rule(51021..=51021, &[], Action::Pause, LATER),
    rule(50000..=59999, &[], Action::Retry, LATER),
    rule(60000..=69999, &[], Action::Wait, "TikTok is under maintenance; run again later"),
];

/// Codes that stand for a time-out inside TikTok: a report that timed out is never repeated
/// unchanged.
const TIMED_OUT: [i64; 2] = [51001, 51039];

/// What to do about a code and its message, and the remedy. Codes nobody has seen are refused, as
/// most in their range are.
pub fn decide(code: i64, message: &str) -> (Action, &'static str) {
    let message = message.to_lowercase();
    let rule = RULES.iter().find(|rule| rule.fits(code, &message));
    rule.map_or((Action::Refuse, REQUEST), |rule| (rule.action, rule.remedy))
}

/// Whether a code stands for a time-out.
pub fn is_time_out(code: i64) -> bool {
    TIMED_OUT.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_decided_by_number_and_words() {
        for (code, message, want) in [
            (0, "OK", Action::Accept),
            (40000, "The app_id is inconsistent with the token", Action::StopRun),
            (40000, "", Action::Refuse),
            (40001, "No permission to operate advertiser 7298114450012340009", Action::SkipAccount),
            (40001, "The advertiser does not grant you /campaign/get/", Action::SkipStream),
            (
                40001,
                "The developer app does not grant you the permission of scope 4",
                Action::CloseStream,
            ),
            (40002, "Invalid metric fields: [complete_payment]", Action::Refuse),
            (
                40002,
                "The dimensions [advertiser_id, stat_time_day] have no relation",
                Action::Refuse,
            ),
            (40002, "advertiser_id, stat_time_day: have no relation", Action::Refuse),
            (
                40002,
                "You do not have permission to use buying type RESERVATION_TOP_VIEW",
                Action::Refuse,
            ),
            (40002, "filtering: data_level AUCTION_ADVERTISER needs no permission", Action::Refuse),
            (40002, "No permission to operate advertiser 7298114450012340009", Action::SkipAccount),
            (40002, "advertiser_id does not exist.", Action::SkipAccount),
            (40002, "max time span is 30 days when use stat_time_day", Action::Shrink),
            (40050, "", Action::Refuse),
            (40067, "", Action::Shrink),
            (40100, "Too many requests. Please retry in some time.", Action::Pause),
            (40100, "App reaches the QPD limit.", Action::EndRun),
            (40105, "Access token is incorrect or has been revoked.", Action::StopRun),
            (40113, "", Action::StopRun),
            (40118, "", Action::SkipStream),
            (40121, "", Action::Refuse),
            (40133, "", Action::PauseAccount),
            (40202, "", Action::Retry),
            (40905, "", Action::Refuse),
            (51010, "", Action::Retry),
            (51021, "too many requests", Action::Pause),
            (60001, "", Action::Wait),
            (99999, "", Action::Refuse),
            (-1, "", Action::Refuse),
        ] {
            assert_eq!(decide(code, message).0, want, "{code} {message}");
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
