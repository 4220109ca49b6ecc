//! One meaning in every source: JSON in memory, raw JSON bytes, structs, anything that serializes.

mod by_hand;
mod prepared;
mod raw;
mod serialized;
mod structs;
mod texts;
mod written;
