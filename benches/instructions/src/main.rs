//! One step on prepared data, for valgrind to count the instructions of: only what is done inside [`counted`] is of it.
//!
//! `STEP` runs a step of `benches/guard` and tells how often it did; `STEP SIZE` one of `benches/costs` on data of a size, once.
//! `steps` and `growth` list them, the latter with the smallest size and the most that four times as much may take; `machine` tells what else the counts depend on.

mod cases;
mod growth;
mod inputs;
mod records;
mod steps;
mod traps;

use std::error::Error;
use std::hint::black_box;

/// Any failure ends the program: a step that fails must not be counted.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// A step, ready: what it gives is some number that its work leads to. It is told how often it has run before, because some
/// work is done once for a filter, and some has a random seed; that takes a filter of its own each time.
type Step = Box<dyn FnMut(usize) -> Outcome<usize>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["steps"] => steps::names().iter().for_each(|name| println!("{name}")),
        ["growth"] => growth::names().iter().for_each(|(name, size, most)| println!("{name} {size} {most}")),
        ["machine"] => println!("{}", machine()),
        [name] => {
            let (mut step, times) = steps::step(name)?;
            // What is made once is made.
            step(0)?;
            counted(&mut step, times)?;
            println!("{times}");
        }
        [name, size] => {
            let mut step = growth::step(name, size.parse()?)?;
            println!("{}", counted(&mut step, 1)?);
        }
        _ => return Err("one step, or a step and a size".into()),
    }
    Ok(())
}

/// The function inside which valgrind counts, by its name.
#[inline(never)]
fn counted(step: &mut Step, times: usize) -> Outcome<usize> {
    let mut sum = 0;
    for time in 1..=times {
        sum += black_box(step(time)?);
    }
    Ok(sum)
}

/// Searching bytes takes other instructions where there are wider ones; run by valgrind, this is what valgrind offers.
fn machine() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    return if std::arch::is_x86_feature_detected!("avx2") { "avx2" } else { "sse2" };
    #[cfg(not(target_arch = "x86_64"))]
    "any processor"
}
