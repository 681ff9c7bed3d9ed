//! Whether the pages of a list add up. It owns the check of `page_info`: an answer that contradicts
//! itself is not trusted.

use crate::api::page::Page;

/// Whether pages follow `page` (from 1) in a list.
pub(crate) fn has_more(answer: &Page, page: u64) -> Result<bool, String> {
    if answer.code != 0 && answer.code != 20001 {
        return Ok(false);
    }
    let Some(info) = answer.page_info else {
        // An empty list may come without a count, but not where TikTok left a part out.
        return if answer.code == 0 && answer.rows == 0 && answer.has_list && page == 1 {
            Ok(false)
        } else {
            Err("page_info is missing".to_owned())
        };
    };
    // A list without rows may be called one empty page.
    if info.total_number == 0
        && answer.rows == 0
        && page == 1
        && info.page <= 1
        && info.total_page <= 1
    {
        return Ok(false);
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
    Ok(page < pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::page::PageInfo;

    fn check(rows: u64, page: u64, info: Option<(u64, u64, u64, u64)>) -> Result<bool, String> {
        let page_info = info.map(|(page, page_size, total_number, total_page)| PageInfo {
            page,
            page_size,
            total_number,
            total_page,
        });
        has_more(&Page { rows, page_info, has_list: true, ..Page::default() }, page)
    }

    #[test]
    fn pages_add_up_or_are_not_trusted() {
        assert_eq!(check(10, 1, Some((1, 10, 25, 3))), Ok(true));
        assert_eq!(check(5, 3, Some((3, 10, 25, 3))), Ok(false));
        assert_eq!(check(0, 1, Some((1, 10, 0, 0))), Ok(false));
        assert_eq!(check(0, 1, None), Ok(false));
        assert_eq!(check(0, 1, Some((1, 10, 0, 1))), Ok(false), "one empty page");
        assert_eq!(check(0, 1, Some((0, 0, 0, 0))), Ok(false));
        assert_eq!(
            check(5, 3, Some((0, 10, 25, 3))),
            Ok(false),
            "it does not say which page it is"
        );
        assert!(has_more(&Page::default(), 1).is_err(), "neither a list nor a count");
        assert!(has_more(&Page { code: 20001, has_list: true, ..Page::default() }, 1).is_err());
        // The list shrank while it was read.
        assert_eq!(check(0, 3, Some((3, 10, 20, 2))), Ok(false));
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
