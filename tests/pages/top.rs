//! What is sorted and listed with prepared keys is in the order of the comparison, which prepares nothing.

use scim_query::{ListQuery, OrderBy, Profile, Schema, list};
use serde_json::{Value, json};

use super::{check, ids, opaque, parse};
use crate::support::random::Random;

/// Values around the edges of what numbers can be made of: every one with every one.
fn values() -> Vec<Value> {
    let mut values = vec![json!(null), json!(false), json!(true), json!([]), json!(["2022-05-24T14:15:22Z", "b"])];
    for number in [i64::MIN, i64::MIN + 1, -(1 << 53) - 1, -1, 0, 1, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, i64::MAX] {
        values.push(json!(number));
    }
    values.extend([json!(1u64 << 63), json!(u64::MAX), json!(9_007_199_254_740_992.0), json!(-0.0), json!(0.1)]);
    values.extend([json!(1.0), json!(-0.1), json!(f64::MIN_POSITIVE), json!(f64::MAX), json!(-f64::MAX)]);
    for second in ["0000-01-01T00:00:00", "1969-12-31T23:59:59", "1970-01-01T00:00:00", "9999-12-31T23:59:60"] {
        for rest in ["Z", ".000000001Z", ".000000255Z", ".000000256Z", ".999999999Z", "+23:59", "-23:59"] {
            values.push(json!(format!("{second}{rest}")));
        }
    }
    let long = "aaaaaaaaaaaaaaa";
    values.extend(["", "\0", "a", "a\0", "A", "é", "\u{10ffff}", long].map(Value::from));
    values.extend(["", "\0", "a", "b", "aa", "ab", "é"].map(|end| json!(format!("{long}{end}"))));
    values
}

#[test]
fn every_value_is_sorted_before_every_other_as_they_compare() {
    let values = values();
    for text in ["x", "x desc", "x, y desc", "x desc, y"] {
        let order = OrderBy::parse(text).and_then(|order| order.check(&Schema::open())).expect("an order");
        for (at, x) in values.iter().enumerate() {
            for (other, x_of_other) in values.iter().enumerate() {
                // What the first key does not decide, the second one does not in the same direction.
                let y = |at: usize| json!(values.len() - at);
                let pair = [json!({"x": x, "y": y(at)}), json!({"x": x_of_other, "y": y(other)})];
                let mut sorted = [&pair[0], &pair[1]];
                order.sort(&mut sorted);
                let expected = if order.compare(&pair[0], &pair[1]).is_gt() { [1, 0] } else { [0, 1] };
                assert_eq!(sorted, expected.map(|index| &pair[index]), "{text}");
            }
        }
    }
}

/// Pages of lists that come sorted, sorted backwards, and mixed, with many ties: what a page keeps is thrown away many times.
#[test]
fn a_page_is_the_beginning_of_the_sorted_list_whatever_comes_first() {
    let schema = Schema::access_requests();
    let mut random = Random::new(5);
    for spread in [1, 4, 60, 3600] {
        let mut rows: Vec<Value> = (0..900)
            .map(|id| {
                let seconds = random.below(spread);
                let created =
                    format!("2022-05-24T14:{:02}:{:02}.{}Z", seconds / 60, seconds % 60, random.between(1, 3));
                json!({"id": format!("req{:03}", (id * 7) % 900), "created": created})
            })
            .collect();
        for order in ["created desc", "created asc", "id asc"] {
            let checked = OrderBy::parse(order).and_then(|order| order.check(&schema)).expect("an order");
            let mut expected: Vec<Value> = rows.clone();
            expected.sort_by(|left, right| checked.compare(left, right));
            for backwards in [None, Some(false), Some(true)] {
                if let Some(backwards) = backwards {
                    rows.clone_from(&expected);
                    if backwards {
                        rows.reverse();
                    }
                }
                for size in [1, 2, 50, 200] {
                    for profile in [Profile::okta(), Profile::okta().with_cursors(opaque())] {
                        let query = ListQuery::parse(&format!("orderBy={order}&limit={size}"), &profile);
                        let query = query.and_then(|query| query.check(&schema)).expect("a query");
                        let page = list(&rows, &query).expect("ids");
                        assert_eq!(ids(page.resources), ids(&expected[..size]), "{order}");
                        assert!(page.next.is_some());
                    }
                }
            }
        }
    }
}

/// What is behind the page is thrown away on the way: a page of a long list takes no more memory than one of a short list.
#[test]
fn a_page_takes_memory_of_its_own_size() {
    let rows: Vec<Value> = (0..100_000u64).map(|at| json!({"id": format!("{:06}", at * 77_777 % 100_003)})).collect();
    let schema = Schema::user();
    let query = check(&parse("sortBy=id&count=20&cursor=", &Profile::scim()), &schema);
    let mut most = 0;
    for rows in [&rows[..1000], &rows] {
        let mut found = Vec::new();
        let used = allocation_counter::measure(|| found = list(rows, &query).expect("a page").resources).bytes_max;
        assert!(found.len() == 20 && found.is_sorted_by_key(|row| row["id"].as_str()));
        most = if most == 0 { used } else { most };
        assert!(used <= 2 * most, "{used} bytes for a list of {}, {most} for a short one", rows.len());
    }
}
