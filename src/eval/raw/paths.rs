//! Which members of a record a filter needs: a tree of names, each with the place where its value will be collected.

use crate::error::BindError;
use crate::eval::compile::Bind;
use crate::eval::exact::ExactText;
use crate::schema::Attribute;

/// The path at an index has its value in the slot of that index; the first is the record itself.
#[derive(Clone, Debug)]
pub(crate) struct Paths(Vec<Path>);

#[derive(Clone, Debug, Default)]
struct Path {
    name: ExactText,
    below: Vec<u32>,
    /// The bytes that the names below end in.
    last_bytes: u64,
    /// Not only the paths below are needed, but all that lies here.
    whole: bool,
}

impl Paths {
    pub(super) fn new() -> Paths {
        Paths(vec![Path::default()])
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The paths just below one.
    #[inline]
    pub(super) fn below(&self, path: u32) -> &[u32] {
        self.0.get(path as usize).map_or(&[], |path| &path.below)
    }

    /// Whether all that lies at a path is needed.
    pub(super) fn is_whole(&self, path: u32) -> bool {
        self.0.get(path as usize).is_none_or(|path| path.whole)
    }

    /// The path of a name just below another.
    pub(super) fn find(&self, above: u32, name: &str) -> Option<u32> {
        self.below(above).iter().copied().find(|path| self.name(*path) == name)
    }

    /// The path just below another whose name ends at a quote of a record.
    #[inline(always)]
    pub(super) fn named(&self, above: u32, text: &[u8], end: usize, has_escapes: bool) -> Option<u32> {
        if has_escapes {
            return self.named_with_escapes(above, text, end);
        }
        let above = self.0.get(above as usize)?;
        let last = *text.get(end.checked_sub(1)?)?;
        if above.last_bytes & byte_bit(last) == 0 {
            return None;
        }
        above.below.iter().copied().find(|path| {
            let Some(Path { name, .. }) = self.0.get(*path as usize) else { return false };
            let start = end.wrapping_sub(name.as_str().len());
            text.get(start.wrapping_sub(1)) == Some(&b'"') && text.get(start..end).is_some_and(|text| name.is(text))
        })
    }

    #[cold]
    fn named_with_escapes(&self, above: u32, text: &[u8], end: usize) -> Option<u32> {
        let written = text.get(super::read::string_start(text, end)..end)?;
        self.below(above).iter().copied().find(|path| super::read::is_written(written, self.name(*path)))
    }

    fn name(&self, path: u32) -> &str {
        self.0.get(path as usize).map_or("", |path| path.name.as_str())
    }
}

/// A bit for a byte, which some other bytes share.
#[inline(always)]
fn byte_bit(byte: u8) -> u64 {
    1 << (byte & 63)
}

impl Bind for Paths {
    fn member(&mut self, scope: usize, key: &str, _: &str) -> Result<(u32, usize), BindError> {
        let above = u32::try_from(scope).unwrap_or(u32::MAX);
        let path = match self.find(above, key) {
            Some(path) => path,
            None => {
                let path = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
                self.0.push(Path { name: ExactText::new(key), ..Path::default() });
                if let Some(above) = self.0.get_mut(scope) {
                    above.below.push(path);
                    above.last_bytes |= byte_bit(key.bytes().last().unwrap_or(b'"'));
                }
                path
            }
        };
        Ok((path, path as usize))
    }

    /// Most often it has yet to be read.
    fn cost_below(&self) -> u32 {
        8
    }

    fn value(&mut self, _: usize, _: &Attribute) -> Result<(), BindError> {
        Ok(())
    }

    fn whole(&mut self, scope: usize) {
        if let Some(path) = self.0.get_mut(scope) {
            path.whole = true;
        }
    }
}
