//! What clients did: requests, breaches of the contract, and how many at once.
//! Owns the record only; what is a breach is decided where requests are checked.

use std::time::{Duration, Instant};

/// A request that reached the API.
#[derive(Debug, Clone)]
pub struct Request {
    /// Arrival, since the server started.
    pub at: Duration,
    /// `GET`, …
    pub method: String,
    /// The path below `/open_api/v1.3/`, for example `campaign/get/`.
    pub path: String,
    /// The parameters, decoded, in the order sent.
    pub params: Vec<(String, String)>,
    /// The code of the answer; none when there was none, or not yet.
    pub code: Option<i64>,
}

impl Request {
    /// The first value of a parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug)]
pub(crate) struct Journal {
    started: Instant,
    next: u64,
    entries: Vec<(u64, Request)>,
    pub(crate) violations: Vec<String>,
    in_flight: usize,
    pub(crate) peak: usize,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            next: 0,
            entries: Vec::new(),
            violations: Vec::new(),
            in_flight: 0,
            peak: 0,
        }
    }
}

impl Journal {
    /// Notes an arrival; the number goes to [`Self::leave`].
    pub(crate) fn arrive(
        &mut self,
        method: &str,
        path: &str,
        params: Vec<(String, String)>,
    ) -> u64 {
        self.next += 1;
        self.in_flight += 1;
        self.peak = self.peak.max(self.in_flight);
        let request = Request {
            at: self.started.elapsed(),
            method: method.to_owned(),
            path: path.to_owned(),
            params,
            code: None,
        };
        self.entries.push((self.next, request));
        self.next
    }

    pub(crate) fn answered(&mut self, number: u64, code: Option<i64>) {
        // The log may have been cleared since, so the position is no use.
        if let Some((_, request)) =
            self.entries.iter_mut().rev().find(|(entry, _)| *entry == number)
        {
            request.code = code;
        }
    }

    pub(crate) fn leave(&mut self) {
        self.in_flight -= 1;
    }

    pub(crate) fn violate(&mut self, text: String) {
        if !self.violations.contains(&text) {
            self.violations.push(text);
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.entries.iter().map(|(_, request)| request.clone()).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.violations.clear();
        self.peak = self.in_flight;
    }
}
