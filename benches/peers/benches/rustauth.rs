//! The rows of rustauth-scim: only of `parse`, because its evaluator takes a text and parses it again for each record.

use std::hint::black_box;

use peers::filters::CASES;
use peers::run::time;

fn main() {
    let mut criterion = peers::run::criterion();
    let mut group = criterion.benchmark_group("parse");
    // F4 is no filter for it: it wants an attribute behind the brackets.
    for case in CASES.iter().filter(|case| case.name != "F4") {
        let parse =
            || rustauth_scim::filters::parse_filter(black_box(case.text)).map_err(|_| case.name).expect("parses");
        time(&mut group, "rustauth-scim", case.name, parse);
    }
    group.finish();
    criterion.final_summary();
}
