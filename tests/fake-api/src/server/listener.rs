//! The listener: takes connections, and takes none for a while when told so.
//! Owns opening and closing the port.

use super::{Shared, connection, lock};
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// Whether connections are taken.
#[derive(Debug, Default)]
pub(crate) struct Door {
    closed_until: Option<Instant>,
    is_closed: bool,
    /// A connection that outlives the closing: the one that asked for it.
    spared: Option<u64>,
}

/// Opens a port of loopback.
pub(crate) fn open(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// Takes connections until the server stops.
pub(crate) fn accept(mut listener: TcpListener, shared: &Arc<Shared>) {
    loop {
        let stream = listener.accept();
        if shared.stopping() {
            return;
        }
        if shared.closed_for().is_some() {
            drop(stream);
            drop(listener);
            shared.hang_up();
            let Some(opened) = reopen(shared) else { return };
            listener = opened;
            continue;
        }
        let Ok((stream, _)) = stream else { continue };
        let id = shared.next_connection.fetch_add(1, Ordering::SeqCst);
        if let Ok(handle) = stream.try_clone() {
            lock(&shared.connections).insert(id, handle);
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            connection::serve(&shared, stream, id);
            shared.forget(id);
        });
    }
}

/// Waits until the time is over; none when the server stops meanwhile.
fn reopen(shared: &Shared) -> Option<TcpListener> {
    loop {
        while let Some(time) = shared.closed_for() {
            shared.sleep(time);
            if shared.stopping() {
                return None;
            }
        }
        // Somebody else may have the port for a moment.
        let Ok(listener) = open(shared.port) else {
            shared.sleep(Duration::from_millis(5));
            if shared.stopping() {
                return None;
            }
            continue;
        };
        let mut door = lock(&shared.door);
        if door.closed_until.is_none_or(|until| until <= Instant::now()) {
            *door = Door::default();
            return Some(listener);
        }
    }
}

impl Shared {
    /// Closes the port for a time; returns when it is closed. One connection may be spared.
    pub(crate) fn refuse_connections(&self, time: Duration, spared: Option<u64>) {
        let mut door = lock(&self.door);
        door.closed_until = Some(Instant::now() + time);
        door.spared = spared;
        drop(door);
        while !lock(&self.door).is_closed && self.closed_for().is_some() && !self.stopping() {
            // Wakes the accepting thread, which then sees what is wanted.
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn closed_for(&self) -> Option<Duration> {
        let left = lock(&self.door).closed_until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Ends the connections there are.
    fn hang_up(&self) {
        let mut door = lock(&self.door);
        for (id, stream) in lock(&self.connections).iter() {
            if door.spared != Some(*id) {
                drop(stream.shutdown(Shutdown::Both));
            }
        }
        door.is_closed = true;
    }

    /// Sleeps in short steps, so that stopping the server does not wait for it.
    pub(crate) fn sleep(&self, time: Duration) {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stopping() {
                return;
            }
            thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}
