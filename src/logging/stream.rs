//! The stream that a thread works for. Its name is in log lines of JSON and in metrics, wherever
//! they come from.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::Arc;

thread_local! {
    static CURRENT: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// Until it is dropped, its thread works for a stream. It cannot move to another thread.
#[must_use]
pub(crate) struct Working {
    before: Option<Arc<str>>,
    in_this_thread: PhantomData<*const ()>,
}

/// From now on, this thread works for a stream.
pub(crate) fn work_for(name: &str) -> Working {
    let before = CURRENT.replace(Some(name.into()));
    Working { before, in_this_thread: PhantomData }
}

/// The stream that this thread works for, if it is one.
pub(crate) fn current() -> Option<Arc<str>> {
    CURRENT.with_borrow(Clone::clone)
}

impl Drop for Working {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_for_a_stream_ends_where_it_began() {
        let outer = work_for("ads");
        drop(work_for("campaigns"));
        assert_eq!(current().as_deref(), Some("ads"));
        assert!(std::thread::spawn(current).join().expect("no panic").is_none());
        drop(outer);
        assert!(current().is_none());
    }
}
