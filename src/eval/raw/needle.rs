//! A text that must occur in every record that matches, to pass over the others without reading them.

use memchr::memmem::Finder;

use crate::check::{Expr, Literal, Test};
use crate::op::CompareOp;

/// Shorter ones are found too often.
const SHORTEST: usize = 4;

/// A record matches only if the text is in it as it is, or if it holds an escape that may stand for a part of it.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    text: Finder<'static>,
    escape: Finder<'static>,
}

impl Needle {
    pub(super) fn of(expr: &Expr) -> Option<Needle> {
        let text = required(expr)?;
        Some(Needle { text: Finder::new(text).into_owned(), escape: Finder::new(r"\u").into_owned() })
    }
}

/// The longest text that every match holds.
fn required(expr: &Expr) -> Option<&str> {
    match expr {
        // All of them hold.
        Expr::And(terms) => terms.iter().filter_map(required).max_by_key(|text| text.len()),
        Expr::Any(_, inner) => required(inner),
        Expr::Test(_, Test::Compare(CompareOp::Eq | CompareOp::Co | CompareOp::Sw | CompareOp::Ew, literal)) => {
            let Literal::Text { text, folded } = literal else { return None };
            let runs = text.split(|c: char| !is_written_one_way(c, *folded));
            runs.max_by_key(|run| run.len()).filter(|run| run.len() >= SHORTEST)
        }
        Expr::Const(_) | Expr::Or(_) | Expr::Not(_) | Expr::Test(..) => None,
    }
}

/// Whether a record writes the character as it is or by `\u`, and, if values are folded, no other folds to it: none folds
/// to what is no letter.
fn is_written_one_way(c: char, folded: bool) -> bool {
    let other_escapes = c < ' ' || matches!(c, '"' | '\\' | '/');
    !other_escapes && (!folded || (c.is_ascii() && !c.is_ascii_alphabetic()))
}

/// The places in a text where the needle may be, found as they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Candidates<'n, 't> {
    needle: &'n Needle,
    text: &'t [u8],
    /// The next of each from a place on; before that place when it has not been looked for.
    next_text: Option<usize>,
    next_escape: Option<usize>,
    from: Option<usize>,
}

impl<'n, 't> Candidates<'n, 't> {
    pub(super) fn new(needle: &'n Needle, text: &'t [u8]) -> Candidates<'n, 't> {
        Candidates { needle, text, next_text: None, next_escape: None, from: None }
    }

    /// The first from a place on. Places only grow from call to call.
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        let find = |finder: &Finder<'_>| Some(from + finder.find(self.text.get(from..)?)?);
        let is_behind = |known: Option<usize>, first: bool| first || known.is_some_and(|known| known < from);
        let first = self.from.is_none();
        if is_behind(self.next_text, first) {
            self.next_text = find(&self.needle.text);
        }
        if is_behind(self.next_escape, first) {
            self.next_escape = find(&self.needle.escape);
        }
        self.from = Some(from);
        match (self.next_text, self.next_escape) {
            (Some(text), Some(escape)) => Some(text.min(escape)),
            (text, escape) => text.or(escape),
        }
    }
}
