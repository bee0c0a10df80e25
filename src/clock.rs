//! The one place that asks the system for the time.

use crate::model::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where the time comes from: the system, or a simulation that sets it.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    Simulated(Arc<AtomicI64>),
}

impl Clock {
    pub fn simulated(start: Timestamp) -> Clock {
        Clock::Simulated(Arc::new(AtomicI64::new(start.0)))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place that asks")]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => Timestamp(chrono::Utc::now().timestamp_millis()),
            Clock::Simulated(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a simulated clock; the system's cannot be set.
    pub fn set(&self, to: Timestamp) {
        if let Clock::Simulated(at) = self {
            at.store(to.0, Ordering::SeqCst);
        }
    }
}

/// A monotonic stopwatch: for progress and for noticing that the wall clock jumped.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this is the place that asks")]
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    pub fn milliseconds(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}
