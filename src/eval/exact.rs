//! A text that others are compared with, most of which differ.

#[derive(Clone, Debug, Default)]
pub(super) struct ExactText {
    text: Box<str>,
    ends: [u64; 2],
}

impl ExactText {
    pub(super) fn new(text: &str) -> ExactText {
        ExactText { text: text.into(), ends: ends(text.as_bytes()) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Without a call, but for long texts that differ neither in length nor at the ends.
    #[inline(always)]
    pub(super) fn is(&self, stored: &[u8]) -> bool {
        stored.len() == self.text.len()
            && ends(stored) == self.ends
            && (stored.len() <= 16 || *stored == *self.text.as_bytes())
    }
}

/// The first and the last bytes; all that there are if they are no more than 16.
#[inline(always)]
fn ends(text: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return [u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)];
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return [u32::from_ne_bytes(*first).into(), u32::from_ne_bytes(*last).into()];
    }
    [text.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte)), 0]
}
