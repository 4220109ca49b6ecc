//! Writes what the last run of the benchmarks measured: `table CRITERION_HOME COMMIT DATE` makes benches/README.md anew, and
//! the part of README.md between the two comments that name it. All numbers are criterion's medians.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use peers::run::{LIMIT, OURS};
use serde_json::Value;

const BEGIN: &str = "<!-- Speed: made by benches/table -->";
const END: &str = "<!-- End of what benches/table made -->";

/// The groups in the order of a request, and what each measures.
const GROUPS: &[(&str, &str)] = &[
    ("parse", "A text to a tree, and the tree dropped. wirefilter-engine has a language of its own."),
    (
        "check",
        "A tree to one that fits its schema. `from text`: parsed first, for the peer that checks while it parses.",
    ),
    ("compile", "A checked tree to a predicate. `from text`: parsed and checked first."),
    (
        "match/value",
        "A predicate over `serde_json::Value`, ns a record: 10,000 records, which no cache holds, and 100 that one does. Limit: a closure written for the one filter. wirefilter-engine's context is filled from the record.",
    ),
    (
        "match/struct",
        "The same over structs whose members have positions. Limit: a closure that knows the filter when it is compiled. wirefilter-engine's contexts are filled before.",
    ),
    ("match/serialize", "The same over what serde writes of structs, without `Resource`."),
    (
        "match/raw",
        "The same over JSON bytes of some 740 a record: 370 ns are 2 GB/s, 247 are 3. Each object is read to its end, but with `unique keys`, as sonic-rs does that looks for each member when it is needed; all of it is `validated`.",
    ),
    (
        "ndjson",
        "Lines of some 740 bytes in, those that match out, ns a line: 370 are 2 GB/s, 74 are 10. `one id` is a selective, case-exact text. Lines that cannot hold a text that every match has are passed over; of the others each object is read to its end, but with `unique keys`. Limit: the lines are only found.",
    ),
    (
        "order",
        "100,000 records by `lastUpdated desc, id desc`. Limit: keys taken out once by hand, and sorted. `list`: as a list request.",
    ),
    ("page", "The first 20 of the same, and a cursor. Limit: one pass that finds the latest `lastUpdated`."),
    ("sql", "A checked filter to SQL and parameters, for PostgreSQL. Limit: a copy of them."),
    (
        "list_query",
        "A query string to a checked request. `parameters`: only taken apart. `to a predicate`, `to SQL`: and on to what runs. Limit: the parameters decoded. scim_v2 parses the filter and knows no schema.",
    ),
];

/// Where there is nothing to divide.
const NONE: &str = "-";

/// Case, then engine: median ns.
type Table = BTreeMap<String, BTreeMap<String, f64>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [home, commit, date] = &arguments[..] else { return Err("usage: table CRITERION_HOME COMMIT DATE".into()) };
    let mut groups = BTreeMap::new();
    read(Path::new(home), &mut groups)?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let versions = fs::read_to_string(here.join("Cargo.lock"))?;

    let mut text = format!(
        "# Speed\n\nMade by `benches/table`: do not edit. {}, {date}, commit {commit}.\n\n\
         Times are medians in ns by the wall clock; what counts are the ratios within a run. `best peer / ours` above 1\n\
         means that the best of the others takes longer; `ours / limit` is how far it is from code written by hand for the\n\
         one filter. What begins with `also` is there to see, and in no ratio. Every row has given the expected answer.\n\
         rustauth-scim is a program of its own, because it turns on serde_json's `preserve_order`, which makes each `Value`\n\
         slower.\n\nBy hand, `benches/peers` is a package: `cargo bench --manifest-path benches/peers/Cargo.toml -- parse`.\n",
        machine()?
    );
    let mut short =
        String::from("| group | case | ours | best peer / ours | ours / limit |\n|---|---|---:|---:|---:|\n");
    let known = GROUPS.iter().map(|(name, what)| (*name, *what));
    let others = groups.keys().map(String::as_str).filter(|name| GROUPS.iter().all(|(known, _)| known != name));
    for (name, what) in known.chain(others.map(|name| (name, ""))) {
        let Some(table) = groups.get(name) else { continue };
        write!(text, "\n## {name}\n\n{what}\n\n{}", rows(table, &versions))?;
        for (case, engines) in table.iter().filter(|(case, _)| is_for_all(case)) {
            let (peer, limit) = ratios(engines);
            if let Some(ours) = engines.get(OURS).filter(|_| peer != NONE || limit != NONE) {
                writeln!(short, "| {name} | {case} | {} | {peer} | {limit} |", time(*ours))?;
            }
        }
    }
    fs::write(here.join("../README.md"), text)?;
    let readme = here.join("../../README.md");
    let old = fs::read_to_string(&readme)?;
    let (before, rest) = old.split_once(BEGIN).ok_or("README.md has no place for the table")?;
    let (_, after) = rest.split_once(END).ok_or("README.md has no end of the table")?;
    fs::write(readme, format!("{before}{BEGIN}\n{}, {date}:\n\n{short}{END}{after}", machine()?))?;
    Ok(())
}

/// For a reader in a hurry: a short filter and a long one, and no special ways. What has nothing to be compared with is left out
/// besides.
fn is_for_all(case: &str) -> bool {
    match case.strip_prefix('F') {
        Some(filter) => filter.starts_with(['1', '3']) && !filter.contains(',') && !filter.ends_with("parameters"),
        None => !case.starts_with("one id, "),
    }
}

/// Finds criterion's files below a folder: what a row is, and beside it what it took.
fn read(folder: &Path, groups: &mut BTreeMap<String, Table>) -> Result<(), Box<dyn Error>> {
    let entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    for entry in entries {
        if entry.ends_with("new") {
            let json =
                |name| -> Result<Value, Box<dyn Error>> { Ok(serde_json::from_slice(&fs::read(entry.join(name))?)?) };
            let (row, estimates) = (json("benchmark.json")?, json("estimates.json")?);
            let part = |name: &str| row[name].as_str().unwrap_or("").to_owned();
            let median = estimates["median"]["point_estimate"].as_f64().ok_or("no median")?;
            let elements = row["throughput"]["Elements"].as_f64().unwrap_or(1.0);
            let table = groups.entry(part("group_id")).or_default();
            table.entry(part("value_str")).or_default().insert(part("function_id"), median / elements);
        } else if entry.is_dir() {
            read(&entry, groups)?;
        }
    }
    Ok(())
}

fn is_peer(engine: &str) -> bool {
    engine != OURS && engine != LIMIT && !engine.starts_with("also")
}

/// The best peer over ours, and ours over the limit, or a dash.
fn ratios(engines: &BTreeMap<String, f64>) -> (String, String) {
    let ratio = |over: Option<f64>, under: Option<f64>| match (over, under) {
        (Some(over), Some(under)) => format!("{:.2}", over / under),
        _ => NONE.to_owned(),
    };
    let ours = engines.get(OURS).copied();
    let best = engines.iter().filter(|(engine, _)| is_peer(engine)).map(|(_, time)| *time).min_by(f64::total_cmp);
    (ratio(best, ours), ratio(ours, engines.get(LIMIT).copied()))
}

/// Three digits, and a comma for each thousand.
fn time(ns: f64) -> String {
    if ns < 100.0 {
        return format!("{ns:.1}");
    }
    let digits = format!("{ns:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A group as a table: ours first, the limit last.
fn rows(table: &Table, versions: &str) -> String {
    let mut engines: Vec<&String> = table.values().flat_map(BTreeMap::keys).collect();
    let place = |engine: &str| (engine == LIMIT, engine.starts_with("also"), engine != OURS);
    engines.sort_by_key(|engine| (place(engine), *engine));
    engines.dedup();
    let mut text = String::from("| case |");
    for engine in &engines {
        text += &format!(" {}{} |", engine, version(engine, versions));
    }
    text += " best peer / ours | ours / limit |\n|---|";
    text += &"---:|".repeat(engines.len() + 2);
    text.push('\n');
    for (case, times) in table {
        text += &format!("| {case} |");
        for engine in &engines {
            text += &format!(" {} |", times.get(*engine).map_or("".to_owned(), |ns| time(*ns)));
        }
        let (peer, limit) = ratios(times);
        text += &format!(" {peer} | {limit} |\n");
    }
    text
}

/// The version of a peer that the lock file has.
fn version(engine: &str, versions: &str) -> String {
    let found =
        versions.split_once(&format!("name = \"{engine}\"\nversion = \"")).and_then(|(_, rest)| rest.split_once('"'));
    found.filter(|_| is_peer(engine)).map_or(String::new(), |(version, _)| format!(" {version}"))
}

/// What it ran on.
fn machine() -> Result<String, Box<dyn Error>> {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    let rustc = String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?;
    let rustc = rustc.split(" (").next().unwrap_or("rustc").trim().to_owned();
    Ok(format!("{} with {cores} cores, {rustc}", model.unwrap_or("an unknown processor")))
}
