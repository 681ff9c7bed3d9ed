//! The last page of a list of which TikTok returns only the beginning.

use super::list::List;
use super::page_cap::PageCap;
use super::rendered::Rendered;
use crate::api::error::ApiError;

impl List {
    /// What takes the place of a page that TikTok refused because it returns no more.
    pub(super) fn end(&self, cap: PageCap, number: u64) -> Result<Rendered, ApiError> {
        cap.check_long(self.path)?;
        let limit = self.page_size.map(|size| (number - 1) * size);
        Ok(Rendered { last: number, limit, ..Rendered::default() })
    }

    /// A page, whose list ends where TikTok does not return more.
    pub(super) fn limit(&self, cap: PageCap, page: Rendered) -> Result<Rendered, ApiError> {
        match (self.page_size, page.total) {
            (Some(size), Some(total)) if cap.is_exceeded(self.path, total)? => {
                let pages = cap.pages(size);
                Ok(Rendered { last: page.last.min(pages), limit: Some(pages * size), ..page })
            }
            _ => Ok(page),
        }
    }
}
