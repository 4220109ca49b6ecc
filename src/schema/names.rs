//! From dotted names to attributes, in any case or exactly, without a copy of the name that is looked for.

use std::cmp::Ordering;

use super::AttrId;

/// An attribute of the schema or extension of this index.
pub(super) type Owned = (usize, AttrId);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    case_exact: bool,
    /// By their length, since most differ in it, and those of one length sorted; in lower case unless names are case-exact.
    by_length: Vec<Vec<(Box<str>, Vec<Owned>)>>,
}

impl Names {
    pub(super) fn new(case_exact: bool) -> Names {
        Names { case_exact, by_length: Vec::new() }
    }

    pub(super) fn are_case_exact(&self) -> bool {
        self.case_exact
    }

    /// The attributes of this name, at most one of each schema.
    pub(super) fn get(&self, name: &str) -> &[Owned] {
        let found = self.by_length.get(name.len()).and_then(|sorted| {
            let at = self.place(sorted, name).ok()?;
            sorted.get(at)
        });
        found.map_or(&[], |(_, attributes)| attributes)
    }

    /// Those of the same name, to add another to.
    pub(super) fn entry(&mut self, name: &str) -> &mut Vec<Owned> {
        if self.by_length.len() <= name.len() {
            self.by_length.resize(name.len() + 1, Vec::new());
        }
        let at = match self.place(&self.by_length[name.len()], name) {
            Ok(at) => at,
            Err(at) => {
                let key = if self.case_exact { name.into() } else { name.to_ascii_lowercase().into() };
                self.by_length[name.len()].insert(at, (key, Vec::new()));
                at
            }
        };
        &mut self.by_length[name.len()][at].1
    }

    /// Where a name stands among those of its length.
    fn place(&self, sorted: &[(Box<str>, Vec<Owned>)], name: &str) -> Result<usize, usize> {
        sorted.binary_search_by(|(known, _)| match self.case_exact {
            true => (**known).cmp(name),
            false => in_any_case(known, name),
        })
    }
}

/// The order of a name in lower case and one in any case.
fn in_any_case(lower: &str, name: &str) -> Ordering {
    lower.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}
