//! The table of faults. Each line has the fault, how often it may happen without a loss, and what
//! follows if it stays.

use crate::failures::code;
use crate::strike::Follows;
use Shape::{
    BodyIsNull, CodeIsMissing, CodeIsText, CodeIsWord, DataIsArray, ListIsObject, ListOfNumbers,
};
use fake_tiktok::{FaultKind, Shape};
use std::time::Duration;

/// A line of the table.
pub(super) struct FaultCase {
    pub(super) name: &'static str,
    /// What the fake does, by the number of the page.
    pub(super) kind: fn(u32) -> FaultKind,
    /// How often it may happen without a loss.
    pub(super) spared: usize,
    /// What follows if the fault stays. The arguments are whether the stream is a report, and the
    /// place of the page: 0 for the first, 1 for one in the middle, 2 for the last.
    pub(super) stays: fn(bool, usize) -> Follows,
    /// Whether rows may come twice, because something was read again.
    pub(super) repeats: bool,
    /// Whether it must be tried alone, because it delays all requests.
    pub(super) alone: bool,
}

pub(super) const ENTITY: &str = "campaigns";
pub(super) const REPORT: &str = "ad_insights";
/// An answer that reports success but has no data.
const WITHOUT_DATA: &str = r#"{"code":0,"message":"OK"}"#;
const MINUTE: Duration = Duration::from_secs(60);
/// The pages with faults.
pub(super) const PAGES: [(&str, [u32; 3]); 2] = [(ENTITY, [1, 2, 3]), (REPORT, [1, 3, 6])];

const fn fault(
    name: &'static str,
    kind: fn(u32) -> FaultKind,
    spared: usize,
    stays: fn(bool, usize) -> Follows,
) -> FaultCase {
    FaultCase { name, kind, spared, stays, repeats: false, alone: false }
}

/// A list that does not add up is read once more, so one fault is spared.
const fn uneven(
    name: &'static str,
    kind: fn(u32) -> FaultKind,
    stays: fn(bool, usize) -> Follows,
) -> FaultCase {
    FaultCase { repeats: true, ..fault(name, kind, 1, stays) }
}

fn http(status: u16, content_type: &str, body: &str) -> FaultKind {
    FaultKind::Http { status, content_type: content_type.into(), body: body.into() }
}

fn html(status: u16, text: &str) -> FaultKind {
    http(status, "text/html", &format!("<html>{text}</html>"))
}

fn body(text: &str) -> FaultKind {
    FaultKind::Body(text.to_owned())
}

fn empty(code: i64) -> FaultKind {
    body(&format!("{{\"code\":{code},\"data\":{{}}}}"))
}

fn shape(shape: Shape) -> FaultKind {
    FaultKind::WrongShape(shape)
}

fn partial() -> FaultKind {
    FaultKind::PartialRows("Partially successful.".into())
}

fn page_info_of_words() -> FaultKind {
    FaultKind::PageInfo("{\"page\":\"one\"}".into())
}

fn page_info(page: u32, size: u32, total: u32, pages: u32) -> FaultKind {
    FaultKind::PageInfo(format!(
        "{{\"page\":{page},\"page_size\":{size},\"total_number\":{total},\"total_page\":{pages}}}"
    ))
}

fn hang(report: bool, place: usize) -> Follows {
    // A report is then requested in smaller parts, until the lists have no such page.
    if report && place > 0 { Follows::Nothing } else { Follows::Ends(5, "timeout") }
}

fn counts(_: bool, _: usize) -> Follows {
    Follows::Ends(4, "TikTok counts")
}

/// The first page repeats nothing.
fn counts_later(_: bool, place: usize) -> Follows {
    if place == 0 { Follows::Nothing } else { Follows::Ends(4, "TikTok counts") }
}

macro_rules! status {
    ($exit:literal, $status:literal) => {
        |_, _| Follows::Ends($exit, concat!("HTTP status ", $status))
    };
}

macro_rules! ends {
    ($exit:literal, $says:literal) => {
        |_, _| Follows::Ends($exit, $says)
    };
}

#[rustfmt::skip]
pub(super) fn table() -> Vec<FaultCase> {
    vec![
        fault("reset", |_| FaultKind::Reset, 2, ends!(5, "no answer")),
        fault("closed without an answer", |_| FaultKind::CloseEarly, 2, ends!(5, "no answer")),
        fault("cut in the body", |_| FaultKind::CutBody, 2, ends!(5, "broke off")),
        fault("cut in the compressed data", |_| FaultKind::CutGzip, 2, ends!(5, "broke off")),
        FaultCase { repeats: true, ..fault("no answer", |_| FaultKind::Hang(MINUTE), 1, hang) },
        FaultCase { repeats: true, ..fault("slow body", |_| FaultKind::SlowBody(MINUTE), 1, hang) },
        fault("HTTP 400", |_| http(400, "text/plain", "400 bad request"), 0, status!(4, 400)),
        fault("HTTP 403", |_| http(403, "text/plain", "403 forbidden"), 0, status!(4, 403)),
        fault("HTTP 404", |_| http(404, "text/plain", "404 page not found"), 0, status!(4, 404)),
        FaultCase { alone: true, ..fault("HTTP 429", |_| html(429, "wait"), 2, status!(5, 429)) },
        fault("HTTP 500", |_| html(500, "oops"), 2, status!(5, 500)),
        fault("HTTP 502", |_| html(502, "Bad gateway"), 2, status!(5, 502)),
        fault("HTTP 503", |_| http(503, "text/html", ""), 2, status!(5, 503)),
        fault("HTML", |_| html(200, "Just a moment"), 2, ends!(5, "HTML")),
        fault("an empty body", |_| body(""), 2, ends!(5, "cannot be trusted")),
        fault("invalid JSON", |_| FaultKind::InvalidJson, 2, ends!(5, "cannot be trusted")),
        fault("data is an array", |_| shape(DataIsArray), 2, ends!(5, "cannot be trusted")),
        fault("list is an object", |_| shape(ListIsObject), 2, ends!(5, "cannot be trusted")),
        fault("list of numbers", |_| shape(ListOfNumbers), 0, ends!(4, "no row of an answer")),
        fault("code as text", |_| shape(CodeIsText), 2, |_, _| Follows::Nothing),
        fault("code is a word", |_| shape(CodeIsWord), 2, ends!(5, "a code")),
        fault("no code", |_| shape(CodeIsMissing), 2, ends!(5, "a code")),
        fault("null", |_| shape(BodyIsNull), 2, ends!(5, "cannot be trusted")),
        fault("no data", |_| body(WITHOUT_DATA), 2, ends!(5, "cannot be trusted")),
        fault("code after data", |_| FaultKind::CodeLast, 2, |_, _| Follows::Nothing),
        fault("no page_info", |_| FaultKind::MissingPageInfo, 2, ends!(5, "page_info is missing")),
        fault("another page", |_| page_info(9, 5, 45, 9), 2, ends!(5, "page_info is of page 9")),
        fault("too many rows", |page| page_info(page, 5, 5000, 1), 2, ends!(5, "cannot fill")),
        fault("smaller pages", |page| page_info(page, 2, 20, 10), 2, ends!(5, "on a page of 2")),
        fault("words", |_| page_info_of_words(), 2, ends!(5, "page_info is missing")),
        fault("an empty page", |_| FaultKind::EmptyPage, 2, ends!(5, "0 rows on page")),
        fault("50000", |_| code(50000, "System error."), 2, ends!(5, "50000")),
        uneven("20001 with all rows", |_| partial(), ends!(4, "TikTok answered 20001")),
        fault("20001 alone", |_| empty(20001), 2, ends!(5, "page_info is missing")),
        uneven("a page twice", |_| FaultKind::RepeatPage, counts_later),
        uneven("two rows came before the list", |_| FaultKind::Shift(2), counts_later),
        uneven("two rows went before the page", |_| FaultKind::Shift(-2), counts),
        // If a count only grew and all rows are there, nothing is missing. If it fell, a row may be
        // missing. With two more rows the entity has another page, which has the old count.
        uneven("a count grows", |_| FaultKind::Grow(2), |report, place| {
            if report && place == 2 { Follows::Nothing } else { counts(report, place) }
        }),
        // After a smaller count on the first page, the count grows. It is then unknown which rows
        // the list had at first, so the bookmark stays.
        uneven("a count shrinks", |_| FaultKind::Shrink(1), |report, place| {
            match (report, place) {
                (false, 0) => Follows::Holds("its bookmark stays"),
                _ => counts(report, place),
            }
        }),
        // If the list ends before the page of the fault, the rest is never requested.
        uneven("a count shrinks by a page", |_| FaultKind::Shrink(5), |report, place| {
            match (report, place) {
                (false, 0) => Follows::Holds("its bookmark stays"),
                (true, 1) => Follows::Nothing,
                (true, 0) | (false, 1) => counts(report, place),
                _ => Follows::Ends(5, "rows on page"),
            }
        }),
    ]
}
