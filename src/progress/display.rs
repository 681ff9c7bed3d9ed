//! The display on a terminal: three lines at the bottom, above which log lines are written.

use super::view::View;
use crate::logging;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// The steps of the bar.
const STEPS: u64 = 1000;
const TEMPLATE: &str = "{msg}\n[{bar:20}] {prefix}";
/// What the bar and the spaces around it take of the second line.
const BAR: usize = 23;

/// The display.
#[derive(Debug)]
pub(super) struct Display(ProgressBar);

impl Display {
    /// A display on stderr, if that is a terminal and lines for people are wanted there. If stdout
    /// is a terminal too, the messages of the run would come between its lines.
    pub(super) fn open() -> Option<Self> {
        let is_plain = std::env::var("TERM").is_ok_and(|name| name == "dumb");
        let is_shown = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        if is_plain || !is_shown || !logging::is_for_people() {
            return None;
        }
        let style = ProgressStyle::with_template(TEMPLATE).ok()?.progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
        bar.set_style(style);
        let above = bar.clone();
        logging::write_above(Some(Box::new(move |write| above.suspend(write))));
        Some(Display(bar))
    }

    /// Draws the display anew.
    pub(super) fn draw(&self, view: &View) {
        let width = terminal_width();
        let [place, far, sent] = view.lines();
        let message = format!("{}\n{}", cut(&place, width), cut(&sent, width));
        self.0.set_prefix(cut(&far, width.saturating_sub(BAR)));
        self.0.set_position(view.status.done.into());
        self.0.set_message(message);
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.0.finish_and_clear();
        logging::write_above(None);
    }
}

/// The characters that fit into a line; the last column stays free, because some terminals wrap
/// when it is used.
fn terminal_width() -> usize {
    let (_, width) = console::Term::stderr().size();
    usize::from(width).saturating_sub(1).max(20)
}

/// A text of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}
