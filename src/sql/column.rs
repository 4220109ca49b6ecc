//! Where one attribute's values are kept: a column, or a place in a JSON column.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnType {
    /// Text, in UTF-8.
    Text,
    /// A boolean; on MySQL, MariaDB and SQLite 0 or 1, and nothing else.
    Boolean,
    /// Integers within i64.
    Integer,
    /// Doubles. Each stands for the shortest decimal that reads back to it (S11, D9).
    Double,
    /// Exact decimals: `numeric` on PostgreSQL, `DECIMAL(precision,scale)` on MySQL and MariaDB. SQLite has none.
    Decimal {
        /// How many digits in all.
        precision: u16,
        /// How many of them stand behind the point.
        scale: u16,
    },
    /// Instants: `timestamptz` on PostgreSQL, `DATETIME` in UTC on MySQL and MariaDB; SQLite has none.
    Timestamp {
        /// How many digits of the second's fraction it keeps, at most 6.
        digits: u8,
    },
    /// Instants as text of one width, in UTC: `2022-05-24T14:15:22.123456789Z`. Of years 0000 to 9999 it holds every instant that
    /// memory knows, when it has 9 digits.
    TimestampText {
        /// How many digits of the second's fraction it keeps, at most 9.
        digits: u8,
    },
    /// Instants as integers since 1970-01-01T00:00:00Z, in seconds (0 digits) to nanoseconds (9 digits).
    Epoch {
        /// How many digits of the second's fraction it keeps, at most 9.
        digits: u8,
    },
}

/// How the folded form of a text that is not case-exact is had (S9, F1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// A column that holds it.
    Column(String),
    /// A function at each comparison.
    Function,
}

/// Where an attribute's values are kept. A column is nullable, compares by bytes, and has no twins, unless it says so.
///
/// ```
/// use scim_query::sql::Column;
///
/// let user_name = Column::new("user_name").not_null().folded("user_name_fold").indexed();
/// let family_name = Column::json("doc", ["name", "familyName"]).folded_by_function();
/// # let _ = (user_name, family_name);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Column {
    pub(super) name: String,
    /// Keys from the JSON column down; `None` for a column of its own.
    pub(super) path: Option<Vec<String>>,
    pub(super) ty: Option<ColumnType>,
    pub(super) nullable: bool,
    pub(super) by_bytes: bool,
    pub(super) fold: Option<Fold>,
    pub(super) fold_generated: bool,
    pub(super) reversed: Option<String>,
    pub(super) trigram: bool,
    pub(super) indexed: bool,
    pub(super) max_length: Option<u32>,
}

impl Column {
    /// A column of this name, of the type that the attribute's is: text, boolean, integer, double, and for instants a
    /// timestamp of microseconds, or on SQLite an integer of microseconds.
    pub fn new(name: impl Into<String>) -> Column {
        Column {
            name: name.into(),
            path: None,
            ty: None,
            nullable: true,
            by_bytes: true,
            fold: None,
            fold_generated: false,
            reversed: None,
            trigram: false,
            indexed: false,
            max_length: None,
        }
    }

    /// A place in a JSON column (`jsonb` on PostgreSQL): the keys down from its root. JSON serves strings, booleans and
    /// integers within i64 (D3).
    pub fn json<'k>(name: impl Into<String>, path: impl IntoIterator<Item = &'k str>) -> Column {
        Column { path: Some(path.into_iter().map(Into::into).collect()), ..Column::new(name) }
    }

    /// Of another type than the attribute's own.
    pub fn of_type(mut self, ty: ColumnType) -> Column {
        self.ty = Some(ty);
        self
    }

    /// It is never NULL: the attribute is always assigned.
    pub fn not_null(mut self) -> Column {
        self.nullable = false;
        self
    }

    /// Its collation is not one of bytes without padding. Then equality takes a second, exact comparison, and orders and
    /// prefixes take no index.
    pub fn other_collation(mut self) -> Column {
        self.by_bytes = false;
        self
    }

    /// Another column, of bytes, holds the [folded](crate::fold()) text. It can be the column itself, where texts are
    /// stored folded.
    pub fn folded(mut self, column: impl Into<String>) -> Column {
        self.fold = Some(Fold::Column(column.into()));
        self
    }

    /// As [`Column::folded`], and the database makes that column itself, from the function of
    /// [`Column::folded_by_function`]: on PostgreSQL and MariaDB.
    pub fn folded_by_database(mut self, column: impl Into<String>) -> Column {
        self.fold_generated = true;
        self.folded(column)
    }

    /// Texts are folded at each comparison: by `scim_fold`, which [`Columns::ddl`](super::Columns::ddl) creates on PostgreSQL
    /// and the `rusqlite` adapter registers, and on MariaDB by its own of Unicode 14, which agrees. It is as slow as a scan is,
    /// unless an index is made of the same expression.
    pub fn folded_by_function(mut self) -> Column {
        self.fold = Some(Fold::Function);
        self
    }

    /// Another column, of bytes, holds the text (folded, unless the attribute is case-exact) with its characters in reverse, so
    /// that `ew` is a range with an index.
    pub fn reversed(mut self, column: impl Into<String>) -> Column {
        self.reversed = Some(column.into());
        self
    }

    /// PostgreSQL has a trigram index (pg_trgm) on the column that is compared: `co` and `ew` are written as LIKE, which uses
    /// it from three characters on.
    pub fn trigram(mut self) -> Column {
        self.trigram = true;
        self
    }

    /// There is an index that begins with the column that is compared; [`Columns::ddl`](super::Columns::ddl) makes it.
    pub fn indexed(mut self) -> Column {
        self.indexed = true;
        self
    }

    /// The column holds texts of at most so many characters, 1 or more; of other columns it is refused. MySQL and MariaDB index no
    /// others as a whole.
    pub fn max_length(mut self, characters: u32) -> Column {
        self.max_length = Some(characters);
        self
    }
}

/// Where the elements of a multi-valued attribute are kept.
///
/// ```
/// use scim_query::sql::Elements;
///
/// let emails = Elements::table("user_emails").key("user_id", "id").position("position");
/// # let _ = emails;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Elements {
    pub(super) source: Source,
    pub(super) position: Option<String>,
    pub(super) never_empty: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A table, and pairs of its columns with those of the resource's table.
    Table { name: String, keys: Vec<(String, String)> },
    /// A JSON column and the keys down to the array.
    Json { column: String, path: Vec<String> },
    /// An array column of PostgreSQL.
    Array { column: String },
}

impl Elements {
    /// A table with a row for each element. [`Elements::key`] says which belong to a resource.
    pub fn table(name: impl Into<String>) -> Elements {
        Elements::of(Source::Table { name: name.into(), keys: Vec::new() })
    }

    /// An array in a JSON column. Where its sub-attributes are not mapped otherwise, they lie under their own names.
    pub fn json<'k>(column: impl Into<String>, path: impl IntoIterator<Item = &'k str>) -> Elements {
        Elements::of(Source::Json { column: column.into(), path: path.into_iter().map(Into::into).collect() })
    }

    /// An array column of PostgreSQL, for an attribute of simple values.
    pub fn array(column: impl Into<String>) -> Elements {
        Elements::of(Source::Array { column: column.into() })
    }

    fn of(source: Source) -> Elements {
        Elements { source, position: None, never_empty: false }
    }

    /// A row belongs to the resource where the table's column, which is never NULL, equals that of the resource's table. Again
    /// for each column of a composite key.
    pub fn key(mut self, column: impl Into<String>, of_resource: impl Into<String>) -> Elements {
        if let Source::Table { keys, .. } = &mut self.source {
            keys.push((column.into(), of_resource.into()));
        }
        self
    }

    /// The column by which the elements are in order. Ordering by a multi-valued attribute needs it (O3).
    pub fn position(mut self, column: impl Into<String>) -> Elements {
        self.position = Some(column.into());
        self
    }

    /// Every row is an assigned element (S2): at least one of its columns is not NULL. It saves a test of all of them.
    pub fn never_empty(mut self) -> Elements {
        self.never_empty = true;
        self
    }
}
