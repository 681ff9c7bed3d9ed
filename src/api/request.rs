//! One call to the API, and how the text of its answer is read.

use super::codes::PARTIAL;
use super::page::{self, Page};
use super::paging::last_page;
use super::trouble::{Incident, Trouble};
use crate::json::{Last, NoRows, Reader, RowsAt};
use serde_json::Value;
use std::borrow::Cow;

/// One call: an endpoint with its parameters.
#[derive(Debug)]
pub struct Request {
    /// Below `/open_api/v1.3/`, with its slash at the end.
    pub path: &'static str,
    /// Where the answer holds the rows.
    pub rows: RowsAt,
    /// Whether it is a GET with a query, or a POST with a JSON body.
    pub method: Method,
    /// A header that it needs beside the usual ones.
    pub header: Option<(&'static str, String)>,
    /// Names and values, not yet encoded; arrays and objects as JSON text. Without those of paging.
    /// In a body, all values are text.
    pub params: Vec<(&'static str, String)>,
    /// The page to read of a list that comes in pages.
    pub page: Option<PageOf>,
    /// Whether it is a report. TikTok blocks an app that repeats a report which timed out.
    pub is_report: bool,
    /// Whether an answer without the list is an error even if it does not come in pages. Without
    /// that, an answer of another form would count as an empty list.
    pub needs_list: bool,
    /// The body of a call that changes something at TikTok. It is made once, because TikTok refuses
    /// to do the same thing twice, and without the token.
    pub once: Option<Value>,
}

/// How the parameters of a call are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// In the query.
    #[default]
    Get,
    /// In a body of JSON.
    Post,
}

/// Another number of rows a page, a third smaller, so that pages end at other rows.
pub fn other_size(size: u64) -> u64 {
    size - (size / 3).max(1).min(size.saturating_sub(1))
}

/// A page of a list.
#[derive(Clone, Copy, Debug)]
pub struct PageOf {
    /// Its number, from 1.
    pub number: u64,
    /// Rows a page.
    pub size: u64,
    /// Whether an answer without `page_info` is the whole list.
    pub may_be_whole: bool,
}

impl Request {
    /// A GET of a list that comes in one answer.
    pub fn list(path: &'static str, rows: RowsAt, params: Vec<(&'static str, String)>) -> Self {
        Request {
            path,
            rows,
            method: Method::Get,
            header: None,
            params,
            page: None,
            is_report: false,
            needs_list: true,
            once: None,
        }
    }

    /// The account that it is about; empty if it is about several or none.
    pub(super) fn account(&self) -> &str {
        self.params.iter().find(|(name, _)| *name == "advertiser_id").map_or("", |(_, id)| id)
    }

    /// The body of a POST: by default, the parameters as a JSON object.
    pub(super) fn body(&self) -> String {
        if let Some(json) = &self.once {
            return json.to_string();
        }
        let members = self.params.iter().map(|(name, value)| ((*name).to_owned(), value.as_str()));
        Value::Object(members.map(|(name, value)| (name, value.into())).collect()).to_string()
    }

    /// Reads the answer to a request for a file. If it is one, the page is empty and the body is
    /// the file. An answer of JSON is an envelope, which may be that of an error.
    pub(super) fn read_file(&self, body: &[u8]) -> Result<Page, Trouble> {
        match body.trim_ascii_start().first() {
            Some(b'{' | b'<') => self.read_body(body, &mut Last(NoRows)),
            _ => Ok(Page::default()),
        }
    }

    /// Converts the body of an answer to text and reads it.
    pub(super) fn read_body<R: Reader>(
        &self,
        body: &[u8],
        reader: &mut R,
    ) -> Result<Page, Trouble> {
        let (text, mended) = mend(body);
        let page = self.read(&text, reader).map_err(|why| {
            if text.trim_start().starts_with('<') {
                Trouble::of(Incident::Html, format!("the answer is HTML instead of JSON: {why}"))
            } else {
                Trouble::of(Incident::Malformed, format!("the answer cannot be trusted: {why}"))
            }
        })?;
        Ok(Page { mended, ..page })
    }

    /// Reads the text of an answer. An error describes why the answer cannot be trusted.
    fn read<R: Reader>(&self, text: &str, reader: &mut R) -> Result<Page, String> {
        let mut page =
            page::read(text, self.rows, &mut reader.begin()).map_err(|e| e.to_string())?;
        let is_whole = |asked: &PageOf| asked.may_be_whole && page.page_info.is_none();
        if let Some(asked) = self.page.filter(|asked| !is_whole(asked)) {
            page.last = last_page(&page, asked.number)?;
        } else if self.needs_list && !page.has_list && matches!(page.code, 0 | PARTIAL) {
            return Err("the list is missing".to_owned());
        }
        Ok(page)
    }
}

/// A body as text. Byte sequences that are not UTF-8 become U+FFFD and are counted.
fn mend(body: &[u8]) -> (Cow<'_, str>, u64) {
    if let Ok(text) = std::str::from_utf8(body) {
        return (Cow::Borrowed(text), 0);
    }
    let (mut text, mut mended) = (String::with_capacity(body.len() + 16), 0);
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            mended += 1;
        }
    }
    (Cow::Owned(text), mended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn broken_utf_8_costs_itself() {
        for (bytes, want, times) in [
            (&b"ab\xf0\x9f\x9ac"[..], "ab\u{fffd}c", 1),
            (b"\xff", "\u{fffd}", 1),
            (b"\xe9\"", "\u{fffd}\"", 1),
            (b"ok", "ok", 0),
        ] {
            assert_eq!(mend(bytes), (want.into(), times), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_become_the_text_that_the_library_makes_of_them(
            bytes in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let (text, mended) = mend(&bytes);
            prop_assert_eq!(&text, &String::from_utf8_lossy(&bytes));
            prop_assert_eq!(mended == 0, std::str::from_utf8(&bytes).is_ok());
        }
    }
}
