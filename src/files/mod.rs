//! The bytes of files: in a folder or at an S3-compatible service, streamed in and out, each under an id of its own.
//!
//! What is written under an id is never written again. A file is there with all of its bytes or not at all: until the last one has
//! come and been looked at, nobody finds it.

mod incoming;
mod probe;
mod scan;
mod sweep;
mod writing;

pub use incoming::{Expected, Incoming, Whole};
pub use writing::Writing;

use crate::settings::{self, Place, Scanner};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
pub use object_store::GetRange;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, GetOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use rules::ids::AttachmentId;
use rustls::crypto::ring;
use secrecy::ExposeSecret;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Under which all files lie.
const PREFIX: &str = "attachments";

/// How often a service is asked again that does not answer: somebody waits meanwhile.
const RETRY: RetryConfig = RetryConfig {
    backoff: BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(2), base: 2.0 },
    max_retries: 4,
    retry_timeout: Duration::from_secs(20),
};

/// Where files lie, and who looks at them.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// Where they lie in a folder: what has come in part is found there alone.
    folder: Option<PathBuf>,
    scanner: Scanner,
    scan_time_max: Duration,
}

/// Why a file was not taken, or cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Longer than may be.
    #[error("the file is longer than {bytes_max} bytes")]
    TooLong {
        /// The most that may be.
        bytes_max: u64,
    },
    /// The rules say no to its content.
    #[error(transparent)]
    Refused(#[from] rules::refusal::AttachmentRefusal),
    /// The scanner cannot be asked, or has not answered.
    #[error("the scanner cannot be asked: {0}")]
    Scanner(String),
    /// Files cannot be reached.
    #[error("the files cannot be reached: {0}")]
    Store(#[from] object_store::Error),
    /// The folder of files cannot be used.
    #[error("the folder of files cannot be used: {0}")]
    Folder(#[from] std::io::Error),
}

/// A file that is given out.
pub struct Outgoing {
    /// How long the whole file is.
    pub bytes: u64,
    /// Which of its bytes come.
    pub range: Range<u64>,
    /// Them.
    pub stream: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Files {
    /// Files as the settings say. A folder that is not there is made.
    ///
    /// # Errors
    /// When the folder cannot be used, or the service cannot be set up.
    pub fn open(settings: &settings::Files) -> Result<Self, Fault> {
        let (store, folder): (Arc<dyn ObjectStore>, _) = match &settings.place {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                // On the disk before the row that names it.
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                (Arc::new(store), Some(folder.join(PREFIX)))
            }
            Place::Service(service) => {
                // Another part of the process may have been first: the provider is the same.
                ring::default_provider().install_default().ok();
                let store = AmazonS3Builder::new()
                    .with_endpoint(&service.endpoint)
                    .with_allow_http(service.endpoint.starts_with("http://"))
                    .with_region(&service.region)
                    .with_bucket_name(&service.bucket)
                    .with_access_key_id(&service.key_id)
                    .with_secret_access_key(service.secret_key.expose_secret())
                    .with_retry(RETRY)
                    // Not every such service can delete several at once.
                    .with_disable_bulk_delete(true)
                    .build()?;
                (Arc::new(store), None)
            }
        };
        Ok(Self { store, folder, scanner: settings.scanner.clone(), scan_time_max: settings.scan_time_max })
    }

    /// Whether files are looked at for malicious code.
    #[must_use]
    pub fn scans(&self) -> bool {
        self.scanner != Scanner::Off
    }

    /// A file, or a part of it.
    ///
    /// # Errors
    /// When it is not there, or cannot be reached.
    pub async fn read(&self, id: AttachmentId, range: Option<GetRange>) -> Result<Outgoing, Fault> {
        let found = self.store.get_opts(&key(id), GetOptions { range, ..GetOptions::default() }).await?;
        let (bytes, range) = (found.meta.size, found.range.clone());
        Ok(Outgoing { bytes, range, stream: found.into_stream().map_err(std::io::Error::other).boxed() })
    }

    /// Deletes a file. One that is not there is deleted already.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn delete(&self, id: AttachmentId) -> Result<(), Fault> {
        match self.store.delete(&key(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Under which a file lies: never a word that its applicant has chosen.
fn key(id: AttachmentId) -> Path {
    Path::from_iter([PREFIX, id.to_string().as_str()])
}
