//! Files beside cases: attached past the doors, sent through them, and looked for where they lie.

use crate::case::Case;
use crate::database::TestDatabase;
use crate::desk::Caller;
use crate::site::Call;
use almoner::actions::attachments;
use almoner::files::{Expected, Files};
use almoner::settings::{self, Place, Scanner};
use almoner::store::Moment;
use rules::attachment::{Arrived, Attachment, MediaType};
use rules::ids::AttachmentId;
use std::fs;
use std::time::Duration;
use ureq::http::Method;
use uuid::Uuid;

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
const BYTES_MAX: u64 = 1024 * 1024;

/// The files of a database's applications.
pub fn files(database: &TestDatabase) -> Files {
    let patience = Duration::from_secs(60);
    let settings = settings::Files {
        place: Place::Folder(database.files()),
        bytes_max: BYTES_MAX,
        upload_time_max: patience,
        uploads_max: 1,
        scanner: Scanner::Off,
        scan_time_max: patience,
    };
    Files::open(&settings).unwrap()
}

/// The applicant attaches a short text to a draft.
pub async fn attach(case: &Case<'_>, moment: Moment, name: &str) -> Attachment {
    let id = AttachmentId(Uuid::now_v7());
    let expected = Expected { id, declared: MediaType::Text, types: MediaType::ALL.to_vec(), bytes_max: BYTES_MAX };
    let mut incoming = files(&case.world.database).begin(expected).await.unwrap();
    incoming.take(name.as_bytes()).await.unwrap();
    let whole = incoming.finish().await.unwrap();
    let arrived = Arrived {
        id,
        document: None,
        name: name.to_owned(),
        media_type: whole.media_type,
        bytes: whole.bytes,
        sha256: whole.sha256,
        scan: whole.scan,
    };
    let (actor, schemes) = (&case.applicant, &case.world.schemes);
    let attached =
        case.world.act(moment, async |tx| attachments::attach(tx, actor, schemes, case.id, (arrived, BYTES_MAX)).await);
    attached.await.unwrap()
}

/// The names under which something lies, whole or in part.
pub fn lying(database: &TestDatabase) -> Vec<String> {
    let Ok(entries) = fs::read_dir(database.files().join("attachments")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

impl Caller<'_> {
    /// Sends a file, with a key of its own.
    pub fn file(&self, application: impl std::fmt::Display, named: &str, mime: &str, bytes: &[u8]) -> Call {
        Call::new(Method::POST, format!("/api/v1/applications/{application}/attachments"))
            .with(&self.token)
            .key(&Uuid::now_v7().to_string())
            .header("content-disposition", &format!("attachment; {named}"))
            .header("content-type", mime)
            .bytes(bytes)
    }

    pub fn delete(&self, path: impl Into<String>) -> Call {
        Call::new(Method::DELETE, path).with(&self.token)
    }
}
