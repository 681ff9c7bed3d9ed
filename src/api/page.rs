//! One answer of the API, read in one pass over its text: the envelope here, each row by whoever wants the rows.
//! It owns the shape of answers; what a row means, and whether paging adds up, is decided above.

use super::scan::{Malformed, Scan};

/// Takes the rows of an answer as they are met. `'t` is the text of the answer.
pub trait Rows<'t> {
    /// Reads one row, all of it.
    ///
    /// # Errors
    /// What comes next is no object, or no valid JSON.
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed>;
}

/// What an answer says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// 0 for success; see `codes`. TikTok answers HTTP 200 for nearly every error, so this number decides.
    pub code: i64,
    /// TikTok's own words.
    pub message: String,
    /// Names the call in TikTok's logs.
    pub request_id: String,
    /// Rows read, before any filter.
    pub rows: u64,
    /// Whether `data` names the list, be it empty.
    pub has_list: bool,
    /// `data.page_info`, if there is one with all four numbers.
    pub page_info: Option<PageInfo>,
    /// `data.total_metrics`, as it came: what a report adds up to, if it was asked for that.
    pub totals: Option<String>,
    /// Whether a report looked at the 20,000 newest ads only. TikTok says so in a header.
    pub is_cut: bool,
}

/// `data.page_info`: where the answer stands in the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageInfo {
    /// Number of this page, from 1.
    pub page: u64,
    /// Rows a page.
    pub page_size: u64,
    /// Rows of all pages. It moves while rows are added or deleted.
    pub total_number: u64,
    /// Pages.
    pub total_page: u64,
}

/// Reads an answer. `list` is the member of `data` that holds the rows, such as `list`.
///
/// # Errors
/// The text is no JSON, is cut off, has no `code`, or its rows are no objects.
pub fn read<'t, R: Rows<'t>>(text: &'t str, list: &str, rows: &mut R) -> Result<Page, Malformed> {
    let mut scan = Scan::new(text);
    let mut page = Page::default();
    let (mut code, mut data, mut first) = (None, false, true);
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        match scan.name()? {
            "\"code\"" => code = scan.value()?.trim_matches('"').parse().ok(),
            "\"message\"" => page.message = words(scan.value()?),
            "\"request_id\"" => page.request_id = words(scan.value()?),
            "\"data\"" if !data && scan.peek() == b'{' => {
                read_data(&mut scan, list, rows, &mut page)?;
                data = true;
            }
            "\"data\"" if !data && scan.peek() == b'n' => {
                scan.skip()?;
                data = true;
            }
            // Errors come with `"data": {}`, null, or anything else.
            _ => scan.skip()?,
        }
    }
    scan.end()?;
    page.code = code.ok_or(Malformed { at: 0, expected: "an envelope with a code" })?;
    // Taken for an empty list, it would move a bookmark past rows that nobody has seen.
    if matches!(page.code, 0 | 20001) && !data {
        return Err(Malformed { at: 0, expected: "data that is an object" });
    }
    Ok(page)
}

fn read_data<'t, R: Rows<'t>>(scan: &mut Scan<'t>, list: &str, rows: &mut R, page: &mut Page) -> Result<(), Malformed> {
    let mut first = true;
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        let name = scan.name()?.trim_matches('"');
        if name == "page_info" {
            page.page_info = page_info(scan.value()?);
        } else if name == "total_metrics" {
            page.totals = Some(scan.value()?.to_owned());
        } else if name == list && !page.has_list {
            page.has_list = true;
            // TikTok sends `"list": null` for an empty list at times.
            if scan.peek() == b'n' { scan.skip()? } else { read_list(scan, rows, page)? }
        } else {
            scan.skip()?;
        }
    }
    Ok(())
}

fn read_list<'t, R: Rows<'t>>(scan: &mut Scan<'t>, rows: &mut R, page: &mut Page) -> Result<(), Malformed> {
    let mut first = true;
    scan.enter(b'[')?;
    while scan.next(first, b']')? {
        first = false;
        rows.row(scan)?;
        page.rows += 1;
    }
    Ok(())
}

/// The text of a string, however odd: it is for people.
fn words(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
}

/// `None` when a number is missing or is none: paging cannot be trusted then.
fn page_info(raw: &str) -> Option<PageInfo> {
    let info: serde_json::Value = serde_json::from_str(raw).ok()?;
    let number = |name: &str| info.get(name).and_then(serde_json::Value::as_u64);
    Some(PageInfo {
        page: number("page")?,
        page_size: number("page_size")?,
        total_number: number("total_number")?,
        total_page: number("total_page")?,
    })
}

/// For answers whose rows nobody wants.
#[derive(Debug, Default)]
pub struct NoRows;

impl<'t> Rows<'t> for NoRows {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        if scan.peek() == b'{' { scan.skip() } else { scan.fail("a row that is an object") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Page, Malformed> {
        read(text, "list", &mut NoRows)
    }

    #[test]
    fn reads_the_envelope_in_any_order() {
        let info = PageInfo { page: 1, page_size: 10, total_number: 2, total_page: 1 };
        let text = r#"{"data":{"page_info":{"page":1,"page_size":10,"total_number":2,"total_page":1},"list":[{"a":1},{}]},"request_id":"r","message":"OK","code":0}"#;
        let want = Page {
            code: 0,
            message: "OK".into(),
            request_id: "r".into(),
            rows: 2,
            has_list: true,
            page_info: Some(info),
            totals: None,
            is_cut: false,
        };
        assert_eq!(page(text).expect("valid"), want);
    }

    #[test]
    fn nothing_is_empty_and_half_is_an_error() {
        assert_eq!(page(r#"{"code":0,"data":{"list":null}}"#).expect("valid").rows, 0);
        assert_eq!(page(r#"{"code":40001,"data":null}"#).expect("valid").code, 40001);
        assert_eq!(page(r#"{"code":0,"data":{"page_info":{"page":1}}}"#).expect("valid").page_info, None);
        assert_eq!(page(r#"{"code":40001}"#).expect("valid").code, 40001);
        for bad in [
            r#"{"code":0}"#,
            r#"{"code":0,"data":[{}]}"#,
            r#"{"code":20001,"data":"x"}"#,
            r#"{"data":{}}"#,
            r#"{"code":0,"data":{"list":[1]}}"#,
            r#"{"code":0,"data":{"list":[{"#,
            "<html>",
            "",
            r#"{"code":0}x"#,
        ] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }
}
