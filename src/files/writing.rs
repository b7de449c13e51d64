//! A file that the house writes itself: counted, hashed and written as its bytes are made.

use super::incoming::{PART_BYTES, PARTS_AT_ONCE};
use super::{Fault, Files, key};
use object_store::{ObjectStoreExt, WriteMultipart};
use rules::hexadecimal;
use rules::ids::AttachmentId;
use sha2::{Digest, Sha256};

/// A file of which some is written. Where it is dropped, nothing of it stays; a process that is killed leaves what is there to the sweep.
pub struct Writing {
    upload: WriteMultipart,
    hash: Sha256,
    bytes: u64,
}

impl Files {
    /// Begins a file under a new id.
    ///
    /// # Errors
    /// When the place of the files cannot be reached.
    pub async fn write(&self, id: AttachmentId) -> Result<Writing, Fault> {
        let upload = self.store.put_multipart(&key(id)).await?;
        let upload = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        Ok(Writing { upload, hash: Sha256::new(), bytes: 0 })
    }
}

impl Writing {
    /// Writes the next bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.hash.update(bytes);
        self.upload.wait_for_capacity(PARTS_AT_ONCE).await?;
        self.upload.write(bytes);
        Ok(())
    }

    /// All is written: lets it be found under its id. Says how long it is, and the SHA-256 of its bytes in hexadecimal.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn finish(self) -> Result<(u64, String), Fault> {
        self.upload.finish().await?;
        Ok((self.bytes, hexadecimal(&self.hash.finalize())))
    }

    /// Leaves nothing of it behind.
    pub async fn give_up(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "what was written of a file could not be removed; the sweep will");
        }
    }
}
