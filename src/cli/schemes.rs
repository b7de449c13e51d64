//! Scheme files in a folder: found by code, read, and proved by their own examples.

use rules::scheme::Scheme;
use std::fs;
use std::path::{Path, PathBuf};

/// Why a scheme cannot be had from the folder.
#[derive(Debug, thiserror::Error)]
pub(super) enum SchemeError {
    #[error("there is no scheme \"{code}\" in {folder}: there are {known}")]
    NotThere { code: String, folder: String, known: String },
    #[error("{path}: {error}")]
    Unreadable { path: String, error: std::io::Error },
    #[error("{path} is not UTF-8: save it as UTF-8")]
    NotUtf8 { path: String },
    #[error("{0}")]
    Faulty(String),
}

/// The scheme with a code.
pub(super) fn find(folder: &Path, code: &str) -> Result<Scheme, SchemeError> {
    let files = files(folder)?;
    let wanted = code.to_lowercase();
    match files.iter().find(|path| stem(path) == wanted) {
        Some(path) => read(path).map(|(scheme, _)| scheme),
        None => Err(SchemeError::NotThere {
            code: code.to_owned(),
            folder: folder.display().to_string(),
            known: files.iter().map(|path| stem(path).to_uppercase()).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// A scheme file that reads without fault, and its text. Its examples have not been run.
pub(super) fn read(path: &Path) -> Result<(Scheme, String), SchemeError> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| SchemeError::Unreadable { path: name.clone(), error })?;
    let Ok(text) = String::from_utf8(bytes) else { return Err(SchemeError::NotUtf8 { path: name }) };
    match Scheme::read(&text) {
        Ok(scheme) => Ok((scheme, text)),
        Err(faults) => {
            let lines = faults.iter().map(|fault| format!("{name}:{fault}"));
            Err(SchemeError::Faulty(lines.collect::<Vec<_>>().join("\n")))
        }
    }
}

/// The scheme files of a folder, sorted.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, SchemeError> {
    let unreadable = |error| SchemeError::Unreadable { path: folder.display().to_string(), error };
    let paths = fs::read_dir(folder).map_err(unreadable)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}
