//! Terms of one `and` or `or`: equalities with one attribute become a list (D7), and an `or` may be told as a union.

use std::collections::HashMap;

use smallvec::SmallVec;

use super::{Around, Rendered, Renderer};
use crate::check::{At, Expr, Literal, Target, Test};
use crate::op::CompareOp;
use crate::schema::AttrId;
use crate::sql::condition::Condition;
use crate::sql::fragment::Text;
use crate::sql::place::Row;

/// Terms that become one condition: the first of them, and of equalities the target and, where there are several, all
/// literals.
struct Group<'e> {
    term: &'e Expr,
    equality: Option<(&'e Target, &'e Literal)>,
    literals: SmallVec<[&'e Literal; 4]>,
}

type Groups<'e> = SmallVec<[Group<'e>; 4]>;

impl<'m> Renderer<'m> {
    /// Terms that are joined by `or`, or else by `and`, once negations are at the leaves.
    pub(super) fn terms(&mut self, terms: &[Expr], row: &Row<'_>, around: Around, or: bool) -> Rendered<'m> {
        let mut groups = Groups::new();
        self.group_terms(terms, row, around.negated, or, &mut groups);
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
    fn group_terms<'e>(&self, terms: &'e [Expr], row: &Row<'_>, negated: bool, or: bool, groups: &mut Groups<'e>) {
        // Few are looked through faster than they are hashed.
        let mut known: Option<HashMap<&At, usize>> = (terms.len() > 16).then(HashMap::new);
        for term in terms {
            let equality = self.equality(term, row, negated, or);
            let place = equality.and_then(|(target, _)| match &known {
                Some(known) => known.get(&target.at).copied(),
                None => groups.iter().position(|group| group.equality.is_some_and(|(of, _)| of.at == target.at)),
            });
            match place {
                Some(at) => {
                    let group = &mut groups[at];
                    if let Some((_, first)) = group.equality.filter(|_| group.literals.is_empty()) {
                        group.literals.push(first);
                    }
                    if let Some((_, literal)) = equality {
                        group.literals.push(literal);
                    }
                }
                None => {
                    if let (Some((target, _)), Some(known)) = (equality, &mut known) {
                        known.insert(&target.at, groups.len());
                    }
                    groups.push(Group { term, equality, literals: SmallVec::new() });
                }
            }
        }
    }

    fn group(&mut self, group: &Group<'_>, row: &Row<'_>, around: Around, or: bool) -> Rendered<'m> {
        match group.equality {
            Some((target, _)) if group.literals.len() > 1 => {
                self.one_of(target, &group.literals, row, Around { negated: !or, ..around })
            }
            _ => self.expr(group.term, row, around),
        }
    }

    /// Whether each term finds few rows by an index, one at least those of elements, and the database would not use them
    /// together.
    fn is_better_as_union(&self, terms: &[Expr], row: &Row<'_>) -> bool {
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

    fn union(&mut self, groups: &[Group<'_>], row: &Row<'_>) -> Rendered<'m> {
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
    fn equality<'e>(
        &self,
        term: &'e Expr,
        row: &Row<'_>,
        negated: bool,
        or: bool,
    ) -> Option<(&'e Target, &'e Literal)> {
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

    /// Whether an expression inside brackets is likely to leave few rows and has an index to find them by.
    pub(super) fn is_selective(&self, expr: &Expr, inside: Option<AttrId>) -> bool {
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

    pub(super) fn is_selective_test(&self, id: AttrId, op: CompareOp, literal: &Literal) -> bool {
        let narrow = match (op, literal) {
            (_, Literal::Bool(_)) => false,
            (CompareOp::Eq, _) => true,
            (CompareOp::Sw, Literal::Text { text, .. }) => !text.is_empty(),
            _ => false,
        };
        narrow && self.has_selective_index(id)
    }

    /// Few values, as canonical values are, are no way to find few rows.
    pub(super) fn has_selective_index(&self, id: AttrId) -> bool {
        let listed = !self.mapping.schema.attribute(id).canonical_values().is_empty();
        !listed && self.mapping.columns.get(&id).is_some_and(|column| column.indexed)
    }
}
