//! Where verdicts go: to standard output, or to a file that takes the place of an older one only once it is whole.

use same_file::Handle;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// What a new file allows, before the mask of whoever runs this.
const NEW_FILE: u32 = 0o666;

/// Verdicts on their way.
pub(super) enum Verdicts {
    /// What has no older content: standard output, a device or a pipe.
    Stream(Box<dyn Write>),
    /// A file beside the one whose place it takes.
    Whole { file: NamedTempFile, place: PathBuf },
}

impl Verdicts {
    /// Begins to write; nothing that stands there is touched yet.
    pub(super) fn begin(out: Option<&Path>) -> io::Result<Self> {
        let Some(out) = out else { return Ok(Self::Stream(Box::new(io::stdout()))) };
        let found = fs::metadata(out).ok();
        if found.as_ref().is_some_and(|found| !found.is_file()) {
            return Ok(Self::Stream(Box::new(File::create(out)?)));
        }
        // Behind a link, it is the file that is replaced and not the link.
        let place = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
        let folder = place.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let permissions = found.map_or_else(|| Permissions::from_mode(NEW_FILE), |found| found.permissions());
        let file = Builder::new().prefix(".verdicts-").permissions(permissions).tempfile_in(folder)?;
        Ok(Self::Whole { file, place })
    }

    pub(super) fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Stream(stream) => stream,
            Self::Whole { file, .. } => file,
        }
    }

    /// Puts the verdicts in their place, now that they are whole.
    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Self::Stream(_) => Ok(()),
            Self::Whole { file, place } => file.persist(place).map(drop).map_err(|failed| failed.error),
        }
    }
}

/// Whether two paths are one file, by whatever names and links. What cannot be opened is told where it is read.
pub(super) fn is_same(out: &Path, read: &Path) -> bool {
    same_file::is_same_file(out, read).unwrap_or(false)
}

/// Whether standard input comes out of this file.
pub(super) fn is_standard_input(out: &Path) -> bool {
    Handle::from_path(out).ok().zip(Handle::stdin().ok()).is_some_and(|(out, input)| out == input)
}
