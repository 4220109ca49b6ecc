//! From dotted names to attributes, in any case or exactly, without a copy of the name that is looked for.

use std::cmp::Ordering;

use super::AttrId;

/// An attribute of the schema or extension of this index.
pub(super) type Owned = (usize, AttrId);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    case_exact: bool,
    /// Sorted, the shorter first; in lower case unless names are case-exact.
    sorted: Vec<(Box<str>, Vec<Owned>)>,
}

impl Names {
    pub(super) fn new(case_exact: bool) -> Names {
        Names { case_exact, sorted: Vec::new() }
    }

    pub(super) fn are_case_exact(&self) -> bool {
        self.case_exact
    }

    /// The attributes of this name, at most one of each schema.
    pub(super) fn get(&self, name: &str) -> &[Owned] {
        let found = self.place(name).ok().and_then(|at| self.sorted.get(at));
        found.map_or(&[], |(_, attributes)| attributes)
    }

    /// Those of the same name, to add another to.
    pub(super) fn entry(&mut self, name: &str) -> &mut Vec<Owned> {
        let at = match self.place(name) {
            Ok(at) => at,
            Err(at) => {
                let key = if self.case_exact { name.into() } else { name.to_ascii_lowercase().into() };
                self.sorted.insert(at, (key, Vec::new()));
                at
            }
        };
        &mut self.sorted[at].1
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        // Most differ in length, which is compared first: in lower case it is the same.
        self.sorted.binary_search_by(|(known, _)| {
            known.len().cmp(&name.len()).then_with(|| match self.case_exact {
                true => (**known).cmp(name),
                false => in_any_case(known, name),
            })
        })
    }
}

/// The order of a name in lower case and one in any case.
fn in_any_case(lower: &str, name: &str) -> Ordering {
    lower.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}
