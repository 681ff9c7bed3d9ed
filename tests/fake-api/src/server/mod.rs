//! The server: a listener on loopback that answers as the TikTok Ads API would.
//! Owns starting, stopping and what tests may ask and change; answering is in `api`.

mod admin;
mod api;
mod cache;
mod connection;
mod consent;
mod endpoints;
mod envelope;
mod fact_params;
mod fault;
mod fault_json;
mod fault_kind;
mod filter;
mod http;
mod journal;
mod limiter;
mod list_facts;
mod listener;
mod lists;
mod oauth;
mod options;
mod owners;
mod param_values;
mod params;
mod report_dimensions;
mod report_endpoints;
mod report_filters;
mod report_options;
mod report_rules;
mod report_totals;
mod report_windows;
mod reports;
mod request;
mod rules;
mod shape;
mod tamper;
mod task_files;
mod tasks;
mod window;
mod zip;

use crate::{Row, World};
use cache::Cache;
use fault::Faults;
use journal::Journal;
use limiter::Limiter;
use listener::Door;
use oauth::Oauth;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tasks::Tasks;

pub use fault::Fault;
pub use fault_kind::{FaultKind, Shape};
pub use journal::Request;
pub use options::Options;

/// The access token the server wants.
pub const TOKEN: &str = "fake-access-token";
/// The app that [`TOKEN`] belongs to.
pub const APP_ID: &str = "7000000000000000001";
/// The secret of [`APP_ID`].
pub const SECRET: &str = "fake-app-secret";

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) world: World,
    options: Mutex<Options>,
    journal: Mutex<Journal>,
    faults: Mutex<Faults>,
    limiter: Mutex<Limiter>,
    cache: Mutex<Cache>,
    tasks: Mutex<Tasks>,
    oauth: Mutex<Oauth>,
    connections: Mutex<HashMap<u64, TcpStream>>,
    door: Mutex<Door>,
    port: u16,
    next_connection: AtomicU64,
    stopping: AtomicBool,
}

/// Locks, also after a panic elsewhere: a failed test must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Serves a world on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(world: World, options: Options) -> io::Result<Self> {
        Self::start_on(0, world, options)
    }

    /// Serves a world on a port of loopback; 0 takes a free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn start_on(port: u16, world: World, options: Options) -> io::Result<Self> {
        let listener = listener::open(port)?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            world,
            options: Mutex::new(options),
            journal: Mutex::default(),
            faults: Mutex::default(),
            limiter: Mutex::default(),
            cache: Mutex::default(),
            tasks: Mutex::default(),
            oauth: Mutex::default(),
            connections: Mutex::default(),
            door: Mutex::default(),
            port,
            next_connection: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || listener::accept(listener, &shared)
        });
        Ok(Self { shared, accepting: Some(accepting) })
    }

    /// `http://127.0.0.1:PORT`; the API is below `/open_api/v1.3/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.shared.port)
    }

    /// The world it serves.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// Every API request so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.journal).requests()
    }

    /// How many API requests there were so far.
    #[must_use]
    pub fn request_count(&self) -> usize {
        lock(&self.shared.journal).count()
    }

    /// What TikTok would have refused so far, each text once.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.journal).violations.clone()
    }

    /// How many API requests were under way at the same time, at most.
    #[must_use]
    pub fn peak_in_flight(&self) -> usize {
        lock(&self.shared.journal).peak
    }

    /// Forgets requests, violations and the peak.
    pub fn clear_log(&self) {
        lock(&self.shared.journal).clear();
    }

    /// Adds a misbehaviour. The first one that fits a request wins.
    pub fn add_fault(&self, fault: Fault) {
        lock(&self.shared.faults).add(fault);
    }

    /// Behaves again.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Closes the port and every connection; opens it again at the same port after this time.
    /// Returns when it is closed.
    pub fn refuse_connections(&self, time: Duration) {
        self.shared.refuse_connections(time, None);
    }

    /// Every row of an endpoint that has a file of facts, with its owner, hidden rows and members
    /// (their names begin with an underscore) included.
    ///
    /// # Panics
    /// When there is no such endpoint.
    pub fn rows(&self, path: &str) -> Vec<(String, Row)> {
        admin::rows(&self.shared, path, Vec::new()).unwrap_or_else(|| panic!("no endpoint {path}"))
    }

    /// Changes options from the next request on.
    pub fn set_options(&self, change: impl FnOnce(&mut Options)) {
        self.shared.set_options(change);
    }
}

/// The paths of all endpoints that have a file of facts, such as `pixel/list/`.
pub fn listed_paths() -> Vec<&'static str> {
    crate::facts::all().iter().map(|file| file.path).collect()
}

impl Shared {
    pub(crate) fn options(&self) -> Options {
        lock(&self.options).clone()
    }

    fn set_options(&self, change: impl FnOnce(&mut Options)) {
        change(&mut lock(&self.options));
        lock(&self.cache).clear();
        lock(&self.limiter).clear();
    }

    fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees the flag.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.shared.port)));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
        for stream in lock(&self.shared.connections).values() {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

impl Shared {
    /// Drops the second handle of a connection; only then does closing it reach the client.
    fn forget(&self, connection: u64) {
        lock(&self.connections).remove(&connection);
    }
}
