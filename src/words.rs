//! Words of others in our messages: TikTok's, a proxy's, or names out of files. They are shown so
//! that they can do nothing to a terminal or to a line of the log, and at no more than a readable
//! length.

use std::fmt::Write;

/// Characters of somebody else's words that a message shows.
pub const MOST: usize = 500;

/// The text with every character escaped, as JSON does, that is not seen as itself: control
/// characters, and those that turn the direction of writing or have no width.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut escaped, character);
    }
    escaped
}

/// Somebody else's words, without secrets, escaped and cut.
pub fn foreign(text: &str) -> String {
    // Before it is cut: half a secret would not be found any more.
    let text = crate::logging::redact(text);
    let (mut shown, mut length) = (String::new(), 0);
    for character in text.chars() {
        let before = shown.len();
        push(&mut shown, character);
        length += shown[before..].chars().count();
        if length > MOST {
            shown.truncate(before);
            shown.push('…');
            break;
        }
    }
    shown
}

fn push(text: &mut String, character: char) {
    match character {
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        _ if is_hidden(character) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(character));
        }
        _ => text.push(character),
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_move_a_cursor_is_shown_as_its_number() {
        assert_eq!(escape("a\nb\r\tc"), "a\\nb\\r\\tc");
        assert_eq!(
            escape("\u{1b}[2J\u{9b}\u{202e}\u{0}\u{7f}"),
            "\\u001b[2J\\u009b\\u202e\\u0000\\u007f"
        );
        assert_eq!(escape("Ünïcode 広告 \u{1f600}"), "Ünïcode 広告 \u{1f600}");
    }

    proptest! {
        #[test]
        fn foreign_words_are_short_and_harmless(text in any::<String>(), times in 1_usize..400) {
            let shown = foreign(&text.repeat(times));
            prop_assert!(shown.chars().count() <= MOST + 1);
            prop_assert!(!shown.chars().any(is_hidden), "{shown:?}");
            let whole = escape(&text);
            if whole.chars().count() <= MOST {
                prop_assert_eq!(foreign(&text), whole);
            }
        }
    }
}
