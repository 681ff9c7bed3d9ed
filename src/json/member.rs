//! Finds one member of an object in JSON text.

use super::scan::{Malformed, Scan};

/// The text of a member: `a`, or `a.b` of an object inside the object. `None` if the text is no
/// object, or lacks it.
pub(crate) fn member<'t>(object: &'t str, path: &str) -> Result<Option<&'t str>, Malformed> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let (mut scan, mut first) = (Scan::new(object), true);
    if scan.peek() != b'{' {
        return Ok(None);
    }
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        let is_it = scan.name()?.trim_matches('"') == name;
        let value = scan.value()?;
        if is_it {
            return rest.map_or(Ok(Some(value)), |rest| member(value, rest));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::member;

    #[test]
    fn members_are_found_by_their_path() {
        let object = r#"{"a":{"b":[1]},"c":"x"}"#;
        for (path, want) in
            [("a.b", Some("[1]")), ("c", Some("\"x\"")), ("b", None), ("c.d", None), ("a.c", None)]
        {
            assert_eq!(member(object, path), Ok(want), "{path}");
        }
        assert_eq!(member("[1]", "a"), Ok(None));
        assert!(member(r#"{"a":"#, "a").is_err());
    }
}
