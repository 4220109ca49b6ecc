//! One value in the row at hand: tested, or asked whether it is there.

use super::{Around, Rendered, Renderer};
use crate::check::Literal;
use crate::op::CompareOp;
use crate::schema::{AttrId, Type};
use crate::span::Place;
use crate::sql::condition::Condition;
use crate::sql::place::{Row, Scalar};

/// What is asked of a complex attribute as a whole.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Whole {
    /// S2: one of its readable parts is.
    Assigned,
    /// S5.
    Present,
}

impl<'m> Renderer<'m> {
    /// A test of the one value in the row, where the value is there: a positive leaf is the plain comparison, a negative one the
    /// complement or NULL.
    pub(super) fn leaf(
        &mut self,
        id: AttrId,
        place: Place,
        row: &Row<'_>,
        around: Around,
        test: impl Fn(&Scalar<'m>, bool) -> Condition<'m>,
    ) -> Rendered<'m> {
        let passes = self.of_value(id, place, row, around.negated, test)?;
        if !around.negated {
            return Ok(passes);
        }
        match self.has_value_negated(id, place, row)? {
            Condition::Const(false) => Ok(passes),
            none => Ok(Condition::of_list(vec![passes, none], false)),
        }
    }

    /// Whether the value is there and passes a test, or `negated`, does not pass it. S13: where there is none, but an element to
    /// have it, it is false.
    pub(super) fn of_value(
        &mut self,
        id: AttrId,
        place: Place,
        row: &Row<'_>,
        negated: bool,
        test: impl Fn(&Scalar<'m>, bool) -> Condition<'m>,
    ) -> Rendered<'m> {
        let scalar = self.scalar(id, place, row)?;
        let passes = test(&scalar, negated);
        let attribute = self.mapping.schema.attribute(id);
        let Some(parent) = attribute.parent().filter(|_| attribute.is_assumed_false()) else { return Ok(passes) };
        let is_false = scalar.compare(CompareOp::Eq, &Literal::Bool(false), self.mapping.dialect, false);
        let assumed = Condition::and([scalar.is_null(), self.whole(parent, Whole::Assigned, place, row, false)?]);
        match (test(&scalar, false) == is_false) != negated {
            true => Ok(Condition::or([passes, assumed])),
            false => Ok(passes),
        }
    }

    /// Whether there is a value to compare.
    pub(super) fn has_value(&mut self, id: AttrId, place: Place, row: &Row<'_>) -> Rendered<'m> {
        let attribute = self.mapping.schema.attribute(id);
        match attribute.parent().filter(|_| attribute.is_assumed_false()) {
            Some(parent) => self.whole(parent, Whole::Assigned, place, row, false),
            None => Ok(self.scalar(id, place, row)?.is_not_null()),
        }
    }

    fn has_value_negated(&mut self, id: AttrId, place: Place, row: &Row<'_>) -> Rendered<'m> {
        let attribute = self.mapping.schema.attribute(id);
        match attribute.parent().filter(|_| attribute.is_assumed_false()) {
            Some(parent) => self.whole(parent, Whole::Assigned, place, row, true),
            None => Ok(self.scalar(id, place, row)?.is_null()),
        }
    }

    /// Whether an attribute, simple or complex, is assigned or present in the row; `negated`, whether it is not.
    pub(super) fn whole(
        &mut self,
        id: AttrId,
        what: Whole,
        place: Place,
        row: &Row<'_>,
        negated: bool,
    ) -> Rendered<'m> {
        let attribute = self.mapping.schema.attribute(id);
        if attribute.ty() != Type::Complex {
            let scalar = self.scalar(id, place, row)?;
            return Ok(match (what, negated) {
                (Whole::Assigned, false) => scalar.is_not_null(),
                (Whole::Assigned, true) => scalar.is_null(),
                (Whole::Present, false) => scalar.present(),
                (Whole::Present, true) => scalar.absent(),
            });
        }
        if what == Whole::Assigned {
            let of_row = row.element == Some(id);
            if of_row && self.mapping.elements.get(&id).is_some_and(|elements| elements.never_empty) {
                return Ok(Condition::Const(!negated));
            }
            if let Some(column) = self.mapping.presence.get(&id) {
                let column = format!("{}{}", row.prefix, self.mapping.dialect.quote(column));
                return Ok(Condition::is(format!("{column} = {}", if negated { "FALSE" } else { "TRUE" })));
            }
        }
        let schema = self.mapping.schema.clone();
        let mut parts = Vec::new();
        for part in attribute.sub_attributes().iter().copied().filter(|part| schema.attribute(*part).is_readable()) {
            let around = Around { negated, in_or: true };
            parts.push(self.where_it_is(part, place, row, around, false, |renderer, row, around| {
                renderer.whole(part, what, place, row, around.negated)
            })?);
        }
        Ok(if negated { Condition::and(parts) } else { Condition::or(parts) })
    }
}
