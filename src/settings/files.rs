//! Where the files of applications lie, how large they may be, and who looks at them for malicious code.

use super::NotOneOfThese;
use super::layers::Layers;
use super::taking::{is_word, seconds};
use secrecy::SecretString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The files of applications.
#[derive(Debug)]
pub struct Files {
    /// Where they lie.
    pub place: Place,
    /// The longest one, in bytes.
    pub bytes_max: u64,
    /// How long one may take to arrive.
    pub upload_time_max: Duration,
    /// How many may arrive at once.
    pub uploads_max: usize,
    /// Who looks at them for malicious code.
    pub scanner: Scanner,
    /// How long the scanner may take for an answer once it has the whole file.
    pub scan_time_max: Duration,
}

/// Where files lie.
#[derive(Debug)]
pub enum Place {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// At an S3-compatible service.
    Service(Service),
}

/// An S3-compatible service.
#[derive(Debug)]
pub struct Service {
    /// Where it is.
    pub endpoint: String,
    /// Which region it believes to be in.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Whose key it is.
    pub key_id: String,
    /// The key.
    pub secret_key: SecretString,
}

/// Who looks at files for malicious code, by the protocol of clamd.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scanner {
    /// Nobody.
    #[default]
    Off,
    /// Somebody at a host and a port.
    Tcp(String),
    /// Somebody at a socket of this machine.
    Unix(PathBuf),
}

impl FromStr for Scanner {
    type Err = NotOneOfThese;

    fn from_str(text: &str) -> Result<Self, NotOneOfThese> {
        let is_address = |address: &str| {
            let parts = address.rsplit_once(':').map(|(host, port)| (is_word(host), port.parse::<u16>().unwrap_or(0)));
            parts.is_some_and(|(host, port)| host && port > 0)
        };
        match text.split_once(':') {
            None if text == "off" => Ok(Self::Off),
            Some(("tcp", address)) if is_address(address) => Ok(Self::Tcp(address.to_owned())),
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            _ => Err(NotOneOfThese),
        }
    }
}

impl Files {
    pub(super) fn take(layers: &mut Layers) -> Self {
        Self {
            place: place(layers),
            bytes_max: layers.number("files.bytes_max", 1024..=1_073_741_824).into(),
            upload_time_max: seconds(layers.number("files.upload_s_max", 1..=7200)),
            uploads_max: usize::try_from(layers.number("files.uploads_max", 1..=1000)).unwrap_or(1),
            scanner: layers.one("files.scanner", "\"off\", \"tcp:HOST:PORT\" or \"unix:/PATH\""),
            scan_time_max: seconds(layers.number("files.scan_s_max", 1..=600)),
        }
    }
}

fn place(layers: &mut Layers) -> Place {
    let fits = |text: &str| {
        text.strip_prefix("folder:").is_some_and(|path| !path.trim().is_empty())
            || text.strip_prefix("s3:").is_some_and(is_word)
    };
    let place = layers.text("files.place", "\"folder:PATH\" or \"s3:BUCKET\"", fits);
    let bucket = place.strip_prefix("s3:").map(str::to_owned);
    let used = bucket.is_some();
    let endpoint =
        layers.text("files.s3_endpoint", "the address of the service, such as \"https://s3.example\"", |text| {
            !used || ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(is_word))
        });
    let region = layers
        .text("files.s3_region", "the region of the service, such as \"ap-east-1\"", |text| !used || is_word(text));
    let key_id = layers.text("files.s3_key_id", "whose key it is, as the service says", |text| !used || is_word(text));
    let secret_key = layers.secret("files.s3_secret_key");
    let Some(bucket) = bucket else {
        return Place::Folder(place.strip_prefix("folder:").unwrap_or_default().into());
    };
    if secret_key.is_none() {
        let message = "asks for a key: set ALMONER_FILES__S3_SECRET_KEY".to_owned();
        layers.fault("files.place", None, message);
    }
    let secret_key = SecretString::from(secret_key.unwrap_or_default());
    Place::Service(Service { endpoint, region, bucket, key_id, secret_key })
}
