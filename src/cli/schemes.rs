//! Scheme files in a folder: found by code, read, and proved by their own examples.

use rules::scheme::{Fault, Scheme, TEXT_BYTES_MAX};
use std::fs::{self, File};
use std::io::Read;
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
    #[error("there is no scheme in {folder}: schemes are files that end in .toml")]
    NoneThere { folder: String },
    #[error("{path}: the scheme {code} belongs in {name}.toml")]
    NotInItsPlace { path: String, code: String, name: String },
    #[error("{path} is a text of {code}, and you named {named}: name the one that you mean")]
    OfAnother { path: String, code: String, named: String },
    #[error("{0}")]
    Faulty(String),
}

impl SchemeError {
    /// The faults of a file, each in a line of its own.
    pub(super) fn faulty(path: &Path, faults: &[Fault]) -> Self {
        let lines = faults.iter().map(|fault| format!("{}:{fault}", path.display()));
        Self::Faulty(lines.collect::<Vec<_>>().join("\n"))
    }
}

/// The scheme with a code.
pub(super) fn find(folder: &Path, code: &str) -> Result<Scheme, SchemeError> {
    let files = files(folder)?;
    let wanted = code.to_lowercase();
    let Some(path) = files.iter().find(|path| stem(path).to_lowercase() == wanted) else {
        return Err(SchemeError::NotThere {
            code: code.to_owned(),
            folder: folder.display().to_string(),
            known: files.iter().map(|path| code_of(path)).collect::<Vec<_>>().join(", "),
        });
    };
    let (scheme, _) = read(path)?;
    in_its_place(path, &scheme)?;
    Ok(scheme)
}

/// A scheme stands in the file of its name, so that a code always finds the scheme that it means.
pub(super) fn in_its_place(path: &Path, scheme: &Scheme) -> Result<(), SchemeError> {
    let code = scheme.file.code.get_ref();
    if stem(path) == code.to_lowercase() {
        return Ok(());
    }
    let (path, code, name) = (path.display().to_string(), code.clone(), code.to_lowercase());
    Err(SchemeError::NotInItsPlace { path, code, name })
}

/// A scheme file that reads without fault, and its text. Its examples have not been run.
pub(super) fn read(path: &Path) -> Result<(Scheme, String), SchemeError> {
    let name = path.display().to_string();
    // One byte more than a text may have says that it has too many.
    let most = u64::try_from(TEXT_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| SchemeError::Unreadable { path: name.clone(), error })?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // What is too long is cut anywhere, and told as such.
        Err(cut) if cut.as_bytes().len() > TEXT_BYTES_MAX => String::from_utf8_lossy(cut.as_bytes()).into_owned(),
        Err(_) => return Err(SchemeError::NotUtf8 { path: name }),
    };
    match Scheme::read(&text) {
        Ok(scheme) => Ok((scheme, text)),
        Err(faults) => Err(SchemeError::faulty(path, &faults)),
    }
}

/// The scheme files of a folder, sorted; at least one.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, SchemeError> {
    let unreadable = |error| SchemeError::Unreadable { path: folder.display().to_string(), error };
    let paths = fs::read_dir(folder).map_err(unreadable)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    if paths.is_empty() { Err(SchemeError::NoneThere { folder: folder.display().to_string() }) } else { Ok(paths) }
}

/// The code of the scheme that belongs in a file.
pub(super) fn code_of(path: &Path) -> String {
    stem(path).to_uppercase()
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}
