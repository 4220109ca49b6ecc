//! A key of `serde_json`'s maps that is looked for by another order of work than `str`'s, with the same result: most keys
//! differ in the first byte, and of short ones that do not, most are the same. Neither takes a call then.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::exact::is_same_short;

/// Sorts and hashes as its text does, as [`Borrow`] wants it. A trait object, because a `String` can be borrowed as one
/// without a copy.
pub(super) trait Name {
    fn name(&self) -> &str;
}

impl Name for String {
    #[inline(always)]
    fn name(&self) -> &str {
        self
    }
}

impl Name for &str {
    #[inline(always)]
    fn name(&self) -> &str {
        self
    }
}

impl<'n> Borrow<dyn Name + 'n> for String {
    #[inline(always)]
    fn borrow(&self) -> &(dyn Name + 'n) {
        self
    }
}

impl Ord for dyn Name + '_ {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        let (name, other) = (self.name().as_bytes(), other.name().as_bytes());
        // Asked for as "other than" first: that is a jump that is foreseen, where two orders make a detour of it.
        match (name.first(), other.first()) {
            (Some(first), Some(second)) if first != second => {
                if first < second {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ if is_same_short(name, other) => Ordering::Equal,
            _ => name.cmp(other),
        }
    }
}

impl PartialOrd for dyn Name + '_ {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for dyn Name + '_ {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for dyn Name + '_ {}

impl Hash for dyn Name + '_ {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}
