//! Memory and each database give the same ids, in the same order.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use scim_query::sql::{Columns, Param, Select};
use scim_query::{CheckedFilter, CursorKind, Cursors, ListQuery, Options, OrderBy, Part, Profile, Schema, list};
use serde_json::Value;

use super::engine::{self, Engine};
use super::layout;
use crate::differential::{Both, in_threads};
use crate::reference::filter::{Filter as Tree, eval};
use crate::reference::generate::World;
use crate::reference::print::Printer;
use crate::reference::random::Random;
use crate::reference::schema::Path;
use crate::reference::shrink::smaller_filters;
use crate::reference::values::values;

const RESOURCES: usize = 40;
/// Of one world.
const FILTERS: u64 = 200;
const ORDERINGS: usize = 12;

pub fn filters_wanted() -> u64 {
    let given = std::env::var("SCIM_QUERY_SQL_FILTERS").ok();
    given.map_or(10_000, |text| text.parse().expect("SCIM_QUERY_SQL_FILTERS is a number"))
}

/// Resources in memory and in a table.
pub struct Stored {
    pub columns: Columns,
    pub resources: Vec<Value>,
    /// The id's column.
    id: String,
    pub table: String,
}

impl Stored {
    /// Creates the tables and fills them. What a column cannot hold exactly, and is refused, is taken out of the resource.
    pub fn new(engine: &mut Engine, random: &mut Random, both: &Both, resources: &[Value]) -> Stored {
        let schema = &both.ours;
        let columns = layout::any(random, schema, engine.dialect());
        columns.ddl().iter().for_each(|statement| engine.define(statement));
        engine.define("BEGIN");
        let mut stored = Vec::new();
        for resource in resources {
            let mut resource = resource.clone();
            // Splitting takes the schema at its word, and what is not mapped is not looked at when it is stored.
            several(both, &resource).iter().for_each(|name| remove(&mut resource, schema, name));
            let inserts = loop {
                match columns.inserts(&resource, "") {
                    Ok(inserts) => break inserts,
                    Err(error) => remove(&mut resource, schema, error.attribute()),
                }
            };
            inserts.iter().for_each(|insert| engine.execute(&insert.sql, &insert.params));
            stored.push(resource);
        }
        engine.define("COMMIT");
        let by_id = OrderBy::parse("id").and_then(|order| order.check(schema)).expect("an ordering");
        let id = by_id.order_by_sql(&columns).expect("the id's column").sql;
        let table = id[..id.find('.').expect("a column of a table")].to_owned();
        Stored { columns, resources: stored, id, table }
    }

    pub fn ids(&self, engine: &mut Engine, condition: &str, params: &[Param]) -> Vec<String> {
        let sql = format!("SELECT {} FROM {} WHERE {condition} ORDER BY {}", self.id, self.table, self.id);
        engine.rows(&sql, params).into_iter().map(|row| row[0].clone().expect("an id")).collect()
    }

    /// The ids of the resources that match, in the order of the ids.
    fn matching(&self, matches: impl Fn(&Value) -> bool) -> Vec<String> {
        let ids: BTreeSet<String> = self
            .resources
            .iter()
            .filter(|resource| matches(resource))
            .map(|resource| id_of(resource).to_owned())
            .collect();
        ids.into_iter().collect()
    }
}

fn id_of(resource: &Value) -> &str {
    resource["id"].as_str().expect("an id")
}

/// The attributes of one value that have several in the resource, or in an element of it.
fn several(both: &Both, resource: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (_, attribute) in both.ours.attributes() {
        let name = attribute.full_name();
        let (uri, dotted) = name.rsplit_once(':').map_or((None, name), |(uri, dotted)| (Some(uri), dotted));
        let Ok(path) = both.reference.resolve(None, uri, dotted) else { continue };
        let many = path.steps.iter().rposition(|step| step.attribute.multi_valued);
        let has_several = match many {
            None => values(&path, resource).len() > 1,
            // What is below the last attribute of several values, in each of its elements.
            Some(many) => {
                let inner: Vec<&str> = dotted.split('.').skip(many + 1).collect();
                let elements = Path { steps: path.steps[..=many].to_vec(), ..path.clone() };
                let whole = path.steps[many].attribute;
                match both.reference.resolve(Some(whole), None, &inner.join(".")) {
                    Ok(below) if !inner.is_empty() => {
                        values(&elements, resource).into_iter().any(|element| values(&below, element).len() > 1)
                    }
                    _ => false,
                }
            }
        };
        if has_several {
            found.push(name.to_owned());
        }
    }
    found
}

/// Takes the outermost attribute out, whole.
fn remove(resource: &mut Value, schema: &Schema, full_name: &str) {
    assert_ne!(full_name, "id");
    let (uri, dotted) = full_name.rsplit_once(':').map_or((None, full_name), |(uri, name)| (Some(uri), name));
    let mut id = schema.find(uri, dotted).expect("an attribute");
    while let Some(parent) = schema.attribute(id).parent() {
        id = parent;
    }
    let keys: Vec<&str> = schema.attribute(id).keys().collect();
    let (last, containers) = keys.split_last().expect("a key");
    let place = containers.iter().fold(resource, |place, key| &mut place[*key]);
    // Two of its parts may have been named.
    if let Some(object) = place.as_object_mut() {
        object.remove(*last);
    }
}

/// The work of worlds, each on an engine of its own.
pub fn in_worlds(
    worlds: u64,
    engine: &(dyn Fn() -> Engine + Sync),
    work: &(dyn Fn(u64, &mut Engine) -> Vec<String> + Sync),
) {
    in_threads(worlds, |seed| work(seed, &mut engine()));
}

/// How many filters or walks there were, and how many of them a database answered as a whole.
#[derive(Default)]
struct Ran {
    all: AtomicU64,
    whole: AtomicU64,
}

impl Ran {
    fn count(&self, whole: bool) {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.whole.fetch_add(whole.into(), Ordering::Relaxed);
    }

    /// Enough of them, or the test tests nothing.
    fn check(&self, name: &str, wanted: u64) {
        let (all, whole) = (self.all.load(Ordering::Relaxed), self.whole.load(Ordering::Relaxed));
        println!("{name}: {all} run, {whole} of them by the database alone");
        assert!(all >= wanted && whole * 10 > all * 4, "{name}: {whole} of {all}, {wanted} wanted");
    }
}

/// The schemas that can be mapped.
pub fn schemas() -> Vec<Both> {
    Both::all().into_iter().filter(|both| !both.ours.is_open()).collect()
}

#[test]
fn filters() {
    let schemas = schemas();
    for (name, engine) in engine::all() {
        let worlds = filters_wanted().div_ceil(FILTERS);
        let ran = Ran::default();
        in_worlds(worlds, &engine, &|seed, engine| {
            filters_of(&schemas[seed as usize % schemas.len()], seed, name, engine, &ran)
        });
        ran.check(name, filters_wanted());
    }
}

fn filters_of(schema: &Both, seed: u64, name: &str, engine: &mut Engine, ran: &Ran) -> Vec<String> {
    let mut world = World::new(seed, &schema.reference, RESOURCES);
    let stored = Stored::new(engine, &mut Random::new(seed ^ 0x5EED), schema, &world.resources.clone());
    let mut filters = world.filters(&schema.reference);
    let mut failures = Vec::new();
    let mut run = 0;
    while run < FILTERS && failures.len() < 3 {
        let tree = filters.filter();
        let text = schema.print(filters.random, &tree);
        let Ok(checked) = schema.check(&text) else { continue };
        run += 1;
        ran.count(checked.where_sql(&stored.columns).is_ok());
        if let Some(difference) = difference(schema, &stored, engine, &tree, &checked) {
            let differs = |tree: &Tree, engine: &mut Engine| {
                let checked = schema.check(&schema.print(&mut Random::new(0), tree)).ok()?;
                self::difference(schema, &stored, engine, tree, &checked)
            };
            let (small, difference) = smallest(tree, difference, &mut |tree| differs(tree, engine));
            let text = schema.print(&mut Random::new(0), &small);
            failures.push(format!("{name}, seed {seed}, {}: {text}\n{difference}", schema.name));
        }
    }
    failures
}

fn smallest(tree: Tree, difference: String, differs: &mut dyn FnMut(&Tree) -> Option<String>) -> (Tree, String) {
    for smaller in smaller_filters(&tree) {
        if let Some(difference) = differs(&smaller) {
            return smallest(smaller, difference, differs);
        }
    }
    (tree, difference)
}

/// What the database says otherwise than the reference.
fn difference(
    schema: &Both,
    stored: &Stored,
    engine: &mut Engine,
    tree: &Tree,
    checked: &CheckedFilter,
) -> Option<String> {
    let expected = stored.matching(|resource| eval(&schema.reference, tree, resource).expect("an accepted filter"));
    let split = stored.columns.split(checked);
    let fragment = match checked.where_sql(&stored.columns) {
        Ok(fragment) => fragment,
        Err(error) if error.code() == "attribute_unmapped" => {
            // What is pushed down and what is left are the filter together.
            let pushed = match split.pushed.where_sql(&stored.columns) {
                Ok(pushed) => pushed,
                Err(error) => return Some(format!("{} is not pushed down: {error}", split.pushed)),
            };
            let found = stored.ids(engine, &pushed.sql, &pushed.params);
            let kept = stored
                .matching(|resource| found.iter().any(|id| id == id_of(resource)) && split.residual.matches(resource));
            return (kept != expected)
                .then(|| format!("{}\n  and {}\n  {expected:?}\n  {kept:?}", pushed.inlined(), split.residual));
        }
        Err(error) => return Some(error.to_string()),
    };
    if !split.residual.is_everything() {
        return Some(format!("a residual of what the columns serve: {}", split.residual));
    }
    let found = stored.ids(engine, &fragment.sql, &fragment.params);
    if found != expected {
        let differing: Vec<&Value> = stored
            .resources
            .iter()
            .filter(|resource| {
                let id = id_of(resource).to_owned();
                found.contains(&id) != expected.contains(&id)
            })
            .take(1)
            .collect();
        return Some(format!(
            "  {}\n  {}\n  expected {expected:?}\n  found {found:?}\n  {differing:?}",
            fragment.inlined(),
            stored.columns.ddl().join(";\n")
        ));
    }
    // The strict form may stand under an own NOT (D2).
    let strict = fragment.strict();
    let outside = stored.ids(engine, &format!("NOT {strict}"), &strict.params);
    let complement = stored.matching(|resource| !expected.iter().any(|id| id == id_of(resource)));
    (outside != complement).then(|| format!("NOT {}\n  expected {complement:?}\n  found {outside:?}", strict.inlined()))
}

#[test]
fn orders_and_pages() {
    let schemas = schemas();
    for (name, engine) in engine::all() {
        let worlds = (filters_wanted() / 250).max(8);
        let ran = Ran::default();
        in_worlds(worlds, &engine, &|seed, engine| {
            walks_of(&schemas[seed as usize % schemas.len()], seed, name, engine, &ran)
        });
        ran.check(name, worlds * 2);
    }
}

fn walks_of(schema: &Both, seed: u64, name: &str, engine: &mut Engine, ran: &Ran) -> Vec<String> {
    let mut world = World::new(seed ^ 0xC0FFEE, &schema.reference, RESOURCES);
    let mut random = Random::new(seed ^ 0x5EED);
    let stored = Stored::new(engine, &mut random, schema, &world.resources.clone());
    let mut filters = world.filters(&schema.reference);
    let mut failures = Vec::new();
    for _ in 0..ORDERINGS {
        let keys = filters.order();
        let order = Printer { random: filters.random, schema: &schema.reference }.order_by(&keys);
        if OrderBy::parse(&order).and_then(|order| order.check(&schema.ours)).is_err() {
            continue;
        }
        let tree = filters.filter();
        let filter = schema.print(filters.random, &tree);
        if schema.check(&filter).is_err() {
            continue;
        }
        let size = random.between(1, 9);
        let cursors = match random.percent(50) {
            true => CursorKind::RecordId,
            false => CursorKind::Opaque(Cursors::new()),
        };
        // Short cursors hold no keys: they are looked up.
        let longest = *random.pick(&[1024, 1024, 100]);
        let profile = Profile::okta().with_cursors(cursors);
        let walk = Walk { schema, stored: &stored, profile: &profile, filter: &filter, order: &order, size, longest };
        match walk.run(engine) {
            Ok(whole) => ran.count(whole),
            Err(difference) => failures.push(format!(
                "{name}, seed {seed}, {}: {filter}\n  by {order}, {size} each, {profile:?}\n  {difference}",
                schema.name
            )),
        }
    }
    failures
}

struct Walk<'w> {
    schema: &'w Both,
    stored: &'w Stored,
    profile: &'w Profile,
    filter: &'w str,
    order: &'w str,
    size: usize,
    longest: usize,
}

impl Walk<'_> {
    /// Whether there was a walk, or the columns do not serve it.
    fn run(&self, engine: &mut Engine) -> Result<bool, String> {
        let all = self.query(200, None)?;
        let expected = list(&self.stored.resources, &all).map_err(|error| error.to_string())?;
        let expected: Vec<&str> = expected.resources.into_iter().map(id_of).collect();
        let select = Select::new(&self.stored.columns, self.stored.id.clone());
        let mut walked: Vec<String> = Vec::new();
        let mut cursor = None;
        loop {
            let query = self.query(self.size, cursor.as_deref())?;
            let page = match select.page(&query) {
                Ok(page) => page,
                Err(error) if ["attribute_unmapped", "attribute_not_sortable"].contains(&error.code()) => {
                    return Ok(false);
                }
                Err(error) => return Err(error.to_string()),
            };
            let anchor = page.anchor.as_ref().map(|anchor| {
                let count = engine.rows(&anchor.sql, &anchor.params);
                count[0][0].as_deref().expect("a count").parse().expect("a number")
            });
            let rows = engine.rows(&page.statement.sql, &page.statement.params);
            let count = page.count().expect("a count");
            let count = engine.rows(&count.sql, &count.params);
            if count[0][0] != Some(expected.len().to_string()) {
                return Err(format!("{count:?} counted instead of {}", expected.len()));
            }
            let found = page
                .finish(rows, anchor, |row| row[1..].to_vec())
                .map_err(|error| format!("{error}\n  {}", page.statement.inlined()))?;
            let keys = format!("{:?}", found.rows);
            walked.extend(found.rows.into_iter().map(|row| row[0].clone().expect("an id")));
            if walked.len() > expected.len() || !expected.iter().take(walked.len()).eq(walked.iter()) {
                return Err(format!(
                    "expected {expected:?}\n  walked {walked:?}\n  the last of them {keys}\n  {}\n  {}",
                    page.statement.inlined(),
                    self.stored.columns.ddl().join(";\n")
                ));
            }
            cursor = found.next;
            if cursor.is_none() {
                break;
            }
        }
        match walked.len() == expected.len() {
            true => Ok(true),
            false => Err(format!("the walk ended after {} of {} resources", walked.len(), expected.len())),
        }
    }

    fn query(&self, limit: usize, after: Option<&str>) -> Result<scim_query::CheckedQuery, String> {
        let mut query = ListQuery::new(self.profile);
        let mut give = |part, value: &str| query.give(part, value).expect("once");
        give(Part::Filter, self.filter);
        give(Part::OrderBy, self.order);
        give(Part::Limit, &limit.to_string());
        if let Some(after) = after {
            give(Part::After, after);
        }
        let mut options = Options::default();
        options.limits.cursor = self.longest;
        query.check_with(&self.schema.ours, &options).map_err(|error| error.to_string())
    }
}
