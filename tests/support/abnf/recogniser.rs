//! Whether a text is a sentence.

use super::{Grammar, Node};

/// Finds, for a rule and a place in the text, all places where a match of it can end. A rule that comes back to
/// itself at the same place gets what is known so far, and all is done again until nothing new is found.
pub(super) struct Recogniser<'a> {
    grammar: &'a Grammar,
    text: &'a [char],
    cells: Vec<Cell>,
    round: u32,
    came_back: bool,
    grew: bool,
}

#[derive(Clone, Default)]
struct Cell {
    ends: Ends,
    /// The round that it was last worked out in.
    round: u32,
    open: bool,
}

/// Places in a text, ascending.
type Ends = Vec<usize>;

fn add(to: &mut Ends, from: Ends) {
    if to.is_empty() {
        *to = from;
    } else {
        for end in from {
            if let Err(at) = to.binary_search(&end) {
                to.insert(at, end);
            }
        }
    }
}

impl<'a> Recogniser<'a> {
    pub(super) fn new(grammar: &'a Grammar, text: &'a [char]) -> Recogniser<'a> {
        let cells = vec![Cell::default(); grammar.rules.len() * (text.len() + 1)];
        Recogniser { grammar, text, cells, round: 0, came_back: false, grew: false }
    }

    pub(super) fn ends_of(&mut self, rule: usize, at: usize) -> Ends {
        loop {
            self.round += 1;
            (self.came_back, self.grew) = (false, false);
            let ends = self.rule(rule, at);
            if !(self.came_back && self.grew) {
                return ends;
            }
        }
    }

    fn rule(&mut self, rule: usize, at: usize) -> Ends {
        let index = rule * (self.text.len() + 1) + at;
        let cell = &mut self.cells[index];
        if cell.round == self.round {
            self.came_back |= cell.open;
            return cell.ends.clone();
        }
        (cell.round, cell.open) = (self.round, true);
        let grammar = self.grammar;
        let ends = self.node(&grammar.merged[rule], at);
        let cell = &mut self.cells[index];
        let before = cell.ends.len();
        add(&mut cell.ends, ends);
        cell.open = false;
        self.grew |= cell.ends.len() > before;
        cell.ends.clone()
    }

    fn node(&mut self, node: &Node, at: usize) -> Ends {
        match node {
            Node::One(class) => match self.text.get(at) {
                Some(&c) if class.has(c) => vec![at + 1],
                _ => Vec::new(),
            },
            Node::All(of) => {
                let mut ends = vec![at];
                for node in of {
                    ends = self.after(node, &ends);
                    if ends.is_empty() {
                        break;
                    }
                }
                ends
            }
            Node::Any { of, .. } => {
                let mut ends = Vec::new();
                for node in of {
                    add(&mut ends, self.node(node, at));
                }
                ends
            }
            Node::Many { min, max, of } => {
                let mut found = Vec::new();
                let mut last = vec![at];
                for count in 0.. {
                    if count >= *min {
                        // What was found before leads to nothing new; so this ends, even where `of` can be empty.
                        last.retain(|end| found.binary_search(end).is_err());
                        add(&mut found, last.clone());
                    }
                    if last.is_empty() || *max == Some(count) {
                        break;
                    }
                    last = self.after(of, &last);
                }
                found
            }
            Node::Rule(rule) => self.rule(*rule, at),
            Node::Text(..) => unreachable!("a text is merged into classes"),
        }
    }

    fn after(&mut self, node: &Node, places: &[usize]) -> Ends {
        let mut ends = Vec::new();
        for &at in places {
            add(&mut ends, self.node(node, at));
        }
        ends
    }
}
