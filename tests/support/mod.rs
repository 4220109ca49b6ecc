//! What several tests share.

pub mod abnf;
pub mod cases;
