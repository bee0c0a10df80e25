//! Where a simulation runs: it is one train of thought, and waits for whatever it asks of its database.

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// Does something, and whatever it starts, on the processor that it is on. A question goes to the database's own thread
/// and its answer comes back: where that thread is on another processor, which has gone to sleep meanwhile, to wake it
/// takes longer than to answer.
pub fn on_one<T>(work: impl FnOnce() -> T) -> T {
    let Ok(all) = sched_getaffinity(None) else { return work() };
    let (here, mut one) = (sched_getcpu(), CpuSet::new());
    if here < CpuSet::MAX_CPU {
        one.set(here);
    }
    // Where the system does not let it, all that is lost is time.
    let held = sched_setaffinity(None, &one).is_ok();
    let done = work();
    if held {
        let _ = sched_setaffinity(None, &all);
    }
    done
}
