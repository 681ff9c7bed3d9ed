//! The table of results: what was measured, its limit, and whether the limit is kept. Each line is
//! printed at once, because a whole run takes minutes.

use std::process::ExitCode;

/// Counts the limits that were checked so far.
pub(crate) struct Table {
    section: &'static str,
    limits: usize,
    exceeded: Vec<String>,
}

impl Table {
    pub(crate) fn new() -> Self {
        line("what", "measured", "limit", "kept");
        Table { section: "", limits: 0, exceeded: Vec::new() }
    }

    pub(crate) fn section(&mut self, name: &'static str) {
        self.section = name;
    }

    /// A line without a limit.
    pub(crate) fn note(&self, what: &str, measured: &str) {
        line(&format!("{}: {what}", self.section), measured, "", "");
    }

    /// A figure with an upper limit.
    pub(crate) fn at_most(
        &mut self,
        what: &str,
        measured: f64,
        unit: &str,
        limit: f64,
        more: &str,
    ) {
        self.judge(what, measured, unit, &format!("<= {limit:.2}{unit}"), measured <= limit, more);
    }

    /// A figure with a lower limit.
    pub(crate) fn at_least(
        &mut self,
        what: &str,
        measured: f64,
        unit: &str,
        limit: f64,
        more: &str,
    ) {
        self.judge(what, measured, unit, &format!(">= {limit:.2}{unit}"), measured >= limit, more);
    }

    fn judge(
        &mut self,
        what: &str,
        measured: f64,
        unit: &str,
        limit: &str,
        kept: bool,
        more: &str,
    ) {
        let what = format!("{}: {what}", self.section);
        let more = if more.is_empty() { String::new() } else { format!(" ({more})") };
        line(&what, &format!("{measured:.2}{unit}{more}"), limit, if kept { "yes" } else { "NO" });
        self.limits += 1;
        if !kept {
            self.exceeded.push(what);
        }
    }

    /// Prints which limits were not kept, and returns the exit code.
    pub(crate) fn end(self) -> ExitCode {
        println!("{} of {} limits are kept", self.limits - self.exceeded.len(), self.limits);
        for what in &self.exceeded {
            println!("not kept: {what}");
        }
        ExitCode::from(u8::from(!self.exceeded.is_empty()))
    }
}

fn line(what: &str, measured: &str, limit: &str, kept: &str) {
    println!("{}", format!("{what:<64} | {measured:<66} | {limit:<14} | {kept}").trim_end());
}
