//! Lines without which a user cannot go on, such as the address of the consent page. They are shown
//! at every level of the log, also with `-q`.

use log::Level;

/// Shows a line, as information if the level of the log lets it through.
pub(super) fn say(words: &str) {
    let level = log::max_level().to_level().map_or(Level::Error, |most| most.min(Level::Info));
    log::log!(level, "{words}");
}
