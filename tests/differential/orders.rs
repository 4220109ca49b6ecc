//! Orderings: a list sorted by the crate, and by its comparison, is the list that the reference sorts.

use scim_query::OrderBy;
use serde_json::Value;

use super::{Both, in_threads};
use crate::reference::generate::World;
use crate::reference::order;
use crate::reference::print::Printer;
use crate::reference::shrink::shrink_value;

const WORLDS: u64 = 200;
const ORDERINGS: usize = 30;

#[test]
fn sorted_as_the_reference_sorts() {
    let schemas = Both::all();
    in_threads(WORLDS, |seed| {
        let schema = Both::of(&schemas, seed);
        let mut world = World::new(seed, &schema.reference, 25);
        let resources = world.resources.clone();
        let mut filters = world.filters(&schema.reference);
        let mut failures = Vec::new();
        for _ in 0..ORDERINGS {
            let keys = filters.order();
            let text = Printer { random: filters.random, schema: &schema.reference }.order_by(&keys);
            let ours = OrderBy::parse(&text).and_then(|order| order.check(&schema.ours));
            let expected = order::check(&schema.reference, &keys);
            match (ours, expected) {
                (Err(_), Err(_)) => {}
                (Ok(ours), Ok(expected)) => {
                    let differs = |list: &Value| {
                        let list = list.as_array().map_or(&[][..], |list| list);
                        let expected = expected.sort(list);
                        let (mut compared, mut sorted): (Vec<&Value>, Vec<&Value>) =
                            (list.iter().collect(), list.iter().collect());
                        compared.sort_by(|a, b| ours.compare(*a, *b));
                        ours.sort(&mut sorted);
                        !compared.into_iter().eq(&expected) || !sorted.into_iter().eq(&expected)
                    };
                    let list = Value::from(resources.clone());
                    if differs(&list) {
                        let list = shrink_value(list, differs);
                        failures.push(format!("seed {seed}, {}: {text}\n  wrongly sorted {list}", schema.name));
                    }
                }
                (ours, expected) => failures.push(format!(
                    "seed {seed}, {}: {text}\n  crate {:?}\n  reference {:?}",
                    schema.name,
                    ours.map(|_| "accepts").map_err(|error| error.to_string()),
                    expected.map(|_| "accepts"),
                )),
            }
        }
        failures
    });
}
