//! SQL text with parameters, and how it is put together.

use std::fmt;

use memchr::memchr_iter;
use smallvec::SmallVec;

use super::dialect::Dialect;
use super::param::Param;
use crate::error::BindError;

/// A piece of SQL with its parameters, in the order of the text. A condition is always in parentheses, so that it can stand
/// after an `AND`. It holds no byte of the request: every literal is a parameter (D1).
///
/// What is done to `sql` and `params` is done to the statement that is run with them, and not to what this crate makes of the
/// fragment, as [`starting_at`](SqlFragment::starting_at), [`strict`](SqlFragment::strict) or
/// [`Select::scope`](super::Select::scope) do: for a text of the program's own, there is [`SqlFragment::new`].
///
/// ```
/// use scim_query::sql::{Column, Columns, Dialect};
/// use scim_query::{Filter, Schema};
///
/// let schema = Schema::access_requests();
/// let columns = Columns::builder(&schema, Dialect::Postgres, "requests")
///     .column("id", Column::new("id").not_null())
///     .column("status", Column::new("status"))
///     .build()?;
/// let filter = Filter::parse(r#"status eq "PENDING" or status eq "DENIED""#)?.check(&schema)?;
/// let condition = filter.where_sql(&columns)?.starting_at(2);
/// assert_eq!(
///     format!("SELECT * FROM requests WHERE tenant = $1 AND {condition}"),
///     r#"SELECT * FROM requests WHERE tenant = $1 AND ("requests"."status" = ANY($2::text[]))"#
/// );
/// assert_eq!(condition.params.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct SqlFragment {
    /// The text, with the dialect's placeholders: `$1` on PostgreSQL, `?` elsewhere.
    pub sql: String,
    /// The parameters, in the order of the placeholders.
    pub params: Vec<Param>,
    text: Kept,
    dialect: Dialect,
}

impl SqlFragment {
    /// A piece of the program's own SQL, as the scope of a list. Each `?` in it is a placeholder, whatever the dialect's are;
    /// `??` is a question mark.
    ///
    /// # Errors
    /// As many placeholders as parameters are needed.
    ///
    /// ```
    /// use scim_query::sql::{Dialect, Param, SqlFragment};
    ///
    /// let scope = SqlFragment::new(Dialect::Postgres, "tenant = ? AND NOT deleted", vec![Param::I64(7)])?;
    /// assert_eq!(scope.sql, "tenant = $1 AND NOT deleted");
    /// # Ok::<(), scim_query::BindError>(())
    /// ```
    pub fn new(dialect: Dialect, sql: &str, params: Vec<Param>) -> Result<SqlFragment, BindError> {
        let mut text = Text::default();
        let count = params.len();
        let mut params = params.into_iter();
        let mut placeholders = 0;
        let mut rest = sql;
        while let Some(at) = rest.find('?') {
            text.push(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('?') {
                text.push("?");
                rest = after;
                continue;
            }
            placeholders += 1;
            if let Some(param) = params.next() {
                text.bind(param);
            }
        }
        text.push(rest);
        if placeholders != count {
            return Err(BindError::new(format!("{placeholders} placeholders for {count} parameters in `{sql}`")));
        }
        Ok(text.finish(dialect))
    }

    /// The same with placeholders that begin at this number, to stand in a statement that has parameters before. It has an
    /// effect where placeholders have numbers: on PostgreSQL.
    pub fn starting_at(self, first: usize) -> SqlFragment {
        let sql = render(&self.text.text[..self.text.sql], &self.text.slots, self.dialect, first);
        SqlFragment { sql, ..self }
    }

    /// The same condition as a value that is never NULL, to stand under a `NOT` or in a select list (D2). It costs the
    /// indexes: as a condition of a query it is not needed.
    ///
    /// ```
    /// use scim_query::sql::{Dialect, SqlFragment};
    ///
    /// let fragment = SqlFragment::new(Dialect::Sqlite, "(age > ?)", vec![18.into()])?;
    /// assert_eq!(format!("NOT {}", fragment.strict()), "NOT ((age > ?) IS TRUE)");
    /// # Ok::<(), scim_query::BindError>(())
    /// ```
    pub fn strict(self) -> SqlFragment {
        let mut text = Text::from("(");
        text.append(self.text());
        text.push(" IS TRUE)");
        text.finish(self.dialect)
    }

    /// The text with the parameters written into it, for reading only: it is not meant to be run.
    ///
    /// ```
    /// use scim_query::sql::{Dialect, SqlFragment};
    ///
    /// let fragment = SqlFragment::new(Dialect::Sqlite, "(name = ?)", vec!["O'Hara".into()])?;
    /// assert_eq!(fragment.inlined(), "(name = 'O''Hara')");
    /// # Ok::<(), scim_query::BindError>(())
    /// ```
    #[must_use]
    pub fn inlined(&self) -> String {
        let Kept { text, sql, slots, .. } = &self.text;
        fill(&text[..*sql], slots, self.text.params(), |sql, param| sql.push_str(&self.dialect.literal(param)))
    }

    /// The text in the making that it was.
    pub(super) fn text(&self) -> Text {
        let Kept { text, sql, slots, .. } = &self.text;
        Text { sql: text[..*sql].to_owned(), slots: slots.clone(), params: self.text.params().collect() }
    }

    #[cfg(feature = "sea-query")]
    pub(super) fn fill(&self, write: impl FnMut(&mut String, &Param)) -> String {
        let Kept { text, sql, slots, .. } = &self.text;
        fill(&text[..*sql], slots, self.text.params(), write)
    }

    #[cfg(feature = "sea-query")]
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }
}

/// The text.
impl fmt::Display for SqlFragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}

/// What a fragment was made of. Its texts are in one, because a fragment has it besides its statement and its parameters, and most are
/// run without it.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    /// The SQL without placeholders, and behind it the texts of the parameters.
    text: String,
    /// Where the SQL ends.
    sql: usize,
    slots: Slots,
    params: SmallVec<[KeptParam; 4]>,
}

#[derive(Clone, Debug, PartialEq)]
enum KeptParam {
    /// A text, from where the one before it ends to here.
    Text(usize),
    /// Several, and where each ends.
    Texts(SmallVec<[usize; 4]>),
    Other(Param),
}

impl Kept {
    fn new(mut text: String, slots: Slots, params: &[Param]) -> Kept {
        let sql = text.len();
        let mut end = |one: &String| {
            text.push_str(one);
            text.len()
        };
        let params = params.iter().map(|param| match param {
            Param::Text(one) => KeptParam::Text(end(one)),
            Param::TextArray(texts) => KeptParam::Texts(texts.iter().map(&mut end).collect()),
            other => KeptParam::Other(other.clone()),
        });
        let params = params.collect();
        Kept { text, sql, slots, params }
    }

    fn params(&self) -> impl Iterator<Item = Param> + '_ {
        let mut start = self.sql;
        let mut next = move |end: usize| {
            let text = self.text[start..end].to_owned();
            start = end;
            text
        };
        self.params.iter().map(move |param| match param {
            KeptParam::Text(end) => Param::Text(next(*end)),
            KeptParam::Texts(ends) => Param::TextArray(ends.iter().copied().map(&mut next).collect()),
            KeptParam::Other(param) => param.clone(),
        })
    }
}

/// Bytes of a text before which placeholders stand, ascending.
type Slots = SmallVec<[usize; 4]>;

/// Text in the making: where its placeholders go, and what is bound to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text {
    sql: String,
    slots: Slots,
    params: Vec<Param>,
}

impl From<&str> for Text {
    fn from(sql: &str) -> Text {
        Text::from(sql.to_owned())
    }
}

impl From<String> for Text {
    fn from(sql: String) -> Text {
        Text { sql, slots: Slots::new(), params: Vec::new() }
    }
}

impl Text {
    /// With room for a statement, so that it does not have to be moved while it grows.
    pub(super) fn with_room() -> Text {
        Text { sql: String::with_capacity(512), slots: Slots::new(), params: Vec::with_capacity(8) }
    }

    pub(super) fn push_number(&mut self, number: usize) {
        push_number(&mut self.sql, number);
    }

    /// So many rows at most.
    pub(super) fn limit(&mut self, limit: usize) {
        self.push(" LIMIT ");
        self.push_number(limit);
    }

    pub(super) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    pub(super) fn bind(&mut self, param: Param) {
        self.slots.push(self.sql.len());
        self.params.push(param);
    }

    pub(super) fn append(&mut self, other: Text) {
        let offset = self.sql.len();
        self.sql.push_str(&other.sql);
        self.slots.extend(other.slots.into_iter().map(|slot| slot + offset));
        self.params.extend(other.params);
    }

    /// The same with more text behind it.
    pub(super) fn then(mut self, sql: &str) -> Text {
        self.push(sql);
        self
    }

    /// The same with more behind it.
    pub(super) fn with(mut self, other: Text) -> Text {
        self.append(other);
        self
    }

    pub(super) fn in_parentheses(self) -> Text {
        Text::from("(").with(self).then(")")
    }

    pub(super) fn params(&self) -> usize {
        self.params.len()
    }

    /// Whether more parentheses are open at once than that.
    pub(super) fn is_deeper(&self, limit: usize) -> bool {
        // Most texts are shorter, or have not so many at all.
        self.sql.len() > limit && memchr_iter(b'(', self.sql.as_bytes()).count() > limit && self.depth() > limit
    }

    /// The most parentheses that are open at once; those in names and texts of the mapping do not count.
    fn depth(&self) -> usize {
        let (mut open, mut most, mut quote) = (0usize, 0, None);
        for byte in self.sql.bytes() {
            match byte {
                // A quote that is doubled closes and opens.
                b'"' | b'`' | b'\'' if quote.is_none_or(|quote| quote == byte) => {
                    quote = if quote.is_none() { Some(byte) } else { None };
                }
                _ if quote.is_some() => {}
                b'(' => {
                    open += 1;
                    most = most.max(open);
                }
                b')' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        most
    }

    pub(super) fn finish(self, dialect: Dialect) -> SqlFragment {
        let Text { sql, slots, params } = self;
        let statement = render(&sql, &slots, dialect, 1);
        SqlFragment { sql: statement, text: Kept::new(sql, slots, &params), params, dialect }
    }
}

/// The digits of a number. There is one in each placeholder, which `write!` would take longer for than for all else of it.
pub(super) fn push_number(sql: &mut String, number: usize) {
    if number >= 10 {
        push_number(sql, number / 10);
    }
    sql.push(char::from(b"0123456789"[number % 10]));
}

/// The statement, with placeholders whose numbers begin at the first.
fn render(sql: &str, slots: &[usize], dialect: Dialect, first: usize) -> String {
    let numbers = (0..slots.len()).map(|at| first.saturating_add(at));
    fill(sql, slots, numbers, |sql, number| dialect.placeholder(sql, *number))
}

/// A text with something written into each of its slots.
fn fill<T>(
    text: &str,
    slots: &[usize],
    values: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, &T),
) -> String {
    let mut sql = String::with_capacity(text.len() + slots.len() * 4);
    let mut written = 0;
    for (slot, value) in slots.iter().zip(values) {
        sql.push_str(&text[written..*slot]);
        write(&mut sql, &value);
        written = *slot;
    }
    sql.push_str(&text[written..]);
    sql
}
