//! The tree as a condition, by polarity: negations are pushed to the leaves, so that NULL acts as false wherever it turns up
//! and no index is lost (D2).

mod groups;
mod value;

use self::value::Whole;
use super::columns::Mapping;
use super::condition::Condition;
use super::fragment::Text;
use super::place::{Row, Scalar};
use crate::check::{Expr, Literal, Target, Test};
use crate::op::CompareOp;
use crate::schema::AttrId;
use crate::span::Place;

/// An attribute that the mapping says nothing of, and where the filter names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unmapped {
    /// `None` for a name of the open schema.
    pub(super) id: Option<AttrId>,
    pub(super) place: Place,
}

type Rendered<'m> = Result<Condition<'m>, Unmapped>;

/// Where a condition will stand.
#[derive(Clone, Copy)]
struct Around {
    /// Its opposite is asked for.
    negated: bool,
    /// It is a term of an `or`, so that it cannot drive the query alone.
    in_or: bool,
}

impl Around {
    fn flipped(self) -> Around {
        Around { negated: !self.negated, ..self }
    }
}

pub(super) struct Renderer<'m> {
    mapping: &'m Mapping,
    /// How many tables of elements have a name by now.
    aliases: usize,
    /// How many sub-queries the database may join with the table.
    joined: usize,
}

impl<'m> Renderer<'m> {
    pub(super) fn new(mapping: &'m Mapping) -> Renderer<'m> {
        Renderer { mapping, aliases: 0, joined: 0 }
    }

    /// The condition of a resource's row. The depth of the recursion is that of the filter, which its limits bound.
    pub(super) fn resource(&mut self, expr: &Expr) -> Rendered<'m> {
        let row = self.mapping.resource_row();
        self.expr(expr, &row, Around { negated: false, in_or: false })
    }

    fn expr(&mut self, expr: &Expr, row: &Row<'_>, around: Around) -> Rendered<'m> {
        match expr {
            Expr::Const(value) => Ok(Condition::Const(*value != around.negated)),
            Expr::And(terms) => self.terms(terms, row, around, around.negated),
            Expr::Or(terms) => self.terms(terms, row, around, !around.negated),
            Expr::Not(inner) => self.expr(inner, row, around.flipped()),
            Expr::Any(target, inner) => self.value_path(target, inner, row, around),
            Expr::Test(target, test) => self.test(target, test, row, around),
        }
    }

    /// Whether a value of the attribute is one of several.
    fn one_of(&mut self, target: &Target, literals: &[&Literal], row: &Row<'_>, around: Around) -> Rendered<'m> {
        let id = attribute_of(target, row)?;
        let place = target.place;
        let selective = self.has_selective_index(id);
        self.where_it_is(id, place, row, around, selective, |renderer, row, around| {
            let dialect = renderer.mapping.dialect;
            renderer.leaf(id, place, row, around, |scalar, negated| scalar.one_of(literals, dialect, negated))
        })
    }

    fn scalar(&self, id: AttrId, place: Place, row: &Row<'_>) -> Result<Scalar<'m>, Unmapped> {
        self.mapping.scalar(id, row).ok_or(Unmapped { id: Some(id), place })
    }

    /// The condition in the row that the attribute is of: this one, or some row of its elements.
    fn where_it_is(
        &mut self,
        id: AttrId,
        place: Place,
        row: &Row<'_>,
        around: Around,
        selective: bool,
        condition: impl FnOnce(&mut Self, &Row<'_>, Around) -> Rendered<'m>,
    ) -> Rendered<'m> {
        match self.mapping.element_of(id) {
            Some(element) if row.element != Some(element) => {
                self.exists(element, place, row, around, selective, |renderer, row| {
                    condition(renderer, row, Around { negated: false, in_or: false })
                })
            }
            _ => condition(self, row, around),
        }
    }

    /// Whether a row of the attribute's elements, one that belongs to the resource, fulfils the condition.
    fn exists(
        &mut self,
        element: AttrId,
        place: Place,
        row: &Row<'_>,
        around: Around,
        selective: bool,
        condition: impl FnOnce(&mut Self, &Row<'_>) -> Rendered<'m>,
    ) -> Rendered<'m> {
        let dialect = self.mapping.dialect;
        self.aliases += 1;
        let alias = dialect.quote(&format!("scim_e{}", self.aliases));
        let (from, joins) =
            self.mapping.element_rows(element, row, &alias).ok_or(Unmapped { id: Some(element), place })?;
        let inner = Row { prefix: format!("{alias}.").into(), element: Some(element) };
        let condition = condition(self, &inner)?;
        if condition == Condition::Const(false) {
            return Ok(Condition::Const(around.negated));
        }
        let key = self.mapping.single_key(element).filter(|_| selective);
        let not = if around.negated { "NOT " } else { "" };
        if let Some((own, of)) = key {
            let (own, of) = (format!("{alias}.{}", dialect.quote(own)), format!("{}{}", row.prefix, dialect.quote(of)));
            let rows = || Text::from(format!("SELECT {own} FROM {from} WHERE ")).with(condition.clone().open(dialect));
            if dialect.prefers_in() {
                return Ok(Condition::Is(Text::from(format!("{of} {not}IN (")).with(rows()).then(")")));
            }
            if dialect.prefers_any_array() && around.in_or && !around.negated {
                return Ok(Condition::Is(Text::from(format!("{of} = ANY(ARRAY(")).with(rows()).then("))")));
            }
        }
        let condition = Condition::and(joins.into_iter().map(Condition::is).chain([condition]));
        let mut text = Text::from(format!("{not}EXISTS (SELECT 1 FROM {from}"));
        if condition != Condition::Const(true) {
            text.push(" WHERE ");
            text.append(condition.open(dialect));
        }
        self.joined += usize::from(!around.in_or);
        // An OFFSET keeps it a sub-query of its own.
        let fence = if self.joined > dialect.most_joined() { " OFFSET 0" } else { "" };
        Ok(Condition::Is(text.then(fence).then(")")))
    }

    /// S7: one element, or the one complex value, fulfils all of it.
    fn value_path(&mut self, target: &Target, inner: &Expr, row: &Row<'_>, around: Around) -> Rendered<'m> {
        let id = attribute_of(target, row)?;
        let place = target.place;
        let of_empty = holds_of_empty(inner);
        let selective = self.is_selective(inner, Some(id));
        self.where_it_is(id, place, row, around, selective, |renderer, row, around| {
            let condition = renderer.expr(inner, row, around)?;
            // An element that is not assigned is none.
            let assigned = match of_empty {
                true => renderer.whole(id, Whole::Assigned, place, row, around.negated)?,
                false => Condition::Const(!around.negated),
            };
            let both = [assigned, condition];
            Ok(if around.negated { Condition::or(both) } else { Condition::and(both) })
        })
    }

    fn test(&mut self, target: &Target, test: &Test, row: &Row<'_>, around: Around) -> Rendered<'m> {
        let id = attribute_of(target, row)?;
        let place = target.place;
        let dialect = self.mapping.dialect;
        let here = self.mapping.element_of(id) == row.element;
        match test {
            Test::Present => self.where_it_is(id, place, row, around, false, |renderer, row, around| {
                renderer.whole(id, Whole::Present, place, row, around.negated)
            }),
            // There is none that is assigned.
            Test::Unassigned => self.where_it_is(id, place, row, around.flipped(), false, |renderer, row, around| {
                renderer.whole(id, Whole::Assigned, place, row, around.negated)
            }),
            // S4: of one value the complement of `eq`.
            Test::Compare(CompareOp::Ne, literal) if here => {
                let is = |scalar: &Scalar<'m>, negated| scalar.compare(CompareOp::Eq, literal, dialect, negated);
                self.leaf(id, place, row, around.flipped(), is)
            }
            // S4: of several, some value differs or there is none.
            Test::Compare(CompareOp::Ne, literal) => {
                let is = |scalar: &Scalar<'m>, negated| scalar.compare(CompareOp::Eq, literal, dialect, negated);
                let differs = self.where_it_is(id, place, row, around, false, |renderer, row, _| {
                    renderer.of_value(id, place, row, true, is)
                })?;
                let none = self.where_it_is(id, place, row, around.flipped(), false, |renderer, row, _| {
                    renderer.has_value(id, place, row)
                })?;
                let both = [differs, none];
                Ok(if around.negated { Condition::and(both) } else { Condition::or(both) })
            }
            Test::Compare(op, literal) => {
                let selective = self.is_selective_test(id, *op, literal);
                let passes = |scalar: &Scalar<'m>, negated| scalar.compare(*op, literal, dialect, negated);
                self.where_it_is(id, place, row, around, selective, |renderer, row, around| {
                    renderer.leaf(id, place, row, around, passes)
                })
            }
        }
    }
}

fn attribute_of(target: &Target, row: &Row<'_>) -> Result<AttrId, Unmapped> {
    target.attribute(row.element).ok_or(Unmapped { id: None, place: target.place })
}

/// Whether an expression is true of an element of which nothing is assigned.
fn holds_of_empty(expr: &Expr) -> bool {
    match expr {
        Expr::Const(value) => *value,
        Expr::And(terms) => terms.iter().all(holds_of_empty),
        Expr::Or(terms) => terms.iter().any(holds_of_empty),
        Expr::Not(inner) => !holds_of_empty(inner),
        Expr::Any(..) | Expr::Test(_, Test::Present) => false,
        Expr::Test(_, Test::Unassigned) => true,
        // S13 is no exception: without an element there is no value.
        Expr::Test(_, Test::Compare(op, _)) => *op == CompareOp::Ne,
    }
}
