//! Lists of which TikTok returns only so many rows. Pages beyond those are not requested; if TikTok
//! refuses a page before, the list ends there.

use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::streams::Cap;

/// The most rows that TikTok returns of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageCap {
    rows: u64,
    /// Whether a longer list is read as far as TikTok returns it. Otherwise, it is an error.
    reads_beginning: bool,
}

impl PageCap {
    /// The cap of a stream. Of many lists, those that are longer are read in another way.
    pub(crate) fn new(cap: Cap, reads_beginning: bool) -> Self {
        PageCap { rows: cap.rows, reads_beginning }
    }

    /// The same cap, for a list that is read as far as TikTok returns it.
    pub(crate) fn beginning(self) -> Self {
        PageCap { reads_beginning: true, ..self }
    }

    /// The largest size of pages, up to `most`, of which the last page that TikTok returns is full.
    pub(crate) fn page_size(self, most: u64) -> u64 {
        (1..=most).rev().find(|size| self.rows.is_multiple_of(*size)).unwrap_or(most)
    }

    /// Whether TikTok refused a page because it is beyond the cap.
    pub(crate) fn is_passed(number: u64, error: &ApiError) -> bool {
        number > 1 && error.cause == Cause::Refused
    }

    /// Whether TikTok has more rows than it returns. It is an error if the list is not read then.
    pub(crate) fn is_exceeded(self, path: &'static str, total: u64) -> Result<bool, ApiError> {
        if total > self.rows { self.check_long(path).map(|()| true) } else { Ok(false) }
    }

    /// The number of full pages that TikTok returns.
    pub(crate) fn pages(self, size: u64) -> u64 {
        (self.rows / size.max(1)).max(1)
    }

    /// The list is longer than TikTok returns, which is an error if it is not read then.
    pub(crate) fn check_long(self, path: &'static str) -> Result<(), ApiError> {
        if self.reads_beginning {
            return Ok(());
        }
        let message = "TikTok returns only the beginning of the list".to_owned();
        Err(ApiError::new(Cause::TooLarge, path, message, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_that_tiktok_returns_is_full() {
        let cap = PageCap { rows: 10_000, reads_beginning: true };
        for (most, want) in [(100, 100), (67, 50), (30, 25), (7, 5), (1, 1)] {
            assert_eq!(cap.page_size(most), want, "{most}");
        }
    }
}
