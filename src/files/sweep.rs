//! Files that belong to nothing: what was written for an application and never became its own, because a process was killed or a
//! database was gone in between. They are left for a day, since one may still be on its way.

use super::{Fault, Files, PREFIX};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use rules::ids::AttachmentId;
use std::time::SystemTime;
use uuid::Uuid;

/// How long a file may belong to nothing.
const LEFT: TimeDelta = TimeDelta::days(1);

impl Files {
    /// The files that were written more than a day ago, whether or not they belong to something.
    ///
    /// # Errors
    /// When the files cannot be reached.
    pub async fn left_since(&self, now: DateTime<Utc>) -> Result<Vec<AttachmentId>, Fault> {
        let before = before(now);
        let mut left = Vec::new();
        let mut all = self.store.list(Some(&Path::from(PREFIX)));
        while let Some(found) = all.try_next().await? {
            // What lies there under another name is not ours to delete.
            let id = found.location.filename().and_then(|name| name.parse().ok());
            left.extend(id.map(AttachmentId).filter(|_| found.last_modified < before));
        }
        Ok(left)
    }

    /// Deletes what has come in part and not gone on for a day. Says how many.
    ///
    /// In a folder, what has come in part lies beside the files, under a name with a number sign, and is never listed. At a service,
    /// a rule of the bucket ends such uploads.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn sweep_parts(&self, now: DateTime<Utc>) -> Result<usize, Fault> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let before = before(now);
        let swept = tokio::task::spawn_blocking(move || parts(&folder, SystemTime::from(before))).await;
        Ok(swept.map_err(std::io::Error::other)??)
    }
}

fn before(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_signed(LEFT).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

fn parts(folder: &std::path::Path, before: SystemTime) -> std::io::Result<usize> {
    if !folder.exists() {
        return Ok(0);
    }
    let mut swept = 0_usize;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let of_an_upload =
            entry.file_name().to_string_lossy().split_once('#').is_some_and(|(id, number)| {
                id.parse::<Uuid>().is_ok() && number.bytes().all(|byte| byte.is_ascii_digit())
            });
        if of_an_upload && entry.metadata()?.modified()? < before {
            std::fs::remove_file(entry.path())?;
            swept = swept.saturating_add(1);
        }
    }
    Ok(swept)
}
