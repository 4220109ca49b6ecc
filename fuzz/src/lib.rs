//! What the fuzz targets have in common. What they check is in `tests/checks`, which the ordinary tests run too, over the finds of
//! `regressions/` and over the seeds.
#![forbid(unsafe_code)]

#[path = "../../tests/checks/mod.rs"]
pub mod checks;
pub mod reference;

/// A fuzz target of a name in [`checks::TARGETS`].
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(init: $crate::write_seeds($name), |data: &[u8]| $crate::checks::run($name, data));
    };
}

/// Writes the target's seeds into the directory that FUZZ_SEEDS names, before libFuzzer reads its corpus.
///
/// # Panics
/// Where they cannot be written.
pub fn write_seeds(name: &str) {
    let Some(directory) = std::env::var_os("FUZZ_SEEDS").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&directory).expect("a directory for seeds");
    for (number, seed) in checks::seeds(name).iter().enumerate() {
        std::fs::write(directory.join(format!("seed-{number:04}")), seed).expect("a seed is written");
    }
}
