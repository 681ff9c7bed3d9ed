//! Checks the paging information of answers. An answer that contradicts itself or the request is an
//! error.

use super::page::Page;

/// The number of the last page of a list, according to the answer for page `page` (from 1). An
/// error describes why the answer cannot be trusted: `page_info` is missing although there are
/// rows, or it contradicts itself or the request.
pub(super) fn last_page(answer: &Page, page: u64) -> Result<u64, String> {
    if answer.code != 0 && answer.code != 20001 {
        return Ok(page);
    }
    let Some(info) = answer.page_info else {
        // An empty list may come without a count, unless TikTok left out a part of it.
        let is_empty = answer.code == 0 && answer.rows == 0 && answer.has_list && page == 1;
        return if is_empty { Ok(1) } else { Err("page_info is missing".to_owned()) };
    };
    // A list without rows may be counted as one empty page.
    if info.total_number == 0
        && answer.rows == 0
        && page == 1
        && info.page <= 1
        && info.total_page <= 1
    {
        return Ok(1);
    }
    let pages = if info.page_size == 0 { 0 } else { info.total_number.div_ceil(info.page_size) };
    if info.page != page && info.page != 0 {
        return Err(format!("page_info is of page {} instead of {page}", info.page));
    }
    if answer.rows > info.page_size {
        return Err(format!("{} rows on a page of {}", answer.rows, info.page_size));
    }
    if info.total_page != pages {
        return Err(format!(
            "{} rows cannot fill {} pages of {}",
            info.total_number, info.total_page, info.page_size
        ));
    }
    if (answer.rows == 0) != (page > pages) {
        return Err(format!("{} rows on page {page} of {pages}", answer.rows));
    }
    Ok(pages.max(page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::page::PageInfo;

    fn check(rows: u64, page: u64, info: Option<(u64, u64, u64, u64)>) -> Result<u64, String> {
        let page_info = info.map(|(page, page_size, total_number, total_page)| PageInfo {
            page,
            page_size,
            total_number,
            total_page,
        });
        last_page(&Page { rows, page_info, has_list: true, ..Page::default() }, page)
    }

    #[test]
    fn pages_add_up_or_are_not_trusted() {
        assert_eq!(check(10, 1, Some((1, 10, 25, 3))), Ok(3));
        assert_eq!(check(5, 3, Some((3, 10, 25, 3))), Ok(3));
        assert_eq!(check(0, 1, Some((1, 10, 0, 0))), Ok(1));
        assert_eq!(check(0, 1, None), Ok(1));
        assert_eq!(check(0, 1, Some((1, 10, 0, 1))), Ok(1), "one empty page");
        assert_eq!(check(0, 1, Some((0, 0, 0, 0))), Ok(1));
        assert_eq!(check(5, 3, Some((0, 10, 25, 3))), Ok(3), "it does not say which page it is");
        assert!(last_page(&Page::default(), 1).is_err(), "neither a list nor a count");
        assert!(last_page(&Page { code: 20001, has_list: true, ..Page::default() }, 1).is_err());
        // The list shrank while it was read.
        assert_eq!(check(0, 3, Some((3, 10, 20, 2))), Ok(3));
        for (rows, page, info) in [
            (5, 1, None),
            (0, 2, None),
            (10, 1, Some((2, 10, 25, 3))),
            (10, 1, Some((1, 10, 25, 1))),
            (0, 1, Some((1, 10, 25, 3))),
            (11, 1, Some((1, 10, 11, 2))),
            (3, 1, Some((1, 0, 3, 1))),
            (3, 1, Some((1, 10, 0, 0))),
            (3, 1, Some((1, 10, 0, 1))),
            (0, 1, Some((1, 10, 0, 2))),
            (0, 2, Some((2, 10, 0, 1))),
            (0, 1, Some((2, 10, 0, 1))),
        ] {
            assert!(check(rows, page, info).is_err(), "{rows} rows, page {page}, {info:?}");
        }
    }
}
