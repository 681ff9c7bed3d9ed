//! Reads JSON text from front to back and returns the text of its parts, checked but not copied.
//!
//! It exists in addition to `serde_json` for the rows of pages: a parser that expects a certain
//! name next, and does not parse numbers, takes a third of the time. A property test checks that
//! it accepts what `serde_json` accepts, and also `NaN`, `Infinity` and `-Infinity`.

use super::token::{decimal_end, is_same, number_end, plain_end};
use std::fmt;

/// The deepest nesting that is read. No answer is nested so deep, and a limit protects the stack.
pub const DEPTH: u32 = 127;

/// A number with at most this many characters and no exponent is in the range of a 64-bit float.
pub const MOST_DIGITS: usize = 300;

/// Numbers that JSON does not have, but that the serializers of some languages write.
const NOT_FINITE: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// Whether a value is `NaN` or infinite, which no record can contain.
#[inline]
pub fn is_not_finite(raw: &str) -> bool {
    // Two bytes decide, because this is called for nearly every value.
    match raw.as_bytes() {
        [b'N' | b'I', ..] | [b'-', b'I', ..] => NOT_FINITE.contains(&raw),
        _ => false,
    }
}

/// The text is not JSON, or not of the expected shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The place of the error, in bytes from the start of the text.
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

/// A reader at some place in JSON text.
#[derive(Clone, Debug)]
pub struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'t str) -> Self {
        let mut scan = Scan { text, at: 0 };
        scan.skip_white();
        scan
    }

    /// The next byte, or 0 at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// Enters an object (`{`) or an array (`[`).
    pub fn enter(&mut self, bracket: u8) -> Result<()> {
        if self.peek() != bracket {
            return self.fail(if bracket == b'{' { "an object" } else { "an array" });
        }
        self.at += 1;
        self.skip_white();
        Ok(())
    }

    /// Moves to the next member or element. At the closing bracket `end`, leaves the object or
    /// array and returns `Ok(false)`.
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

    /// Reads the name of the next member, with its quotes, and the colon.
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

    /// Skips the name of the next member if it is `tag`, a name with its quotes and a colon.
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

    /// Reads the next value, without the white space around it.
    #[inline]
    pub fn value(&mut self) -> Result<&'t str> {
        let start = self.at;
        let end = self.skip_to_end(0)?;
        Ok(&self.text[start..end])
    }

    /// Reads the next value if it is a short number in a string without an exponent, as nearly
    /// every metric is, and returns it without quotes. Does not move otherwise.
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

    /// Reads the next value, with its quotes, if it is a string without escapes. Does not move
    /// otherwise.
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

    /// Skips the next value.
    #[inline]
    pub fn skip(&mut self) -> Result<()> {
        self.skip_to_end(0).map(drop)
    }

    /// Checks that only white space is left.
    pub fn end(&mut self) -> Result<()> {
        self.skip_white();
        if self.at == self.text.len() { Ok(()) } else { self.fail("the end") }
    }

    /// An error at the current place.
    pub fn fail<T>(&self, expected: &'static str) -> Result<T> {
        Err(Malformed { at: self.at, expected })
    }

    /// Skips a value and the white space after it, and returns where the value itself ends.
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
        let close = open + 2; // `{` and `}`, and `[` and `]`, are two apart in ASCII
        self.enter(open)?;
        let mut first = true;
        loop {
            // `next` would also skip the white space after the bracket, which is not part of the
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
