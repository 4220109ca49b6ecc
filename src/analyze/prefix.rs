//! Where the texts that begin with a prefix end.

/// D4: the least text of some alphabet that is greater than every one that begins with the prefix: its last character raised to
/// the next one of the alphabet, which skips the surrogates; a last character that is the greatest of all is dropped first.
pub(crate) fn after_prefix(prefix: &str, is_letter: impl Fn(char) -> bool) -> Option<String> {
    let mut rest = prefix;
    while let Some(last) = rest.chars().next_back() {
        rest = &rest[..rest.len() - last.len_utf8()];
        let mut next = (u32::from(last) + 1..=u32::from(char::MAX)).filter_map(char::from_u32);
        if let Some(next) = next.find(|next| is_letter(*next)) {
            return Some(format!("{rest}{next}"));
        }
    }
    None
}
