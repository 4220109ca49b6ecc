//! The elements of the list.

use super::edit::Edit;
use super::skip::Value;
use super::{BodyCounts, BodyError, Problem};
use crate::eval::RawPredicate;

#[derive(Clone, Debug)]
pub(super) struct List {
    predicate: RawPredicate,
    pub(super) limit: usize,
    pub(super) edit: Option<Edit>,
    pub(super) counts: BodyCounts,
    /// White space, and perhaps a comma, that has not passed yet: it goes with the element behind it.
    gap: Vec<u8>,
    comma: bool,
    is_first: bool,
    kept_one: bool,
    /// The element that has begun, and its bytes from earlier chunks.
    element: Option<Value>,
    begun: Vec<u8>,
}

impl List {
    pub(super) fn new(predicate: RawPredicate, limit: usize) -> List {
        List {
            predicate,
            limit,
            edit: None,
            counts: BodyCounts { kept: 0, dropped: 0 },
            gap: Vec::new(),
            comma: false,
            is_first: true,
            kept_one: false,
            element: None,
            begun: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self) {
        self.gap.clear();
        (self.comma, self.is_first, self.kept_one) = (false, true, false);
    }

    /// Takes a chunk from a byte on, which `read` bytes came before: where the list ends, if it does.
    pub(super) fn take(
        &mut self,
        chunk: &[u8],
        mut at: usize,
        read: usize,
        out: &mut Vec<u8>,
    ) -> Result<Option<usize>, BodyError> {
        let wrong = |problem, at| Err(BodyError::new(problem, read + at));
        while let Some(byte) = chunk.get(at).copied() {
            if let Some(element) = &mut self.element {
                let end = element.end(chunk, at);
                // The first byte that is too many, wherever chunks are cut.
                let room = self.limit.saturating_sub(self.gap.len() + self.begun.len());
                if end.unwrap_or(chunk.len()) - at > room {
                    return wrong(Problem::TooLarge, at + room);
                }
                let Some(end) = end else {
                    self.begun.extend_from_slice(&chunk[at..]);
                    return Ok(None);
                };
                self.decide(&chunk[at..end], read + at, out)?;
                at = end;
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.gap.push(byte),
                b',' if self.comma || self.is_first => return wrong(Problem::NoValue, at),
                b',' => {
                    self.comma = true;
                    self.gap.push(byte);
                }
                b']' if self.comma => return wrong(Problem::NoValue, at),
                b']' => {
                    out.append(&mut self.gap);
                    out.push(byte);
                    return Ok(Some(at + 1));
                }
                b'}' | b':' => return wrong(Problem::NoValue, at),
                _ if !self.comma && !self.is_first => return wrong(Problem::NoComma, at),
                _ => {
                    self.element = Some(Value::new());
                    continue;
                }
            }
            if self.gap.len() > self.limit {
                return wrong(Problem::TooLarge, at);
            }
            at += 1;
        }
        Ok(None)
    }

    /// An element has come to its end; `rest` is what of it lies in this chunk.
    fn decide(&mut self, rest: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), BodyError> {
        let before = self.begun.len();
        let whole = if before == 0 {
            rest
        } else {
            self.begun.extend_from_slice(rest);
            &self.begun
        };
        let matches = self.predicate.matches(whole).map_err(|error| BodyError::of_element(error, at - before))?;
        if matches {
            // The comma before the first one that is kept parted it from one that is not.
            let gap = self.gap.iter().copied().filter(|byte| self.kept_one || *byte != b',');
            match &self.edit {
                None => {
                    out.extend(gap);
                    out.extend_from_slice(whole);
                }
                Some(edit) => {
                    let edited = edit.of(whole).ok_or_else(|| BodyError::new(Problem::Refused, at - before))?;
                    out.extend(gap);
                    out.extend(edited);
                }
            }
            self.kept_one = true;
            self.counts.kept += 1;
        } else {
            self.counts.dropped += 1;
        }
        self.gap.clear();
        self.begun.clear();
        self.element = None;
        (self.comma, self.is_first) = (false, false);
        Ok(())
    }
}
