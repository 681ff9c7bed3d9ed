//! Reads an answer of the API in one pass over its text: the envelope here, and the rows with the
//! reader of the caller.

use super::data_rows;
use crate::json::decimal::count;
use crate::json::scan::{Malformed, Scan, is_not_finite};
use crate::json::{Rows, RowsAt};

/// The envelope of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// 0 for success; see `codes`. TikTok answers HTTP 200 for nearly every error, so this number
    /// decides.
    pub code: i64,
    /// TikTok's message.
    pub message: String,
    /// TikTok's id of the request.
    pub request_id: String,
    /// Rows read, before any filter.
    pub rows: u64,
    /// Those of them that are not objects, such as null. They are dropped.
    pub not_rows: u64,
    /// Whether `data` has the list, even an empty one.
    pub has_list: bool,
    /// `data.page_info`, if it has the number of rows and the size of a page.
    pub page_info: Option<PageInfo>,
    /// The number of the last page of the list, as far as this answer knows.
    pub last: u64,
    /// `data.total_metrics` as it came: the totals of a report, if they were requested.
    pub totals: Option<String>,
    /// The number of byte sequences that are not UTF-8, each of which became U+FFFD.
    pub mended: u64,
    /// Whether a report covers only the 20,000 newest ads. TikTok says so in a header.
    pub is_cut: bool,
}

/// `data.page_info`: the place of the answer in the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageInfo {
    /// Number of this page, from 1; 0 where the answer does not say.
    pub page: u64,
    /// Rows a page.
    pub page_size: u64,
    /// Rows of all pages. It changes while rows are added or deleted.
    pub total_number: u64,
    /// Pages.
    pub total_page: u64,
}

/// Reads an answer. An error means that the text is not JSON, is cut off, or has no `code`.
pub fn read<'t, R: Rows<'t>>(text: &'t str, at: RowsAt, rows: &mut R) -> Result<Page, Malformed> {
    let mut scan = Scan::new(text);
    let mut page = Page::default();
    let (mut code, mut data, mut first) = (None, false, true);
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        match scan.name()? {
            "\"code\"" => code = count(scan.value()?),
            "\"message\"" => page.message = words(scan.value()?),
            "\"request_id\"" => page.request_id = words(scan.value()?),
            "\"data\"" if !data && (at == RowsAt::Data || scan.peek() != b'[') => {
                data = data_rows::read_data(&mut scan, at, rows, &mut page)?;
            }
            // Errors come with anything as data.
            _ => scan.skip()?,
        }
    }
    scan.end()?;
    page.code = code.ok_or(Malformed { at: 0, expected: "an envelope with a code" })?;
    // If it counted as an empty list, a bookmark would move past rows that were never read.
    if matches!(page.code, 0 | 20001) && !data {
        return Err(Malformed { at: 0, expected: "data that is an object" });
    }
    Ok(page)
}

/// The text of a string, for messages.
fn words(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
}

/// `None` if the number of rows or the size of a page is missing, so that paging cannot be trusted.
pub(super) fn page_info(raw: &str) -> Option<PageInfo> {
    let members = members(raw).ok()?;
    let number = |name: &str| {
        members
            .iter()
            .find(|(found, _)| found.trim_matches('"') == name)
            .and_then(|(_, raw)| count::<u64>(raw))
    };
    let (page_size, total_number) = (number("page_size")?, number("total_number")?);
    let total_page = number("total_page")
        .or_else(|| (page_size > 0).then(|| total_number.div_ceil(page_size)))?;
    Some(PageInfo { page: number("page").unwrap_or(0), page_size, total_number, total_page })
}

/// The members of an object: names with their quotes, and values as they came.
fn members(raw: &str) -> Result<Vec<(&str, &str)>, Malformed> {
    let mut scan = Scan::new(raw);
    let (mut members, mut first) = (Vec::new(), true);
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        members.push((scan.name()?, scan.value()?));
    }
    Ok(members)
}

/// An object as it came, with null for numbers that are not finite, so that it is valid JSON.
pub(super) fn finite_members(raw: &str) -> String {
    match members(raw) {
        Ok(members) if members.iter().any(|(_, value)| is_not_finite(value)) => {
            let member = |(name, value): (&str, &str)| {
                format!("{name}:{}", if is_not_finite(value) { "null" } else { value })
            };
            format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(","))
        }
        _ => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::NoRows;

    fn page(text: &str) -> Result<Page, Malformed> {
        read(text, RowsAt::Member("list"), &mut NoRows)
    }

    #[test]
    fn reads_the_envelope_in_any_order() {
        let info = PageInfo { page: 1, page_size: 10, total_number: 2, total_page: 1 };
        let text = r#"{"data":{"page_info":{"page":1,"page_size":10,"total_number":2,
            "total_page":1},"list":[{"a":1},{}]},"request_id":"r","message":"OK","code":0}"#;
        let want = Page {
            code: 0,
            message: "OK".into(),
            request_id: "r".into(),
            rows: 2,
            has_list: true,
            page_info: Some(info),
            ..Page::default()
        };
        assert_eq!(page(text).expect("valid"), want);
    }

    #[test]
    fn counts_are_understood_in_any_spelling() {
        let info = |raw: &str| {
            page(&format!(r#"{{"code":0,"data":{{"list":[],"page_info":{raw}}}}}"#))
                .expect("valid")
                .page_info
        };
        let want = Some(PageInfo { page: 1, page_size: 1000, total_number: 2001, total_page: 3 });
        for raw in [
            r#"{"page":1,"page_size":1000,"total_number":2001,"total_page":3}"#,
            r#"{"page":"1","page_size":"1000","total_number":"2001","total_page":"3"}"#,
            r#"{"page":1.0,"page_size":1e3,"total_number":2.001E+03,"total_page":3.0}"#,
            r#"{"page":1,"page_size":1000,"total_number":2001,"total_page":null}"#,
            r#"{"page":1,"page_size":1000,"total_number":2001,"total_page":NaN,"more":[NaN]}"#,
        ] {
            assert_eq!(info(raw), want, "{raw}");
        }
        assert_eq!(
            info(r#"{"page":null,"page_size":10,"total_number":0}"#).expect("a count").page,
            0
        );
        for raw in [
            "null",
            "{}",
            r#"{"page":1,"page_size":10,"total_page":1}"#,
            r#"{"page":1,"page_size":10,"total_number":1.5}"#,
            "[1]",
        ] {
            assert_eq!(info(raw), None, "{raw}");
        }
        for code in ["0", "\"0\"", "0.0", "0e0"] {
            assert_eq!(
                page(&format!(r#"{{"code":{code},"data":{{}}}}"#)).expect("valid").code,
                0,
                "{code}"
            );
        }
    }

    #[test]
    fn what_is_no_object_is_counted_apart_and_costs_itself() {
        let read = page(
            r#"{"code":0,"data":{"list":[null,{"a":NaN},7,"x",[{}],{}],
                "total_metrics":{"a":Infinity,"b":"1"}}}"#,
        );
        let read = read.expect("valid");
        assert_eq!((read.rows, read.not_rows), (6, 4));
        assert_eq!(read.totals.as_deref(), Some(r#"{"a":null,"b":"1"}"#));
    }

    #[test]
    fn nothing_is_empty_and_half_is_an_error() {
        assert_eq!(page(r#"{"code":0,"data":{"list":null}}"#).expect("valid").rows, 0);
        assert_eq!(page(r#"{"code":40001,"data":null}"#).expect("valid").code, 40001);
        assert_eq!(
            page(r#"{"code":0,"data":{"page_info":{"page":1}}}"#).expect("valid").page_info,
            None
        );
        assert_eq!(page(r#"{"code":40001}"#).expect("valid").code, 40001);
        for bad in [
            r#"{"code":0}"#,
            r#"{"code":0,"data":[{}]}"#,
            r#"{"code":20001,"data":"x"}"#,
            r#"{"data":{}}"#,
            r#"{"code":0,"data":{"list":[{"#,
            "<html>",
            "",
            r#"{"code":0}x"#,
        ] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }
}
