//! What the fuzz targets check, without a fuzzer: what they once found stays mended, and the inputs that they begin with pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::checks::{self, TARGETS};

/// The folder of the targets and of their finds; `None` in the published crate, which packages of their own are no part of.
fn fuzz() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let published = folder.join(".cargo_vcs_info.json").exists();
    (!published).then(|| folder.join("fuzz"))
}

/// What is in a directory, sorted; nothing where there is none.
fn inside(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

/// The input, where it is not one that passes: the checks' own message says what of it is wrong.
fn run(name: &str, shown: &str, input: &[u8]) {
    let passes = std::panic::catch_unwind(|| checks::run(name, input));
    assert!(passes.is_ok(), "target {name}: {shown}: {}", String::from_utf8_lossy(input));
}

#[test]
fn what_was_found_stays_mended() {
    let Some(fuzz) = fuzz() else { return };
    let mut inputs = 0;
    for target in TARGETS {
        for find in inside(&fuzz.join("regressions").join(target.name)) {
            run(target.name, &find.display().to_string(), &fs::read(&find).expect("a find"));
            inputs += 1;
        }
    }
    assert!(inputs > 0, "no finds in fuzz/regressions");
}

#[test]
fn seeds_pass() {
    for target in TARGETS {
        let seeds = checks::seeds(target.name);
        assert!(seeds.len() >= 40, "{} has {} seeds", target.name, seeds.len());
        for (number, seed) in seeds.iter().enumerate() {
            run(target.name, &format!("seed {number}"), seed);
        }
    }
}

/// A target is one everywhere: in its file, in the manifest, in the list of checks; and finds are of a target.
#[test]
fn targets_are_complete() {
    let stem = |path: &PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let Some(fuzz) = fuzz() else { return };
    let files: BTreeSet<String> = inside(&fuzz.join("fuzz_targets")).iter().map(stem).collect();
    let listed: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    // Without the databases, its check is not built.
    let missing: Vec<&String> = files.difference(&listed).filter(|name| *name != "sql").collect();
    assert!(missing.is_empty() && listed.is_subset(&files), "{files:?}, {listed:?}");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("fuzz/Cargo.toml");
    for name in &files {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} in fuzz/Cargo.toml");
        let target = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).expect("a target");
        assert!(target.contains(&format!("target!(\"{name}\")")), "{name}");
    }
    for directory in inside(&fuzz.join("regressions")).iter().filter(|path| path.is_dir()) {
        assert!(files.contains(&stem(directory)), "{} is of no target", directory.display());
    }
}
