//! The scheme files of the house.

use std::fs;
use std::path::{Path, PathBuf};

/// Where they are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/schemes")
}

/// Every scheme file: its name and its text, in the order of the names.
pub(crate) fn texts() -> Vec<(String, String)> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    paths.sort();
    assert!(paths.len() > 40, "{paths:?}");
    let read =
        |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap());
    paths.into_iter().map(read).collect()
}
