//! Where a value ends, through chunks that are cut anywhere.

/// The quote that ends a string, from a byte in it on; nothing if it is not in the chunk. `escaped`: the byte before was a
/// backslash that escapes the next.
pub(super) fn string_end(chunk: &[u8], mut at: usize, escaped: &mut bool) -> Option<usize> {
    if std::mem::take(escaped) {
        at += 1;
    }
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', chunk.get(at..)?)?;
        if chunk[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
        if at > chunk.len() {
            *escaped = true;
            return None;
        }
    }
}

/// A value that has begun.
#[derive(Clone, Debug)]
pub(super) struct Value {
    depth: usize,
    inside: Inside,
}

#[derive(Clone, Debug)]
enum Inside {
    /// Before its first byte.
    Nothing,
    String {
        escaped: bool,
    },
    /// A number, `true`, `false` or `null`.
    Word,
    /// An array or an object, outside its strings.
    Brackets,
}

impl Value {
    pub(super) fn new() -> Value {
        Value { depth: 0, inside: Inside::Nothing }
    }

    /// Where the value ends: behind its last byte; nothing if it goes on in the next chunk. Only brackets are counted.
    pub(super) fn end(&mut self, chunk: &[u8], mut at: usize) -> Option<usize> {
        while at < chunk.len() {
            match &mut self.inside {
                Inside::String { escaped } => {
                    at = string_end(chunk, at, escaped)? + 1;
                    if self.depth == 0 {
                        return Some(at);
                    }
                    self.inside = Inside::Brackets;
                }
                Inside::Word => {
                    let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
                    return Some(at + chunk[at..].iter().position(is_end)?);
                }
                Inside::Nothing => {
                    self.inside = match chunk[at] {
                        b'"' => {
                            at += 1;
                            Inside::String { escaped: false }
                        }
                        b'{' | b'[' => Inside::Brackets,
                        _ => Inside::Word,
                    };
                }
                Inside::Brackets => {
                    let is_next = |byte: &u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']');
                    at += chunk[at..].iter().position(is_next)?;
                    match chunk[at] {
                        b'"' => self.inside = Inside::String { escaped: false },
                        b'{' | b'[' => self.depth += 1,
                        _ => self.depth = self.depth.saturating_sub(1),
                    }
                    at += 1;
                    if self.depth == 0 && matches!(self.inside, Inside::Brackets) {
                        return Some(at);
                    }
                }
            }
        }
        None
    }
}
