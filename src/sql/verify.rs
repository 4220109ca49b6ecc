//! Whether a mapping fits its schema and its database.

use std::collections::HashSet;

use super::column::{Column, ColumnType, Elements, Fold, Source};
use super::columns::{Mapping, about};
use super::dialect::Dialect;
use crate::error::BindError;
use crate::schema::{AttrId, Attribute, Type};

impl Mapping {
    pub(super) fn check_elements(&self, id: AttrId, elements: &Elements) -> Result<(), String> {
        let attribute = self.schema.attribute(id);
        if !attribute.is_multi_valued() {
            return Err("it has one value, so it has no elements: map it with `column`".into());
        }
        let outer = attribute.parent().and_then(|parent| self.element_of(parent));
        if outer.is_some() {
            return Err("it lies inside the elements of another attribute, which SQL does not serve".into());
        }
        match &elements.source {
            Source::Table { keys, .. } if keys.is_empty() => {
                Err("its table needs a `key` that says whose row it is".into())
            }
            Source::Array { .. } if attribute.ty() == Type::Complex => {
                Err("an array column holds simple values only: use a table or JSON".into())
            }
            Source::Array { .. }
                if !matches!(self.default_type(attribute), Some(ColumnType::Text | ColumnType::Integer)) =>
            {
                Err("an array column holds texts or integers: use a table".into())
            }
            Source::Array { .. } if !self.dialect.has_arrays() => {
                Err(format!("{} has no array columns: use a table or JSON", self.dialect))
            }
            Source::Json { .. } | Source::Array { .. } if elements.position.is_some() => {
                Err("only a table of elements has a position".into())
            }
            Source::Json { path, .. } => self.check_path(path),
            _ => Ok(()),
        }
    }

    /// Whether there is an index that begins with what is compared, or can be one.
    fn check_index(&self, column: &Column) -> Result<(), String> {
        let of_column = match &column.fold {
            Some(Fold::Column(_)) => true,
            Some(Fold::Function) => false,
            None => column.path.is_none(),
        };
        match column.indexed && !of_column && !self.dialect.has_expression_indexes() {
            true => Err(format!("{} has no indexes of expressions: keep a column of what is compared", self.dialect)),
            false => Ok(()),
        }
    }

    fn check_path(&self, path: &[String]) -> Result<(), String> {
        let bad = |key: &String| key.is_empty() || key.contains(['"', '\\', '\0']);
        match path.iter().find(|key| bad(key)) {
            Some(key) => Err(format!("the JSON key `{key}` is empty or has a character that paths do not quote alike")),
            None => Ok(()),
        }
    }

    /// The column with its type, if it fits the attribute.
    pub(super) fn checked(&self, id: AttrId, mut column: Column, in_elements: bool) -> Result<Column, String> {
        let attribute = self.schema.attribute(id);
        if let Some(path) = &column.path {
            self.check_path(path)?;
        }
        if let Some(element) = self.element_of(id).filter(|_| in_elements) {
            let of = self.schema.attribute(element).full_name();
            match self.elements.get(&element).map(|elements| &elements.source) {
                None => return Err(format!("`elements` does not say where those of `{of}` are")),
                Some(Source::Array { .. }) => return Err("its values are the array's: give them no `column`".into()),
                Some(Source::Json { .. }) if column.path.is_none() => {
                    return Err("its elements are JSON: map it with `Column::json`, from the element down".into());
                }
                Some(Source::Json { .. })
                    if matches!(column.fold, Some(Fold::Column(_))) || column.reversed.is_some() =>
                {
                    return Err("its elements are JSON and have no columns: use `folded_by_function` (in a document `foldedByFunction`)".into());
                }
                _ => {}
            }
        }
        let ty = match column.ty {
            Some(ty) => ty,
            None => self.default_type(attribute).ok_or("a complex attribute has no column: map its parts")?,
        };
        fits(attribute, ty, self.dialect)?;
        if column.path.is_some() && !matches!(ty, ColumnType::Text | ColumnType::Boolean | ColumnType::Integer) {
            return Err("JSON serves strings, booleans and integers: give it a column of its own (D3)".into());
        }
        self.check_text(attribute, &column, ty)?;
        self.check_index(&column)?;
        column.ty = Some(ty);
        Ok(column)
    }

    fn check_text(&self, attribute: &Attribute, column: &Column, ty: ColumnType) -> Result<(), String> {
        let used = attribute.is_filterable() || attribute.is_sortable();
        if ty != ColumnType::Text {
            let forms = column.fold.is_some() || column.reversed.is_some() || column.trigram;
            return match column.max_length {
                _ if forms => Err("only text has folded, reversed or trigram forms".into()),
                Some(_) => Err("only text has a `max_length` (in a document `maxLength`)".into()),
                None => Ok(()),
            };
        }
        if column.max_length == Some(0) {
            return Err(
                "its column has room for no text: give it a `max_length` (in a document `maxLength`) of 1 or more"
                    .into(),
            );
        }
        if attribute.is_case_exact() && column.fold.is_some() {
            return Err("it is case-exact, so it is not folded".into());
        }
        if !attribute.is_case_exact() && used && column.fold.is_none() {
            return Err(
                "it is not case-exact: say where its folded form is, by `folded`, or `folded_by_function` (in a document `foldedByFunction`; F1)".into(),
            );
        }
        let by_function = column.fold == Some(Fold::Function) || column.fold_generated;
        if by_function && self.dialect.fold("").is_none() {
            return Err(format!("{} has no function that folds so: keep a folded column (F1)", self.dialect));
        }
        if column.fold_generated && !self.dialect.generates_folds() {
            return Err(format!("{} does not make folded columns itself: the program maintains them", self.dialect));
        }
        if column.fold_generated && column.path.is_some() {
            return Err("the database folds a column, not a place in JSON: use `folded`".into());
        }
        let compared = match &column.fold {
            Some(Fold::Column(_)) => true,
            Some(Fold::Function) => false,
            None => column.path.is_none() && column.by_bytes,
        };
        if column.trigram && !compared {
            return Err(
                "a trigram index needs a column of what is compared: a folded one, or one that compares by bytes"
                    .into(),
            );
        }
        if column.trigram && !self.dialect.has_trigrams() {
            return Err(format!("{} has no trigram indexes", self.dialect));
        }
        Ok(())
    }

    fn default_type(&self, attribute: &Attribute) -> Option<ColumnType> {
        Some(match attribute.ty() {
            Type::String | Type::Reference | Type::Binary => ColumnType::Text,
            Type::Boolean => ColumnType::Boolean,
            Type::Integer => ColumnType::Integer,
            Type::Decimal => ColumnType::Double,
            Type::DateTime if self.dialect.has_exact_types() => ColumnType::Timestamp { digits: 6 },
            Type::DateTime => ColumnType::Epoch { digits: 6 },
            Type::Complex => return None,
        })
    }

    /// Elements in JSON and in arrays lie where their names say, unless the mapping says otherwise.
    pub(super) fn imply_columns(&mut self) {
        let schema = self.schema.clone();
        for (id, attribute) in schema.attributes() {
            let Some(element) = self.element_of(id) else { continue };
            if self.columns.contains_key(&id) || attribute.ty() == Type::Complex {
                continue;
            }
            let Some(elements) = self.elements.get(&element) else { continue };
            let column = match &elements.source {
                Source::Table { .. } => continue,
                Source::Array { column } => Column::new(column.clone()),
                Source::Json { column, .. } => {
                    let line = schema.line(id);
                    let below = line.iter().skip_while(|id| **id != element).skip(1);
                    Column::json(column.clone(), below.flat_map(|id| schema.attribute(*id).keys()))
                }
            };
            let folds = !attribute.is_case_exact() && self.default_type(attribute) == Some(ColumnType::Text);
            let column = if folds { column.folded_by_function() } else { column };
            // What JSON does not serve stays without a mapping.
            let mut trial = column;
            trial.ty = self.default_type(attribute);
            if let Some(ty) = trial.ty
                && fits(attribute, ty, self.dialect).is_ok()
                && (trial.path.is_none() || matches!(ty, ColumnType::Text | ColumnType::Boolean | ColumnType::Integer))
                && self.check_text(attribute, &trial, ty).is_ok()
                && trial.path.as_ref().is_none_or(|path| self.check_path(path).is_ok())
            {
                self.columns.insert(id, trial);
            }
        }
    }

    pub(super) fn check_names(&self) -> Result<(), BindError> {
        let longest = self.dialect.longest_name();
        for name in self.names() {
            if name.is_empty() || name.len() > longest || name.contains('\0') {
                return Err(BindError::new(format!(
                    "`{name}` is no name of 1 to {longest} bytes for a table or column"
                )));
            }
        }
        self.check_shared()
    }

    /// Two things in one column would be one of them only.
    fn check_shared(&self) -> Result<(), BindError> {
        let mut seen: HashSet<(Option<AttrId>, &str)> = HashSet::new();
        let mut json: HashSet<(Option<AttrId>, &str)> = HashSet::new();
        let mut own: Vec<(Option<AttrId>, &str, &str)> = Vec::new();
        for (id, column) in self.columns.iter().chain(&self.sort) {
            let name = self.schema.attribute(*id).full_name();
            let is_sort = self.sort.get(id).is_some_and(|sort| std::ptr::eq(sort, column));
            let table = if is_sort { None } else { self.element_of(*id) };
            let source = table.and_then(|id| self.elements.get(&id)).map(|elements| &elements.source);
            match (source, &column.path) {
                (Some(Source::Array { .. } | Source::Json { .. }), _) => continue,
                (_, Some(_)) => {
                    json.insert((table, &column.name));
                }
                (_, None) => own.push((table, &column.name, name)),
            }
            if let Some(Fold::Column(twin)) =
                column.fold.as_ref().filter(|fold| **fold != Fold::Column(column.name.clone()))
            {
                own.push((table, twin, name));
            }
            own.extend(column.reversed.as_deref().map(|twin| (table, twin, name)));
        }
        for (id, elements) in &self.elements {
            let name = self.schema.attribute(*id).full_name();
            match &elements.source {
                Source::Table { keys, .. } => {
                    own.extend(keys.iter().map(|(key, _)| (Some(*id), key.as_str(), name)));
                    own.extend(elements.position.as_deref().map(|column| (Some(*id), column, name)));
                }
                Source::Array { column } => own.push((None, column, name)),
                Source::Json { column, .. } => {
                    json.insert((None, column));
                }
            }
        }
        own.extend(
            self.presence
                .iter()
                .map(|(id, column)| (self.element_of(*id), column.as_str(), self.schema.attribute(*id).full_name())),
        );
        own.extend(self.document.as_deref().map(|column| (None, column, "document")));
        for (table, column, name) in own {
            if json.contains(&(table, column)) || !seen.insert((table, column)) {
                return Err(about(name, &format!("something else has the column `{column}` too")));
            }
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.values().chain(self.sort.values()).flat_map(|column| {
            let fold = match &column.fold {
                Some(Fold::Column(name)) => Some(name.as_str()),
                _ => None,
            };
            [Some(column.name.as_str()), fold, column.reversed.as_deref()].into_iter().flatten()
        });
        let elements = self.elements.values().flat_map(|elements| {
            let source: Vec<&str> = match &elements.source {
                Source::Table { name, keys } => {
                    let keys = keys.iter().flat_map(|(own, of)| [own.as_str(), of.as_str()]);
                    [name.as_str()].into_iter().chain(keys).collect()
                }
                Source::Json { column, .. } | Source::Array { column } => vec![column],
            };
            source.into_iter().chain(elements.position.as_deref())
        });
        let rest = self.presence.values().chain(&self.document).map(String::as_str);
        [self.table.as_str(), self.alias.as_str()].into_iter().chain(columns).chain(elements).chain(rest)
    }

    pub(super) fn check_tie_breakers(&self) -> Result<(), BindError> {
        for id in self.schema.tie_breakers() {
            let name = self.schema.attribute(*id).full_name();
            match self.columns.get(id) {
                None => return Err(about(name, "it makes orderings total (O5), so it needs a column")),
                Some(column) if column.path.is_some() => {
                    return Err(about(
                        name,
                        "it makes orderings total (O5), so it needs a column of its own, not JSON",
                    ));
                }
                Some(Column { ty: Some(ColumnType::Text), max_length, .. })
                    if self
                        .dialect
                        .longest_sorted()
                        .is_some_and(|most| max_length.is_none_or(|length| length > most)) =>
                {
                    let most = self.dialect.longest_sorted().unwrap_or_default();
                    let what = format!(
                        "it makes orderings total (O5), so its column has a `max_length` of at most {most} here"
                    );
                    return Err(about(name, &what));
                }
                Some(column) if column.nullable => {
                    return Err(about(
                        name,
                        "it makes orderings total (O5), so its column is `not_null` (in a document `notNull`), and unique",
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Elements that nothing can be asked of were forgotten.
    pub(super) fn check_complete(&self) -> Result<(), BindError> {
        for id in self.elements.keys() {
            if !self.columns.keys().any(|column| self.schema.line(*column).contains(id)) {
                let name = self.schema.attribute(*id).full_name();
                return Err(about(name, "`column` names none of its elements' columns"));
            }
        }
        Ok(())
    }
}

/// Whether a column of a type can hold an attribute's values in this database.
fn fits(attribute: &Attribute, ty: ColumnType, dialect: Dialect) -> Result<(), String> {
    use ColumnType::{Boolean, Decimal, Double, Epoch, Integer, Text, Timestamp, TimestampText};
    let holds = match attribute.ty() {
        Type::String | Type::Reference | Type::Binary => ty == Text,
        Type::Boolean => ty == Boolean,
        Type::Integer => matches!(ty, Integer | Decimal { .. }),
        Type::Decimal => matches!(ty, Double | Decimal { .. }),
        Type::DateTime => matches!(ty, Timestamp { .. } | TimestampText { .. } | Epoch { .. }),
        Type::Complex => return Err("a complex attribute has no column: map its parts".into()),
    };
    if !holds {
        return Err(format!("a column of {ty:?} does not hold a {}", attribute.ty()));
    }
    match ty {
        Timestamp { .. } | Decimal { .. } if !dialect.has_exact_types() => {
            let instead = match attribute.ty() {
                Type::DateTime => "TimestampText or Epoch",
                Type::Integer => "Integer",
                _ => "Double, or keep the number as an integer of its smallest unit",
            };
            Err(format!("the database has no such type: use {instead}"))
        }
        Timestamp { digits } if digits > 6 => Err("a timestamp keeps at most 6 digits".into()),
        Epoch { digits } | TimestampText { digits } if digits > 9 => Err("instants have at most 9 digits".into()),
        Decimal { precision, scale } if !(1..=65).contains(&precision) || scale > 30.min(precision) => {
            Err("a decimal has 1 to 65 digits in all (`precision`), and at most 30 of them behind the point (`scale`)"
                .into())
        }
        _ => Ok(()),
    }
}
