//! Every return code of TikTok, documented or seen in production, and what follows from it.
//!
//! Each code is tried on an entity and on a report, on the first page, one in the middle and the
//! last. Codes that affect one account are tried together, each on a separate account; codes that
//! end the run are tried alone. Codes that close a stream to the app, and so to all accounts, are
//! in `failures`.

use crate::failures::code;
use crate::strike::{Follows, Strike, Tally};

/// What follows from a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// The rows are delivered but incomplete: they are read once more, then the stream ends for
    /// this account.
    Partial,
    /// The request is repeated a few times, then the stream ends for this account.
    Passing,
    /// The same, but a report is requested in smaller parts.
    TimedOut,
    /// A report is requested in smaller parts, which lists do not have.
    TooLarge,
    /// The stream ends for this account.
    Refused,
    /// The account is not read any further.
    AccountGone,
    /// All requests pause; if that does not help, the run ends.
    Pauses,
    /// The run ends and can be started again on another day.
    DayOver,
    /// The token, the app or the settings are wrong.
    Denied,
}

use Class::{AccountGone, DayOver, Denied, Partial, Passing, Pauses, Refused, TimedOut, TooLarge};

const GONE: &str = "The advertiser doesn't exist or has been deleted";
const UNGRANTED: &str = "The advertiser does not grant you /campaign/get/ permission";

/// The class, the message of TikTok, and the codes. Without a message here, only the code decides.
#[rustfmt::skip]
const CODES: &[(Class, &str, &[i64])] = &[
    (Partial, "", &[20001]),
    (Refused, "", &[40000, 40001, 40002, 40006, 40007, 40008, 40009, 40014, 40050, 40051]),
    (Refused, "", &[40052, 40053, 40065, 40118, 40121, 40122]),
    (Refused, "", &[40502, 40900, 40901, 40902, 40903, 40904, 40905, 40906, 40907, 40908]),
    (Refused, "", &[40909, 40910, 40911, 40912, 40913, 40914, 40915]),
    (Refused, "", &[41002, 45678, 99999, -1, 1]),
    (Refused, UNGRANTED, &[40001]),
    (Refused, "These dimensions and metrics have no relation", &[40002]),
    (AccountGone, GONE, &[40001]),
    (AccountGone, "No permission to operate advertiser", &[40001]),
    (AccountGone, "advertiser_id: wrong", &[40002]),
    (AccountGone, "", &[40119, 40300, 40301]),
    (TooLarge, "", &[40011, 40067]),
    (TooLarge, "max time span is 30 days", &[40002]),
    (Passing, "", &[40133, 40200, 40201, 40202, 40700, 50000, 50002, 51002, 51004, 51008]),
    (Passing, "", &[51010, 51041, 51305, 51999, 59999]),
    (TimedOut, "", &[51001, 51039]),
    (Pauses, "", &[40016, 40100, 40132, 51021, 60001, 69999]),
    (Pauses, "requests from App 7000000000000000001 are temporarily restricted", &[40100]),
    (DayOver, "App reaches the QPD limit", &[40100]),
    (DayOver, "Daily limit", &[40100]),
    (Denied, "", &[40010, 40013, 40101, 40102, 40103, 40104, 40105, 40106, 40107, 40108]),
    (Denied, "", &[40109, 40110, 40112, 40113, 40115, 40116, 40117]),
    (Denied, "", &[40124, 40199, 41000]),
    (Denied, "app_id and token are inconsistent", &[40000]),
];

const PAGES: [(&str, [u32; 3]); 2] = [("campaigns", [1, 2, 3]), ("ad_insights", [1, 3, 6])];

impl Class {
    /// What follows if the code stays.
    fn follows(self, is_report: bool, place: usize, says: &'static str) -> Follows {
        match self {
            // The smaller parts have no such page.
            TimedOut | TooLarge if is_report && place > 0 => Follows::Nothing,
            TooLarge | Refused | Partial => Follows::Ends(4, says),
            AccountGone => Follows::EndsAccount(4, says),
            Passing | TimedOut | Pauses | DayOver => Follows::Ends(5, says),
            Denied => Follows::Ends(3, says),
        }
    }

    fn ends_run(self) -> bool {
        matches!(self, Pauses | DayOver | Denied)
    }

    /// How often it may come without a loss.
    fn spared(self, is_report: bool) -> usize {
        match self {
            Passing | Pauses => 2,
            TimedOut | Partial => 1,
            TooLarge => usize::from(is_report),
            _ => 0,
        }
    }
}

/// The faults for all codes of some classes, on one page of one stream.
fn strikes(
    wanted: impl Fn(Class) -> bool,
    stream: &'static str,
    place: usize,
    page: u32,
    passes: bool,
) -> Vec<Strike> {
    let is_report = stream == PAGES[1].0;
    let mut strikes = Vec::new();
    for (class, words, codes) in CODES.iter().filter(|(class, ..)| wanted(*class)) {
        for &number in *codes {
            let words = if words.is_empty() { "Something that is no reason." } else { words };
            let kind = if *class == Partial {
                fake_tiktok::FaultKind::PartialRows(words.to_owned())
            } else {
                code(number, words)
            };
            let says: &'static str =
                Box::leak(format!("TikTok answered {number} \"{words}\"").into_boxed_str());
            let follows =
                if passes { Follows::Nothing } else { class.follows(is_report, place, says) };
            let times = if passes { class.spared(is_report) } else { usize::MAX };
            let name = format!(
                "{number} \"{words}\", page {page} of {stream}, {}",
                if passes { "passing" } else { "for ever" }
            );
            let repeats = matches!(class, TimedOut | TooLarge | Partial);
            if times > 0 {
                strikes.push(Strike {
                    name,
                    stream,
                    page,
                    kind,
                    times,
                    follows,
                    ends_run: class.ends_run() && !passes,
                    repeats,
                });
            }
        }
    }
    strikes
}

fn each_place(mut try_it: impl FnMut(&'static str, usize, u32)) {
    for (stream, pages) in PAGES {
        for (place, page) in pages.into_iter().enumerate() {
            try_it(stream, place, page);
        }
    }
}

#[test]
fn codes_that_stop_lose_nothing() {
    let mut tally = Tally::default();
    each_place(|stream, place, page| {
        tally.strike(&strikes(|class| !class.ends_run(), stream, place, page, true), 4);
    });
    each_place(|stream, place, page| {
        for strike in strikes(Class::ends_run, stream, place, page, true) {
            tally.strike(&[strike], 4);
        }
    });
    tally.end("codes that pass");
}

#[test]
fn codes_that_stay_end_only_their_part() {
    let mut tally = Tally::default();
    // One run per exit code, because the worst one wins.
    let refused = |class| matches!(class, Refused | AccountGone | TooLarge | Partial);
    each_place(|stream, place, page| {
        tally.strike(&strikes(refused, stream, place, page, false), 4);
        tally.strike(
            &strikes(|class| !refused(class) && !class.ends_run(), stream, place, page, false),
            4,
        );
    });
    tally.end("codes that stay");
}

#[test]
fn codes_that_end_the_run_keep_its_state() {
    let mut tally = Tally::default();
    // Each code has a separate run, on one page of one of the two streams.
    each_place(|stream, place, page| {
        for (index, strike) in
            strikes(Class::ends_run, stream, place, page, false).into_iter().enumerate()
        {
            if index % 3 == place {
                tally.strike(&[strike], [1, 8][index % 2]);
            }
        }
    });
    tally.end("codes that end the run");
}
