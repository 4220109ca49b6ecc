//! One value in the row at hand: tested, or asked whether it is there.

use super::{Around, Rendered, Renderer, Unmapped};
use crate::check::Literal;
use crate::op::CompareOp;
use crate::schema::{AttrId, Type};
use crate::span::Place;
use crate::sql::condition::Condition;
use crate::sql::leaf::{Tested, Wanted};
use crate::sql::place::Row;

/// What is asked of a complex attribute as a whole.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Whole {
    /// S2: one of its readable parts is.
    Assigned,
    /// S5.
    Present,
}

impl<'m> Renderer<'m> {
    /// Which way a test of an attribute is looked at; one that is assumed to be false somewhere, both.
    pub(super) fn wanted(&self, id: AttrId, negated: bool) -> Wanted {
        match self.mapping.schema.attribute(id) {
            attribute if attribute.is_assumed_false() => Wanted::Both,
            _ if negated => Wanted::No,
            _ => Wanted::Yes,
        }
    }

    /// A test of the one value in the row: a positive leaf is the plain comparison, a negative one the complement or NULL.
    pub(super) fn leaf(
        &mut self,
        id: AttrId,
        place: Place,
        mut tested: Tested<'m>,
        row: &Row<'_>,
        around: Around,
    ) -> Rendered<'m> {
        self.assume_false(id, place, &mut tested, row)?;
        if !around.negated {
            return Ok(tested.yes);
        }
        let none = match self.has_value_negated(id, place, row)? {
            Condition::Const(false) => return Ok(tested.no),
            none => none,
        };
        Ok(Condition::or([tested.no, none]))
    }

    /// The value is there and does not pass.
    pub(super) fn no_leaf(&mut self, id: AttrId, place: Place, mut tested: Tested<'m>, row: &Row<'_>) -> Rendered<'m> {
        self.assume_false(id, place, &mut tested, row)?;
        Ok(tested.no)
    }

    /// S13: where there is no value, but an element to have it, it is false.
    fn assume_false(
        &mut self,
        id: AttrId,
        place: Place,
        tested: &mut Tested<'m>,
        row: &Row<'_>,
    ) -> Result<(), Unmapped> {
        let attribute = self.mapping.schema.attribute(id);
        let Some(parent) = attribute.parent().filter(|_| attribute.is_assumed_false()) else { return Ok(()) };
        let scalar = self.scalar(id, place, row)?;
        let as_false = scalar.compare(CompareOp::Eq, &Literal::Bool(false), self.mapping.dialect, Wanted::Yes);
        let assumed = Condition::and([scalar.is_null(), self.whole(parent, Whole::Assigned, place, row, false)?]);
        let side = if tested.yes == as_false.yes { &mut tested.yes } else { &mut tested.no };
        *side = Condition::or([std::mem::replace(side, Condition::Const(false)), assumed]);
        Ok(())
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
