//! What several tests share.

pub mod abnf;
