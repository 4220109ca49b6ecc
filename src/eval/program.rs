//! A checked tree as a list of steps: each is one test, and says which step comes next if it is true, and which if not.
//! `and`, `or` and `not` are only jumps, the cheapest test comes first, and or-ed `eq` of one attribute are one look-up.
//! None of it can be seen from outside: a test has no effects, and no errors.

use std::sync::Arc;

use super::compare::Comparison;
use super::compile::{Bind, steps};
use super::direct::Direct;
use super::walk::{self, Place, Within};
use super::{Member, Node, Scalar, is_present, typed};
use crate::check::{At, Expr};
use crate::error::BindError;
use crate::schema::{AttrId, Key, Schema, Type};

/// Ready to run over resources of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    schema: Schema,
    steps: Steps,
}

/// Steps come after those that they go on to.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    pub(super) steps: Vec<Step>,
    pub(super) start: u32,
}

/// Where a step goes that needs no other.
pub(super) const TRUE: u32 = u32::MAX;
pub(super) const FALSE: u32 = u32::MAX - 1;

/// Steps have smaller numbers: what is asked of one bit is asked in fewer instructions.
const fn is_end(at: u32) -> bool {
    at.cast_signed() < 0
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) at: At,
    /// The keys that lead to the value where no array lies on the way; nothing for what needs more than keys.
    pub(super) keys: Option<Keys>,
    /// Where the string lies that the test is about, if it is about one at a position.
    pub(super) direct: Direct,
    pub(super) test: StepTest,
    pub(super) then: u32,
    pub(super) otherwise: u32,
}

/// The keys of an attribute, and before them those of the attributes that it is a part of. An array may lie behind each.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(super) first: Arc<[Key]>,
    pub(super) more: Box<[Arc<[Key]>]>,
}

#[derive(Clone, Debug)]
pub(super) enum StepTest {
    /// Of the declared type, if there is one.
    Present(Option<Type>),
    Assigned(Option<Type>),
    /// `missing`: what it says where there is no value (S4).
    Compare {
        comparison: Comparison,
        missing: bool,
    },
    /// One element satisfies these by itself (S7).
    Element {
        steps: Box<Steps>,
        /// One that does is assigned: it need not be asked.
        is_assigned: bool,
    },
}

impl Program {
    /// The depth of the recursion is that of the filter, which its limits bound.
    pub(crate) fn new(expr: &Expr, schema: &Schema) -> Program {
        // Without positions nothing can fail.
        let steps = steps(expr, schema, None).unwrap_or_else(|_| Steps { steps: Vec::new(), start: FALSE });
        Program { schema: schema.clone(), steps }
    }

    /// The same for a source of positions.
    pub(super) fn bound(expr: &Expr, schema: &Schema, bind: &mut dyn Bind) -> Result<Program, BindError> {
        Ok(Program { schema: schema.clone(), steps: steps(expr, schema, Some(bind))? })
    }

    #[inline(always)]
    pub(crate) fn holds<'a, N: Node<'a>>(&self, place: Place<N>) -> bool {
        self.steps.hold(&self.schema, move || place.node, place.within)
    }

    /// The same of a resource that is made a node where one is needed: what is none itself often fits a register.
    #[inline(always)]
    pub(super) fn holds_of<'a, N: Node<'a>>(&self, resource: impl Fn() -> N + Copy) -> bool {
        self.steps.hold(&self.schema, resource, Within::Resource)
    }
}

impl Steps {
    #[inline(always)]
    fn hold<'a, N: Node<'a>>(&self, schema: &Schema, node: impl Fn() -> N + Copy, within: Within) -> bool {
        // The first two by themselves: they decide about most resources, and what the loop needs need not be at hand for them.
        let Some(first) = self.steps.get(self.start as usize) else { return self.start == TRUE };
        let mut at = if first.holds(schema, node, within) { first.then } else { first.otherwise };
        if is_end(at) {
            return at == TRUE;
        }
        let Some(second) = self.steps.get(at as usize) else { return at == TRUE };
        at = if second.holds(schema, node, within) { second.then } else { second.otherwise };
        if is_end(at) {
            return at == TRUE;
        }
        while let Some(step) = self.steps.get(at as usize) {
            at = if step.holds_apart(schema, node, within) { step.then } else { step.otherwise };
        }
        at == TRUE
    }
}

impl Step {
    #[inline(always)]
    fn holds<'a, N: Node<'a>>(&self, schema: &Schema, node: impl Fn() -> N, within: Within) -> bool {
        // What most steps are, without the detour of a scalar.
        if let Some(verdict) = self.direct.is(node()) {
            return verdict;
        }
        self.holds_otherwise(schema, node, within)
    }

    /// Not inlined: before a loop around it, all members of a struct would be loaded, because a step may ask for any.
    #[inline(never)]
    fn holds_apart<'a, N: Node<'a>>(&self, schema: &Schema, node: impl Fn() -> N, within: Within) -> bool {
        self.holds(schema, node, within)
    }

    /// Not inlined: it would burden what most steps are.
    #[inline(never)]
    fn holds_otherwise<'a, N: Node<'a>>(&self, schema: &Schema, node: impl Fn() -> N, within: Within) -> bool {
        if let StepTest::Compare { comparison, missing } = &self.test {
            if let Comparison::Instant(accept, literal) = comparison
                && let Some(order) = self.direct.order_of(node(), literal)
            {
                return accept.accepts(order);
            }
            if let Some(text) = self.direct.text(node()) {
                return text.and_then(|text| comparison.of_text_apart(text)).unwrap_or(*missing);
            }
        }
        self.holds_in_general(schema, Place { node: node(), within })
    }

    /// Not inlined for the same reason.
    #[inline(never)]
    fn holds_in_general<'a, N: Node<'a>>(&self, schema: &Schema, place: Place<N>) -> bool {
        match &self.test {
            StepTest::Compare { comparison, missing } => self.compare(comparison, *missing, schema, place),
            StepTest::Element { steps, is_assigned } => self.some_element(steps, *is_assigned, schema, place),
            StepTest::Present(ty) | StepTest::Assigned(ty) => self.has_value(*ty, schema, place),
        }
    }

    #[inline(always)]
    fn compare<'a, N: Node<'a>>(
        &self,
        comparison: &Comparison,
        missing: bool,
        schema: &Schema,
        place: Place<N>,
    ) -> bool {
        let Some(keys) = &self.keys else {
            return self.compare_each(comparison, missing, schema, place);
        };
        match keys.find_node(place.node) {
            Found::One(value) => match value.text() {
                Some(text) => comparison.of_text(text).unwrap_or(missing),
                None => self.of_scalar(comparison, missing, schema, place, value),
            },
            Found::None => missing,
            Found::Several => self.compare_each(comparison, missing, schema, place),
        }
    }

    #[inline(never)]
    fn of_scalar<'a, N: Node<'a>>(
        &self,
        comparison: &Comparison,
        missing: bool,
        schema: &Schema,
        place: Place<N>,
        value: N,
    ) -> bool {
        match value.scalar() {
            Scalar::Array => self.compare_each(comparison, missing, schema, place),
            scalar => comparison.of(&scalar).unwrap_or(missing),
        }
    }

    /// S7.
    #[inline(never)]
    fn some_element<'a, N: Node<'a>>(
        &self,
        steps: &Steps,
        is_assigned: bool,
        schema: &Schema,
        place: Place<N>,
    ) -> bool {
        if let (true, Some(keys)) = (is_assigned, &self.keys) {
            // Nothing but keys leads there: no array lies on the way, but the one of the elements.
            return match keys.find_node(place.node) {
                Found::One(value) => {
                    value.any(&mut |node| steps.hold(schema, move || node, Within::Brackets(Some(Type::Complex))))
                }
                Found::None => false,
                Found::Several => self.each_element(steps, schema, place),
            };
        }
        self.each_element(steps, schema, place)
    }

    fn each_element<'a, N: Node<'a>>(&self, steps: &Steps, schema: &Schema, place: Place<N>) -> bool {
        walk::each_element(&self.at, schema, place, &mut |element| {
            steps.hold(schema, move || element.node, Within::Brackets(element.ty))
        })
    }

    /// S3, S4: some value satisfies the comparison.
    #[inline(never)]
    fn compare_each<'a, N: Node<'a>>(
        &self,
        comparison: &Comparison,
        missing: bool,
        schema: &Schema,
        place: Place<N>,
    ) -> bool {
        let mut none = true;
        let found = walk::each_comparable(&self.at, schema, place, &mut |scalar| {
            let verdict = comparison.of(&scalar);
            none &= verdict.is_none();
            verdict
        });
        found || (none && missing)
    }

    /// S5, S6.
    #[inline(never)]
    fn has_value<'a, N: Node<'a>>(&self, ty: Option<Type>, schema: &Schema, place: Place<N>) -> bool {
        let assigned = matches!(self.test, StepTest::Assigned(_));
        if let (Some(keys), Some(ty)) = (&self.keys, ty) {
            match keys.find(place.node) {
                Found::One(Scalar::Array) | Found::Several => {}
                Found::One(scalar) => return typed(scalar, ty).is_some_and(|value| assigned || is_present(&value)),
                Found::None => return false,
            }
        }
        walk::each_value(&self.at, schema, place, &mut |value| assigned || is_present(&value))
    }
}

/// What lies where keys lead.
pub(crate) enum Found<T> {
    None,
    One(T),
    /// An array lies on the way.
    Several,
}

impl Keys {
    /// Those of an attribute by name.
    pub(crate) fn new(line: &[AttrId], schema: &Schema) -> Option<Keys> {
        let mut keys = line.iter().map(|id| schema.attribute(*id).shared_keys().clone());
        Some(Keys { first: keys.next()?, more: keys.collect() })
    }

    /// The same by position in resources with these members; `None` where they lack one.
    pub(crate) fn in_members(&self, mut members: &'static [Member]) -> Option<Keys> {
        let mut bind = |keys: &Arc<[Key]>| -> Option<Arc<[Key]>> {
            let bound = keys.iter().map(|key| {
                let (position, member) = (0..).zip(members).find(|(_, member)| member.name() == key.name())?;
                members = member.shape().members().unwrap_or_default();
                Some(Key::at(key.name(), position))
            });
            bound.collect()
        };
        Some(Keys { first: bind(&self.first)?, more: self.more.iter().map(bind).collect::<Option<_>>()? })
    }

    /// One position or two, for [`Node::text_at`] and [`Node::bytes_at`].
    pub(crate) fn positions(&self) -> Option<(usize, Option<usize>)> {
        let mut keys = self.first.iter().chain(self.more.iter().flat_map(|keys| keys.iter()));
        match (keys.next()?.position()?, keys.next(), keys.next()) {
            (position, None, _) => Some((position, None)),
            (position, Some(below), None) => Some((position, Some(below.position()?))),
            _ => None,
        }
    }

    #[inline(always)]
    fn find<'a, N: Node<'a>>(&self, node: N) -> Found<Scalar<'a>> {
        match self.find_node(node) {
            Found::None => Found::None,
            Found::One(node) => Found::One(node.scalar()),
            Found::Several => Found::Several,
        }
    }

    /// The same without reading what lies there.
    #[inline(always)]
    pub(crate) fn find_node<'a, N: Node<'a>>(&self, node: N) -> Found<N> {
        let Some(mut node) = get_all(&self.first, node) else { return Found::None };
        for keys in &self.more {
            match (get_all(keys, node), node.scalar()) {
                (Some(below), _) => node = below,
                (None, Scalar::Array) => return Found::Several,
                (None, _) => return Found::None,
            }
        }
        Found::One(node)
    }
}

#[inline(always)]
fn get_all<'a, N: Node<'a>>(keys: &[Key], node: N) -> Option<N> {
    keys.iter().try_fold(node, |node, key| node.get_at(key))
}
