//! Inputs that reach behind the parser: filters about a schema's attributes, resources, orderings and schema documents,
//! grown from the bytes of a recipe. The same bytes grow the same, and bytes that have run out choose the simplest.

mod spelling;

use arbitrary::Unstructured;
use scim_query::{AttrId, CompValue, CompareOp, Filter, FilterBuilder, Operator, Schema, Type, attr};
use serde_json::{Map, Value, json};

/// Few, so that what a filter names is often stored; each one is easy to get wrong in some place.
const WORDS: [&str; 32] = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "b",
    "bob",
    "BOB",
    "work",
    "Work",
    "x",
    " a",
    "a ",
    "é",
    "É",
    "ß",
    "ẞ",
    "i",
    "İ",
    "ı",
    "k",
    "\u{212a}",
    "%",
    "a_b",
    "'",
    "\"",
    "\\",
    "/",
    "\u{0}",
    "\n",
    "true",
    "\u{10ffff}",
];
const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "1.0",
    "1.5",
    "10e-1",
    "-0",
    "0.1",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "1e2",
    "1e-7",
    "255",
];
/// No stored number is one of these.
const FAR_NUMBERS: [&str; 4] =
    ["1e999999999", "-1e400", "18446744073709551616", "0.1000000000000000055511151231257827"];
const INSTANTS: [&str; 12] = [
    "2022-05-24T14:15:22Z",
    "2022-05-24T16:15:22+02:00",
    "2022-05-24T14:15:22.5z",
    "2022-05-24t14:15:22.500000000Z",
    "2022-05-24T14:15:22.000000001Z",
    "2022-05-24T14:15:22.1234567899Z",
    "2022-05-24T24:00:00Z",
    "2022-05-24T23:59:60Z",
    "1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2022-05-24",
];
/// What the open schema's filters name and its resources have.
const OPEN: [&str; 8] = ["a", "b", "value", "a.b", "type", "primary", "a.value", "b.a.b"];

/// An attribute that filters name.
struct Named {
    name: String,
    /// None under the open schema.
    ty: Option<Type>,
    operators: Vec<Operator>,
    /// What brackets behind it may name.
    parts: Vec<Named>,
}

pub struct Grower<'u> {
    choices: Unstructured<'u>,
    /// How many of the lists' first values are chosen from.
    variety: usize,
}

impl<'u> Grower<'u> {
    pub fn new(recipe: &'u [u8]) -> Grower<'u> {
        Grower { choices: Unstructured::new(recipe), variety: usize::MAX }
    }

    fn byte(&mut self) -> u8 {
        self.choices.arbitrary().unwrap_or_default()
    }

    /// One of `0..n`; 0 when the bytes have run out.
    pub fn below(&mut self, n: usize) -> usize {
        usize::from(self.byte()) % n.max(1)
    }

    /// True in about so many of a hundred cases; false when the bytes have run out.
    pub fn percent(&mut self, chance: usize) -> bool {
        usize::from(255 - self.byte()) * 100 < chance * 255
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// As [`pick`](Grower::pick), of the first few where little variety is wanted.
    fn pick_some<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        self.pick(&of[..of.len().min(self.variety)])
    }

    pub fn text(&mut self) -> String {
        if self.percent(85) || self.choices.is_empty() {
            return (*self.pick_some(&WORDS)).to_owned();
        }
        let length = self.below(20).min(self.choices.len());
        String::from_utf8_lossy(self.choices.bytes(length).unwrap_or_default()).into_owned()
    }

    fn number(&mut self, stored: bool) -> String {
        match self.below(8) {
            0 => self.choices.arbitrary::<i64>().unwrap_or_default().to_string(),
            1 if stored => {
                Value::from(self.choices.arbitrary::<f64>().unwrap_or_default()).to_string().replace("null", "7")
            }
            1 => (*self.pick(&FAR_NUMBERS)).to_owned(),
            2 if !stored => {
                format!("{}{}", self.pick(&["0.1", "1.0", "1.5"]), self.pick(&["", "0", "000000000000000001"]))
            }
            _ => (*self.pick_some(&NUMBERS)).to_owned(),
        }
    }

    fn instant(&mut self) -> String {
        (*self.pick_some(&INSTANTS)).to_owned()
    }

    /// A filter about the schema's attributes, in canonical spelling.
    pub fn filter(&mut self, schema: &Schema) -> Option<Filter<'static>> {
        let names = names(schema);
        if names.is_empty() {
            return None;
        }
        self.tree(&names, 4).build().ok()
    }

    /// Filters about the same one or two attributes and mostly a few values, so that they have something to do with each other.
    /// Resources that are grown after them have those values, too.
    pub fn related(&mut self, schema: &Schema, count: usize) -> Option<Vec<Filter<'static>>> {
        let mut all = names(schema);
        let mut chosen = Vec::new();
        for _ in 0..1 + self.below(2).min(all.len().checked_sub(1)?) {
            chosen.push(all.swap_remove(self.below(all.len())));
        }
        self.variety = if self.percent(80) { 5 } else { usize::MAX };
        (0..count).map(|_| self.tree(&chosen, 4).build().ok()).collect()
    }

    fn tree(&mut self, names: &[Named], depth: usize) -> FilterBuilder {
        let kind = if depth == 0 { 0 } else { self.below(10) };
        match kind {
            6 => self.tree(names, depth - 1).not(),
            7 => self.tree(names, depth - 1).and(self.tree(names, depth - 1)),
            // Many values of one attribute are one test, a set.
            8 => (0..=self.below(9)).fold(self.tree(names, depth - 1), |left, _| left.or(self.tree(names, 0))),
            9 => self.tree(names, depth - 1).or(self.tree(names, depth - 1)),
            _ => self.leaf(names, depth),
        }
    }

    fn leaf(&mut self, names: &[Named], depth: usize) -> FilterBuilder {
        let named = self.pick(names);
        let path = attr(self.spelled(&named.name));
        if depth > 0 && !named.parts.is_empty() && self.percent(70) {
            return path.any(self.tree(&named.parts, depth - 1));
        }
        let op = match self.percent(3) || named.operators.is_empty() {
            true => Operator::Compare(*self.pick(&CompareOp::ALL)),
            false => *self.pick(&named.operators),
        };
        match op {
            Operator::Present => path.present(),
            Operator::Compare(op) => path.compare(op, self.literal(named.ty, op)),
        }
    }

    /// Names are the same in any case, mostly.
    fn spelled(&mut self, name: &str) -> String {
        if self.percent(10) { name.to_ascii_uppercase() } else { name.to_owned() }
    }

    fn literal(&mut self, ty: Option<Type>, op: CompareOp) -> CompValue<'static> {
        if matches!(op, CompareOp::Eq | CompareOp::Ne) && (ty == Some(Type::Complex) || self.percent(10)) {
            return CompValue::Null;
        }
        let ty = ty.unwrap_or_else(|| *self.pick(&Type::ALL));
        match ty {
            Type::Boolean => CompValue::Bool(self.percent(50)),
            Type::Integer | Type::Decimal => CompValue::Number(self.number(false).into()),
            Type::DateTime => CompValue::String(self.instant().into()),
            Type::String | Type::Reference | Type::Binary | Type::Complex => CompValue::String(self.text().into()),
        }
    }

    /// An ordering by the schema's attributes.
    pub fn order(&mut self, schema: &Schema) -> String {
        let names = names(schema);
        let mut keys = Vec::new();
        for _ in 0..=self.below(3) {
            let name = names.get(self.below(names.len())).map_or("id", |named| &named.name);
            keys.push(format!("{name} {}", self.pick(&["asc", "desc"])));
        }
        keys.join(", ")
    }

    /// A resource, mostly as the schema declares it.
    pub fn resource(&mut self, schema: &Schema) -> Value {
        if schema.is_open() {
            return self.anything(3);
        }
        let mut object = Map::new();
        for (id, attribute) in schema.roots() {
            if self.percent(60) {
                let value = self.stored(schema, id);
                insert(&mut object, &attribute.keys().collect::<Vec<_>>(), value);
            }
        }
        Value::Object(object)
    }

    fn stored(&mut self, schema: &Schema, id: AttrId) -> Value {
        let attribute = schema.attribute(id);
        match self.below(32) {
            1 => return self.anything(2),
            2 => return Value::Null,
            // Several where one is declared, and one where several are.
            3 if attribute.is_multi_valued() => return self.one(schema, id),
            4 => return Value::Array(vec![self.one(schema, id), self.one(schema, id)]),
            _ => {}
        }
        if !attribute.is_multi_valued() {
            return self.one(schema, id);
        }
        (0..self.below(4)).map(|_| self.one(schema, id)).collect()
    }

    fn one(&mut self, schema: &Schema, id: AttrId) -> Value {
        let attribute = schema.attribute(id);
        match attribute.ty() {
            Type::Boolean => Value::Bool(self.percent(50)),
            Type::Integer | Type::Decimal => self.stored_number(),
            Type::DateTime => self.instant().into(),
            Type::String | Type::Reference | Type::Binary => self.text().into(),
            Type::Complex => {
                let mut object = Map::new();
                for part in attribute.sub_attributes() {
                    if self.percent(60) {
                        let value = self.stored(schema, *part);
                        insert(&mut object, &schema.attribute(*part).keys().collect::<Vec<_>>(), value);
                    }
                }
                Value::Object(object)
            }
        }
    }

    fn stored_number(&mut self) -> Value {
        serde_json::from_str(&self.number(true)).unwrap_or(Value::Null)
    }

    fn anything(&mut self, depth: usize) -> Value {
        match self.below(12) {
            0..4 if depth > 0 => {
                let members = self.below(4) + 1;
                let key = |own: &mut Self| (*own.pick(&["a", "b", "value", "type", "primary"])).to_owned();
                Value::Object((0..members).map(|_| (key(self), self.anything(depth - 1))).collect())
            }
            4 | 5 if depth > 0 => (0..self.below(4)).map(|_| self.anything(depth - 1)).collect(),
            6 => Value::Null,
            7 => Value::Bool(self.percent(50)),
            8 | 9 => self.stored_number(),
            10 => self.instant().into(),
            _ => self.text().into(),
        }
    }

    /// Schema documents: a core schema and at most one extension.
    pub fn documents(&mut self) -> Vec<Value> {
        let uris = ["urn:example:2.0:Core", "urn:example:2.0:Extension"];
        let count = 1 + self.below(2);
        let mut document = |uri: &&str| {
            let attributes: Vec<Value> = (0..=self.below(5)).map(|at| self.definition(at, 2)).collect();
            json!({"id": uri, "attributes": attributes, "caseExactNames": self.percent(10)})
        };
        uris.iter().take(count).map(&mut document).collect()
    }

    fn definition(&mut self, number: usize, depth: usize) -> Value {
        let names = ["id", "a", "value", "b", "primary", "type", "$ref", "a.b"];
        // The numbers keep most names apart.
        let name = names[(number + self.below(2)) % names.len()];
        let ty = if depth > 0 { *self.pick(&Type::ALL) } else { *self.pick(&Type::ALL[..5]) };
        let mut definition = json!({"name": name, "type": ty.as_str()});
        let parts: Vec<Value> = match ty {
            Type::Complex => (0..=self.below(3)).map(|at| self.definition(at + 1, depth - 1)).collect(),
            _ => Vec::new(),
        };
        if !parts.is_empty() {
            definition["subAttributes"] = parts.into();
        }
        for (key, value, chance) in [
            ("multiValued", json!(true), 30),
            ("caseExact", json!(true), 30),
            ("returned", json!("never"), 5),
            ("mutability", json!("writeOnly"), 5),
            ("filterable", json!(false), 5),
            ("sortable", json!(false), 5),
            ("canonicalValues", json!(["a", "b"]), 10),
            ("at", json!(["x", name]), 5),
        ] {
            if self.percent(chance) {
                definition[key] = value;
            }
        }
        definition
    }
}

fn insert(object: &mut Map<String, Value>, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [key] => _ = object.insert((*key).to_owned(), value),
        [key, rest @ ..] => {
            let inner = object.entry(*key).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                insert(inner, rest, value);
            }
        }
    }
}

/// The attributes that filters and orderings may name.
fn names(schema: &Schema) -> Vec<Named> {
    if schema.is_open() {
        let open = |name: &&str| Named {
            name: (*name).to_owned(),
            ty: None,
            operators: scim_query::OperatorSet::ALL.iter().collect(),
            parts: Vec::new(),
        };
        let with_parts = |name: &&str| Named { parts: OPEN.iter().map(open).collect(), ..open(name) };
        return OPEN.iter().map(with_parts).collect();
    }
    let filterable = schema.attributes().filter(|(_, attribute)| attribute.is_filterable());
    filterable.map(|(id, attribute)| Named { name: attribute.full_name().to_owned(), ..named(schema, id) }).collect()
}

fn named(schema: &Schema, id: AttrId) -> Named {
    let attribute = schema.attribute(id);
    let parts = match attribute.ty() {
        Type::Complex => attribute.sub_attributes().iter().map(|part| named(schema, *part)).collect(),
        // Between brackets, an element of simple values answers to `value` (S7).
        _ if attribute.is_multi_valued() => vec![Named { name: "value".to_owned(), ..simple(schema, id) }],
        _ => Vec::new(),
    };
    Named { parts, ..simple(schema, id) }
}

fn simple(schema: &Schema, id: AttrId) -> Named {
    let attribute = schema.attribute(id);
    Named {
        name: attribute.name().to_owned(),
        ty: Some(attribute.ty()),
        operators: attribute.operators().iter().collect(),
        parts: Vec::new(),
    }
}
