//! Classes of characters, one look-up for each byte. What ends a run of a class is ASCII or every other character, so that a run
//! ends where a character does.

/// `nameChar`
pub(super) const NAME: u8 = 1;
/// `uriChar`, with the sign of percent-encoded bytes
pub(super) const URI: u8 = 1 << 1;
/// What a keyword could have been meant as: up to a space, bracket or quote.
pub(super) const WORD: u8 = 1 << 2;
/// `unescaped`, in double quotes
pub(super) const UNESCAPED: u8 = 1 << 3;
/// The same in single quotes (Q3)
pub(super) const UNESCAPED_SINGLE: u8 = 1 << 4;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < classes.len() {
        let byte = at as u8;
        let name = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let uri = super::attr::is_uri_char(byte as char) || byte == b'%';
        let word = !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' | b'[' | b']' | b'"' | b'\'');
        let text = byte != b'\\' && byte >= b' ';
        classes[at] = (name as u8 * NAME)
            | (uri as u8 * URI)
            | (word as u8 * WORD)
            | ((text && byte != b'"') as u8 * UNESCAPED)
            | ((text && byte != b'\'') as u8 * UNESCAPED_SINGLE);
        at += 1;
    }
    classes
};

/// The text up to the first character that is not of the class, and the rest.
pub(super) fn run(text: &str, class: u8) -> (&str, &str) {
    text.split_at(end(text.as_bytes(), class))
}

/// Where the first byte stands that is not of the class.
pub(super) fn end(text: &[u8], class: u8) -> usize {
    text.iter().position(|byte| CLASSES[usize::from(*byte)] & class == 0).unwrap_or(text.len())
}

/// Whether the text begins with a character of the class.
pub(super) fn begins(text: &str, class: u8) -> bool {
    text.bytes().next().is_some_and(|byte| CLASSES[usize::from(byte)] & class != 0)
}
