//! Sentences of a grammar.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Class, Grammar, Node, Random, height};

/// Makes sentences of a grammar, the same ones for a seed, and keeps account of what they have shown.
pub struct Maker<'a> {
    grammar: &'a Grammar,
    random: Random,
    unused_rules: BTreeSet<usize>,
    unused_choices: BTreeSet<usize>,
}

/// A sentence, and which part of it was made by which rule.
pub struct Made {
    pub text: String,
    parts: Vec<(usize, Range<usize>)>,
}

impl Made {
    /// The texts of the parts made by a rule.
    pub fn parts<'a>(&'a self, grammar: &Grammar, rule: &str) -> impl Iterator<Item = &'a str> {
        let rule = grammar.rule(rule);
        self.parts.iter().filter(move |part| part.0 == rule).map(|part| &self.text[part.1.clone()])
    }
}

impl<'a> Maker<'a> {
    /// Beyond this many rules down, or this many bytes, the shortest way is taken.
    const DEEP: usize = 14;
    const LONG: usize = 60;

    pub fn new(grammar: &'a Grammar, seed: u64) -> Maker<'a> {
        Maker {
            grammar,
            random: Random::new(seed),
            unused_rules: (0..grammar.rules.len()).collect(),
            unused_choices: (0..grammar.choices).collect(),
        }
    }

    pub fn make(&mut self, rule: &str) -> Made {
        let mut made = Made { text: String::new(), parts: Vec::new() };
        self.rule(self.grammar.rule(rule), 0, &mut made);
        made
    }

    /// The files' own rules of which no sentence yet has an example, or not of each of its alternatives.
    pub fn unused(&self) -> Vec<&'a str> {
        let own = self.grammar.rules[..self.grammar.own].iter().enumerate();
        own.filter(|(at, rule)| {
            let mut bases = Vec::new();
            choices_of(&rule.node, &mut bases);
            self.unused_rules.contains(at) || bases.iter().any(|choice| self.unused_choices.contains(choice))
        })
        .map(|(_, rule)| rule.name.as_str())
        .collect()
    }

    fn rule(&mut self, rule: usize, depth: usize, made: &mut Made) {
        self.unused_rules.remove(&rule);
        let start = made.text.len();
        let grammar = self.grammar;
        self.node(&grammar.rules[rule].node, depth + 1, made);
        made.parts.push((rule, start..made.text.len()));
    }

    fn node(&mut self, node: &Node, depth: usize, made: &mut Made) {
        let spent = depth > Self::DEEP || made.text.len() > Self::LONG;
        match node {
            Node::One(class) => made.text.push(self.one_of(class)),
            Node::Text(text, fold) => {
                for &c in text {
                    let flip = *fold && self.random.below(4) == 0;
                    made.text.push(if flip { other_case(c) } else { c });
                }
            }
            Node::All(of) => of.iter().for_each(|node| self.node(node, depth, made)),
            Node::Any { base, of } => {
                let choice = if spent {
                    let rules = &self.grammar.rules;
                    let cost = |&choice: &usize| height(&of[choice], &|rule| rules[rule].height);
                    (0..of.len()).min_by_key(cost).expect("a choice has alternatives")
                } else {
                    // One that has not been shown yet goes first, half of the time.
                    let unused = (0..of.len()).find(|choice| self.unused_choices.contains(&(base + choice)));
                    let drawn = self.random.below(2 * of.len());
                    unused.filter(|_| drawn < of.len()).unwrap_or(drawn % of.len())
                };
                self.unused_choices.remove(&(base + choice));
                self.node(&of[choice], depth, made);
            }
            Node::Many { min, max, of } => {
                let mut count = *min;
                while !spent && max.is_none_or(|max| count < max) && count < min + 6 && self.random.below(2) == 0 {
                    count += 1;
                }
                (0..count).for_each(|_| self.node(of, depth, made));
            }
            Node::Rule(rule) => self.rule(*rule, depth, made),
        }
    }

    /// Now an edge of a range, now a character that may stand for much else, now any.
    fn one_of(&mut self, class: &Class) -> char {
        loop {
            let &(low, high) = self.random.pick(&class.ranges);
            let code = match self.random.below(8) {
                0 => low,
                1 => high,
                2 => *self.random.pick(b" ()[]:.,'\\$\"n/0u") as u32,
                3..6 => low + self.random.below((high - low + 1).min(0x40) as usize) as u32,
                _ => low + self.random.below((high - low + 1) as usize) as u32,
            };
            match char::from_u32(code) {
                Some(c) if class.has(c) => return c,
                _ => {}
            }
        }
    }
}

fn choices_of(node: &Node, into: &mut Vec<usize>) {
    match node {
        Node::One(_) | Node::Text(..) | Node::Rule(_) => {}
        Node::All(of) => of.iter().for_each(|node| choices_of(node, into)),
        Node::Any { base, of } => {
            into.extend(*base..base + of.len());
            of.iter().for_each(|node| choices_of(node, into));
        }
        Node::Many { of, .. } => choices_of(of, into),
    }
}

fn other_case(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}
