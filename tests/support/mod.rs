//! What several tests share.

pub mod abnf;
pub mod cases;
pub mod random;
