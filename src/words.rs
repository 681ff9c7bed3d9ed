//! Prepares text of others for messages, such as errors of TikTok or a proxy, and names from files:
//! removes secrets, escapes what could disturb a terminal or the log, and cuts long text.

use std::fmt::Write;
use std::time::Duration;

/// The most characters of such a text that a message shows.
const MAX_LENGTH: usize = 500;

/// Escapes, as JSON does, all characters that are not visible as themselves: control characters,
/// and those that change the direction of writing or have no width.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut escaped, character);
    }
    escaped
}

/// Text of others without secrets, escaped and cut.
pub(crate) fn foreign(text: &str) -> String {
    // Secrets are replaced before the text is cut, because half a secret would not be found.
    let text = crate::logging::redact(text);
    let (mut shown, mut length) = (String::new(), 0);
    for character in text.chars() {
        let before = shown.len();
        push(&mut shown, character);
        length += shown[before..].chars().count();
        if length > MAX_LENGTH {
            shown.truncate(before);
            shown.push('…');
            break;
        }
    }
    shown
}

/// A time in seconds, to the millisecond, for programs.
pub(crate) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

fn push(text: &mut String, character: char) {
    match character {
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        _ if is_hidden(character) => {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(character));
        }
        _ => text.push(character),
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_are_shown_as_their_numbers() {
        assert_eq!(escape("a\nb\r\tc"), "a\\nb\\r\\tc");
        assert_eq!(
            escape("\u{1b}[2J\u{9b}\u{202e}\u{0}\u{7f}"),
            "\\u001b[2J\\u009b\\u202e\\u0000\\u007f"
        );
        assert_eq!(escape("Ünïcode 広告 \u{1f600}"), "Ünïcode 広告 \u{1f600}");
    }

    proptest! {
        #[test]
        fn foreign_text_is_short_and_harmless(text in any::<String>(), times in 1_usize..400) {
            let shown = foreign(&text.repeat(times));
            prop_assert!(shown.chars().count() <= MAX_LENGTH + 1);
            prop_assert!(!shown.chars().any(is_hidden), "{shown:?}");
            let whole = escape(&text);
            if whole.chars().count() <= MAX_LENGTH {
                prop_assert_eq!(foreign(&text), whole);
            }
        }
    }
}
