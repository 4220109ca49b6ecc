//! Values inside JSON columns. A value of another type than the attribute's is unassigned (S2), so each is taken out with
//! its type looked at first.

use super::column::ColumnType;
use super::dialect::Dialect::{self, MariaDb, MySql, Postgres, Sqlite};

impl Dialect {
    /// The value at a path of a JSON document, or NULL.
    pub(super) fn json_value(self, document: &str, path: &[String], ty: ColumnType) -> String {
        match self {
            Postgres => {
                let at = self.json_at(document, path);
                let text = match path {
                    [] => format!("({document} #>> '{{}}')"),
                    _ => format!("({document} #>> {})", self.json_path(path)),
                };
                postgres_value(&at, &text, ty)
            }
            MySql | MariaDb => mysql_value(&self.json_at(document, path), ty),
            Sqlite => {
                let path = self.json_path(path);
                sqlite_value(
                    &format!("json_type({document}, {path})"),
                    &format!("json_extract({document}, {path})"),
                    ty,
                )
            }
        }
    }

    /// The rows of a JSON array; what is there and no array is one row (S2).
    pub(super) fn json_elements(self, document: &str, path: &[String], alias: &str) -> String {
        let at = self.json_at(document, path);
        match self {
            Postgres => format!(
                "jsonb_array_elements(CASE jsonb_typeof({at}) WHEN 'array' THEN {at} ELSE jsonb_build_array({at}) END) AS \
                 {alias}(v)"
            ),
            MySql | MariaDb => format!(
                "JSON_TABLE(CASE JSON_TYPE({at}) WHEN 'ARRAY' THEN {at} ELSE CONCAT('[', {at}, ']') END, '$[*]' COLUMNS (v \
                 JSON PATH '$')) AS {alias}"
            ),
            Sqlite => {
                let path = self.json_path(path);
                format!(
                    "json_each(CASE json_type({document}, {path}) WHEN 'array' THEN {at} ELSE json_array(json({at})) END) AS \
                     {alias}"
                )
            }
        }
    }

    /// The value at a path of a row of [`Dialect::json_elements`], or NULL.
    pub(super) fn json_element_value(self, prefix: &str, path: &[String], ty: ColumnType) -> String {
        match (self, path) {
            (Sqlite, []) => sqlite_value(&format!("{prefix}type"), &format!("{prefix}value"), ty),
            (Sqlite, _) => {
                let value = self.json_value(&format!("{prefix}value"), path, ty);
                format!("(CASE {prefix}type WHEN 'object' THEN {value} END)")
            }
            (Postgres | MySql | MariaDb, _) => self.json_value(&format!("{prefix}v"), path, ty),
        }
    }

    /// The JSON at a path.
    fn json_at(self, document: &str, path: &[String]) -> String {
        match self {
            Postgres if path.is_empty() => document.to_owned(),
            Postgres => format!("({document} #> {})", self.json_path(path)),
            MySql | MariaDb => format!("JSON_EXTRACT({document}, {})", self.json_path(path)),
            Sqlite => format!("({document} -> {})", self.json_path(path)),
        }
    }

    fn json_path(self, path: &[String]) -> String {
        match self {
            Postgres => {
                let keys: Vec<String> = path.iter().map(|key| self.string(key)).collect();
                format!("ARRAY[{}]", keys.join(", "))
            }
            MySql | MariaDb | Sqlite => {
                let keys: String = path.iter().map(|key| format!(".\"{key}\"")).collect();
                self.string(&format!("${keys}"))
            }
        }
    }
}

fn postgres_value(at: &str, text: &str, ty: ColumnType) -> String {
    match ty {
        ColumnType::Boolean => format!("(CASE jsonb_typeof({at}) WHEN 'boolean' THEN {text}::boolean END)"),
        // A number of another form than an integer's is none; CASE keeps the casts from being tried on it.
        ColumnType::Integer => format!(
            "(CASE WHEN jsonb_typeof({at}) = 'number' THEN CASE WHEN {text} ~ '^-?[0-9]{{1,19}}$' THEN CASE WHEN \
             {text}::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN {text}::bigint END END END)"
        ),
        _ => format!("(CASE jsonb_typeof({at}) WHEN 'string' THEN {text} END)"),
    }
}

fn mysql_value(at: &str, ty: ColumnType) -> String {
    match ty {
        ColumnType::Boolean => format!("(CASE JSON_TYPE({at}) WHEN 'BOOLEAN' THEN JSON_UNQUOTE({at}) = 'true' END)"),
        // What lies beyond i64 is none; a cast would make the nearest of it.
        ColumnType::Integer => format!(
            "(CASE WHEN JSON_TYPE({at}) = 'INTEGER' AND CHAR_LENGTH(JSON_UNQUOTE({at})) <= 20 AND \
             CAST(JSON_UNQUOTE({at}) AS DECIMAL(65)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN \
             CAST(JSON_UNQUOTE({at}) AS SIGNED) END)"
        ),
        _ => format!("(CASE JSON_TYPE({at}) WHEN 'STRING' THEN JSON_UNQUOTE({at}) END)"),
    }
}

fn sqlite_value(kind: &str, value: &str, ty: ColumnType) -> String {
    match ty {
        ColumnType::Boolean => format!("(CASE {kind} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"),
        // What lies beyond i64 comes as a double.
        ColumnType::Integer => {
            format!("(CASE WHEN {kind} = 'integer' AND typeof({value}) = 'integer' THEN {value} END)")
        }
        _ => format!("(CASE {kind} WHEN 'text' THEN {value} END)"),
    }
}
