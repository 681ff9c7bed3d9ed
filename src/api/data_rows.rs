//! Reads the rows of an answer, which are at different places in its `data`.

use super::page::{Page, finite_members, page_info};
use crate::json::scan::{Malformed, Scan};
use crate::json::{Rows, RowsAt, member};

/// Reads `data`. Returns whether it is something that can hold rows: an object, an array where rows
/// stand in `data` itself, or null.
pub(super) fn read_data<'t, R: Rows<'t>>(
    scan: &mut Scan<'t>,
    at: RowsAt,
    rows: &mut R,
    page: &mut Page,
) -> Result<bool, Malformed> {
    match scan.peek() {
        b'n' => scan.skip()?,
        b'[' | b'{' if at == RowsAt::Data => {
            page.has_list = true;
            read_rows(scan, rows, page)?;
        }
        b'{' => read_members(scan, at, rows, page)?,
        _ => {
            scan.skip()?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn read_members<'t, R: Rows<'t>>(
    scan: &mut Scan<'t>,
    at: RowsAt,
    rows: &mut R,
    page: &mut Page,
) -> Result<(), Malformed> {
    let mut first = true;
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        let name = scan.name()?.trim_matches('"');
        if name == "page_info" {
            page.page_info = page_info(scan.value()?);
        } else if name == "total_metrics" {
            page.totals = Some(finite_members(scan.value()?));
        } else if page.has_list || !at.is_member(name) {
            scan.skip()?;
        } else {
            page.has_list = true;
            match at {
                // TikTok sends null for an empty list at times.
                _ if scan.peek() == b'n' => scan.skip()?,
                RowsAt::Keyed(_) => read_keyed(scan, rows, page)?,
                RowsAt::Inside(_, inner, beside) => read_inside(scan, inner, beside, rows, page)?,
                RowsAt::Member(_) | RowsAt::Either(..) | RowsAt::Data => {
                    read_rows(scan, rows, page)?;
                }
            }
        }
    }
    Ok(())
}

/// Reads an array of rows, or a single row; an object without members is none.
fn read_rows<'t, R: Rows<'t>>(
    scan: &mut Scan<'t>,
    rows: &mut R,
    page: &mut Page,
) -> Result<(), Malformed> {
    if scan.peek() == b'{' {
        if scan.clone().value()?.trim_start_matches('{').trim_start() == "}" {
            return scan.skip();
        }
        return read_row(scan, rows, page);
    }
    let mut first = true;
    scan.enter(b'[')?;
    while scan.next(first, b']')? {
        first = false;
        read_row(scan, rows, page)?;
    }
    Ok(())
}

fn read_row<'t, R: Rows<'t>>(
    scan: &mut Scan<'t>,
    rows: &mut R,
    page: &mut Page,
) -> Result<(), Malformed> {
    if scan.peek() == b'{' {
        rows.row(scan)?;
    } else {
        scan.skip()?;
        page.not_rows += 1;
    }
    page.rows += 1;
    Ok(())
}

/// Reads rows that each stand under their id.
fn read_keyed<'t, R: Rows<'t>>(
    scan: &mut Scan<'t>,
    rows: &mut R,
    page: &mut Page,
) -> Result<(), Malformed> {
    let mut first = true;
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        rows.around(scan.name()?);
        read_row(scan, rows, page)?;
    }
    Ok(())
}

/// Reads arrays of rows inside the elements of a list.
fn read_inside<'t, R: Rows<'t>>(
    scan: &mut Scan<'t>,
    inner: &str,
    beside: &str,
    rows: &mut R,
    page: &mut Page,
) -> Result<(), Malformed> {
    let mut first = true;
    scan.enter(b'[')?;
    while scan.next(first, b']')? {
        first = false;
        let element = scan.value()?;
        if let Some(beside) = member(element, beside)? {
            rows.around(beside);
        }
        if let Some(inner) = member(element, inner)?.filter(|raw| raw.starts_with('[')) {
            read_rows(&mut Scan::new(inner), rows, page)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::api::page;
    use crate::json::scan::{Malformed, Scan};
    use crate::json::{Rows, RowsAt};

    #[derive(Default)]
    struct Texts<'t>(Vec<(&'t str, &'t str)>, &'t str);

    impl<'t> Rows<'t> for Texts<'t> {
        fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
            self.0.push((self.1, scan.value()?));
            Ok(())
        }

        fn around(&mut self, raw: &'t str) {
            self.1 = raw;
        }
    }

    #[test]
    fn rows_are_found_wherever_they_stand() {
        let list = RowsAt::Member("list");
        for (at, data, want) in [
            (list, r#"{"list":[{"a":1},{}]}"#, &[("", r#"{"a":1}"#), ("", "{}")][..]),
            (list, r#"{"list":{"a":1}}"#, &[("", r#"{"a":1}"#)]),
            (list, r#"{"list":{ }}"#, &[]),
            (RowsAt::Either("a", "b"), r#"{"b":[{}]}"#, &[("", "{}")]),
            (RowsAt::Data, r#"[{"a":1}]"#, &[("", r#"{"a":1}"#)]),
            (RowsAt::Data, r#"{"a":1}"#, &[("", r#"{"a":1}"#)]),
            (RowsAt::Data, "{}", &[]),
            (RowsAt::Keyed("map"), r#"{"map":{"7":{"a":1}}}"#, &[("\"7\"", r#"{"a":1}"#)]),
            (
                RowsAt::Inside("list", "rows", "id"),
                r#"{"list":[{"rows":[{"a":1},{}],"id":"7"},{"id":8}]}"#,
                &[("\"7\"", r#"{"a":1}"#), ("\"7\"", "{}")],
            ),
        ] {
            let text = format!(r#"{{"code":0,"data":{data}}}"#);
            let mut rows = Texts::default();
            let page = page::read(&text, at, &mut rows).expect("valid");
            assert_eq!(rows.0, want, "{at:?} {data}");
            assert_eq!(page.rows, want.len() as u64);
        }
    }
}
