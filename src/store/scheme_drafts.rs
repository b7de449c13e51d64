//! Drafts of schemes' texts, and who has had a hand in each.

use super::schema::{scheme_draft_authors, scheme_drafts};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{PersonId, SchemeDraftId};
use rules::scheme_draft::{DraftState, Proposal, SchemeDraft};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = scheme_drafts)]
struct Row {
    id: Uuid,
    code: Option<String>,
    hash: String,
    text: String,
    state: String,
    edited_by: Uuid,
    proposed_by: Option<Uuid>,
    in_force_from: Option<NaiveDate>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    version: i32,
}

/// A draft in a list, without its words.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = scheme_drafts)]
pub struct Listed {
    /// Identity.
    pub id: Uuid,
    /// The scheme's code, as far as the text says one.
    pub code: Option<String>,
    /// SHA-256 of the text.
    pub hash: String,
    /// Where it stands.
    pub state: String,
    /// Who wrote it last.
    pub edited_by: Uuid,
    /// From which day it is proposed or published.
    pub in_force_from: Option<NaiveDate>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// Counts its changes.
    pub version: i32,
}

/// A draft.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: SchemeDraftId) -> Result<Option<SchemeDraft>, Fault> {
    let query = scheme_drafts::table.find(id.0).select(Row::as_select());
    let row = query.first::<Row>(reader.connection()).await.optional()?;
    with_authors(reader, row).await
}

/// A draft, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: SchemeDraftId) -> Result<Option<SchemeDraft>, Fault> {
    let query = scheme_drafts::table.find(id.0).select(Row::as_select()).for_update();
    let row = query.first::<Row>(tx.connection).await.optional()?;
    with_authors(tx, row).await
}

async fn with_authors(reader: &mut impl Connected, row: Option<Row>) -> Result<Option<SchemeDraft>, Fault> {
    let Some(row) = row else { return Ok(None) };
    let query = scheme_draft_authors::table.filter(scheme_draft_authors::draft_id.eq(row.id));
    let authors: Vec<Uuid> = query.select(scheme_draft_authors::person_id).load(reader.connection()).await?;
    let state = DraftState::from_code(&row.state);
    let state = state.ok_or_else(|| Fault::Corrupt(format!("scheme draft {}: state {}", row.id, row.state)))?;
    let proposal = row.proposed_by.zip(row.in_force_from);
    Ok(Some(SchemeDraft {
        id: SchemeDraftId(row.id),
        code: row.code,
        hash: row.hash,
        text: row.text,
        state,
        authors: authors.into_iter().map(PersonId).collect(),
        edited_by: PersonId(row.edited_by),
        proposal: proposal.map(|(by, from)| Proposal { by: PersonId(by), from: Day::from(from) }),
        reason: row.reason,
        created_at: row.created_at,
        version: row.version,
    }))
}

/// Drafts, newest first, after one of them; all, or those in a state.
///
/// # Errors
/// When the database fails.
pub async fn page(
    reader: &mut impl Connected,
    state: Option<DraftState>,
    after: Option<SchemeDraftId>,
    limit: i64,
) -> Result<Vec<Listed>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let mut query = scheme_drafts::table
        .filter(scheme_drafts::id.lt(after))
        .order(scheme_drafts::id.desc())
        .limit(limit)
        .select(Listed::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(scheme_drafts::state.eq(state.code()));
    }
    Ok(query.load(reader.connection()).await?)
}

pub(super) async fn insert(tx: &mut Tx<'_>, draft: &SchemeDraft) -> Result<(), Fault> {
    let row = (
        scheme_drafts::id.eq(draft.id.0),
        scheme_drafts::code.eq(&draft.code),
        scheme_drafts::hash.eq(&draft.hash),
        scheme_drafts::text.eq(&draft.text),
        scheme_drafts::state.eq(draft.state.code()),
        scheme_drafts::edited_by.eq(draft.edited_by.0),
        scheme_drafts::created_at.eq(draft.created_at),
        scheme_drafts::version.eq(draft.version),
    );
    diesel::insert_into(scheme_drafts::table).values(row).execute(tx.connection).await?;
    add_authors(tx, draft.id, &draft.authors).await
}

pub(super) async fn update(tx: &mut Tx<'_>, draft: &SchemeDraft) -> Result<(), Fault> {
    let set = (
        scheme_drafts::code.eq(&draft.code),
        scheme_drafts::hash.eq(&draft.hash),
        scheme_drafts::text.eq(&draft.text),
        scheme_drafts::state.eq(draft.state.code()),
        scheme_drafts::edited_by.eq(draft.edited_by.0),
        scheme_drafts::proposed_by.eq(draft.proposal.map(|proposal| proposal.by.0)),
        scheme_drafts::in_force_from.eq(draft.proposal.map(|proposal| proposal.from.date())),
        scheme_drafts::reason.eq(&draft.reason),
        scheme_drafts::version.eq(draft.version),
    );
    diesel::update(scheme_drafts::table.find(draft.id.0)).set(set).execute(tx.connection).await?;
    add_authors(tx, draft.id, &draft.authors).await
}

async fn add_authors(tx: &mut Tx<'_>, draft: SchemeDraftId, authors: &BTreeSet<PersonId>) -> Result<(), Fault> {
    let row =
        |person: &PersonId| (scheme_draft_authors::draft_id.eq(draft.0), scheme_draft_authors::person_id.eq(person.0));
    let rows = authors.iter().map(row).collect::<Vec<_>>();
    let insert = diesel::insert_into(scheme_draft_authors::table).values(rows).on_conflict_do_nothing();
    insert.execute(tx.connection).await?;
    Ok(())
}
