//! Files that applications come with: what may be attached, and what submission fixes of it.

mod kind;
#[cfg(test)]
mod tests;

pub use kind::MediaType;

use crate::application::{Application, Return};
use crate::calculation::RequestFault;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::Duty;
use crate::event::Event;
use crate::ids::{ApplicationId, AttachmentId, PersonId};
use crate::permission::Permit;
use crate::refusal::{AttachmentRefusal, Refusal, ReturnRefusal};
use crate::scheme::{Document, Known, Scheme};
use crate::text::is_unseen;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most characters that the name of a file has.
pub const NAME_CHARACTERS_MAX: usize = 200;
/// The most files of one application.
pub const ATTACHMENTS_MAX: usize = 50;
/// The most bytes of all files of one application: 1 GiB.
pub const TOTAL_BYTES_MAX: u64 = 1024 * 1024 * 1024;

const MEBIBYTE: u64 = 1024 * 1024;

/// Whether a file was looked at for malicious code when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// No scanner was set up.
    NotScanned,
    /// The scanner found nothing.
    Clean,
}

impl Scan {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotScanned => "not_scanned",
            Self::Clean => "clean",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::NotScanned, Self::Clean].into_iter().find(|scan| scan.code() == code)
    }
}

/// A file of an application. Its bytes lie elsewhere, under its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Identity.
    pub id: AttachmentId,
    /// Of which application.
    pub application: ApplicationId,
    /// Which document of the scheme it is; none for anything else.
    pub document: Option<String>,
    /// What its applicant calls it.
    pub name: String,
    /// What it is, by its content.
    pub media_type: MediaType,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Whether it was looked at for malicious code.
    pub scan: Scan,
    /// Who attached it.
    pub attached_by: PersonId,
    /// When.
    pub attached_at: DateTime<Utc>,
    /// In answer to which return of the application it came; none where it came to a draft.
    pub in_answer_to: Option<i32>,
}

/// What submission fixes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Pinned {
    /// Which file.
    pub attachment: AttachmentId,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

impl From<&Attachment> for Pinned {
    fn from(attachment: &Attachment) -> Self {
        Self { attachment: attachment.id, sha256: attachment.sha256.clone() }
    }
}

/// A file whose bytes have come.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The id under which they lie.
    pub id: AttachmentId,
    /// Which document of the scheme it is.
    pub document: Option<String>,
    /// What its applicant calls it, as [`file_name`] has let it through.
    pub name: String,
    /// What it is, by its content.
    pub media_type: MediaType,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Whether it was looked at for malicious code.
    pub scan: Scan,
}

/// The name of a file, as it may be kept and given to others: no part of a path, and nothing that is not seen.
///
/// # Errors
/// When it is neither.
pub fn file_name(given: &str) -> Result<String, AttachmentRefusal> {
    let name = given.trim();
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count())
        && !name.starts_with('.')
        && !name.chars().any(|character| is_unseen(character) || matches!(character, '/' | '\\' | ':'));
    if fits { Ok(name.to_owned()) } else { Err(AttachmentRefusal::NameNotUsable) }
}

/// What one more file of an application may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The types that are taken.
    pub types: Vec<MediaType>,
    /// The most bytes; of the house or of the document.
    pub bytes_max: u64,
}

impl Application {
    /// A draft takes any file; what was returned for more information takes those documents that are asked for.
    fn must_take_files(&self, document: Option<&str>, open: Option<&Return>) -> Result<(), Refusal> {
        self.must_be_editable(open)?;
        let asked = open.is_none_or(|open| open.asks_for_document(document));
        if asked { Ok(()) } else { Err(ReturnRefusal::DocumentNotAsked.into()) }
    }

    /// What one more file may be, before any of its bytes is read: `there` are the files of the application, `open` is what is asked
    /// for while it is returned.
    ///
    /// # Errors
    /// When it takes no such file in its state, has as many files as may be, or the scheme has no such document.
    pub fn room_for(
        &self,
        scheme: &Scheme,
        document: Option<&str>,
        (there, open): (&[Attachment], Option<&Return>),
        bytes_max: u64,
    ) -> Result<Room, Refusal> {
        self.must_take_files(document, open)?;
        if there.len() >= ATTACHMENTS_MAX {
            return Err(AttachmentRefusal::TooMany { attachments_max: ATTACHMENTS_MAX }.into());
        }
        let Some(code) = document else { return Ok(Room { types: MediaType::ALL.to_vec(), bytes_max }) };
        let documents = &scheme.file.document;
        let Some(Document { types, mebibytes_max, .. }) = documents.get(code) else {
            let known = documents.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(AttachmentRefusal::DocumentUnknown { known }.into());
        };
        let own = mebibytes_max.as_ref().map_or(bytes_max, |most| u64::from(*most.get_ref()).saturating_mul(MEBIBYTE));
        let types = if types.is_empty() { MediaType::ALL.to_vec() } else { types.clone() };
        Ok(Room { types, bytes_max: bytes_max.min(own) })
    }

    /// Attaches a file whose bytes have come.
    ///
    /// # Errors
    /// When it is no draft any more, or the file is not one for which there is room.
    pub fn attach(
        &self,
        permit: &Permit,
        room: &Room,
        (there, open): (&[Attachment], Option<&Return>),
        (by, at): (PersonId, DateTime<Utc>),
        new: Arrived,
    ) -> Result<(Change, Attachment), Refusal> {
        if new.bytes == 0 {
            return Err(AttachmentRefusal::Empty.into());
        }
        if !room.types.contains(&new.media_type) {
            let known = MediaType::listed(&room.types);
            return Err(AttachmentRefusal::TypeNotTaken { known }.into());
        }
        let total = there.iter().map(|other| other.bytes).fold(new.bytes, u64::saturating_add);
        if new.bytes > room.bytes_max || total > TOTAL_BYTES_MAX {
            return Err(AttachmentRefusal::TotalTooLarge { bytes_max: TOTAL_BYTES_MAX }.into());
        }
        let attachment = Attachment {
            id: new.id,
            application: self.id,
            document: new.document,
            name: file_name(&new.name)?,
            media_type: new.media_type,
            bytes: new.bytes,
            sha256: new.sha256,
            scan: new.scan,
            attached_by: by,
            attached_at: at,
            in_answer_to: open.map(|open| open.number),
        };
        let event = Event::AttachmentAdded {
            application: self.id,
            attachment: attachment.id,
            document: attachment.document.clone(),
            sha256: attachment.sha256.clone(),
        };
        // Whoever puts a file beside it has written a part of it.
        let wrote = Write::Duty { application: self.id, person: by, duty: Duty::Author };
        Ok((Change::new(permit, event, vec![Write::NewAttachment(attachment.clone()), wrote]), attachment))
    }

    /// Takes a file of a draft away, or one that came since the application was returned.
    ///
    /// # Errors
    /// When it is neither, or the file was sent.
    pub fn detach(&self, permit: &Permit, attachment: &Attachment, open: Option<&Return>) -> Result<Change, Refusal> {
        self.must_be_editable(open)?;
        if open.is_some_and(|open| !open.brought(attachment)) {
            return Err(ReturnRefusal::FileWasSent.into());
        }
        let event = Event::AttachmentRemoved {
            application: self.id,
            attachment: attachment.id,
            sha256: attachment.sha256.clone(),
        };
        Ok(Change::new(permit, event, vec![Write::AttachmentGone(attachment.id)]))
    }
}

/// The required documents that are not there, each with its name. What nobody knows to be required is not asked for.
#[must_use]
pub(crate) fn missing_documents(scheme: &Scheme, on: Day, there: &[Attachment]) -> Vec<RequestFault> {
    let needed = scheme.file.document.iter().filter(|(code, document)| {
        let required = document.required.as_ref().and_then(|required| required.on(on));
        required.is_some_and(|entry| entry.is == Known::Is(true))
            && !there.iter().any(|attachment| attachment.document.as_ref() == Some(*code))
    });
    let missing = |(code, document): (&String, &Document)| {
        RequestFault::malformed(format!("/documents/{code}"), format!("attach \"{}\"", document.name.en))
    };
    needed.map(missing).collect()
}
