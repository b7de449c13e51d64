//! A file that comes in: counted, hashed, probed, scanned and written as its bytes pass by. No more of it is held than a few parts.

use super::probe::Probe;
use super::scan::Scanning;
use super::{Fault, Files, key};
use object_store::{ObjectStoreExt, WriteMultipart};
use rules::attachment::{MediaType, Scan};
use rules::hexadecimal;
use rules::ids::AttachmentId;
use rules::refusal::AttachmentRefusal;
use sha2::{Digest, Sha256};

/// The bytes of one part; an S3-compatible service takes none that is shorter.
pub(super) const PART_BYTES: usize = 5 * 1024 * 1024;
/// Parts of one file that are being written at once.
pub(super) const PARTS_AT_ONCE: usize = 2;

/// What a file is to be.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The id under which it will lie: a new one.
    pub id: AttachmentId,
    /// What it is said to be.
    pub declared: MediaType,
    /// What is taken.
    pub types: Vec<MediaType>,
    /// The most bytes.
    pub bytes_max: u64,
}

/// A file of which all has come and been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// What it is, by its content.
    pub media_type: MediaType,
    /// Whether it was looked at for malicious code.
    pub scan: Scan,
}

/// A file of which some has come. Where it is dropped, nothing of it stays; a process that is killed leaves what has come to the
/// sweep.
pub struct Incoming {
    expected: Expected,
    upload: WriteMultipart,
    scanning: Option<Scanning>,
    hash: Sha256,
    probe: Probe,
    bytes: u64,
}

impl Files {
    /// Begins to take a file. The scanner is asked first: where it cannot be, nothing is taken.
    ///
    /// # Errors
    /// When the scanner or the place of the files cannot be reached.
    pub async fn begin(&self, expected: Expected) -> Result<Incoming, Fault> {
        let scanning = Scanning::begin(&self.scanner, self.scan_time_max).await?;
        let upload = self.store.put_multipart(&key(expected.id)).await?;
        let upload = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        let probe = Probe::new(expected.declared);
        Ok(Incoming { expected, upload, scanning, hash: Sha256::new(), probe, bytes: 0 })
    }
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// When there are too many by now, they cannot be of such a file, or they cannot be scanned or written. Then give it up.
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.bytes > self.expected.bytes_max {
            return Err(Fault::TooLong { bytes_max: self.expected.bytes_max });
        }
        self.probe.take(bytes).map_err(|found| self.disagrees(found))?;
        self.hash.update(bytes);
        if let Some(scanning) = &mut self.scanning {
            scanning.take(bytes).await?;
        }
        self.upload.wait_for_capacity(PARTS_AT_ONCE).await?;
        self.upload.write(bytes);
        Ok(())
    }

    /// All has come: looks at the whole, and lets it be found under its id.
    ///
    /// # Errors
    /// When it is empty, not what it is said to be, malicious, or cannot be written. Nothing of it stays then.
    pub async fn finish(mut self) -> Result<Whole, Fault> {
        let looked_at = self.look().await;
        match looked_at {
            Ok((media_type, scan)) => {
                let whole = Whole { bytes: self.bytes, sha256: hexadecimal(&self.hash.finalize()), media_type, scan };
                self.upload.finish().await?;
                Ok(whole)
            }
            Err(fault) => {
                self.give_up().await;
                Err(fault)
            }
        }
    }

    /// Takes no more of it and leaves nothing behind.
    pub async fn give_up(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "what has come of a file could not be removed; the sweep will");
        }
    }

    async fn look(&mut self) -> Result<(MediaType, Scan), Fault> {
        if self.bytes == 0 {
            return Err(AttachmentRefusal::Empty.into());
        }
        let media_type = self.probe.finish().map_err(|found| self.disagrees(found))?;
        let scan = match self.scanning.take() {
            None => Scan::NotScanned,
            Some(scanning) => {
                if !scanning.finish().await? {
                    return Err(AttachmentRefusal::Infected.into());
                }
                Scan::Clean
            }
        };
        Ok((media_type, scan))
    }

    /// What is told of content that is another type's, or no type's that is taken.
    fn disagrees(&self, found: Option<MediaType>) -> Fault {
        let declared = self.expected.declared.word();
        match found {
            Some(found) => AttachmentRefusal::TypeDisagrees { declared, found: found.word() },
            None => AttachmentRefusal::TypeNotTaken { known: MediaType::listed(&self.expected.types) },
        }
        .into()
    }
}
