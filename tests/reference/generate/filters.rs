//! Filters and orderings about given resources. Literals are mostly the resources' own values, so that about half of
//! the comparisons can be true; one filter in a few has something that is refused.

use serde_json::Value;

use super::pool::{Pool, another_moment, malformed_instant, other_case, respelled};
use super::resources::{NAMES, URI};
use crate::reference::filter::{Comparison, Filter, Literal, Name, Op, check};
use crate::reference::order::SortKey;
use crate::reference::random::Random;
use crate::reference::schema::{Attribute, Kind, Path, Schema};
use crate::reference::values::values;

const UNKNOWN: &[&str] = &[
    "fooBar",
    "userNam",
    "emails.valu",
    "tags.value",
    "userName.value",
    "name.x",
    "label.value",
    "passwords",
    "owner.address.x",
    "Status",
    "resourceid",
    "requested.resourceId",
    "createdBy",
];
const COMPARE: &[Op] = &[Op::Eq, Op::Eq, Op::Ne, Op::Co, Op::Sw, Op::Ew, Op::Gt, Op::Ge, Op::Lt, Op::Le];
const BY_ORDER: &[Op] = &[Op::Eq, Op::Eq, Op::Ne, Op::Gt, Op::Ge, Op::Lt, Op::Le];
const EQUALITY: &[Op] = &[Op::Eq, Op::Eq, Op::Ne];

pub struct Filters<'w> {
    pub random: &'w mut Random,
    schema: &'w Schema,
    pool: &'w Pool,
    resources: &'w [Value],
    /// How likely one comparison is to have something odd, in percent.
    odd: usize,
    /// How many comparisons are left to this filter.
    left: usize,
    /// Between brackets, the elements that all the resources have there.
    elements: Vec<&'w Value>,
}

impl<'w> Filters<'w> {
    pub fn new(random: &'w mut Random, schema: &'w Schema, pool: &'w Pool, resources: &'w [Value]) -> Filters<'w> {
        Filters { random, schema, pool, resources, odd: 0, left: 0, elements: Vec::new() }
    }

    /// One filter, at most six connectives deep.
    pub fn filter(&mut self) -> Filter {
        self.left = 30;
        self.odd = if self.random.percent(25) { 35 } else { 0 };
        let depth = *self.random.pick(&[0, 0, 0, 1, 1, 2, 3, 4, 6]);
        self.tree(depth, None)
    }

    fn tree(&mut self, depth: usize, inside: Option<&Attribute>) -> Filter {
        if depth == 0 || self.left < 3 || self.random.percent(15) {
            self.left = self.left.saturating_sub(1);
            return self.leaf(inside);
        }
        match self.random.below(5) {
            0 => Filter::Not(Box::new(self.tree(depth - 1, inside))),
            1 | 2 => Filter::And(self.terms(depth, inside)),
            _ => Filter::Or(self.terms(depth, inside)),
        }
    }

    fn terms(&mut self, depth: usize, inside: Option<&Attribute>) -> Vec<Filter> {
        let count = self.random.between(2, 3);
        (0..count).map(|_| self.tree(depth - 1, inside)).collect()
    }

    fn leaf(&mut self, inside: Option<&Attribute>) -> Filter {
        if inside.is_none() && self.random.percent(20) {
            return self.value_path();
        }
        Filter::Compare(self.comparison(inside))
    }

    fn value_path(&mut self) -> Filter {
        let schema = self.schema;
        for _ in 0..30 {
            let name = self.top_level_name();
            let Ok(path) = schema.resolve(None, name.uri.as_deref(), &name.dotted) else { continue };
            let attribute = path.last();
            let fits = attribute.multi_valued || attribute.kind == Kind::Complex;
            if fits || self.is_odd() {
                self.elements = self.resources.iter().flat_map(|resource| values(&path, resource)).collect();
                let depth = self.random.below(3);
                let inner = self.tree(depth, Some(attribute));
                self.elements.clear();
                return Filter::ValuePath(name, Box::new(inner));
            }
        }
        Filter::Compare(self.comparison(None))
    }

    fn is_odd(&mut self) -> bool {
        self.random.percent(self.odd)
    }

    /// One comparison; in a filter without oddities one that is accepted.
    pub fn comparison(&mut self, inside: Option<&Attribute>) -> Comparison {
        loop {
            let odd = self.is_odd();
            let name = match inside {
                Some(attribute) => self.name_inside(attribute, odd),
                None => self.top_level_name_or_odd(odd),
            };
            let comparison = self.about(name, inside, odd);
            if odd || check(self.schema, inside, &Filter::Compare(comparison.clone())).is_ok() {
                return comparison;
            }
        }
    }

    /// Whether the schema accepts a comparison.
    pub fn is_accepted(&self, comparison: &Comparison) -> bool {
        check(self.schema, None, &Filter::Compare(comparison.clone())).is_ok()
    }

    /// Another comparison of the same attribute, one that is accepted.
    pub fn comparison_of(&mut self, name: &Name) -> Comparison {
        loop {
            let comparison = self.about(name.clone(), None, false);
            if check(self.schema, None, &Filter::Compare(comparison.clone())).is_ok() {
                return comparison;
            }
        }
    }

    fn top_level_name_or_odd(&mut self, odd: bool) -> Name {
        let odd = odd && self.random.percent(60);
        if odd && !self.schema.open && self.random.percent(30) {
            let uri = match self.random.below(4) {
                0 => Some("urn:example:unknown:1.0".to_owned()),
                1 => Some(self.schema.uri.clone()),
                _ => None,
            };
            return Name { uri, dotted: self.random.pick_str(UNKNOWN).to_owned() };
        }
        // Complex attributes without a sub-attribute, hidden ones, and those that two extensions have.
        for _ in 0..30 {
            let name = self.top_level_name();
            if !odd || self.schema.open || self.is_special(&name) {
                return name;
            }
        }
        self.top_level_name()
    }

    fn is_special(&self, name: &Name) -> bool {
        match self.schema.resolve(None, name.uri.as_deref(), &name.dotted) {
            Ok(path) => path.last().kind == Kind::Complex,
            Err(_) => true,
        }
    }

    /// A name of any depth, hidden ones too.
    fn top_level_name(&mut self) -> Name {
        let schema = self.schema;
        if schema.open {
            let resources = self.resources;
            let resource = self.random.pick(resources);
            return match self.random.percent(10) {
                true => Name { uri: Some(URI.to_owned()), dotted: self.open_name(resource.get(URI)) },
                false => Name { uri: None, dotted: self.open_name(Some(resource)) },
            };
        }
        let which = self.random.below(10);
        let (uri, list) = match schema.extensions.get(which) {
            Some((uri, list)) => (uri, list),
            None => (&schema.uri, &schema.core),
        };
        let uri = self.random.percent(20).then(|| uri.clone());
        let attribute = self.random.pick(list);
        Name { uri, dotted: self.below(attribute) }
    }

    /// The attribute, or mostly one of its sub-attributes.
    fn below(&mut self, attribute: &Attribute) -> String {
        let mut dotted = attribute.name.clone();
        let mut at = attribute;
        while !at.sub_attributes.is_empty() && self.random.percent(70) {
            at = self.random.pick(&at.sub_attributes);
            dotted = format!("{dotted}.{}", at.name);
        }
        dotted
    }

    /// A name that leads somewhere in a value, or any name.
    fn open_name(&mut self, value: Option<&Value>) -> String {
        let mut names: Vec<String> = Vec::new();
        let mut at = value;
        loop {
            while let Some(Value::Array(list)) = at {
                at = list.first();
            }
            let known = at.and_then(Value::as_object).filter(|object| !object.is_empty() && self.random.percent(80));
            let name = match known.and_then(|object| object.keys().nth(self.random.below(object.len()))) {
                Some(key) if key != URI => key.clone(),
                _ => self.random.pick_str(NAMES).to_owned(),
            };
            at = at.and_then(|value| value.get(&name));
            names.push(name);
            let on = if at.is_some_and(|value| value.is_object() || value.is_array()) { 60 } else { 5 };
            if names.len() == 4 || !self.random.percent(on) {
                return names.join(".");
            }
        }
    }

    fn name_inside(&mut self, attribute: &Attribute, odd: bool) -> Name {
        let dotted = if attribute.kind == Kind::Any {
            if self.random.percent(40) { "value".to_owned() } else { self.open_name(None) }
        } else if odd && self.random.percent(30) {
            self.random.pick_str(UNKNOWN).to_owned()
        } else if attribute.sub_attributes.is_empty() {
            "value".to_owned()
        } else {
            let sub = self.random.pick(&attribute.sub_attributes);
            self.below(sub)
        };
        let uri = match (self.schema.open, odd) {
            (true, _) if self.random.percent(3) => Some(URI.to_owned()),
            (false, true) if self.random.percent(10) => Some(self.schema.uri.clone()),
            _ => None,
        };
        Name { uri, dotted }
    }

    /// An operator and a literal for a name.
    fn about(&mut self, name: Name, inside: Option<&Attribute>, odd: bool) -> Comparison {
        let resolved = self.schema.resolve(inside, name.uri.as_deref(), &name.dotted);
        let compared = resolved.clone().and_then(|path| path.implied());
        let mut kind = compared.as_ref().map_or(Kind::Complex, |path| path.last().kind);
        // S18: any literal will do.
        if kind == Kind::Any {
            let kinds = [Kind::String, Kind::String, Kind::DateTime, Kind::Decimal, Kind::Boolean];
            kind = *self.random.pick(&kinds);
        }
        let (op, literal) = match self.random.below(10) {
            0 => (Op::Pr, Literal::Null),
            1 => (*self.random.pick(&[Op::Eq, Op::Ne]), Literal::Null),
            _ if odd => (*self.random.pick(COMPARE), self.odd_literal()),
            _ => {
                let own = compared.ok().and_then(|path| self.own_value(&path));
                self.literal(kind, own)
            }
        };
        Comparison { name, op, literal }
    }

    /// A value that some resource has there.
    fn own_value(&mut self, path: &Path<'_>) -> Option<Value> {
        let found = if path.inside {
            if self.elements.is_empty() {
                return None;
            }
            let element: &Value = self.random.pick::<&Value>(&self.elements);
            values(path, element)
        } else {
            values(path, self.random.pick(self.resources))
        };
        if found.is_empty() { None } else { Some((*self.random.pick(&found)).clone()) }
    }

    fn odd_literal(&mut self) -> Literal {
        match self.random.below(6) {
            0 => Literal::Null,
            1 => Literal::Bool(self.random.percent(50)),
            2 => Literal::Number(self.pool.number(self.random)),
            3 => Literal::Text(malformed_instant(self.random)),
            4 => Literal::Text(self.pool.instant(self.random)),
            _ => Literal::Text(self.pool.string(self.random)),
        }
    }

    /// An operator and a literal of a type, if possible one that some resource answers to.
    fn literal(&mut self, kind: Kind, own: Option<Value>) -> (Op, Literal) {
        match kind {
            Kind::String | Kind::Reference | Kind::Complex | Kind::Any => {
                let op = *self.random.pick(COMPARE);
                let own = own.as_ref().and_then(Value::as_str).map(str::to_owned);
                let text = own.unwrap_or_else(|| self.pool.string(self.random));
                let text = self.part(op, &text);
                let text = if self.random.percent(40) { other_case(self.random, &text) } else { text };
                (op, Literal::Text(text))
            }
            Kind::Binary => {
                let own = own.as_ref().and_then(Value::as_str).map(str::to_owned);
                (*self.random.pick(EQUALITY), Literal::Text(own.unwrap_or_else(|| self.pool.string(self.random))))
            }
            Kind::Boolean => (*self.random.pick(EQUALITY), Literal::Bool(self.random.percent(50))),
            Kind::Integer | Kind::Decimal => {
                let own = own.filter(Value::is_number).map(|number| number.to_string());
                let number = own.unwrap_or_else(|| self.pool.number(self.random));
                (*self.random.pick(BY_ORDER), Literal::Number(respelled(self.random, &number)))
            }
            Kind::DateTime => {
                let own = own.as_ref().and_then(Value::as_str).map(str::to_owned);
                let text = match self.random.below(3) {
                    0 => another_moment(self.random),
                    _ => own.unwrap_or_else(|| self.random.pick(&self.pool.instants).clone()),
                };
                (*self.random.pick(BY_ORDER), Literal::Text(text))
            }
        }
    }

    /// What the operator could find in the text.
    fn part(&mut self, op: Op, text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let all = characters.len();
        let (from, to) = match op {
            Op::Sw => (0, self.random.between(0, all)),
            Op::Ew => (self.random.between(0, all), all),
            Op::Co => {
                let from = self.random.between(0, all);
                (from, self.random.between(from, all))
            }
            _ => (0, all),
        };
        characters[from..to].iter().collect()
    }

    /// One to three keys; sometimes one that is refused.
    pub fn order(&mut self) -> Vec<SortKey> {
        self.odd = if self.random.percent(15) { 50 } else { 0 };
        let count = *self.random.pick(&[1, 1, 1, 2, 2, 3]);
        let mut keys: Vec<SortKey> = Vec::new();
        while keys.len() < count {
            let odd = self.is_odd();
            let name = self.top_level_name_or_odd(odd);
            let key = SortKey { name, descending: self.random.percent(50) };
            let extended: Vec<SortKey> = keys.iter().cloned().chain([key.clone()]).collect();
            if odd || crate::reference::order::check(self.schema, &extended).is_ok() {
                keys.push(key);
            } else if self.random.percent(10) {
                return vec![key];
            }
        }
        keys
    }
}
