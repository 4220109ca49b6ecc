//! How a database reaches the rows of a query, in a few words, from what its EXPLAIN says.

use std::fmt;

use serde_json::Value;

/// One step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Down this index, to the rows that are looked for and no others.
    Search(String),
    /// Along this index from its beginning, as long as rows are wanted.
    Walk(String),
    /// Through all rows of this table.
    Scan(String),
    Sort,
}

/// The steps of a plan, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Access(Vec<Step>);

/// What a query has to show.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// It finds its rows by each of these indexes, and reads nothing else.
    Search(&'static [&'static str]),
    /// It reads a page off this index, from the beginning or from a position on.
    InOrder(&'static str),
    /// Nothing: it stands there to be compared with.
    Nothing,
}

const PRIMARY_KEY: &str = "primary key";

impl Access {
    fn add(&mut self, step: Step) {
        if !self.0.contains(&step) {
            self.0.push(step);
        }
    }

    /// The plan of EXPLAIN (FORMAT JSON).
    pub fn of_postgres(explained: &str) -> serde_json::Result<Access> {
        let mut access = Access::default();
        access.add_node(&serde_json::from_str::<Value>(explained)?[0]["Plan"]);
        Ok(access)
    }

    fn add_node(&mut self, node: &Value) {
        let text = |key: &str| node[key].as_str().unwrap_or_default();
        let index = || match text("Index Name") {
            name if name.ends_with("_pkey") => PRIMARY_KEY.to_owned(),
            name => name.to_owned(),
        };
        match text("Node Type") {
            "Index Scan" | "Index Only Scan" if node["Index Cond"].is_null() => self.add(Step::Walk(index())),
            "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => self.add(Step::Search(index())),
            "Seq Scan" => self.add(Step::Scan(text("Relation Name").to_owned())),
            "Sort" | "Incremental Sort" => self.add(Step::Sort),
            _ => {}
        }
        for child in node["Plans"].as_array().into_iter().flatten() {
            self.add_node(child);
        }
    }

    /// A line of MariaDB's EXPLAIN.
    pub fn add_mariadb(&mut self, column: impl Fn(&str) -> String) {
        let (table, kind, keys) = (column("table"), column("type"), column("key"));
        if column("Extra").contains("filesort") {
            self.add(Step::Sort);
        }
        // What stands in angle brackets is no table but what another line gave.
        match kind.as_str() {
            "ALL" if !table.starts_with('<') => self.add(Step::Scan(named(&table))),
            "ALL" | "" => {}
            _ => keys.split(',').filter(|key| !key.is_empty()).for_each(|key| {
                let key = if key == "PRIMARY" { PRIMARY_KEY } else { key }.to_owned();
                // Such as the key of a list that was made a table.
                if !table.starts_with('<') {
                    self.add(if kind == "index" { Step::Walk(key) } else { Step::Search(key) });
                }
            }),
        }
    }

    /// A line of SQLite's EXPLAIN QUERY PLAN.
    pub fn add_sqlite(&mut self, detail: &str) {
        let index = detail.split_once(" INDEX ").map(|(_, rest)| rest.split(' ').next().unwrap_or_default());
        let index = index.filter(|_| !detail.contains("AUTOMATIC")).map(|name| match name {
            name if name.starts_with("sqlite_autoindex") => PRIMARY_KEY.to_owned(),
            name => name.to_owned(),
        });
        let table = detail.split(' ').nth(1).unwrap_or_default();
        match (detail.split(' ').next().unwrap_or_default(), index) {
            ("SEARCH", Some(index)) => self.add(Step::Search(index)),
            ("SCAN", Some(index)) => self.add(Step::Walk(index)),
            // The rest are the pages of the segments, `(subquery-1)` or `scim_p1`.
            ("SEARCH" | "SCAN", None) if table.starts_with("user") || table.starts_with("scim_e") => {
                self.add(Step::Scan(named(table)));
            }
            ("USE", None) if detail.contains("ORDER BY") => self.add(Step::Sort),
            _ => {}
        }
    }

    /// What is missing, if something is.
    pub fn misses(&self, wanted: Wanted) -> Option<String> {
        let searches = |index: &str| self.0.contains(&Step::Search(index.to_owned()));
        let walks = |index: &str| self.0.contains(&Step::Walk(index.to_owned()));
        let (unused, in_order) = match wanted {
            Wanted::Nothing => return None,
            Wanted::Search(indexes) => (indexes.iter().find(|index| !searches(index)).copied(), None),
            Wanted::InOrder(index) => (Some(index).filter(|index| !searches(index) && !walks(index)), Some(index)),
        };
        if let Some(index) = unused {
            return Some(format!("{index} is not used"));
        }
        let too_much = |step: &&Step| match step {
            Step::Scan(_) => true,
            Step::Walk(index) => in_order != Some(index),
            Step::Search(_) | Step::Sort => false,
        };
        self.0.iter().find(too_much).map(|_| "more is read than has to be".to_owned())
    }
}

/// The table that a query knows by an alias.
fn named(table: &str) -> String {
    if table.starts_with("scim_e") { "user_emails".to_owned() } else { table.to_owned() }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            match step {
                Step::Search(index) => write!(f, "search {index}")?,
                Step::Walk(index) => write!(f, "walk {index}")?,
                Step::Scan(table) => write!(f, "scan {table}")?,
                Step::Sort => write!(f, "sort")?,
            }
        }
        Ok(())
    }
}
