//! The tree as a condition, by polarity: negations are pushed to the leaves, so that NULL acts as false wherever it turns up
//! and no index is lost (D2).

use std::collections::HashMap;

use super::columns::Mapping;
use super::condition::Condition;
use super::fragment::Text;
use super::leaf::{Tested, Wanted};
use super::place::Row;
use crate::check::{At, Expr, Literal, Target, Test};
use crate::op::CompareOp;
use crate::schema::{AttrId, Type};
use crate::span::Place;

/// An attribute that the mapping says nothing of, and where the filter names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unmapped {
    /// `None` for a name of the open schema.
    pub(super) id: Option<AttrId>,
    pub(super) place: Place,
}

type Rendered = Result<Condition, Unmapped>;

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

/// What is asked of a complex attribute as a whole.
#[derive(Clone, Copy, PartialEq)]
enum Whole {
    /// S2: one of its readable parts is.
    Assigned,
    /// S5.
    Present,
}

/// Terms that become one condition: the first of them, and of equalities the target and, where there are several, all
/// literals.
struct Group<'e> {
    term: &'e Expr,
    equality: Option<(&'e Target, &'e Literal)>,
    literals: Vec<&'e Literal>,
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
    pub(super) fn resource(&mut self, expr: &Expr) -> Rendered {
        let row = self.mapping.resource_row();
        self.expr(expr, &row, Around { negated: false, in_or: false })
    }

    fn expr(&mut self, expr: &Expr, row: &Row, around: Around) -> Rendered {
        match expr {
            Expr::Const(value) => Ok(Condition::Const(*value != around.negated)),
            Expr::And(terms) => self.terms(terms, row, around, around.negated),
            Expr::Or(terms) => self.terms(terms, row, around, !around.negated),
            Expr::Not(inner) => self.expr(inner, row, around.flipped()),
            Expr::Any(target, inner) => self.value_path(target, inner, row, around),
            Expr::Test(target, test) => self.test(target, test, row, around),
        }
    }

    /// Terms that are joined by `or`, or else by `and`, once negations are at the leaves.
    fn terms(&mut self, terms: &[Expr], row: &Row, around: Around, or: bool) -> Rendered {
        let groups = self.groups(terms, row, around.negated, or);
        if or && !around.negated && self.is_better_as_union(terms, row) {
            return self.union(&groups, row);
        }
        let around = Around { in_or: around.in_or || or, ..around };
        if let [group] = &groups[..] {
            return self.group(group, row, around, or);
        }
        let mut conditions = Vec::with_capacity(groups.len());
        for group in &groups {
            conditions.push(self.group(group, row, around, or)?);
        }
        Ok(Condition::of_list(conditions, !or))
    }

    /// Equalities with one attribute are one group, and become a list (D7); other terms are each by itself. A group stands
    /// where its first term did.
    fn groups<'e>(&self, terms: &'e [Expr], row: &Row, negated: bool, or: bool) -> Vec<Group<'e>> {
        let mut known: HashMap<&At, usize> = HashMap::new();
        let mut groups: Vec<Group<'_>> = Vec::with_capacity(terms.len().min(16));
        // Few are looked through faster than they are hashed.
        let hashed = terms.len() > 16;
        let place = |groups: &[Group<'_>], known: &HashMap<&At, usize>, at: &At| match hashed {
            true => known.get(at).copied(),
            false => groups.iter().position(|group| group.equality.is_some_and(|(target, _)| target.at == *at)),
        };
        for term in terms {
            let equality = self.equality(term, row, negated, or);
            match equality.and_then(|(target, _)| place(&groups, &known, &target.at)) {
                Some(at) => {
                    let group = &mut groups[at];
                    let first = group.equality.filter(|_| group.literals.is_empty());
                    group.literals.extend(first.into_iter().chain(equality).map(|(_, literal)| literal));
                }
                None => {
                    if let Some((target, _)) = equality.filter(|_| hashed) {
                        known.insert(&target.at, groups.len());
                    }
                    groups.push(Group { term, equality, literals: Vec::new() });
                }
            }
        }
        groups
    }

    fn group(&mut self, group: &Group<'_>, row: &Row, around: Around, or: bool) -> Rendered {
        match group.equality {
            Some((target, _)) if group.literals.len() > 1 => {
                self.one_of(target, &group.literals, row, Around { negated: !or, ..around })
            }
            _ => self.expr(group.term, row, around),
        }
    }

    /// Whether each term finds few rows by an index, one at least those of elements, and the database would not use them
    /// together.
    fn is_better_as_union(&self, terms: &[Expr], row: &Row) -> bool {
        let of_elements = |term: &Expr| match term {
            Expr::Any(target, _) | Expr::Test(target, _) => {
                target.attribute(None).is_some_and(|id| self.mapping.element_of(id).is_some())
            }
            _ => false,
        };
        self.mapping.dialect.prefers_union()
            && row.element.is_none()
            && self.mapping.schema.tie_breakers().len() == 1
            && terms.iter().any(of_elements)
            && terms.iter().all(|term| self.is_selective(term, None))
    }

    fn union(&mut self, groups: &[Group<'_>], row: &Row) -> Rendered {
        let dialect = self.mapping.dialect;
        let key = self.mapping.schema.tie_breakers().first().and_then(|id| self.mapping.columns.get(id));
        let key = key.map_or_else(String::new, |column| format!("{}{}", row.prefix, dialect.quote(&column.name)));
        let mut rows = Text::default();
        for (at, group) in groups.iter().enumerate() {
            let condition = self.group(group, row, Around { negated: false, in_or: false }, true)?;
            let head = if at > 0 { " UNION ALL " } else { "" };
            rows.push(&format!("{head}SELECT {key} FROM {} WHERE ", self.mapping.from()));
            rows.append(condition.open(dialect));
        }
        self.aliases += 1;
        let alias = dialect.quote(&format!("scim_e{}", self.aliases));
        // Without the table around it, MariaDB would ask the union for each row.
        let text = Text::from(format!("{key} IN (SELECT * FROM (")).with(rows);
        Ok(Condition::Is(text.then(&format!(") AS {alias})"))))
    }

    /// The equality that a term of an `or` is, or (in an `and`) whose opposite it is.
    fn equality<'e>(&self, term: &'e Expr, row: &Row, negated: bool, or: bool) -> Option<(&'e Target, &'e Literal)> {
        let (target, op, literal, negated) = match term {
            Expr::Test(target, Test::Compare(op, literal)) => (target, *op, literal, negated),
            Expr::Not(inner) => match &**inner {
                Expr::Test(target, Test::Compare(op, literal)) => (target, *op, literal, !negated),
                _ => return None,
            },
            _ => return None,
        };
        let id = target.attribute(row.element)?;
        let one_value = self.mapping.element_of(id) == row.element;
        let is_negated = match op {
            CompareOp::Eq => negated,
            CompareOp::Ne if one_value => !negated,
            _ => return None,
        };
        (is_negated != or && !matches!(literal, Literal::Bool(_))).then_some((target, literal))
    }

    /// Whether a value of the attribute is one of several.
    fn one_of(&mut self, target: &Target, literals: &[&Literal], row: &Row, around: Around) -> Rendered {
        let id = attribute_of(target, row)?;
        let place = target.place;
        let selective = self.has_selective_index(id);
        self.where_it_is(id, place, row, around, selective, |renderer, row, around| {
            let wanted = renderer.wanted(id, around.negated);
            let tested = renderer.scalar(id, place, row)?.one_of(literals, renderer.mapping.dialect, wanted);
            renderer.leaf(id, place, tested, row, around)
        })
    }

    fn scalar(&self, id: AttrId, place: Place, row: &Row) -> Result<super::place::Scalar<'m>, Unmapped> {
        self.mapping.scalar(id, row).ok_or(Unmapped { id: Some(id), place })
    }

    /// The condition in the row that the attribute is of: this one, or some row of its elements.
    fn where_it_is(
        &mut self,
        id: AttrId,
        place: Place,
        row: &Row,
        around: Around,
        selective: bool,
        condition: impl FnOnce(&mut Self, &Row, Around) -> Rendered,
    ) -> Rendered {
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
        row: &Row,
        around: Around,
        selective: bool,
        condition: impl FnOnce(&mut Self, &Row) -> Rendered,
    ) -> Rendered {
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
    fn value_path(&mut self, target: &Target, inner: &Expr, row: &Row, around: Around) -> Rendered {
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

    fn test(&mut self, target: &Target, test: &Test, row: &Row, around: Around) -> Rendered {
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
                let wanted = self.wanted(id, !around.negated);
                let tested = self.scalar(id, place, row)?.compare(CompareOp::Eq, literal, dialect, wanted);
                self.leaf(id, place, tested, row, around.flipped())
            }
            // S4: of several, some value differs or there is none.
            Test::Compare(CompareOp::Ne, literal) => {
                let differs = self.where_it_is(id, place, row, around, false, |renderer, row, _| {
                    let wanted = renderer.wanted(id, true);
                    let tested = renderer.scalar(id, place, row)?.compare(CompareOp::Eq, literal, dialect, wanted);
                    renderer.no_leaf(id, place, tested, row)
                })?;
                let none = self.where_it_is(id, place, row, around.flipped(), false, |renderer, row, _| {
                    renderer.has_value(id, place, row)
                })?;
                let both = [differs, none];
                Ok(if around.negated { Condition::and(both) } else { Condition::or(both) })
            }
            Test::Compare(op, literal) => {
                let selective = self.is_selective_test(id, *op, literal);
                self.where_it_is(id, place, row, around, selective, |renderer, row, around| {
                    let wanted = renderer.wanted(id, around.negated);
                    let tested = renderer.scalar(id, place, row)?.compare(*op, literal, dialect, wanted);
                    renderer.leaf(id, place, tested, row, around)
                })
            }
        }
    }

    /// Which way a test of an attribute is looked at; one that is assumed to be false somewhere, both.
    fn wanted(&self, id: AttrId, negated: bool) -> Wanted {
        match self.mapping.schema.attribute(id) {
            attribute if attribute.is_assumed_false() => Wanted::Both,
            _ if negated => Wanted::No,
            _ => Wanted::Yes,
        }
    }

    /// A test of the one value in the row: a positive leaf is the plain comparison, a negative one the complement or NULL.
    fn leaf(&mut self, id: AttrId, place: Place, tested: Tested, row: &Row, around: Around) -> Rendered {
        let tested = self.assuming_false(id, place, tested, row)?;
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
    fn no_leaf(&mut self, id: AttrId, place: Place, tested: Tested, row: &Row) -> Rendered {
        Ok(self.assuming_false(id, place, tested, row)?.no)
    }

    /// S13: where there is no value, but an element to have it, it is false.
    fn assuming_false(&mut self, id: AttrId, place: Place, tested: Tested, row: &Row) -> Result<Tested, Unmapped> {
        let attribute = self.mapping.schema.attribute(id);
        let Some(parent) = attribute.parent().filter(|_| attribute.is_assumed_false()) else { return Ok(tested) };
        let scalar = self.scalar(id, place, row)?;
        let as_false = scalar.compare(CompareOp::Eq, &Literal::Bool(false), self.mapping.dialect, Wanted::Yes);
        let assumed = Condition::and([scalar.is_null(), self.whole(parent, Whole::Assigned, place, row, false)?]);
        let Tested { yes, no } = tested;
        Ok(if yes == as_false.yes {
            Tested { yes: Condition::or([yes, assumed]), no }
        } else {
            Tested { yes, no: Condition::or([no, assumed]) }
        })
    }

    /// Whether there is a value to compare.
    fn has_value(&mut self, id: AttrId, place: Place, row: &Row) -> Rendered {
        let attribute = self.mapping.schema.attribute(id);
        match attribute.parent().filter(|_| attribute.is_assumed_false()) {
            Some(parent) => self.whole(parent, Whole::Assigned, place, row, false),
            None => Ok(self.scalar(id, place, row)?.is_not_null()),
        }
    }

    fn has_value_negated(&mut self, id: AttrId, place: Place, row: &Row) -> Rendered {
        let attribute = self.mapping.schema.attribute(id);
        match attribute.parent().filter(|_| attribute.is_assumed_false()) {
            Some(parent) => self.whole(parent, Whole::Assigned, place, row, true),
            None => Ok(self.scalar(id, place, row)?.is_null()),
        }
    }

    /// Whether an attribute, simple or complex, is assigned or present in the row; `negated`, whether it is not.
    fn whole(&mut self, id: AttrId, what: Whole, place: Place, row: &Row, negated: bool) -> Rendered {
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

    /// Whether an expression inside brackets is likely to leave few rows and has an index to find them by.
    fn is_selective(&self, expr: &Expr, inside: Option<AttrId>) -> bool {
        match expr {
            Expr::And(terms) => terms.iter().any(|term| self.is_selective(term, inside)),
            Expr::Or(terms) => terms.iter().all(|term| self.is_selective(term, inside)),
            Expr::Any(target, inner) => self.is_selective(inner, target.attribute(inside)),
            Expr::Test(target, Test::Compare(op, literal)) => {
                target.attribute(inside).is_some_and(|id| self.is_selective_test(id, *op, literal))
            }
            _ => false,
        }
    }

    fn is_selective_test(&self, id: AttrId, op: CompareOp, literal: &Literal) -> bool {
        let narrow = match (op, literal) {
            (_, Literal::Bool(_)) => false,
            (CompareOp::Eq, _) => true,
            (CompareOp::Sw, Literal::Text { text, .. }) => !text.is_empty(),
            _ => false,
        };
        narrow && self.has_selective_index(id)
    }

    /// Few values, as canonical values are, are no way to find few rows.
    fn has_selective_index(&self, id: AttrId) -> bool {
        let listed = !self.mapping.schema.attribute(id).canonical_values().is_empty();
        !listed && self.mapping.columns.get(&id).is_some_and(|column| column.indexed)
    }
}

fn attribute_of(target: &Target, row: &Row) -> Result<AttrId, Unmapped> {
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
