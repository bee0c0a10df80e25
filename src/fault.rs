//! Rehearsed power cuts: a process that ends right after its n-th durable step (decision 0024).
//!
//! Whoever makes something durable, or tells somebody outside for good, says so here. A build with debug
//! assertions then counts; a release has nothing of this.

/// What has just become durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A transaction of the database.
    Commit,
    /// A line of a mark, a chain, a secret: what is kept outside the database.
    Custody,
    /// A file or its name.
    File,
    /// A mail server has a letter, and nothing here knows it yet.
    Taken,
    /// A mail server has marked or moved mails.
    Settled,
}

/// Passes a step. In a rehearsal the process may end here, with nothing flushed and nothing unwound.
pub fn passed(step: Step) {
    #[cfg(debug_assertions)]
    rehearsal::count(step);
    #[cfg(not(debug_assertions))]
    let _ = step;
}

#[cfg(debug_assertions)]
mod rehearsal {
    use crate::fault::Step;
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The number of the step after which the process ends, from 1.
    const AT: &str = "SPOTCHECK_FAULT_AT";
    /// A file that gets a line for each step.
    const TRACE: &str = "SPOTCHECK_FAULT_TRACE";

    struct Plan {
        at: Option<u64>,
        trace: Option<PathBuf>,
    }

    pub fn count(step: Step) {
        static PLAN: OnceLock<Plan> = OnceLock::new();
        static STEPS: AtomicU64 = AtomicU64::new(0);
        let plan = PLAN.get_or_init(|| Plan {
            at: std::env::var(AT).ok().and_then(|n| n.parse().ok()),
            trace: std::env::var_os(TRACE).map(PathBuf::from),
        });
        if let Some(trace) = &plan.trace
            && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(trace)
        {
            let _ = writeln!(file, "{step:?}");
        }
        if plan.at == Some(STEPS.fetch_add(1, Ordering::SeqCst) + 1) {
            std::process::abort();
        }
    }
}
