//! Grammars in RFC 5234 notation at work: a maker of sentences and a recogniser. The two share only the reading of
//! the file, so that each tests the other.

mod maker;
mod recogniser;

use abnf::types::{Node as Source, Rule as SourceRule, TerminalValues};

pub use self::maker::{Made, Maker};
use self::recogniser::Recogniser;
pub use super::random::Random;

/// RFC 5234, appendix B.1: those that our files use. A file's own rule of the same name stands before one of these.
const CORE: &str = r#"ALPHA = %x41-5A / %x61-7A
DIGIT = %x30-39
DQUOTE = %x22
HEXDIG = DIGIT / "A" / "B" / "C" / "D" / "E" / "F"
SP = %x20
"#;

/// A closed grammar: every rule that it uses is defined.
pub struct Grammar {
    /// As written; the core rules come last.
    rules: Vec<Rule>,
    /// The same language for the recogniser, see [`merge`].
    merged: Vec<Node>,
    /// How many rules are the files' own.
    own: usize,
    /// How many alternatives there are in all.
    choices: usize,
}

struct Rule {
    name: String,
    node: Node,
    /// How many rules deep its shallowest sentence is.
    height: usize,
}

/// A rule's right side. An option is a choice whose second alternative is empty.
#[derive(Clone)]
enum Node {
    One(Class),
    /// Characters, and whether they stand for either case.
    Text(Vec<char>, bool),
    All(Vec<Node>),
    /// Alternatives; the first is number `base` among all of the grammar.
    Any {
        base: usize,
        of: Vec<Node>,
    },
    Many {
        min: usize,
        max: Option<usize>,
        of: Box<Node>,
    },
    Rule(usize),
}

/// A set of characters.
#[derive(Clone)]
struct Class {
    ranges: Vec<(u32, u32)>,
    /// Those below 128 again, as bits.
    ascii: u128,
}

impl Class {
    fn new(ranges: Vec<(u32, u32)>) -> Class {
        let holds = |code: u32| ranges.iter().any(|&(low, high)| (low..=high).contains(&code));
        let ascii = (0..128).filter(|&code| holds(code)).fold(0, |set, code| set | 1 << code);
        Class { ranges, ascii }
    }

    fn either_case(c: char) -> Class {
        Class::new([c.to_ascii_lowercase(), c.to_ascii_uppercase()].map(|c| (c as u32, c as u32)).to_vec())
    }

    fn has(&self, c: char) -> bool {
        let code = c as u32;
        match code {
            0..128 => self.ascii >> code & 1 == 1,
            _ => self.ranges.iter().any(|&(low, high)| (low..=high).contains(&code)),
        }
    }
}

impl Grammar {
    /// Reads ABNF files as one grammar. `Err` says what is not in order: the notation, a rule that is defined twice,
    /// one that is used but not defined.
    pub fn read(files: &[&str]) -> Result<Grammar, String> {
        let mut sources: Vec<SourceRule> = Vec::new();
        for file in files {
            sources.extend(abnf::rulelist(file).map_err(|error| error.to_string())?);
        }
        let own = sources.len();
        let core = abnf::rulelist(CORE).map_err(|error| error.to_string())?;
        sources.extend(core);
        let names: Vec<String> = sources.iter().map(|rule| rule.name().to_owned()).collect();
        for (at, name) in names[..own].iter().enumerate() {
            if find(&names[..at], name).is_some() {
                return Err(format!("the rule {name} is defined twice"));
            }
        }
        let mut choices = 0;
        let mut rules = Vec::new();
        for source in &sources {
            let node = lower(source.node(), &names, &mut choices)
                .map_err(|error| format!("in the rule {}: {error}", source.name()))?;
            rules.push(Rule { name: source.name().to_owned(), node, height: usize::MAX });
        }
        set_heights(&mut rules)?;
        let mut merged: Vec<Node> = rules.iter().map(|rule| rule.node.clone()).collect();
        // Each round settles at least the rules whose parts the one before settled.
        for _ in 0..rules.len() {
            merged = merged.iter().map(|node| merge(node, &merged)).collect();
        }
        Ok(Grammar { rules, merged, own, choices })
    }

    /// The names of the files' own rules.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules[..self.own].iter().map(|rule| rule.name.as_str())
    }

    fn rule(&self, name: &str) -> usize {
        self.rules.iter().position(|rule| rule.name == name).unwrap_or_else(|| panic!("there is no rule {name}"))
    }

    /// Whether the whole text is a sentence of the rule.
    pub fn recognise(&self, rule: &str, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let start = self.rule(rule);
        let mut run = Recogniser::new(self, &text);
        run.ends_of(start, 0).contains(&text.len())
    }
}

/// The place of a rule name, which ABNF compares without regard to case.
fn find(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|other| other.eq_ignore_ascii_case(name))
}

fn lower(source: &Source, names: &[String], choices: &mut usize) -> Result<Node, String> {
    let mut all = |sources: &[Source]| -> Result<Vec<Node>, String> {
        sources.iter().map(|source| lower(source, names, choices)).collect()
    };
    Ok(match source {
        Source::Alternatives(sources) => {
            let of = all(sources)?;
            *choices += of.len();
            Node::Any { base: *choices - of.len(), of }
        }
        Source::Optional(source) => {
            let of = vec![lower(source, names, choices)?, Node::All(Vec::new())];
            *choices += of.len();
            Node::Any { base: *choices - of.len(), of }
        }
        Source::Concatenation(sources) => Node::All(all(sources)?),
        Source::Group(source) => lower(source, names, choices)?,
        Source::Repetition { repeat, node } => {
            Node::Many { min: repeat.min().unwrap_or(0), max: repeat.max(), of: Box::new(lower(node, names, choices)?) }
        }
        Source::Rulename(name) => Node::Rule(find(names, name).ok_or_else(|| format!("{name} is not defined"))?),
        Source::String(literal) => Node::Text(literal.value().chars().collect(), !literal.is_case_sensitive()),
        Source::TerminalValues(TerminalValues::Range(low, high)) => Node::One(Class::new(vec![(*low, *high)])),
        Source::TerminalValues(TerminalValues::Concatenation(codes)) => {
            let text: Option<Vec<char>> = codes.iter().map(|&code| char::from_u32(code)).collect();
            Node::Text(text.ok_or("a code that is no character")?, false)
        }
        Source::Prose(text) => return Err(format!("prose cannot be read: {text}")),
    })
}

/// The least number of rules on the way down from a node, by what is known of the rules so far.
fn height(node: &Node, of_rule: &impl Fn(usize) -> usize) -> usize {
    match node {
        Node::One(_) | Node::Text(..) => 0,
        Node::All(of) => of.iter().map(|node| height(node, of_rule)).max().unwrap_or(0),
        Node::Any { of, .. } => of.iter().map(|node| height(node, of_rule)).min().unwrap_or(0),
        Node::Many { min: 0, .. } => 0,
        Node::Many { of, .. } => height(of, of_rule),
        Node::Rule(rule) => of_rule(*rule).saturating_add(1),
    }
}

fn set_heights(rules: &mut [Rule]) -> Result<(), String> {
    for _ in 0..rules.len() {
        let known: Vec<usize> = rules.iter().map(|rule| rule.height).collect();
        for rule in rules.iter_mut() {
            rule.height = height(&rule.node, &|rule| known[rule]);
        }
    }
    match rules.iter().find(|rule| rule.height == usize::MAX) {
        Some(rule) => Err(format!("the rule {} has no sentence", rule.name)),
        None => Ok(()),
    }
}

/// Makes one class of what stands for one character, be it alternatives or a rule by itself; most of a text's
/// characters are then one look each. `rules` are the rules as merged so far.
fn merge(node: &Node, rules: &[Node]) -> Node {
    match node {
        Node::One(class) => Node::One(class.clone()),
        Node::Text(text, fold) => {
            let class = |&c: &char| {
                Node::One(if *fold { Class::either_case(c) } else { Class::new(vec![(c as u32, c as u32)]) })
            };
            match text.as_slice() {
                [c] => class(c),
                _ => Node::All(text.iter().map(class).collect()),
            }
        }
        Node::All(of) => Node::All(of.iter().map(|node| merge(node, rules)).collect()),
        Node::Any { base, of } => {
            let mut ranges = Vec::new();
            let mut others = Vec::new();
            for node in of {
                match merge(node, rules) {
                    Node::One(class) => ranges.extend(class.ranges),
                    other => others.push(other),
                }
            }
            if others.is_empty() {
                return Node::One(Class::new(ranges));
            }
            if !ranges.is_empty() {
                others.push(Node::One(Class::new(ranges)));
            }
            Node::Any { base: *base, of: others }
        }
        Node::Many { min, max, of } => Node::Many { min: *min, max: *max, of: Box::new(merge(of, rules)) },
        Node::Rule(rule) => match &rules[*rule] {
            Node::One(class) => Node::One(class.clone()),
            _ => Node::Rule(*rule),
        },
    }
}

#[test]
fn a_rule_may_start_with_itself() {
    let grammar = Grammar::read(&["sum = sum \"+\" sum / 1*digits / \"(\" sum \")\" / *blank \"x\"\nblank = [ SP ]\n\
        digits = %x31.32 / %s\"ab\" / \"cd\"\n"])
    .expect("a grammar");
    for sentence in ["12", "1212ab", "12+12+(ab+CdcD)", "x", "  x+12"] {
        assert!(grammar.recognise("sum", sentence), "{sentence}");
    }
    for other in ["", "1", "aB", "12+", "+12", "(12", "12)", "12++12", " ", "12 "] {
        assert!(!grammar.recognise("sum", other), "{other}");
    }
}

#[test]
fn a_grammar_must_be_closed() {
    for (text, error) in [
        ("a = b\n", "in the rule a: b is not defined"),
        ("a = SP\nA = SP\n", "the rule A is defined twice"),
        ("a = \"(\" a \")\"\n", "the rule a has no sentence"),
        ("a = <words>\n", "in the rule a: prose cannot be read: words"),
    ] {
        assert_eq!(Grammar::read(&[text]).err().as_deref(), Some(error));
    }
}
