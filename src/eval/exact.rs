//! Short texts are compared as two numbers: without a call, and without a step for each byte. Most names and most texts of
//! filters are short, and at which byte one differs is hard to foresee.

/// The first eight bytes and the last eight are all.
const SHORT: usize = 16;

/// A text that others are compared with, most of which differ.
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
            && (stored.len() <= SHORT || is_same_long(stored, self.text.as_bytes()))
    }
}

/// Whether both are the same text; they have one length, and more than 16 bytes. Identifiers are often no longer than 32.
#[inline(always)]
fn is_same_long(text: &[u8], other: &[u8]) -> bool {
    let halves =
        |text: &[u8]| Some([u128::from_ne_bytes(*text.first_chunk()?), u128::from_ne_bytes(*text.last_chunk()?)]);
    if text.len() <= 2 * SHORT { halves(text) == halves(other) } else { is_same(text, other) }
}

/// Not inlined: a call takes registers from the loop around it.
#[cold]
#[inline(never)]
fn is_same(text: &[u8], other: &[u8]) -> bool {
    text == other
}

/// Whether both are the same short text.
#[inline(always)]
pub(super) fn is_same_short(text: &[u8], other: &[u8]) -> bool {
    text.len() == other.len() && text.len() <= SHORT && ends(text) == ends(other)
}

/// Whether the fold of `stored` is `folded`, of the same length; `None` if it is not short or not ASCII.
#[inline(always)]
pub(super) fn is_folded_short(stored: &[u8], folded: &[u8]) -> Option<bool> {
    let [first, last] = ends(stored);
    let is_ascii = (first | last) & (ONES * 0x80) == 0;
    (stored.len() <= SHORT && is_ascii).then(|| [lowercase(first), lowercase(last)] == ends(folded))
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

/// A one in each byte.
const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// Each of eight ASCII bytes in lower case.
#[inline(always)]
fn lowercase(bytes: u64) -> u64 {
    // The high bit of a sum says that the byte is `A` or after it, or that it is after `Z`; no sum is above 255.
    let from_a = bytes + ONES * (0x80 - u64::from(b'A'));
    let after_z = bytes + ONES * (0x7f - u64::from(b'Z'));
    let is_capital = from_a & !after_z & (ONES * 0x80);
    bytes | is_capital >> 2
}
