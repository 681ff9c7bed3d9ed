//! Finds where the smallest parts of JSON text end: runs of plain characters in strings, and
//! numbers. These loops over bytes take most of the time of a scan.

/// Where the plain bytes of a string end: at a quote, a backslash, a control character or the end
/// of `bytes`. Looks at eight bytes at a time.
#[inline]
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    while let Some(eight) = bytes.get(at..).and_then(|b| b.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let control = word.wrapping_sub(ONES * 0x20);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let found = (control | quote | backslash) & !word & HIGH;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|b| *b >= 0x20 && *b != b'"' && *b != b'\\') {
        at += 1;
    }
    at
}

/// Where the JSON number that starts at `at` ends. `None` if no number starts there.
#[inline]
pub(crate) fn number_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = decimal_end(bytes, at)?;
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        if !digit(at) {
            return None;
        }
        while digit(at) {
            at += 1;
        }
    }
    Some(at)
}

/// Where the number that starts at `at` ends, or where its exponent begins if it has one. `None` if
/// no number starts there.
#[inline]
pub(super) fn decimal_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    at += usize::from(bytes.get(at) == Some(&b'-'));
    match bytes.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => {
            while digit(at) {
                at += 1;
            }
        }
        _ => return None,
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        if !digit(at) {
            return None;
        }
        while digit(at) {
            at += 1;
        }
    }
    Some(at)
}

/// Compares two slices of the same length. Names are short, so this takes less time than a call of
/// `memcmp`.
#[inline]
pub(super) fn is_same(a: &[u8], b: &[u8]) -> bool {
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(x), Some(y)) => {
            a8.iter().zip(b8).all(|(x, y)| u64::from_le_bytes(*x) == u64::from_le_bytes(*y))
                && x == y
        }
        _ => a_rest == b_rest,
    }
}
