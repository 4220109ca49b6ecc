//! An ordering, checked against a schema (O1).

use smallvec::SmallVec;

use super::{CheckedOrdering, Key};
use crate::ast::{AttrPath, OrderBy};
use crate::check::{At, MOST_ERRORS, Purpose, Resolver};
use crate::error::{Error, ErrorKind, Name};
use crate::options::{Options, STRICT};
use crate::quirks::Quirk;
use crate::schema::{AttrId, Schema, Type};
use crate::span::Place;
use crate::warning::{Warning, WarningKind};

impl OrderBy<'_> {
    /// Checks the ordering against a schema, strictly and with the default limits.
    ///
    /// # Errors
    /// An attribute that is unknown, cannot be ordered by, or stands twice (O1): `invalidValue`.
    pub fn check(&self, schema: &Schema) -> Result<CheckedOrdering, Error> {
        self.check_with(schema, &STRICT)
    }

    /// Checks the ordering with quirks and capabilities of the caller's choice.
    ///
    /// # Errors
    /// As [`OrderBy::check`].
    pub fn check_with(&self, schema: &Schema, options: &Options) -> Result<CheckedOrdering, Error> {
        let resolver = Resolver::new(schema, options, Purpose::Sort);
        let mut warnings = self.warnings().to_vec();
        let mut keys: SmallVec<[Key; 2]> = SmallVec::new();
        let mut errors = Vec::new();
        for key in self.keys() {
            let span = key.path().span();
            match sort_key(key.path(), &resolver) {
                Ok((at, aliased)) => {
                    if keys.iter().any(|known| known.at == at) {
                        let name = Name::of(&key.path().to_string());
                        errors.push((ErrorKind::SortKeyRepeated { name }, span));
                    }
                    if aliased {
                        warnings.push(Warning::new(WarningKind::Quirk(Quirk::Q8), span));
                    }
                    keys.push(Key { at, direction: key.direction(), place: Place(span), is_tie_breaker: false });
                }
                Err(kind) if errors.len() < MOST_ERRORS => errors.push((kind, span)),
                Err(_) => {}
            }
        }
        match Error::all_of(errors, self.part, self.text()) {
            Some(error) => Err(error),
            None => Ok(CheckedOrdering::total(schema, keys, warnings, Some((self.part, self.text().into())))),
        }
    }
}

/// Where the value of a sort key lies, and whether an alias was used (Q8).
fn sort_key(path: &AttrPath<'_>, resolver: &Resolver<'_>) -> Result<(At, bool), ErrorKind> {
    let schema = resolver.schema;
    if schema.is_open() {
        resolver.check_open(path)?;
        let at = At::Open { uri: path.uri().map(Into::into), names: path.segments().map(Into::into).collect() };
        return Ok((at, false));
    }
    let resolved = resolver.find(path)?;
    let id = sortable(resolved.id, path, resolver)?;
    Ok((At::Declared(schema.line(id)), resolved.aliased))
}

/// The attribute itself, or the `value` that a multi-valued complex one means (S8).
fn sortable(id: AttrId, path: &AttrPath<'_>, resolver: &Resolver<'_>) -> Result<AttrId, ErrorKind> {
    resolver.check_allowed(id, path)?;
    let id = match resolver.schema.attribute(id).ty() {
        Type::Complex => resolver.implied_value(id, path, false)?,
        _ => id,
    };
    // Of several elements the primary one counts (O3): an order tells a caller which it is, who may not ask for that (S16). One
    // that nobody may read does not count.
    let schema = resolver.schema;
    let several = |many: &&AttrId| schema.attribute(**many).is_multi_valued();
    let line = schema.line(id);
    let deciding = line.iter().filter(several).filter_map(|many| schema.find_below(*many, "primary"));
    match deciding.filter(|primary| schema.attribute(*primary).is_readable()).find(|one| !resolver.is_listed(*one)) {
        Some(primary) => Err(ErrorKind::AttributeNotSortable { name: Name::of(schema.attribute(primary).full_name()) }),
        None => Ok(id),
    }
}
