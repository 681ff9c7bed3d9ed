//! The table of results: what was measured, the bar, and whether it holds. Owns its layout and the
//! verdict. Lines are printed as they come, because a whole run takes minutes.

use std::process::ExitCode;

/// What the bars found so far.
pub(crate) struct Table {
    section: &'static str,
    bars: usize,
    broken: Vec<String>,
}

impl Table {
    pub(crate) fn new() -> Self {
        line("what", "measured", "bar", "holds");
        Table { section: "", bars: 0, broken: Vec::new() }
    }

    pub(crate) fn section(&mut self, name: &'static str) {
        self.section = name;
    }

    /// A line without a bar.
    pub(crate) fn note(&self, what: &str, measured: &str) {
        line(&format!("{}: {what}", self.section), measured, "", "");
    }

    /// Something that may be this much at most.
    pub(crate) fn at_most(&mut self, what: &str, measured: f64, unit: &str, bar: f64, more: &str) {
        self.judge(what, measured, unit, &format!("<= {bar:.2}{unit}"), measured <= bar, more);
    }

    /// Something that must be this much at least.
    pub(crate) fn at_least(&mut self, what: &str, measured: f64, unit: &str, bar: f64, more: &str) {
        self.judge(what, measured, unit, &format!(">= {bar:.2}{unit}"), measured >= bar, more);
    }

    fn judge(&mut self, what: &str, measured: f64, unit: &str, bar: &str, holds: bool, more: &str) {
        let what = format!("{}: {what}", self.section);
        let more = if more.is_empty() { String::new() } else { format!(" ({more})") };
        line(&what, &format!("{measured:.2}{unit}{more}"), bar, if holds { "yes" } else { "NO" });
        self.bars += 1;
        if !holds {
            self.broken.push(what);
        }
    }

    /// The verdict on the last line and in the exit code.
    pub(crate) fn end(self) -> ExitCode {
        println!("{} of {} bars hold", self.bars - self.broken.len(), self.bars);
        for what in &self.broken {
            println!("does not hold: {what}");
        }
        ExitCode::from(u8::from(!self.broken.is_empty()))
    }
}

fn line(what: &str, measured: &str, bar: &str, holds: &str) {
    println!("{}", format!("{what:<64} | {measured:<66} | {bar:<14} | {holds}").trim_end());
}
