//! What is known of the files of applications; their bytes lie elsewhere.

use super::schema::attachments;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::attachment::{Attachment, MediaType, Scan};
use rules::ids::{ApplicationId, AttachmentId, PersonId};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    application_id: Uuid,
    document: Option<String>,
    name: String,
    media_type: String,
    size_bytes: i64,
    sha256: String,
    scanned: String,
    attached_by: Uuid,
    attached_at: DateTime<Utc>,
    in_answer_to: Option<i32>,
}

impl TryFrom<Row> for Attachment {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: &str| Fault::Corrupt(format!("attachment {}: {what}", row.id));
        Ok(Self {
            id: AttachmentId(row.id),
            application: ApplicationId(row.application_id),
            document: row.document,
            media_type: MediaType::from_mime(&row.media_type).ok_or_else(|| corrupt(&row.media_type))?,
            bytes: u64::try_from(row.size_bytes).map_err(|error| corrupt(&error.to_string()))?,
            scan: Scan::from_code(&row.scanned).ok_or_else(|| corrupt(&row.scanned))?,
            name: row.name,
            sha256: row.sha256,
            attached_by: PersonId(row.attached_by),
            attached_at: row.attached_at,
            in_answer_to: row.in_answer_to,
        })
    }
}

/// One file.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: AttachmentId) -> Result<Option<Attachment>, Fault> {
    let query = attachments::table.find(id.0).select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    row.map(Attachment::try_from).transpose()
}

/// The files of an application, oldest first. It has a bounded number of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Attachment>, Fault> {
    let query = attachments::table
        .filter(attachments::application_id.eq(application.0))
        .order(attachments::id)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Attachment::try_from).collect()
}

/// Which of these are files of an application.
///
/// # Errors
/// When the database fails.
pub async fn known(reader: &mut impl Connected, ids: &[AttachmentId]) -> Result<BTreeSet<AttachmentId>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = attachments::table.filter(attachments::id.eq_any(ids)).select(attachments::id);
    let known: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(known.into_iter().map(AttachmentId).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, attachment: &Attachment) -> Result<(), Fault> {
    let size_bytes = i64::try_from(attachment.bytes).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let row = Row {
        id: attachment.id.0,
        application_id: attachment.application.0,
        document: attachment.document.clone(),
        name: attachment.name.clone(),
        media_type: attachment.media_type.mime().to_owned(),
        size_bytes,
        sha256: attachment.sha256.clone(),
        scanned: attachment.scan.code().to_owned(),
        attached_by: attachment.attached_by.0,
        attached_at: attachment.attached_at,
        in_answer_to: attachment.in_answer_to,
    };
    diesel::insert_into(attachments::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx<'_>, id: AttachmentId) -> Result<(), Fault> {
    diesel::delete(attachments::table.find(id.0)).execute(tx.connection).await?;
    Ok(())
}
