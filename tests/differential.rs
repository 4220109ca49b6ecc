//! The crate against the reference interpreter, and against the laws of its own logic, over generated resources,
//! filters and orderings. A failure names the seed of its world and a shrunk example.
//!
//! `SCIM_QUERY_PAIRS` sets how many pairs of a filter and a resource are compared: 1,000,000 by default, 50,000 at
//! least, so that each schema has its share.

mod analysis;
mod laws;
mod orders;
mod pairs;
mod sets;

use scim_query::{CheckedFilter, Error, Filter, Schema};
use serde_json::Value;

use crate::reference::filter::Filter as Tree;
use crate::reference::print::Printer;
use crate::reference::random::Random;
use crate::reference::schema::Schema as Reference;

/// One schema, as each side reads it.
pub(crate) struct Both {
    pub(crate) name: &'static str,
    pub(crate) reference: Reference,
    pub(crate) ours: Schema,
}

impl Both {
    fn read(name: &'static str, documents: &[&str]) -> Both {
        let read = |text: &&str| -> Value { serde_json::from_str(text).expect("a schema document is JSON") };
        let documents: Vec<Value> = documents.iter().map(read).collect();
        let ours = Schema::from_json(&documents).unwrap_or_else(|error| panic!("{name}: {error}"));
        Both { name, reference: Reference::read(&documents), ours }
    }

    /// The schema of the world with this seed. Those with more rules in them come more often.
    pub(crate) fn of(schemas: &[Both], seed: u64) -> &Both {
        &schemas[[0, 1, 2, 1, 2, 3, 1, 2, 0, 4][seed as usize % 10]]
    }

    pub(crate) fn all() -> Vec<Both> {
        vec![
            Both::read("user", &[include_str!("schemas/test-user.json"), include_str!("schemas/enterprise-user.json")]),
            Both::read(
                "widget",
                &[
                    include_str!("schemas/widget.json"),
                    include_str!("schemas/widget-a.json"),
                    include_str!("schemas/widget-b.json"),
                ],
            ),
            Both { name: "open", reference: Reference::open(), ours: Schema::open() },
            Both::read("group", &[include_str!("schemas/group.json")]),
            Both {
                ours: Schema::access_requests(),
                ..Both::read("access requests", &[include_str!("schemas/access-requests.json")])
            },
        ]
    }

    pub(crate) fn print(&self, random: &mut Random, tree: &Tree) -> String {
        Printer { random, schema: &self.reference }.filter(tree)
    }

    pub(crate) fn check(&self, text: &str) -> Result<CheckedFilter, Error> {
        Filter::parse(text)?.check(&self.ours)
    }
}

/// The work of all worlds, on two threads; the first failures, in order.
pub(crate) fn in_threads(worlds: u64, work: impl Fn(u64) -> Vec<String> + Sync) {
    let half = |odd: u64| (0..worlds).filter(|seed| seed % 2 == odd).flat_map(&work).take(10).collect::<Vec<_>>();
    let failures = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut failures = half(0);
        failures.extend(other.join().expect("a thread that ends"));
        failures
    });
    assert!(failures.is_empty(), "{} failures or more:\n\n{}", failures.len(), failures.join("\n\n"));
}
