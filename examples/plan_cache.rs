//! A cache of plans by the text of the request, as a server may keep one: nothing in the library does it unasked.
//!
//! Two generations: what was asked for since the last change of generations is kept, so that it holds at most twice the cap
//! and never looks for the oldest. Texts that are refused are not kept: they would push out what is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use scim_query::{CheckedQuery, Error, ListQuery, Predicate, Profile, Schema};

/// What a request comes to: its order and page, and its filter ready to run.
struct Plan {
    query: CheckedQuery,
    predicate: Predicate,
}

type Generation = HashMap<Box<str>, Arc<Plan>>;

struct Plans {
    schema: Schema,
    profile: Profile,
    cap: usize,
    young_and_old: Mutex<(Generation, Generation)>,
}

impl Plans {
    fn of(&self, request: &str) -> Result<Arc<Plan>, Error> {
        // Nothing is left half done in it, whoever panics.
        let mut plans = self.young_and_old.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans.0.get(request) {
            return Ok(Arc::clone(plan));
        }
        let made = || {
            let query = ListQuery::parse(request, &self.profile)?.check(&self.schema)?;
            Ok(Arc::new(Plan { predicate: query.filter().compile(), query }))
        };
        let plan = plans.1.remove(request).map_or_else(made, Ok)?;
        if plans.0.len() >= self.cap {
            plans.1 = std::mem::take(&mut plans.0);
        }
        plans.0.insert(request.into(), Arc::clone(&plan));
        Ok(plan)
    }
}

fn main() -> Result<(), Error> {
    let (schema, profile) = (Schema::access_requests(), Profile::okta());
    let plans = Plans { schema, profile, cap: 100, young_and_old: Mutex::default() };
    let request = |number: usize| format!(r#"filter=requestedFor eq "u{number}"&limit=5"#);
    let first = plans.of(&request(0))?;
    assert!(first.predicate.matches(&serde_json::json!({"requestedFor": {"externalId": "u0"}})));
    assert!(Arc::ptr_eq(&first, &plans.of(&request(0))?), "the same plan");
    (0..1000).try_for_each(|number| plans.of(&request(number)).map(drop))?;
    assert!(plans.of("filter=nosuch eq 1").is_err());
    let kept = plans.young_and_old.lock().map_or(0, |plans| plans.0.len() + plans.1.len());
    println!("{kept} of 1000 plans kept; a page has {} resources", first.query.paging().size());
    Ok(())
}
