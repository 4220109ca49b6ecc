//! One group for each phase of a request, each in a file of its own.

mod check;
mod compile;
mod list_query;
mod match_raw;
mod match_serialize;
mod match_struct;
mod match_value;
mod ndjson;
mod order;
mod page;
mod parse;
mod sql;

fn main() {
    let mut criterion = peers::run::criterion();
    parse::group(&mut criterion);
    check::group(&mut criterion);
    compile::group(&mut criterion);
    match_value::group(&mut criterion);
    match_struct::group(&mut criterion);
    match_serialize::group(&mut criterion);
    match_raw::group(&mut criterion);
    ndjson::group(&mut criterion);
    order::group(&mut criterion);
    page::group(&mut criterion);
    sql::group(&mut criterion);
    list_query::group(&mut criterion);
    criterion.final_summary();
}
