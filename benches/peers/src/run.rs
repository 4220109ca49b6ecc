//! How a row is measured. The names are what `table` reads: a row is a group, an engine and a case. The engine `limit` is
//! code written by hand, and one that begins with `also` is shown beside it and not compared.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};

pub const OURS: &str = "scim-query";
pub const LIMIT: &str = "limit";

/// Short runs: the ratios of one run are what counts, and all groups together should take minutes.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .nresamples(2000)
        .without_plots()
        .configure_from_args()
}

/// Measures one engine on one case, after `check` has found that it gives the right answer.
pub fn row<O>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    engine: &str,
    case: &str,
    expected: &O,
    mut run: impl FnMut() -> O,
) where
    O: PartialEq + std::fmt::Debug,
{
    group.bench_function(BenchmarkId::new(engine, case), |bencher| {
        assert_eq!(run(), *expected, "{engine}, {case}");
        bencher.iter(&mut run);
    });
}

/// Measures work that has a value of its own type for each engine; the caller has checked it.
pub fn time<O>(group: &mut BenchmarkGroup<'_, WallTime>, engine: &str, case: &str, run: impl FnMut() -> O) {
    let mut run = run;
    group.bench_function(BenchmarkId::new(engine, case), |bencher| bencher.iter(&mut run));
}

/// The rows that follow are of so many records, and are told for each.
pub fn records(group: &mut BenchmarkGroup<'_, WallTime>, count: usize) {
    group.throughput(Throughput::Elements(count as u64));
}
