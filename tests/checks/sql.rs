//! A filter in SQLite and in memory finds the same rows, page by page in the same order, and no text of it is in the SQL (D1),
//! whatever the database. The filter is on the first line, the resources are on the others.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, params_from_iter};
use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements, Select, SqlFragment, register_fold};
use scim_query::{
    AttrId, CheckedFilter, CompValue, CompareOp, CursorKind, Cursors, Filter, ListError, ListQuery, Operator, OrderBy,
    Part, Profile, Schema, Type, attr, list,
};
use serde_json::Value;

use super::{first_line, grown, schemas, values};

const MOST: usize = 8;

/// What joins tests, some of it only where there are many.
const JOINING: [&str; 19] = [
    "(", ")", " ", "*", "SELECT", "FROM", "AS", "WHERE", "AND", "OR", "NOT", "EXISTS", "IN", "UNION", "ALL", "OFFSET",
    "0", "TRUE", "FALSE",
];

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let schema = grower.pick(schemas::declared());
        let mut text = format!("{}\n", grower.filter(schema)?);
        for number in 0..=grower.below(5) {
            let mut resource = grower.resource(schema);
            resource["id"] = if schema.id().ends_with("Person") { number.into() } else { format!("{number}").into() };
            text += &format!("{resource}\n");
        }
        Some(text.into_bytes())
    });
    let Some((filter, rest)) = first_line(&input) else { return };
    let Ok(filter) = Filter::parse(filter) else { return };
    let mut resources = values(rest);
    resources.truncate(MOST);
    DATABASE.with_borrow_mut(|database| {
        for filter in schemas::accepting(&filter) {
            for mapping in database.mappings.iter().filter(|mapping| mapping.columns.schema() == filter.schema()) {
                mapping.has_no_literal(&filter);
                if mapping.columns.dialect() == Dialect::Sqlite {
                    mapping.agrees(&database.connection, &filter, &resources);
                }
            }
        }
    });
}

thread_local! {
    static DATABASE: RefCell<Database> = RefCell::new(Database::new());
}

/// Tables for each mapping, empty between two inputs.
struct Database {
    connection: Connection,
    mappings: Vec<Mapping>,
}

struct Mapping {
    columns: Columns,
    /// The words that its SQL has, whatever is asked. Not before they are needed: there are many samples.
    words: OnceCell<HashSet<String>>,
}

impl Database {
    fn new() -> Database {
        let connection = Connection::open_in_memory().expect("a database");
        connection.set_prepared_statement_cache_capacity(200);
        register_fold(&connection).expect("the fold");
        let mut mappings = Vec::new();
        for (number, schema) in schemas::declared().iter().enumerate() {
            for dialect in Dialect::ALL {
                let standard = Columns::standard(schema, dialect, &format!("standard{number}")).expect("columns");
                mappings.push(Mapping::new(standard));
            }
            mappings.push(Mapping::new(in_documents(schema, &format!("documents{number}"))));
        }
        for mapping in mappings.iter().filter(|mapping| mapping.columns.dialect() == Dialect::Sqlite) {
            for statement in mapping.columns.ddl() {
                connection.execute_batch(&statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
            }
        }
        Database { connection, mappings }
    }
}

/// What JSON columns serve in a document, the rest in columns, and what needs a table nowhere.
fn in_documents(schema: &Schema, table: &str) -> Columns {
    let mut columns = Columns::builder(schema, Dialect::Sqlite, table);
    for (number, (id, attribute)) in schema.attributes().enumerate() {
        let (name, column) = (attribute.full_name(), format!("c{number}"));
        let is_served = !matches!(attribute.ty(), Type::DateTime | Type::Decimal | Type::Complex);
        let one_value = ancestors(schema, id).all(|id| !schema.attribute(id).is_multi_valued());
        let text = matches!(attribute.ty(), Type::String | Type::Reference | Type::Binary);
        if name == "id" {
            columns = columns.column(name, Column::new("id").not_null());
        } else if one_value && is_served {
            let json = Column::json("document", ["values", &column]);
            columns =
                columns.column(name, if text && !attribute.is_case_exact() { json.folded_by_function() } else { json });
        } else if one_value && attribute.ty() == Type::DateTime {
            columns = columns.column(name, Column::new(column).of_type(ColumnType::Epoch { digits: 6 }));
        } else if one_value && attribute.ty() == Type::Decimal {
            columns = columns.column(name, Column::new(column));
        } else if attribute.parent().is_none()
            && attribute.is_multi_valued()
            && (is_served || parts_are_served(schema, id))
        {
            columns = columns.elements(name, Elements::json("document", ["lists", &column]));
        }
    }
    columns.build().expect("columns")
}

fn ancestors(schema: &Schema, id: AttrId) -> impl Iterator<Item = AttrId> {
    std::iter::successors(Some(id), |id| schema.attribute(*id).parent())
}

fn parts_are_served(schema: &Schema, id: AttrId) -> bool {
    let complex = schema.attribute(id).ty() == Type::Complex;
    complex
        && schema.attribute(id).sub_attributes().iter().all(|id| {
            let part = schema.attribute(*id);
            !part.is_multi_valued() && !matches!(part.ty(), Type::DateTime | Type::Decimal | Type::Complex)
        })
}

impl Mapping {
    fn new(columns: Columns) -> Mapping {
        Mapping { columns, words: OnceCell::new() }
    }

    fn words(&self) -> &HashSet<String> {
        self.words.get_or_init(|| {
            let mut found: HashSet<String> = JOINING.map(str::to_owned).into();
            for filter in samples(self.columns.schema()) {
                if let Ok(fragment) = filter.where_sql(&self.columns) {
                    found.extend(words(&fragment).map(Cow::into_owned));
                }
            }
            found
        })
    }

    /// D1: what is asked changes which words there are, and never brings in one of its own.
    fn has_no_literal(&self, filter: &CheckedFilter) {
        let pushed = self.columns.split(filter).pushed;
        for filter in [filter, &pushed] {
            let Ok(fragment) = filter.where_sql(&self.columns) else { continue };
            for word in words(&fragment) {
                assert!(self.words().contains(&*word), "`{word}` of {filter} is in {}", fragment.sql);
            }
        }
    }

    fn agrees(&self, connection: &Connection, filter: &CheckedFilter, resources: &[Value]) {
        connection.execute_batch("BEGIN").expect("a transaction");
        let stored: Vec<(i64, &Value)> =
            resources.iter().filter_map(|resource| Some((self.store(connection, resource)?, resource))).collect();
        let split = self.columns.split(filter);
        let matching = |filter: &CheckedFilter| -> Vec<i64> {
            stored.iter().filter(|(_, resource)| filter.matches(*resource)).map(|(row, _)| *row).collect()
        };
        let expected = matching(filter);
        let shown = |fragment: &SqlFragment| format!("{filter}\n{}\n{resources:?}", fragment.inlined());
        match filter.where_sql(&self.columns) {
            Ok(fragment) => {
                assert!(split.residual.is_everything(), "a residual of what the columns serve: {}", split.residual);
                assert_eq!(self.rows(connection, &fragment, ""), expected, "{}", shown(&fragment));
                // D2: the strict form may stand under a NOT.
                let strict = fragment.strict();
                let others: Vec<i64> =
                    stored.iter().map(|(row, _)| *row).filter(|row| !expected.contains(row)).collect();
                assert_eq!(self.rows(connection, &strict, "NOT "), others, "{}", shown(&strict));
            }
            Err(error) if error.code() == "attribute_unmapped" => {
                // What is pushed down and what is left are the filter together (D8).
                let pushed = split.pushed.where_sql(&self.columns).expect("what is pushed down is served");
                let left = matching(&split.residual);
                let found: Vec<i64> =
                    self.rows(connection, &pushed, "").into_iter().filter(|row| left.contains(row)).collect();
                assert_eq!(found, expected, "{}\nand {}", shown(&pushed), split.residual);
            }
            Err(error) => super::look_at(&error),
        }
        for kind in [CursorKind::RecordId, CursorKind::Opaque(Cursors::new())] {
            self.pages(connection, filter, &stored, &Profile::okta().with_cursors(kind));
        }
        connection.execute_batch("ROLLBACK").expect("an end of the transaction");
    }

    /// O6: pages of two, ordered by what the filter is about, are the list in memory.
    fn pages(&self, connection: &Connection, filter: &CheckedFilter, stored: &[(i64, &Value)], profile: &Profile) {
        let schema = self.columns.schema();
        let is_order = |name: &String| OrderBy::parse(name).is_ok_and(|order| order.check(schema).is_ok());
        let Some(name) = filter.attributes().into_iter().find(is_order) else { return };
        let query = |limit: &str, after: Option<String>| {
            let mut query = ListQuery::new(profile);
            let after = after.map(|after| (Part::After, after));
            let given = [(Part::Filter, filter.to_string()), (Part::OrderBy, format!("{name} desc"))];
            for (part, value) in given.into_iter().chain([(Part::Limit, limit.to_owned())]).chain(after) {
                query.give(part, value).expect("once");
            }
            query.check(schema)
        };
        // A filter of everything has no text, a canonical text may be too long, an id none for a cursor.
        let Ok(whole) = query("200", None) else { return };
        let resources = || stored.iter().map(|(_, resource)| *resource);
        let Ok(expected) = list(resources(), &whole) else { return };
        let select = Select::new(&self.columns, format!("{}.rowid", self.columns.alias()));
        let mut walked = Vec::new();
        let mut after = None;
        loop {
            let query = query("2", after).expect("a cursor changes nothing else");
            let page = match select.page(&query) {
                Ok(page) => page,
                Err(error) => return super::look_at(&error),
            };
            let count =
                |anchor: &SqlFragment| texts(connection, anchor)[0][0].as_ref().and_then(|count| count.parse().ok());
            let anchor = page.anchor.as_ref().and_then(count);
            let keys = |row: &Vec<Option<String>>| row[row.len() - page.key_columns()..].to_vec();
            let found = match page.finish(texts(connection, &page.statement), anchor, keys) {
                Ok(found) => found,
                // An id that no cursor holds is told when one is made: in memory, where the page has all of them, none is.
                Err(ListError::Data(_)) => return,
                Err(ListError::Query(error)) => panic!("{error}: {}", page.statement.inlined()),
            };
            walked.extend(found.rows.iter().filter_map(|row| row[0].as_ref()?.parse::<i64>().ok()));
            after = found.next;
            if after.is_none() || walked.len() > stored.len() {
                break;
            }
        }
        let row = |resource: &Value| stored.iter().find(|(_, each)| std::ptr::eq(*each, resource)).map(|(row, _)| *row);
        let expected: Vec<i64> = expected.resources.into_iter().filter_map(row).collect();
        assert_eq!(walked, expected, "{filter} by {name} desc, {profile:?}, {:?}", resources().collect::<Vec<_>>());
    }

    /// The row of a resource, if it can be stored (D9).
    fn store(&self, connection: &Connection, resource: &Value) -> Option<i64> {
        // Splitting takes the schema at its word, and what is not mapped is not looked at when it is stored.
        if !schemas::is_as_declared(self.columns.schema(), resource) {
            return None;
        }
        let inserts = self.columns.inserts(resource, "").ok()?;
        let mut row = None;
        for insert in &inserts {
            let mut statement = connection.prepare_cached(&insert.sql).expect("a statement");
            match statement.execute(params_from_iter(&insert.params)) {
                Ok(_) => row = row.or(Some(connection.last_insert_rowid())),
                // The same id again; its own row is the first.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) && row.is_none() => {
                    return None;
                }
                Err(error) => panic!("{error}: {resource}"),
            }
        }
        row
    }

    fn rows(&self, connection: &Connection, condition: &SqlFragment, not: &str) -> Vec<i64> {
        let table = self.columns.alias();
        let sql = format!("SELECT {table}.rowid FROM {table} WHERE {not}{condition} ORDER BY {table}.rowid");
        let mut statement = connection.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let rows = statement.query_map(params_from_iter(&condition.params), |row| row.get(0));
        rows.and_then(Iterator::collect).unwrap_or_else(|error| panic!("{error}: {sql}"))
    }
}

/// What a statement gives back, as text.
fn texts(connection: &Connection, statement: &SqlFragment) -> Vec<Vec<Option<String>>> {
    let mut prepared = connection.prepare(&statement.sql).unwrap_or_else(|error| panic!("{error}: {}", statement.sql));
    let columns = prepared.column_count();
    let rows = prepared.query_map(params_from_iter(&statement.params), |row| {
        (0..columns).map(|at| row.get_ref(at).map(text)).collect()
    });
    rows.and_then(Iterator::collect).unwrap_or_else(|error| panic!("{error}: {}", statement.sql))
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// Names, strings, words and signs, with what is counted left out: placeholders and the aliases of sub-queries.
fn words(fragment: &SqlFragment) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = fragment.sql.as_str();
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_wordly = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let length = match first {
            '"' | '\'' | '`' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            _ if is_wordly(first) => rest.find(|c| !is_wordly(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (word, behind) = rest.split_at(length);
        rest = behind;
        Some(match word.starts_with('$') || word.contains("scim_e") {
            true => word.replace(|c: char| c.is_ascii_digit(), "").into(),
            false => word.into(),
        })
    })
}

/// Every operator of every attribute, with a value that no other filter would have.
fn samples(schema: &Schema) -> Vec<CheckedFilter> {
    let mut samples = Vec::new();
    for (_, attribute) in schema.attributes() {
        let name = attribute.full_name();
        for operator in attribute.operators().iter() {
            for value in literals(attribute.ty()) {
                let test = |name: &str| match operator {
                    Operator::Present => attr(name).present(),
                    Operator::Compare(op) => attr(name).compare(op, value.clone()),
                };
                samples.push(test(name));
                samples.push(test(name).not());
                let Some(parent) = attribute.parent() else { continue };
                samples.push(attr(schema.attribute(parent).full_name()).any(test(attribute.name())));
                samples.push(attr(schema.attribute(parent).full_name()).any(test(attribute.name()).not()));
            }
        }
        for null in [CompareOp::Eq, CompareOp::Ne] {
            samples.push(attr(name).compare(null, None::<bool>));
        }
        let mut values = literals(attribute.ty()).into_iter();
        if let (Some(first), Some(second)) = (values.next(), values.next()) {
            let either = |name: &str| attr(name).eq(first.clone()).or(attr(name).eq(second.clone()));
            samples.extend([either(name), either(name).not()]);
            if attribute.is_multi_valued() && attribute.ty() != Type::Complex {
                samples.push(attr(name).any(either("value")));
            }
        }
    }
    let checked = |sample: scim_query::FilterBuilder| sample.build().ok()?.check(schema).ok();
    samples.into_iter().filter_map(checked).collect()
}

fn literals(ty: Type) -> Vec<CompValue<'static>> {
    let text = |text: &'static str| CompValue::String(text.into());
    let number = |text: &'static str| CompValue::Number(text.into());
    match ty {
        Type::Boolean => vec![CompValue::Bool(true), CompValue::Bool(false)],
        Type::Integer => vec![number("77"), number("78"), number("0.5"), number("1e99")],
        Type::Decimal => vec![number("77.5"), number("78"), number("1e999"), number("-1e999")],
        Type::DateTime => vec![
            text("2001-01-01T00:00:00Z"),
            text("2001-01-01T00:00:00.000000001Z"),
            text("0000-01-01T00:00:00+01:00"),
        ],
        Type::String | Type::Reference | Type::Binary => {
            vec![text("zz"), text("zzz"), text(""), text("\u{0}"), text("\u{10ffff}")]
        }
        Type::Complex => Vec::new(),
    }
}
