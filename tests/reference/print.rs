//! Filters and orderings as text, in one of the many spellings that the grammar allows (G1 to G8).

use super::filter::{Comparison, Filter, Literal, Name, Op};
use super::order::SortKey;
use super::random::Random;
use super::schema::Schema;

pub struct Printer<'r> {
    pub random: &'r mut Random,
    pub schema: &'r Schema,
}

impl Printer<'_> {
    /// G2: spaces around the whole are trimmed.
    pub fn filter(&mut self, filter: &Filter) -> String {
        format!("{}{}{}", self.gap(), self.expression(filter), self.gap())
    }

    /// O1: keys and directions.
    pub fn order_by(&mut self, keys: &[SortKey]) -> String {
        let mut text = self.gap();
        for (at, key) in keys.iter().enumerate() {
            if at > 0 {
                text += &format!("{},{}", self.gap(), self.gap());
            }
            text += &self.name(&key.name);
            let word = match (key.descending, self.random.below(3)) {
                (false, 0) => continue,
                (false, 1) => "asc",
                (false, _) => "ascending",
                (true, 0) => "descending",
                (true, _) => "desc",
            };
            text += &self.space();
            text += &self.any_case_of(word);
        }
        text + &self.gap()
    }

    /// No space is needed here.
    fn gap(&mut self) -> String {
        " ".repeat(if self.random.percent(80) { 0 } else { self.random.below(3) })
    }

    fn space(&mut self) -> String {
        " ".repeat(if self.random.percent(85) { 1 } else { self.random.between(1, 3) })
    }

    fn expression(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::And(terms) => self.joined(terms, "and", |term| matches!(term, Filter::And(_) | Filter::Or(_))),
            Filter::Or(terms) => self.joined(terms, "or", |term| matches!(term, Filter::Or(_))),
            Filter::Not(term) => {
                let word = self.any_case_of("not");
                let gap = self.gap();
                format!("{word}{gap}{}", self.parenthesised(term))
            }
            Filter::Compare(comparison) => self.comparison(comparison),
            Filter::ValuePath(name, inner) => {
                let (name, before) = (self.name(name), self.gap());
                let (first, inner, last) = (self.gap(), self.expression(inner), self.gap());
                format!("{name}{before}[{first}{inner}{last}]")
            }
        }
    }

    fn parenthesised(&mut self, filter: &Filter) -> String {
        format!("({}{}{})", self.gap(), self.expression(filter), self.gap())
    }

    /// G2, G3: terms that bind no tighter than the connective need parentheses, others may have them; a space is
    /// needed but beside a bracket.
    fn joined(&mut self, terms: &[Filter], connective: &str, needs_parentheses: fn(&Filter) -> bool) -> String {
        let mut text = String::new();
        for term in terms {
            let parentheses = needs_parentheses(term) || self.random.percent(5);
            let term = if parentheses { self.parenthesised(term) } else { self.expression(term) };
            if !text.is_empty() {
                text += &if text.ends_with([')', ']']) { self.gap() } else { self.space() };
                text += &self.any_case_of(connective);
                text += &if term.starts_with('(') { self.gap() } else { self.space() };
            }
            text += &term;
        }
        text
    }

    fn comparison(&mut self, comparison: &Comparison) -> String {
        let op = match comparison.op {
            Op::Eq => "eq",
            Op::Ne => "ne",
            Op::Co => "co",
            Op::Sw => "sw",
            Op::Ew => "ew",
            Op::Gt => "gt",
            Op::Ge => "ge",
            Op::Lt => "lt",
            Op::Le => "le",
            Op::Pr => "pr",
        };
        let mut text = format!("{}{}{}", self.name(&comparison.name), self.space(), self.any_case_of(op));
        if comparison.op != Op::Pr {
            text += &self.space();
            text += &match &comparison.literal {
                Literal::Null => "null".to_owned(),
                Literal::Bool(value) => value.to_string(),
                Literal::Number(number) => number.clone(),
                Literal::Text(value) => self.string(value),
            };
        }
        text
    }

    /// G5: a URI in any case, S17: names in any case unless they are case-exact; S18: all as written.
    fn name(&mut self, name: &Name) -> String {
        let mut text = String::new();
        if let Some(uri) = &name.uri {
            text = if !self.schema.open && self.random.percent(15) { self.any_case_of(uri) } else { uri.clone() };
            text.push(':');
        }
        text + &if !self.schema.case_exact_names && self.random.percent(15) {
            self.any_case_of(&name.dotted)
        } else {
            name.dotted.clone()
        }
    }

    /// G1.
    fn any_case_of(&mut self, word: &str) -> String {
        match self.random.below(8) {
            0 => word.to_ascii_uppercase(),
            1 => {
                let flipped = |c: char| if self.random.percent(50) { c.to_ascii_uppercase() } else { c };
                word.chars().map(flipped).collect()
            }
            _ => word.to_owned(),
        }
    }

    /// G6: a JSON string, each character by itself or by one of its escapes.
    fn string(&mut self, value: &str) -> String {
        let mut text = String::from('"');
        let escaping = if self.random.percent(80) { 0 } else { 40 };
        for c in value.chars() {
            let must = c < ' ' || c == '"' || c == '\\';
            if !must && !self.random.percent(escaping) {
                text.push(c);
                continue;
            }
            let short = match c {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '/' => Some("\\/"),
                '\u{8}' => Some("\\b"),
                '\u{c}' => Some("\\f"),
                '\n' => Some("\\n"),
                '\r' => Some("\\r"),
                '\t' => Some("\\t"),
                _ => None,
            };
            if let Some(short) = short
                && self.random.percent(60)
            {
                text += short;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                text += &match self.random.percent(50) {
                    true => format!("\\u{unit:04x}"),
                    false => format!("\\u{unit:04X}"),
                };
            }
        }
        text.push('"');
        text
    }
}
