//! Limits (L1): whatever the text or tree, an answer in linear time and memory on a small stack. No test measures time: what is not
//! linear does not end, and `benches/costs` counts instructions.

mod nesting;
mod promises;
mod texts;
mod traps;
mod trees;

use allocation_counter::measure;
use scim_query::Limits;

const SMALL_STACK: usize = 256 * 1024;

/// Runs the work on a thread of 256 KiB; an overflow ends the process.
fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(SMALL_STACK);
        small
            .spawn_scoped(scope, work)
            .expect("a thread")
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The same, and at no time may it hold more than so many bytes.
fn within<T: Send>(bytes: usize, work: impl FnOnce() -> T + Send) -> T {
    on_a_small_stack(|| {
        let mut done = None;
        let used = measure(|| done = Some(work())).bytes_max;
        assert!(used <= bytes as u64, "{used} bytes at once, {bytes} may be");
        done.expect("it has run")
    })
}

/// Everything that can be raised, raised.
fn raised() -> Limits {
    Limits { text: usize::MAX, nesting: usize::MAX, comparisons: usize::MAX, sort_keys: usize::MAX, cursor: usize::MAX }
}
