//! What a claim consists of beside its row: its costs, what their categories may take, and what was asked on it.

use super::schema::{applications, claim_allotments, claim_lines, claim_queries, claims};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::claim::{Allotted, Claim, ClaimState, Costs, Line, Query, Rate};
use rules::ids::{ApplicationId, AttachmentId, OrganisationId, PersonId};
use rules::money::Cents;
use rules::scheme::HeldAgainst;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = claim_lines, treat_none_as_default_value = false)]
struct LineRow {
    claim_id: Uuid,
    revision: i32,
    number: i32,
    category: String,
    spent_cents: i64,
    claimed_cents: i64,
    rate_part: i64,
    rate_whole: i64,
    evidence: String,
    attachment_id: Option<Uuid>,
    certified_cents: Option<i64>,
    reason: Option<String>,
}

impl TryFrom<LineRow> for Line {
    type Error = Fault;

    fn try_from(row: LineRow) -> Result<Self, Fault> {
        let rate = Rate::new(row.rate_part, row.rate_whole);
        Ok(Self {
            category: row.category,
            spent: Cents::new(row.spent_cents),
            rate: rate.ok_or_else(|| Fault::Corrupt(format!("the rate of a line of claim {}", row.claim_id)))?,
            claimed: Cents::new(row.claimed_cents),
            evidence: row.evidence,
            attachment: row.attachment_id.map(AttachmentId),
            certified: row.certified_cents.map(Cents::new),
            reason: row.reason,
        })
    }
}

/// How often a claim was answered.
pub(super) fn revision(claim: &Claim) -> Result<i32, Fault> {
    let answered = claim.queries.iter().filter(|query| query.answered.is_some()).count();
    i32::try_from(answered).map_err(|error| Fault::Corrupt(format!("queries: {error}")))
}

/// The costs of claims, each with its revision and against what they are held.
pub(super) async fn costs(
    reader: &mut impl Connected,
    claims: &[(Uuid, i32, &str)],
) -> Result<HashMap<Uuid, Costs>, Fault> {
    let mut costs = HashMap::new();
    if claims.is_empty() {
        return Ok(costs);
    }
    let ids = claims.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
    for (id, _, held) in claims {
        let held = HeldAgainst::from_code(held).ok_or_else(|| Fault::Corrupt(format!("claim {id} held {held}")))?;
        costs.insert(*id, Costs { held, lines: Vec::new(), allotted: Vec::new() });
    }
    let lines = claim_lines::table
        .filter(claim_lines::claim_id.eq_any(&ids))
        .order((claim_lines::claim_id, claim_lines::number))
        .select(LineRow::as_select());
    let lines: Vec<LineRow> = lines.load(reader.connection()).await?;
    for row in
        lines.into_iter().filter(|row| claims.iter().any(|(id, now, _)| (*id, *now) == (row.claim_id, row.revision)))
    {
        if let Some(costs) = costs.get_mut(&row.claim_id) {
            costs.lines.push(row.try_into()?);
        }
    }
    let allotted = claim_allotments::table
        .filter(claim_allotments::claim_id.eq_any(&ids))
        .order((claim_allotments::claim_id, claim_allotments::category));
    let allotted: Vec<(Uuid, String, i64, i64)> = allotted.load(reader.connection()).await?;
    for (id, category, amount, moved) in allotted {
        // What an answer has left out is allotted no more.
        let costs = costs.get_mut(&id).filter(|costs| costs.lines.iter().any(|line| line.category == category));
        if let Some(costs) = costs {
            costs.allotted.push(Allotted { category, amount: Cents::new(amount), moved: Cents::new(moved) });
        }
    }
    Ok(costs)
}

/// A query as it is read: of which claim, who asked, when and what, and who answered, when and what.
type QueryRow = (Uuid, Uuid, DateTime<Utc>, String, Option<Uuid>, Option<DateTime<Utc>>, Option<String>);

/// What was asked on claims, in its order.
pub(super) async fn queries(reader: &mut impl Connected, claims: &[Uuid]) -> Result<HashMap<Uuid, Vec<Query>>, Fault> {
    let mut queries: HashMap<Uuid, Vec<Query>> = HashMap::new();
    if claims.is_empty() {
        return Ok(queries);
    }
    let query = claim_queries::table
        .filter(claim_queries::claim_id.eq_any(claims))
        .order((claim_queries::claim_id, claim_queries::number))
        .select((
            claim_queries::claim_id,
            claim_queries::asked_by,
            claim_queries::asked_at,
            claim_queries::question,
            claim_queries::answered_by,
            claim_queries::answered_at,
            claim_queries::answer,
        ));
    let rows: Vec<QueryRow> = query.load(reader.connection()).await?;
    for (claim, asked_by, asked_at, question, answered_by, answered_at, answer) in rows {
        let answered = answered_by.zip(answered_at).zip(answer).map(|((by, at), answer)| (PersonId(by), at, answer));
        let query = Query { asked_by: PersonId(asked_by), asked_at, question, answered };
        queries.entry(claim).or_default().push(query);
    }
    Ok(queries)
}

/// The cases of these organisations or among these in which something is asked on a claim, oldest first, with their references; no more
/// than a hundred.
///
/// # Errors
/// When the database fails.
pub async fn queried_among(
    reader: &mut impl Connected,
    organisations: &BTreeSet<OrganisationId>,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let organisations = organisations.iter().map(|id| id.0).collect::<Vec<_>>();
    let theirs = applications::id.eq_any(ids).or(applications::organisation_id.eq_any(organisations));
    let query = claims::table
        .inner_join(applications::table.on(applications::id.eq(claims::application_id)))
        .filter(claims::state.eq(ClaimState::Queried.code()).and(theirs))
        .filter(applications::state.eq(State::Accepted.code()))
        .order(claims::id)
        .limit(100)
        .select((applications::id, applications::reference));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (ApplicationId(id), reference)).collect())
}

/// Writes the lines of a claim as they are now: those of a revision once, and what is certified of them.
pub(super) async fn set_costs(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), Fault> {
    let Some(costs) = claim.costs.as_ref().filter(|costs| !costs.lines.is_empty()) else { return Ok(()) };
    let revision = revision(claim)?;
    let rows = (1_i32..).zip(&costs.lines).map(|(number, line)| LineRow {
        claim_id: claim.id.0,
        revision,
        number,
        category: line.category.clone(),
        spent_cents: line.spent.get(),
        claimed_cents: line.claimed.get(),
        rate_part: line.rate.parts().0,
        rate_whole: line.rate.parts().1,
        evidence: line.evidence.clone(),
        attachment_id: line.attachment.map(|file| file.0),
        certified_cents: line.certified.map(Cents::get),
        reason: line.reason.clone(),
    });
    let key = (claim_lines::claim_id, claim_lines::revision, claim_lines::number);
    let set = (
        claim_lines::certified_cents.eq(excluded(claim_lines::certified_cents)),
        claim_lines::reason.eq(excluded(claim_lines::reason)),
    );
    let lines = diesel::insert_into(claim_lines::table).values(rows.collect::<Vec<_>>());
    lines.on_conflict(key).do_update().set(set).execute(tx.connection).await?;
    if costs.allotted.is_empty() {
        return Ok(());
    }
    let allotted = costs.allotted.iter().map(|of| {
        (
            claim_allotments::claim_id.eq(claim.id.0),
            claim_allotments::category.eq(&of.category),
            claim_allotments::allotted_cents.eq(of.amount.get()),
            claim_allotments::moved_cents.eq(of.moved.get()),
        )
    });
    let set = (
        claim_allotments::allotted_cents.eq(excluded(claim_allotments::allotted_cents)),
        claim_allotments::moved_cents.eq(excluded(claim_allotments::moved_cents)),
    );
    let allotted = diesel::insert_into(claim_allotments::table).values(allotted.collect::<Vec<_>>());
    let key = (claim_allotments::claim_id, claim_allotments::category);
    allotted.on_conflict(key).do_update().set(set).execute(tx.connection).await?;
    Ok(())
}

/// Writes the last query on a claim: asked, or answered.
pub(super) async fn set_query(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), Fault> {
    let Some(query) = claim.queries.last() else { return Ok(()) };
    let number = i32::try_from(claim.queries.len()).map_err(|error| Fault::Corrupt(format!("queries: {error}")))?;
    let answered = query.answered.as_ref();
    let answer = (
        claim_queries::answered_by.eq(answered.map(|(by, ..)| by.0)),
        claim_queries::answered_at.eq(answered.map(|(_, at, _)| *at)),
        claim_queries::answer.eq(answered.map(|(.., words)| words.clone())),
    );
    if answered.is_some() {
        diesel::update(claim_queries::table.find((claim.id.0, number))).set(answer).execute(tx.connection).await?;
        return Ok(());
    }
    let row = (
        claim_queries::claim_id.eq(claim.id.0),
        claim_queries::number.eq(number),
        claim_queries::asked_by.eq(query.asked_by.0),
        claim_queries::asked_at.eq(query.asked_at),
        claim_queries::question.eq(&query.question),
    );
    diesel::insert_into(claim_queries::table).values(row).execute(tx.connection).await?;
    Ok(())
}
