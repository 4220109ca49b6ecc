//! `filter` where it is used as grep is.

use std::path::{Path, PathBuf};

use super::run;

/// A folder of its own for the files of a test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("scim-query-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// The path of a file with that text.
    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(Path::new(&self.path(name)), text).unwrap();
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are_filtered() {
    let folder = Folder::new("unreadable");
    let (one, two) = (folder.file("1", "{\"a\":1}\n"), folder.file("2", "{\"a\":2}\n"));
    let (missing, a_folder) = (folder.path("missing"), folder.path(""));
    let files = [&*one, &missing, &a_folder, &two];
    let ran = run(&[&["filter", "a pr"], &files[..]].concat(), "");
    assert_eq!((ran.code, &*ran.out), (2, "{\"a\":1}\n{\"a\":2}\n"));
    let told: Vec<&str> = ran.err.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with(&format!("error: {missing}: ")), "{told:?}");
    assert!(told[1].starts_with(&format!("error: {a_folder}: ")), "{told:?}");
    // They are counted, and that something is missing is told by the exit code, also where nothing matches.
    let ran = run(&[&["filter", "--count", "a pr"], &files[..]].concat(), "");
    assert_eq!((ran.code, &*ran.out), (2, "2\n"));
    assert_eq!(run(&[&["filter", "a gt 2"], &files[..]].concat(), "").code, 2);
}

#[test]
fn a_broken_record_ends_the_run_without_a_count() {
    let folder = Folder::new("no-count");
    let (broken, whole) = (folder.file("1", "{\"a\":1}\n{\"a\":\n"), folder.file("2", "{\"a\":2}\n"));
    let ran = run(&["filter", "--count", "a pr", &whole, &broken, &whole], "");
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(ran.err.contains("line 2: "), "{}", ran.err);
    // With what goes on, the count is that of the rest.
    let ran = run(&["filter", "--count", "--skip-invalid", "a pr", &whole, &broken, &whole], "");
    assert_eq!((ran.code, &*ran.out), (0, "3\n"));
}
