//! Files that are there whole or not at all, whenever the power goes.

use std::fs::{File, OpenOptions, read, remove_file, rename};
use std::io::{Result, Write};
use std::path::Path;

/// What a name ends with as long as its file may be half.
const HALF: &str = "half";

/// Writes a file under another name, and gives it its own when all of it is on the disk.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(HALF);
    let mut file = File::create(&name)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    rename(&name, path)?;
    // The new name is kept in the folder.
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Deletes what was cut off before it was whole.
pub(super) fn delete_halves(folder: &Path) -> Result<()> {
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == HALF) {
            remove_file(path)?;
        }
    }
    Ok(())
}

/// Opens a file of lines to add to it, without the line that was cut off before it was whole.
pub(super) fn lines(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let written = read(path)?;
    let whole = written.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last.saturating_add(1));
    if whole < written.len() {
        file.set_len(u64::try_from(whole).unwrap_or_default())?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_was_cut_off_is_gone_and_what_was_whole_stays() {
        let folder = std::env::temp_dir().join(format!("almoner-files-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (left, whole) in [("", ""), ("{\"a\":", ""), ("{}\n", "{}\n"), ("{}\n{}\n{\"a\"", "{}\n{}\n")] {
            let path = folder.join("calls.jsonl");
            fs::write(&path, left).unwrap();
            lines(&path).unwrap().write_all(b"[]\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{whole}[]\n"));
        }
        fs::write(folder.join("0001.eml.half"), "Subject: h").unwrap();
        put(&folder.join("0002.eml"), b"whole").unwrap();
        delete_halves(&folder).unwrap();
        let mut left = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        left.sort();
        assert_eq!(left, ["0002.eml", "calls.jsonl"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
