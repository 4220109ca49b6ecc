//! The report, in Markdown.

use std::fmt::Write;

use crate::engine::Plan;
use crate::queries::Query;
use crate::{Findings, Measured};

/// Longer texts lose their middle.
const LONGEST: usize = 100;
const LONGEST_SQL: usize = 800;

pub fn write(rows: u64, all: &[Findings]) -> String {
    let mut text = String::from(INTRODUCTION);
    let names: Vec<&str> = all.iter().map(|of| of.name.as_str()).collect();
    let _ = write!(text, "\n{} users; {}.\n", thousands(rows), names.join(", "));
    failures(&mut text, all);
    for of in all {
        let _ = write!(text, "\n## {}\n\nLoaded and indexed in {:.0} s.\n\n", of.name, of.loaded_seconds);
        queries(&mut text, of);
        depths(&mut text, of);
        statements(&mut text, of);
    }
    text
}

const INTRODUCTION: &str = "\
# Plans of the SQL texts

Written by `benches/plans`, which makes the users and their e-mails (1.6 each) in the database, with the tables and indexes
of `Columns::ddl`, and then runs what `where_sql` and `Select::page` write. It fails when an index that has to be used is not,
and when the page half-way through a list takes more than five times what the first page takes, and a millisecond.

Access: *search* goes down an index to the rows that are looked for, *walk* reads an index in its order, until a page is full or
to its end, *scan* reads a whole table, *sort* puts rows in order. ms: until the client has all rows, the least of 5 runs of one
prepared statement after a warm-up, or of fewer where they take seconds. A page has 100 rows, and one more that tells that there
is a next page.

A filter selects the ids, which its index holds too, and where it says so the names, which are in the table. Then a database may
find a scan cheaper: PostgreSQL does for a long list, and for `gt` with a *generic* plan, in which it expects a third of all rows.
Such a plan (`plan_cache_mode = force_generic_plan`) is made without looking at the parameters, as it may happen to a statement
that was prepared once and is run often. PostgreSQL runs without parallel workers.

What the figures are not: they come from one machine, which has other work, with a warm cache, one client, and servers that do
not wait for the disk (fsync off). Compare them with each other, not with those of another machine. MySQL is not run.
";

fn failures(text: &mut String, all: &[Findings]) {
    let failures: Vec<(&str, &str)> =
        all.iter().flat_map(|of| of.failures.iter().map(|failure| (of.name.as_str(), failure.as_str()))).collect();
    if !failures.is_empty() {
        text.push_str("\n## What failed\n\n");
    }
    for (name, failure) in failures {
        let _ = writeln!(text, "- {name}: {failure}");
    }
}

fn queries(text: &mut String, of: &Findings) {
    let generic = of.plans.contains(&Plan::Generic);
    text.push_str("| query | filter or order | access | ms |");
    text.push_str(if generic { " generic plan | ms |\n|---|---|---|--:|---|--:|\n" } else { "\n|---|---|---|--:|\n" });
    for (query, measured) in &of.queries {
        let _ = write!(text, "| {} | `{}` |", query.words, shortened(&query.text));
        for (at, Measured { access, ms }) in measured.iter().enumerate() {
            let same = at > 0 && *access == measured[0].access;
            let access = if same { "the same".to_owned() } else { access.to_string() };
            let _ = write!(text, " {access} | {} |", rounded(*ms));
        }
        text.push('\n');
    }
}

fn depths(text: &mut String, of: &Findings) {
    text.push_str("\nA page of `created desc` by its depth, in ms:\n\n");
    text.push_str("| rows before it | opaque cursor | record id | startIndex (OFFSET) |\n|--:|--:|--:|--:|\n");
    for depth in &of.depths {
        let [opaque, id, index] = depth.ms.map(rounded);
        let _ = writeln!(text, "| {} | {opaque} | {id} | {index} |", thousands(depth.rows));
    }
}

fn statements(text: &mut String, of: &Findings) {
    text.push_str("\n```sql\n");
    let shown = of.queries.iter().map(|(query, _)| query).filter(|query| query.shown);
    for (at, Query { words, text: asked, statement, .. }) in shown.enumerate() {
        let space = if at > 0 { "\n" } else { "" };
        let _ = writeln!(
            text,
            "{space}-- {words}: {}\n{}",
            shortened(asked),
            cut(&without_lists(&statement.sql), LONGEST_SQL)
        );
    }
    text.push_str("```\n");
}

pub fn shortened(text: &str) -> String {
    cut(text, LONGEST)
}

/// Without the middle of a list of placeholders.
fn without_lists(sql: &str) -> String {
    match (sql.find("(?, ?"), sql.rfind("?, ?)")) {
        (Some(begin), Some(end)) => format!("{}?, .., {}", &sql[..=begin], &sql[end + 3..]),
        _ => sql.to_owned(),
    }
}

/// Texts of this program are ASCII.
fn cut(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    format!("{} .. {}", &text[..longest / 2], &text[text.len() - longest / 2..])
}

fn rounded(ms: f64) -> String {
    match ms {
        ..0.1 => format!("{ms:.3}"),
        0.1..1.0 => format!("{ms:.2}"),
        1.0..10.0 => format!("{ms:.1}"),
        _ => format!("{ms:.0}"),
    }
}

pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
