//! One meaning in every source: JSON in memory, raw JSON bytes, structs, anything that serializes.

mod prepared;
mod raw;
mod structs;
mod texts;
mod written;
