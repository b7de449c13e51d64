//! The real program, run on real files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) fn almoner(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("ALMONER_SCHEMES").stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    almoner(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

pub(crate) fn exit(output: &Output) -> Option<i32> {
    output.status.code()
}

/// An empty folder of this test's own.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

pub(crate) fn nias() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/schemes/nias.toml")).unwrap()
}

#[track_caller]
pub(crate) fn assert_not_understood(output: &Output, message: &str) {
    assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    assert_eq!((text(&output.stdout), exit(output)), ("", Some(2)));
}
