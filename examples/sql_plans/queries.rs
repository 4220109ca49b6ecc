//! What is asked of the users: filters, pages and counts, as the crate writes them.

use scim_query::sql::{Columns, Select, SelectPage};
use scim_query::{CheckedQuery, CursorKind, Cursors, Filter, Limits, ListQuery, Options, Part, Profile, Schema};

use crate::Result;
use crate::access::Wanted;
use crate::data;
use crate::engine::{Engine, Row, Statement};
use crate::report::thousands;

pub const PAGE_SIZE: usize = 100;
/// The columns that pages select, before their sort keys.
const LIST: [&str; 2] = ["id", "user_name"];

const USER_NAME: &str = "users_user_name_fold_id_idx";
const TITLE: &str = "users_title_id_idx";
const CREATED: &str = "users_created_id_idx";
const LOGINS: &str = "users_logins_id_idx";
const EMAIL: &str = "user_emails_value_fold_user_id_idx";
const PRIMARY_KEY: &str = "primary key";

pub struct Query {
    pub words: String,
    /// The filter, or the ordering of a page.
    pub text: String,
    pub statement: Statement,
    pub wanted: Wanted,
    /// Whether the report has its SQL.
    pub shown: bool,
    /// The number of the page that it may not be much slower than.
    pub like: Option<usize>,
}

pub struct Asking<'a> {
    schema: &'a Schema,
    columns: &'a Columns,
    select: Select,
    rows: u64,
    /// Filters of any length.
    options: Options,
}

/// How a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    /// By a cursor that holds the sort keys of the row before.
    Opaque,
    /// By the id of the row before.
    RecordId,
    /// By the number of its first row.
    Index,
}

impl<'a> Asking<'a> {
    pub fn new(schema: &'a Schema, columns: &'a Columns, rows: u64) -> Asking<'a> {
        let limits = Limits { text: usize::MAX, comparisons: usize::MAX, ..Limits::default() };
        let select = Select::new(columns, LIST.join(", "));
        Asking { schema, columns, select, rows, options: Options::default().with_limits(limits) }
    }

    /// Half of the rows.
    pub fn deep(&self) -> u64 {
        self.rows / 2
    }

    fn filter(&self, words: &str, text: &str, wanted: Wanted) -> Result<Query> {
        self.selecting("id", words, text, wanted)
    }

    fn selecting(&self, column: &str, words: &str, text: &str, wanted: Wanted) -> Result<Query> {
        let filter = Filter::parse_with(text, &self.options)?.check_with(self.schema, &self.options)?;
        let condition = filter.where_sql(self.columns)?;
        let sql = format!("SELECT {column} FROM users WHERE {condition}");
        Ok(Query::new(words, text, Statement { sql, params: condition.params }, wanted))
    }

    fn checked(&self, filter: &str, order: &str, by: By, begin: Option<&str>) -> Result<CheckedQuery> {
        let profile = match by {
            By::RecordId => Profile::okta(),
            By::Opaque => Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new())),
            By::Index => Profile::scim(),
        };
        let (size, cursor) = match by {
            By::Index => (Part::Count, Part::StartIndex),
            By::RecordId | By::Opaque => (Part::Limit, Part::After),
        };
        let mut query = ListQuery::new(&profile);
        query.give(size, PAGE_SIZE.to_string())?;
        query.give(Part::OrderBy, order)?;
        if !filter.is_empty() {
            query.give(Part::Filter, filter)?;
        }
        if let Some(begin) = begin {
            query.give(cursor, begin)?;
        }
        Ok(query.check_with(self.schema, &self.options)?)
    }

    /// The page behind so many rows.
    pub fn page(&self, engine: &mut dyn Engine, filter: &str, order: &str, by: By, depth: u64) -> Result<SelectPage> {
        let of = |by, begin: Option<&str>| -> Result<SelectPage> {
            Ok(self.select.page(&self.checked(filter, order, by, begin)?)?)
        };
        match (by, depth) {
            (_, 0) => of(by, None),
            (By::Index, _) => of(by, Some(&(depth + 1).to_string())),
            _ => {
                // A walk up to here would end with the page whose last row is the one before.
                let before = of(By::Index, Some(&(depth + 1 - PAGE_SIZE as u64).to_string()))?;
                let rows = engine.rows(&before.statement.into())?;
                let walked = of(by, None)?.finish(rows, None, |row: &Row| row[LIST.len()..].to_vec())?;
                of(by, Some(&walked.next.ok_or("the list ends before the page")?))
            }
        }
    }

    fn paged(&self, engine: &mut dyn Engine, order: &str, by: By, depth: u64) -> Result<Query> {
        let index = if order.starts_with("created") { CREATED } else { TITLE };
        let (words, wanted) = match (by, depth) {
            (By::Index, 0) => ("page 1, startIndex".to_owned(), Wanted::InOrder(index)),
            (_, 0) => ("page 1".to_owned(), Wanted::InOrder(index)),
            (By::Opaque, _) => (format!("{} rows deep, opaque cursor", thousands(depth)), Wanted::InOrder(index)),
            (By::RecordId, _) => (format!("{} rows deep, record id", thousands(depth)), Wanted::InOrder(index)),
            (By::Index, _) => (format!("{} rows deep, startIndex", thousands(depth)), Wanted::Nothing),
        };
        Ok(Query::new(&words, order, self.page(engine, "", order, by, depth)?.statement.into(), wanted))
    }

    fn filtered(&self, engine: &mut dyn Engine, filter: &str, wanted: Wanted) -> Result<Query> {
        let statement = self.page(engine, filter, "created desc", By::Opaque, 0)?.statement.into();
        Ok(Query::new("page 1 of a filter", &format!("{filter}, created desc"), statement, wanted))
    }

    fn counted(&self, engine: &mut dyn Engine, filter: &str, wanted: Wanted) -> Result<Query> {
        let count = self.page(engine, filter, "created desc", By::Opaque, 0)?.count().ok_or("no count")?.into();
        Ok(Query::new("count", if filter.is_empty() { "no filter" } else { filter }, count, wanted))
    }

    /// So many names, all of users that there are.
    fn list(&self, count: u64) -> String {
        let step = (self.rows / count).max(1);
        let terms = (0..count).map(|at| format!("userName eq \"{}\"", data::user_name(at * step)));
        terms.collect::<Vec<_>>().join(" or ")
    }

    /// All queries, in the order of the report.
    pub fn all(&self, engine: &mut dyn Engine) -> Result<Vec<Query>> {
        let rows = self.rows;
        let (name, title) =
            (data::user_name(data::some_name(rows)).to_uppercase(), data::title(data::some_title(rows)));
        // Ten of them, which differ in their last digit.
        let (names, titles) = (name.split('@').next().unwrap_or(&name), &title[..title.len() - 1]);
        let names = format!("userName sw \"{}\"", &names[..names.len() - 1]);
        let email = data::email(data::some_name(rows), "work").to_uppercase();
        let value_path = format!("emails[type eq \"work\" and value eq \"{email}\"]");
        let name = format!("userName eq \"{name}\"");
        let newest = format!("created gt \"{}\"", data::created(rows - 100)?);
        let (last_names, last_titles) = (data::user_name(rows - 101), data::title(data::titles(rows) - 6));
        // 10,000 of a million.
        let (list, list_words) = (self.list(rows / 100), format!("a list of {}", thousands(rows / 100)));
        let search = Wanted::Search;
        let either = search(&[USER_NAME, EMAIL]);
        let mut queries = vec![
            self.filter("eq, case-exact", &format!("title eq \"{title}\""), search(&[TITLE]))?.shown(),
            self.filter("eq, folded", &name, search(&[USER_NAME]))?.shown(),
            self.filter("eq, integer", "logins eq 3000", search(&[LOGINS]))?,
            self.filter("sw, case-exact", &format!("title sw \"{titles}\""), search(&[TITLE]))?,
            self.filter("sw, folded", &names, search(&[USER_NAME]))?.shown(),
            self.filter("gt, case-exact", &format!("title gt \"{last_titles}\""), search(&[TITLE]))?,
            self.filter("gt, folded", &format!("userName gt \"{last_names}\""), search(&[USER_NAME]))?,
            self.filter("gt, date", &newest, search(&[CREATED]))?.shown(),
            self.filter("a list of 100", &self.list(100), search(&[USER_NAME]))?.shown(),
            self.filter(&list_words, &list, search(&[USER_NAME]))?,
            self.filter("value path", &value_path, search(&[EMAIL, PRIMARY_KEY]))?.shown(),
            self.filter("scalar or value path", &format!("{name} or {value_path}"), either)?.shown(),
            self.filter("eq and not", &format!("{name} and not (title eq \"Nobody\")"), search(&[USER_NAME]))?.shown(),
            self.selecting("user_name", &format!("{list_words}, selecting names"), &list, Wanted::Nothing)?,
            self.selecting("user_name", "gt, date, selecting names", &newest, Wanted::Nothing)?,
            self.filter("co, folded", &names.replace("sw", "co"), Wanted::Nothing)?,
            self.counted(engine, &names, search(&[USER_NAME]))?,
            self.counted(engine, "", Wanted::Nothing)?,
            self.filtered(engine, &name, search(&[USER_NAME]))?,
            self.filtered(engine, &newest, Wanted::InOrder(CREATED))?,
            self.filtered(engine, "active eq true", Wanted::InOrder(CREATED))?,
            self.filtered(engine, &value_path, search(&[EMAIL, PRIMARY_KEY]))?,
            self.filtered(engine, "emails[type eq \"work\"]", Wanted::InOrder(CREATED))?,
        ];
        let deep = self.deep();
        for order in ["created desc", "title", "title desc"] {
            let first = queries.len();
            queries.push(self.paged(engine, order, By::Opaque, 0)?);
            if order != "created desc" {
                queries.push(self.paged(engine, order, By::Index, 0)?);
            }
            // Four fifths of the users have a title. The last depth is among those who have none.
            let depths = match order {
                "title" => vec![deep, rows / 10 * 9],
                "title desc" => vec![deep, rows / 10],
                _ => vec![deep],
            };
            for (depth, by) in depths.iter().flat_map(|depth| [(*depth, By::Opaque), (*depth, By::RecordId)]) {
                let query = self.paged(engine, order, by, depth)?;
                let like = Some(first).filter(|_| depth == deep);
                queries.push(Query { like, shown: like.is_some() && order != "title desc", ..query });
            }
            queries.push(self.paged(engine, order, By::Index, deep)?);
        }
        Ok(queries)
    }
}

impl Query {
    fn new(words: &str, text: &str, statement: Statement, wanted: Wanted) -> Query {
        let (words, text) = (words.to_owned(), text.to_owned());
        Query { words, text, statement, wanted, shown: false, like: None }
    }

    fn shown(self) -> Query {
        Query { shown: true, ..self }
    }
}
