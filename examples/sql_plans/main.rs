//! Which indexes the crate's SQL texts use, and how long they take, on each database that can be had here; for `benches/plans`.
//!
//! `sql_plans ROWS postgres,mariadb,sqlite` writes a report in Markdown to its standard output. It fails when an index that has
//! to be used is not, or a page far into a list takes much longer than the first.

mod access;
mod data;
mod engine;
mod queries;
mod report;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use scim_query::sql::Dialect;

use access::Access;
use engine::{Engine, Plan, Row};
use queries::{Asking, By, Query};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A page far into the list may take so many times what the first one does, and these milliseconds.
const TIMES: f64 = 5.0;
const AND_MS: f64 = 1.0;

/// What was found on one database.
pub struct Findings {
    pub name: String,
    pub loaded_seconds: f64,
    pub plans: &'static [Plan],
    pub queries: Vec<(Query, Vec<Measured>)>,
    pub depths: Vec<Depth>,
    pub failures: Vec<String>,
}

/// One query with one kind of plan.
pub struct Measured {
    pub access: Access,
    pub ms: f64,
}

/// A page behind so many rows: the milliseconds by opaque cursor, by record id and by index.
pub struct Depth {
    pub rows: u64,
    pub ms: [f64; 3],
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, dialects] = &arguments[..] else { return usage() };
    let dialects: std::result::Result<Vec<Dialect>, _> = dialects.split(',').map(str::parse).collect();
    let (Ok(rows @ 1_000..=data::MOST_ROWS), Ok(dialects)) = (rows.parse(), dialects) else { return usage() };
    match run(rows, &dialects) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("sql_plans: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: sql_plans ROWS postgres,mariadb,sqlite (at least 1000 rows, at most {})", data::MOST_ROWS);
    ExitCode::from(2)
}

/// Whether nothing failed.
fn run(rows: u64, dialects: &[Dialect]) -> Result<bool> {
    let mut all = Vec::new();
    for dialect in dialects {
        all.push(measure(*dialect, rows).map_err(|error| format!("{dialect}: {error}"))?);
    }
    print!("{}", report::write(rows, &all));
    let failures = all.iter().flat_map(|of| of.failures.iter().map(|failure| format!("{}: {failure}", of.name)));
    let failures: Vec<String> = failures.collect();
    failures.iter().for_each(|failure| eprintln!("sql_plans: FAILED: {failure}"));
    Ok(failures.is_empty())
}

fn measure(dialect: Dialect, rows: u64) -> Result<Findings> {
    let schema = data::schema()?;
    let columns = data::columns(&schema, dialect)?;
    let mut connected = engine::connect(dialect)?;
    let engine = &mut *connected;
    let name = engine.name()?;
    let begin = Instant::now();
    data::load(engine, &columns, rows)?;
    let loaded_seconds = begin.elapsed().as_secs_f64();
    eprintln!("sql_plans: {name}: {rows} users loaded in {loaded_seconds:.0} s");

    let asking = Asking::new(&schema, &columns, rows);
    let mut findings = Findings {
        name,
        loaded_seconds,
        plans: engine.plans(),
        queries: Vec::new(),
        depths: Vec::new(),
        failures: Vec::new(),
    };
    for query in asking.all(engine)? {
        let mut measured = Vec::new();
        for plan in engine.plans() {
            let access = engine.access(&query.statement, *plan)?;
            measured.push(Measured { access, ms: engine.time(&query.statement, *plan)? });
        }
        findings.check(&query, &measured);
        findings.queries.push((query, measured));
    }
    for depth in [0, rows / 100, rows / 10, rows / 2, rows / 10 * 9] {
        findings.depths.push(at_depth(engine, &asking, depth, &mut findings.failures)?);
    }
    eprintln!("sql_plans: {}: {} queries measured", findings.name, findings.queries.len());
    Ok(findings)
}

/// The page behind so many rows, asked for in each way.
fn at_depth(engine: &mut dyn Engine, asking: &Asking<'_>, rows: u64, failures: &mut Vec<String>) -> Result<Depth> {
    let mut ms = [0.0; 3];
    let mut pages: Vec<Vec<Row>> = Vec::new();
    for (ms, by) in ms.iter_mut().zip([By::Opaque, By::RecordId, By::Index]) {
        let statement = asking.page(engine, "", "created desc", by, rows)?.statement.into();
        *ms = engine.time(&statement, engine.plans()[0])?;
        pages.push(engine.rows(&statement)?);
    }
    if pages.iter().any(|page| page.len() <= queries::PAGE_SIZE || *page != pages[0]) {
        failures.push(format!("the pages {rows} rows deep differ"));
    }
    Ok(Depth { rows, ms })
}

impl Findings {
    fn check(&mut self, query: &Query, measured: &[Measured]) {
        for (at, (plan, measured)) in self.plans.iter().zip(measured).enumerate() {
            let generic = if *plan == Plan::Generic { ", generic plan" } else { "" };
            let about = format!("{} ({}){generic}", query.words, report::shortened(&query.text));
            if let Some(missing) = measured.access.misses(query.wanted) {
                self.failures.push(format!("{about}: {missing}: {}", measured.access));
            }
            let first = query.like.and_then(|first| self.queries.get(first)).map(|(_, of_first)| of_first[at].ms);
            if let Some(first) = first.filter(|first| measured.ms > first * TIMES + AND_MS) {
                self.failures.push(format!("{about}: {:.2} ms, and the first page {first:.2} ms", measured.ms));
            }
        }
    }
}
