//! Any text as an ordering of any resources: it prints to itself, its comparison is an order, sorting and listing agree with it,
//! and a walk by cursor meets each resource once. The ordering is on the first line, the resources are on the others.

use std::cmp::Ordering;

use scim_query::{
    CheckedOrdering, CursorKind, Cursors, ListQuery, Options, OrderBy, Part, Profile, Quirks, Schema, list,
};
use serde_json::Value;

use super::{first_line, grown, look_at, schemas, values};

/// Each is compared with each, and with a third one.
const MOST: usize = 6;

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let schema = grower.pick(schemas::all());
        let mut text = format!("{}\n", grower.order(schema));
        for number in 0..=grower.below(MOST) {
            let mut resource = grower.resource(schema);
            if let Some(members) = resource.as_object_mut()
                && !grower.percent(10)
            {
                let id = if schema.id().ends_with("Person") { number.into() } else { format!("{number}").into() };
                members.insert("id".into(), id);
            }
            text += &format!("{resource}\n");
        }
        Some(text.into_bytes())
    });
    let Some((text, rest)) = first_line(&input) else { return };
    let lenient = Options::default().with_quirks(Quirks::ALL);
    let order = match OrderBy::parse(text) {
        Ok(order) => order,
        Err(error) => {
            look_at(&error);
            let _ = OrderBy::parse_with(text, &lenient);
            return;
        }
    };
    let printed = order.to_string();
    // Directions are spelled out, so it may be longer than the limit.
    if let Ok(again) = OrderBy::parse(&printed) {
        assert_eq!(again, order);
        assert_eq!(again.to_string(), printed);
    } else {
        assert!(printed.len() > text.len(), "{printed}");
    }
    let mut resources = values(rest);
    resources.truncate(MOST);
    for schema in schemas::all() {
        match order.check(schema) {
            Ok(checked) => {
                let again = OrderBy::parse(&checked.to_string()).and_then(|again| again.check(schema));
                if let Ok(again) = again {
                    assert_eq!(again.to_string(), checked.to_string());
                }
                is_an_order(&checked, &resources);
                pages(text, schema, &checked, &resources);
            }
            Err(error) => look_at(&error),
        }
    }
}

fn is_an_order(order: &CheckedOrdering, resources: &[Value]) {
    for a in resources {
        assert_eq!(order.compare(a, a), Ordering::Equal, "{order}, {a}");
        for b in resources {
            assert_eq!(order.compare(a, b), order.compare(b, a).reverse(), "{order}, {a}, {b}");
            for c in resources {
                if order.compare(a, b).is_le() && order.compare(b, c).is_le() {
                    assert!(order.compare(a, c).is_le(), "{order}, {a}, {b}, {c}");
                }
            }
        }
    }
    let mut sorted: Vec<&Value> = resources.iter().collect();
    order.sort(&mut sorted);
    let mut expected: Vec<&Value> = resources.iter().collect();
    expected.sort_by(|a, b| order.compare(*a, *b));
    assert!(sorted.iter().zip(&expected).all(|(a, b)| std::ptr::eq(*a, *b)), "{order}, {resources:?}");
}

/// O6: the pages together are the whole list, for both kinds of cursor.
fn pages(text: &str, schema: &Schema, order: &CheckedOrdering, resources: &[Value]) {
    let mut expected: Vec<&Value> = resources.iter().collect();
    order.sort(&mut expected);
    for cursors in [CursorKind::RecordId, CursorKind::Opaque(Cursors::new())] {
        let profile = Profile::okta().with_cursors(cursors);
        for size in 1..=3 {
            let mut walked: Vec<&Value> = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let mut query = ListQuery::new(&profile);
                let mut give = |part, value: &str| query.give(part, value).expect("once");
                give(Part::OrderBy, text);
                give(Part::Limit, &size.to_string());
                if let Some(after) = &after {
                    give(Part::After, after);
                }
                let query = query.check(schema).expect("an ordering that has been checked");
                // Tie-breakers are missing, repeated or too long.
                let Ok(page) = list(resources, &query) else { return };
                assert!(page.resources.len() == size || page.next.is_none());
                walked.extend(page.resources);
                assert!(walked.len() <= resources.len(), "{text}: a walk goes round");
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert!(
                walked.len() == expected.len() && walked.iter().zip(&expected).all(|(a, b)| std::ptr::eq(*a, *b)),
                "{text}: {size} each: {walked:?}, not {expected:?}"
            );
        }
    }
}
