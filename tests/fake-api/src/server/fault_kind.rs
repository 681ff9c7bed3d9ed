//! What can go wrong. Owns the list; doing it is in `api`, `tamper` and `connection`.

use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// An error of the API, with HTTP 200.
    Code {
        /// The code.
        code: i64,
        /// Its text.
        message: String,
    },
    /// An answer that does not come from the API.
    Http {
        /// HTTP status.
        status: u16,
        /// Content type.
        content_type: String,
        /// Body.
        body: String,
    },
    /// This file with HTTP 200, in place of that of a task.
    File(Vec<u8>),
    /// This body with HTTP 200 as `application/json`.
    Body(String),
    /// Half of the promised bytes, then the end of the connection.
    CutBody,
    /// A complete HTTP answer whose compressed data ends too early.
    CutGzip,
    /// A complete HTTP answer whose JSON ends in the middle.
    InvalidJson,
    /// The connection is reset instead of an answer.
    Reset,
    /// The connection ends in good order instead of an answer.
    CloseEarly,
    /// The answer comes after this time.
    Hang(Duration),
    /// The head of the answer comes at once, the body in small pieces over this time.
    SlowBody(Duration),
    /// A byte that is no UTF-8 in the first name of the list, or in its first text if it has no
    /// names.
    InvalidUtf8,
    /// JSON of another shape than the API's.
    WrongShape(Shape),
    /// Code 20001 with this message; rows and `page_info` as they were.
    PartialRows(String),
    /// The answer lacks `page_info`.
    MissingPageInfo,
    /// This raw JSON in place of `page_info`.
    PageInfo(String),
    /// `total_number` is so much greater, and `total_page` fits it.
    Grow(u64),
    /// `total_number` is so much smaller, but not below 0, and `total_page` fits it.
    Shrink(u64),
    /// An empty list; `page_info` as it was.
    EmptyPage,
    /// The rows of the page before.
    RepeatPage,
    /// The page as if so many rows had been inserted before the whole list: it begins with the last
    /// rows of the page before, and its own last ones are not there. If negative, as if so many
    /// rows had been deleted: its first ones are not there, and it ends with the first of the next
    /// page. `page_info` stays as it was; the first page has no rows before it to repeat.
    Shift(i64),
    /// The envelope has `data` before `code`.
    CodeLast,
}

/// A shape that no client expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `"data": [rows]`.
    DataIsArray,
    /// `"list": {}`.
    ListIsObject,
    /// `"list": [1,2,3]`.
    ListOfNumbers,
    /// `"code": "0"`.
    CodeIsText,
    /// `"code": "OK"`.
    CodeIsWord,
    /// No `code`.
    CodeIsMissing,
    /// `null` is the whole body.
    BodyIsNull,
}

impl Shape {
    /// All of them, with their names in JSON.
    pub(crate) const NAMES: [(&str, Self); 7] = [
        ("data_is_array", Self::DataIsArray),
        ("list_is_object", Self::ListIsObject),
        ("list_of_numbers", Self::ListOfNumbers),
        ("code_is_text", Self::CodeIsText),
        ("code_is_word", Self::CodeIsWord),
        ("code_is_missing", Self::CodeIsMissing),
        ("body_is_null", Self::BodyIsNull),
    ];
}
