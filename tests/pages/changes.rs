//! Rows that come and go between two pages (O6): by opaque cursors no other row is repeated or lost.

use std::collections::{BTreeMap, BTreeSet};

use scim_query::{Profile, Schema};
use serde_json::{Value, json};

use super::{ids, opaque, page, parse};
use crate::support::cases::text;

/// A small generator: the walks are the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

fn row(dice: &mut Dice, id: usize) -> Value {
    let mut row = json!({"id": format!("{id:05}"), "userName": format!("user{}", dice.below(8))});
    if dice.below(4) > 0 {
        row["title"] = format!("{}{}", ["T", "t"][dice.below(2)], dice.below(5)).into();
    }
    row
}

#[test]
fn rows_inserted_and_deleted_meanwhile_repeat_and_lose_no_other() {
    let profile = Profile::okta().with_cursors(opaque());
    for seed in 0..300_u64 {
        let mut dice = Dice(seed);
        let mut rows: Vec<Value> = (0..30).map(|id| row(&mut dice, id * 7)).collect();
        let order = ["title+asc", "title+desc,userName+asc", "userName+desc", "id"][dice.below(4)];
        let first = parse(&format!("orderBy={order}&limit={}", 1 + dice.below(6)), &profile);
        let always: BTreeSet<String> = rows.iter().map(|row| text(row, "id").to_owned()).collect();
        let (mut always, mut fresh) = (always, 1000);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut query = first.clone();
        loop {
            let page = page(&rows, &query, &Schema::user()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            for id in ids(page.resources.iter().copied()) {
                *seen.entry(id.to_owned()).or_default() += 1;
            }
            let last = page.resources.last().map(|row| text(row, "id").to_owned());
            let Some(next) = page.next else { break };
            query = parse(&first.next_query_string(&next), &profile);
            for _ in 0..dice.below(3) {
                rows.insert(dice.below(rows.len() + 1), row(&mut dice, fresh));
                fresh += 1;
            }
            for _ in 0..dice.below(3) {
                // Often the very row whose keys the cursor holds.
                let named = rows.iter().position(|row| Some(text(row, "id")) == last.as_deref());
                let gone = match named {
                    Some(place) if dice.below(2) == 0 => place,
                    _ if rows.is_empty() => continue,
                    _ => dice.below(rows.len()),
                };
                always.remove(text(&rows.swap_remove(gone), "id"));
            }
        }
        let repeated: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
        assert!(repeated.is_empty(), "seed {seed}, {order}: repeated {repeated:?}");
        let lost: Vec<_> = always.iter().filter(|id| !seen.contains_key(*id)).collect();
        assert!(lost.is_empty(), "seed {seed}, {order}: lost {lost:?}");
    }
}

#[test]
fn a_row_that_goes_ends_a_walk_by_record_id() {
    let mut dice = Dice(1);
    let mut rows: Vec<Value> = (0..5).map(|id| row(&mut dice, id)).collect();
    let first = parse("orderBy=id&limit=2", &Profile::okta());
    let next = page(&rows, &first, &Schema::user()).expect("a page").next.expect("a next page");
    assert_eq!(next, "00001");
    rows.remove(1);
    let second = parse(&first.next_query_string(&next), &Profile::okta());
    assert_eq!(page(&rows, &second, &Schema::user()).expect_err("it is gone").code(), "record_unknown");
}
