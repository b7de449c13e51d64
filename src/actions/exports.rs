//! Exports: whoever may read reports asks for a long one, follows it, and takes its file.

use super::schemes::must_be_known;
use super::{Error, case};
use crate::store::exports::{self, Export, Written};
use crate::store::{Reader, Tx};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::event::Subject;
use rules::export::{ExportFormat, ExportOrder, ExportReport, ask as order, must_be_there};
use rules::ids::ExportId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::report::Filter;
use uuid::Uuid;

/// Somebody asks for a report as a file.
///
/// # Errors
/// When the actor may not, the scheme is not published, the report cannot be narrowed to that, or too many of theirs are not written yet.
pub async fn ask(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (report, format): (ExportReport, ExportFormat),
    filter: Filter,
) -> Result<Export, Error> {
    let permit = actor.may(Verb::ReportExport, Subject::House)?;
    let by = case::person(actor, Verb::ReportExport)?;
    if let Some(code) = &filter.scheme {
        must_be_known(tx, code).await?;
    }
    let at_work = exports::count_at_work(tx, by).await?;
    let new = ExportOrder { id: ExportId(Uuid::now_v7()), report, format, filter, by, at: tx.moment.now };
    let (change, asked) = order(&permit, new, at_work)?;
    tx.record(&change).await?;
    Ok(exports::find(tx, asked.id).await?.ok_or(Refusal::NotFound)?)
}

/// An export of the actor's own.
///
/// # Errors
/// When the actor may not, there is none of theirs, or the database fails.
pub async fn read(reader: &mut Reader, actor: &Actor, id: ExportId) -> Result<Export, Error> {
    actor.may(Verb::ReportExport, Subject::House)?;
    let by = case::person(actor, Verb::ReportExport)?;
    let found = exports::find(reader, id).await?.filter(|export| export.order.by == by);
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The exports of the actor, newest first, after one of them.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    after: Option<ExportId>,
    limit: i64,
) -> Result<Vec<Export>, Error> {
    actor.may(Verb::ReportExport, Subject::House)?;
    let by = case::person(actor, Verb::ReportExport)?;
    Ok(exports::of_person(reader, by, after, limit).await?)
}

/// The file of an export of the actor's own.
///
/// # Errors
/// When the actor may not, there is none of theirs, it is not written or has expired.
pub async fn file(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (ExportId, DateTime<Utc>),
) -> Result<(ExportOrder, Written), Error> {
    let export = read(reader, actor, id).await?;
    must_be_there(export.state, export.written.as_ref().map(|written| written.expires_at), now)?;
    Ok((export.order, export.written.ok_or(Refusal::NotFound)?))
}
