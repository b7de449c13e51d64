//! Relations of organisations, by date, and with whom one counts together.

use super::schema::organisation_relations as relations;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{OrganisationId, PersonId, RelationId};
use rules::relation::{Ended, Pair, Relation};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = relations, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    first_id: Uuid,
    second_id: Uuid,
    group_code: String,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
    evidence: String,
    created_by: Uuid,
    created_at: DateTime<Utc>,
    ended_by: Option<Uuid>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
}

impl TryFrom<Row> for Relation {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let between = Pair::of(OrganisationId(row.first_id), OrganisationId(row.second_id));
        let between = between.map_err(|refusal| Fault::Corrupt(format!("relation {}: {refusal}", row.id)))?;
        let ended = row.ended_by.zip(row.ended_at).zip(row.end_reason);
        Ok(Self {
            id: RelationId(row.id),
            between,
            group: row.group_code,
            from: Day::from(row.from_on),
            until: row.until_on.map(Day::from),
            evidence: row.evidence,
            created_by: PersonId(row.created_by),
            created_at: row.created_at,
            ended: ended.map(|((by, at), reason)| Ended { by: PersonId(by), at, reason }),
        })
    }
}

impl From<&Relation> for Row {
    fn from(relation: &Relation) -> Self {
        let [first, second] = relation.between.both();
        Self {
            id: relation.id.0,
            first_id: first.0,
            second_id: second.0,
            group_code: relation.group.clone(),
            from_on: relation.from.date(),
            until_on: relation.until.map(Day::date),
            evidence: relation.evidence.clone(),
            created_by: relation.created_by.0,
            created_at: relation.created_at,
            ended_by: relation.ended.as_ref().map(|ended| ended.by.0),
            ended_at: relation.ended.as_ref().map(|ended| ended.at),
            end_reason: relation.ended.as_ref().map(|ended| ended.reason.clone()),
        }
    }
}

/// A relation, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: RelationId) -> Result<Option<Relation>, Fault> {
    let query = relations::table.find(id.0).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(tx.connection).await.optional()?;
    row.map(Relation::try_from).transpose()
}

/// Every relation of two organisations, oldest first. Nobody else records one of them until this transaction ends.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lock_between(tx: &mut Tx<'_>, between: Pair) -> Result<Vec<Relation>, Fault> {
    let [first, second] = between.both();
    super::lock_ids(tx, &[first.0, second.0]).await?;
    let query = relations::table
        .filter(relations::first_id.eq(first.0).and(relations::second_id.eq(second.0)))
        .order(relations::id)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(tx.connection).await?;
    rows.into_iter().map(Relation::try_from).collect()
}

/// Relations, newest first, after one of them: all, or those of an organisation. Those of `hidden_from` are left out.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    organisation: Option<OrganisationId>,
    hidden_from: &BTreeSet<OrganisationId>,
    after: Option<RelationId>,
    limit: i64,
) -> Result<Vec<Relation>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let own = hidden_from.iter().map(|id| id.0).collect::<Vec<_>>();
    let mut query = relations::table
        .filter(relations::id.lt(after))
        .filter(relations::first_id.ne_all(own.clone()).and(relations::second_id.ne_all(own)))
        .order(relations::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(relations::first_id.eq(organisation.0).or(relations::second_id.eq(organisation.0)));
    }
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Relation::try_from).collect()
}

/// With whom an organisation counts together on a day, through one of these groups, and through which. Whoever is related through
/// several of them counts once, through the first.
///
/// # Errors
/// When the database fails.
pub async fn parties(
    reader: &mut impl Connected,
    organisation: OrganisationId,
    groups: Vec<String>,
    known: Known,
) -> Result<BTreeMap<Uuid, String>, Fault> {
    // Most texts count nobody else.
    if groups.is_empty() {
        return Ok(BTreeMap::new());
    }
    let day = known.on.date();
    let mut query = relations::table
        .filter(relations::first_id.eq(organisation.0).or(relations::second_id.eq(organisation.0)))
        .filter(relations::group_code.eq_any(groups).and(relations::from_on.le(day)))
        .select((relations::first_id, relations::second_id, relations::group_code))
        .order(relations::group_code.desc())
        .into_boxed();
    let holds = relations::until_on.is_null().or(relations::until_on.gt(day).assume_not_null());
    query = match known.at {
        None => query.filter(holds),
        Some(at) => {
            let not_ended = relations::ended_at.gt(at).assume_not_null();
            query
                .filter(relations::created_at.le(at))
                .filter(holds.or(relations::ended_at.is_not_null().and(not_ended)))
        }
    };
    let rows: Vec<(Uuid, Uuid, String)> = query.load(reader.connection()).await?;
    // The last one that is put in stays: the first of the groups.
    let other = |(first, second, group)| (if first == organisation.0 { second } else { first }, group);
    Ok(rows.into_iter().map(other).collect())
}

/// Which relations are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Those that hold on this day,
    pub on: Day,
    /// as far as they were recorded at that moment; without one, now.
    pub at: Option<DateTime<Utc>>,
}

pub(super) async fn insert(tx: &mut Tx<'_>, relation: &Relation) -> Result<(), Fault> {
    diesel::insert_into(relations::table).values(Row::from(relation)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, relation: &Relation) -> Result<(), Fault> {
    // What was recorded stays: the role may not even write it.
    let row = Row::from(relation);
    let set = (
        relations::until_on.eq(row.until_on),
        relations::ended_by.eq(row.ended_by),
        relations::ended_at.eq(row.ended_at),
        relations::end_reason.eq(row.end_reason),
    );
    diesel::update(relations::table.find(row.id)).set(set).execute(tx.connection).await?;
    Ok(())
}
