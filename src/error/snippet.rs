//! Draws a text with a place in it marked.

use std::fmt;

use crate::span::Span;

/// How much of a refused text an error keeps, in bytes.
const KEPT: usize = 64 * 1024;
/// How much of a long line is shown on each side of the place, in characters.
const AROUND: usize = 60;
/// The longest row of carets.
const CARETS: usize = 80;

/// The text as an error keeps it, and the span cut to fit.
pub(super) fn keep(span: Option<Span>, text: &str) -> (Option<Span>, &str) {
    if text.len() <= KEPT {
        return (span, text);
    }
    let mut end = KEPT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = Span::new(0, end);
    (span.map(|span| Span { start: span.start.min(kept.end), end: span.end.min(kept.end) }), &text[..end])
}

/// The text on one line, a row of carets under the span, and the sentence. A long text is cut around the span.
pub(super) fn draw(f: &mut fmt::Formatter<'_>, text: &str, span: Option<Span>, sentence: &str) -> fmt::Result {
    let Some(span) = span else {
        return f.write_str(sentence);
    };
    let before = text.get(..span.start as usize).unwrap_or("");
    let after = text.get(span.end as usize..).unwrap_or("");
    let skipped = before.chars().count().saturating_sub(AROUND);
    let before: String = before.chars().skip(skipped).collect();
    let marked: String = span.of(text).chars().take(CARETS).collect();
    let cut = marked.len() < span.of(text).len();
    let shown_after: String = if cut { String::new() } else { after.chars().take(AROUND).collect() };
    let head = if skipped > 0 { "…" } else { "" };
    let tail = if cut || shown_after.len() < after.len() { "…" } else { "" };

    let line: String =
        [&before, &marked, &shown_after].into_iter().flat_map(|part| part.chars().map(visible)).collect();
    let indent = head.chars().count() + before.chars().count();
    let carets = marked.chars().count().max(1);
    write!(f, "  {head}{line}{tail}\n  {:indent$}{:^>carets$} {sentence}", "", "")
}

/// One character for one character, so that the carets stay under their place, and nothing that moves a terminal's
/// cursor or turns its writing direction.
fn visible(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        c if is_visible(c) => c,
        _ => '\u{FFFD}',
    }
}

/// Neither a control character nor one that turns the writing direction or breaks the line.
pub(crate) fn is_visible(c: char) -> bool {
    let turns = matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !turns && c != '\u{FEFF}'
}
