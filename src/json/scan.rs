//! Reads JSON text from front to back and hands out the text of its parts, checked but not copied.
//! It owns the grammar; what the parts mean is the reader's matter.
//!
//! It exists beside `serde_json` for the rows of pages only: a parser that knows which name should
//! come next, and copies digits instead of parsing them, takes a third of the time. A property test
//! holds it to what `serde_json` accepts, and `NaN`, `Infinity` and `-Infinity` besides.

use super::token::{decimal_end, is_same, number_end, plain_end};
use std::fmt;

/// Deeper nesting than any answer has. Text beyond it counts as malformed rather than eat the
/// stack.
pub const DEPTH: u32 = 127;

/// Digits of a number without an exponent that needs no second look: the floats of targets hold it.
pub const MOST_DIGITS: usize = 300;

/// What JSON has no numbers for, but the serializers of some languages write all the same.
const NOT_FINITE: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// Whether a value is one of the words for numbers that are not finite. They stand for no value
/// that a record can hold.
#[inline]
pub fn is_not_finite(raw: &str) -> bool {
    // No other value begins so; this is asked of nearly every value.
    match raw.as_bytes() {
        [b'N' | b'I', ..] | [b'-', b'I', ..] => NOT_FINITE.contains(&raw),
        _ => false,
    }
}

/// The text is no JSON, or not of the shape that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where, in bytes from the start of the text.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at)
    }
}

impl std::error::Error for Malformed {}

type Result<T> = std::result::Result<T, Malformed>;

/// A place in JSON text.
#[derive(Debug)]
pub struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    /// At the start of `text`.
    pub fn new(text: &'t str) -> Self {
        let mut scan = Scan { text, at: 0 };
        scan.skip_white();
        scan
    }

    /// The byte that is next; 0 at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// Steps into an object (`{`) or an array (`[`).
    pub fn enter(&mut self, bracket: u8) -> Result<()> {
        if self.peek() != bracket {
            return self.fail(if bracket == b'{' { "an object" } else { "an array" });
        }
        self.at += 1;
        self.skip_white();
        Ok(())
    }

    /// Goes on to the next member or element: `Ok(false)`, and out of it, at its closing bracket
    /// `end`.
    #[inline]
    pub fn next(&mut self, first: bool, end: u8) -> Result<bool> {
        let byte = self.peek();
        if byte == end {
            self.at += 1;
            self.skip_white();
            return Ok(false);
        }
        if !first {
            if byte != b',' {
                return self.fail("a comma or a closing bracket");
            }
            self.at += 1;
            self.skip_white();
        }
        Ok(true)
    }

    /// The name of the member that is next, with its quotes; steps over the colon too.
    pub fn name(&mut self) -> Result<&'t str> {
        let start = self.at;
        if self.peek() != b'"' {
            return self.fail("a name");
        }
        self.skip_string()?;
        let name = &self.text[start..self.at];
        self.skip_white();
        if self.peek() != b':' {
            return self.fail("a colon");
        }
        self.at += 1;
        self.skip_white();
        Ok(name)
    }

    /// Steps over the name of the member that is next, if it is `tag`: a name with its quotes and a
    /// colon right behind.
    #[inline]
    pub fn skip_tag(&mut self, tag: &[u8]) -> bool {
        let found = self
            .text
            .as_bytes()
            .get(self.at..self.at + tag.len())
            .is_some_and(|next| is_same(next, tag));
        if found {
            self.at += tag.len();
            self.skip_white();
        }
        found
    }

    /// The value that is next, without white space around it.
    #[inline]
    pub fn value(&mut self) -> Result<&'t str> {
        let start = self.at;
        let end = self.skip_to_end(0)?;
        Ok(&self.text[start..end])
    }

    /// The inside of the value that is next, if it is a number in a string, neither long nor with
    /// an exponent: TikTok sends nearly every metric so. Stays where it is otherwise.
    #[inline]
    pub fn quoted_number(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        if self.peek() != b'"' {
            return None;
        }
        let start = self.at + 1;
        let end = decimal_end(bytes, start)?;
        if bytes.get(end) != Some(&b'"') || end - start > MOST_DIGITS {
            return None;
        }
        self.at = end + 1;
        self.skip_white();
        Some(&self.text[start..end])
    }

    /// The value that is next, with its quotes, if it is a string without escapes. Stays where it
    /// is otherwise.
    #[inline]
    pub fn plain_string(&mut self) -> Option<&'t str> {
        if self.peek() != b'"' {
            return None;
        }
        let start = self.at;
        let end = plain_end(self.text.as_bytes(), start + 1);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.skip_white();
        Some(&self.text[start..=end])
    }

    /// Steps over the value that is next.
    #[inline]
    pub fn skip(&mut self) -> Result<()> {
        self.skip_to_end(0).map(drop)
    }

    /// Nothing but white space may be left.
    pub fn end(&mut self) -> Result<()> {
        self.skip_white();
        if self.at == self.text.len() { Ok(()) } else { self.fail("the end") }
    }

    /// The rest of the way through a value that the caller does not like.
    pub fn fail<T>(&self, expected: &'static str) -> Result<T> {
        Err(Malformed { at: self.at, expected })
    }

    /// Steps over a value and the white space behind it; returns where the value itself ends.
    fn skip_to_end(&mut self, depth: u32) -> Result<usize> {
        match self.peek() {
            b'"' => self.skip_string()?,
            b'{' | b'[' => return self.skip_container(depth),
            b't' => self.skip_word("true")?,
            b'f' => self.skip_word("false")?,
            b'n' => self.skip_word("null")?,
            _ => match number_end(self.text.as_bytes(), self.at) {
                Some(end) => self.at = end,
                None => self.skip_not_finite()?,
            },
        }
        let end = self.at;
        self.skip_white();
        Ok(end)
    }

    fn skip_container(&mut self, depth: u32) -> Result<usize> {
        if depth == DEPTH {
            return self.fail("less nesting");
        }
        let open = self.peek();
        let close = open + 2; // `{` and `}`, `[` and `]` stand two apart in ASCII
        self.enter(open)?;
        let mut first = true;
        loop {
            // `next` would step over the white space behind the bracket, which is no part of the
            // value.
            if self.peek() == close {
                self.at += 1;
                let end = self.at;
                self.skip_white();
                return Ok(end);
            }
            self.next(first, close)?;
            first = false;
            if open == b'{' {
                self.name()?;
            }
            self.skip_to_end(depth + 1)?;
        }
    }

    #[cold]
    fn skip_not_finite(&mut self) -> Result<()> {
        let rest = &self.text.as_bytes()[self.at..];
        match NOT_FINITE.iter().find(|word| rest.starts_with(word.as_bytes())) {
            Some(word) => self.at += word.len(),
            None => return self.fail("a value"),
        }
        Ok(())
    }

    fn skip_word(&mut self, word: &'static str) -> Result<()> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.fail(word);
        }
        self.at += word.len();
        Ok(())
    }

    #[inline]
    fn skip_white(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    #[inline]
    fn skip_string(&mut self) -> Result<()> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        loop {
            at = plain_end(bytes, at);
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') => at = self.escape_end(at)?,
                _ => {
                    self.at = at;
                    return self.fail("the end of a string");
                }
            }
        }
    }

    fn escape_end(&self, at: usize) -> Result<usize> {
        let rest = &self.text.as_bytes()[at + 1..];
        match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Ok(at + 2),
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|h| h.is_ascii_hexdigit()) => {
                Ok(at + 6)
            }
            _ => Err(Malformed { at, expected: "an escape" }),
        }
    }
}

#[cfg(test)]
mod tests;
