//! What is on file of those who assess and of those who apply: loaded for many of both at once, in so many queries however many they
//! are; and the overrides of conflicts.

mod applying;

use super::schema::{assessments, conflict_overrides, memberships, organisations, people, sitting_votes};
use super::{Connected, Fault, Tx, assessors};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::assessment::AssessmentState;
use rules::duty::Duty;
use rules::ids::{ApplicationId, OrganisationId, OverrideId, PersonId};
use rules::interest::{Assessor, Ground, OnFile, Override, Pair, Party};
use rules::sitting::Vote;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// All that is on file today of these assessors and these cases.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn on_file(
    reader: &mut impl Connected,
    assessors: &[PersonId],
    cases: &[ApplicationId],
) -> Result<OnFile, Fault> {
    let people = assessors.iter().map(|id| id.0).collect::<Vec<_>>();
    let ids = cases.iter().map(|id| id.0).collect::<Vec<_>>();
    let mut on_file = OnFile { assessors: known(reader, &people).await?, ..OnFile::default() };
    declared(reader, assessors, &mut on_file.assessors).await?;
    wrote(reader, &people, &mut on_file.assessors).await?;
    on_file.cases = applying::applying(reader, &ids).await?;
    let said = assessments::table
        .filter(assessments::application_id.eq_any(&ids).and(assessments::assessor_id.eq_any(&people)))
        .filter(assessments::state.eq(AssessmentState::Conflicted.code()))
        .select((assessments::application_id, assessments::assessor_id));
    let said: Vec<(Uuid, Uuid)> = said.load(reader.connection()).await?;
    let in_sittings = sitting_votes::table
        .filter(sitting_votes::application_id.eq_any(&ids).and(sitting_votes::person_id.eq_any(&people)))
        .filter(sitting_votes::vote.eq(Vote::Conflict.code()))
        .select((sitting_votes::application_id, sitting_votes::person_id));
    let in_sittings: Vec<(Uuid, Uuid)> = in_sittings.load(reader.connection()).await?;
    let said = said.into_iter().chain(in_sittings);
    on_file.declared_on = said.map(|(case, person)| (ApplicationId(case), PersonId(person))).collect();
    on_file.overridden = overridden(reader, &people, &ids).await?;
    Ok(on_file)
}

/// Who the assessors are, and for whom they act.
async fn known(reader: &mut impl Connected, ids: &[Uuid]) -> Result<BTreeMap<PersonId, Assessor>, Fault> {
    let query = people::table.filter(people::id.eq_any(ids)).select((people::id, people::name, people::email));
    let rows: Vec<(Uuid, String, String)> = query.load(reader.connection()).await?;
    let assessor = |(id, name, email)| (PersonId(id), Assessor { name, email, ..Assessor::default() });
    let mut known = rows.into_iter().map(assessor).collect::<BTreeMap<_, _>>();
    let query = memberships::table
        .inner_join(organisations::table.on(organisations::id.eq(memberships::organisation_id)))
        .filter(memberships::person_id.eq_any(ids))
        .order((memberships::person_id, organisations::id))
        .select((memberships::person_id, organisations::id, organisations::name, organisations::ubi));
    for (person, id, name, ubi) in query.load::<(Uuid, Uuid, String, String)>(reader.connection()).await? {
        if let Some(assessor) = known.get_mut(&PersonId(person)) {
            assessor.acts_for.push(Party { id: OrganisationId(id), name, ubi });
        }
    }
    Ok(known)
}

/// What they have declared that counts today.
async fn declared(
    reader: &mut impl Connected,
    ids: &[PersonId],
    known: &mut BTreeMap<PersonId, Assessor>,
) -> Result<(), Fault> {
    let today = reader.today()?;
    let declarations = assessors::declarations(reader, ids).await?;
    for declaration in declarations.into_iter().filter(|declaration| declaration.holds_on(today)) {
        if let Some(assessor) = known.get_mut(&declaration.person) {
            assessor.declared.get_or_insert_default().extend(declaration.interests);
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Wrote {
    #[diesel(sql_type = SqlUuid)]
    person: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation: Uuid,
    #[diesel(sql_type = SqlUuid)]
    with: Uuid,
}

/// For whom they have written applications, and with whom. To be a member of one counts as to have written it, and an organisation that
/// applies together with another as one that applies.
async fn wrote(
    reader: &mut impl Connected,
    ids: &[Uuid],
    known: &mut BTreeMap<PersonId, Assessor>,
) -> Result<(), Fault> {
    let author = Duty::Author.code();
    let sql = format!(
        "WITH own AS (
           SELECT application_id, person_id FROM case_duties WHERE person_id = ANY ($1) AND duty = '{author}'
            UNION SELECT application_id, person_id FROM application_members WHERE person_id = ANY ($1))
         SELECT DISTINCT own.person_id AS person, party.organisation_id AS organisation, other.person_id AS \"with\" FROM own
           JOIN LATERAL (SELECT a.organisation_id FROM applications a WHERE a.id = own.application_id
             UNION SELECT m.organisation_id FROM application_members m
                    WHERE m.application_id = own.application_id AND m.organisation_id IS NOT NULL) party ON true
           JOIN LATERAL (SELECT d.person_id FROM case_duties d WHERE d.application_id = own.application_id AND d.duty = '{author}'
             UNION SELECT m.person_id FROM application_members m
                    WHERE m.application_id = own.application_id AND m.person_id IS NOT NULL) other ON true"
    );
    let query = diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(ids);
    for Wrote { person, organisation, with } in query.load(reader.connection()).await? {
        if let Some(assessor) = known.get_mut(&PersonId(person)) {
            assessor.wrote_for.insert(OrganisationId(organisation));
            if with != person {
                assessor.wrote_with.insert(PersonId(with));
            }
        }
    }
    Ok(())
}

async fn overridden(
    reader: &mut impl Connected,
    people: &[Uuid],
    cases: &[Uuid],
) -> Result<BTreeMap<Pair, BTreeSet<Ground>>, Fault> {
    let query = conflict_overrides::table
        .filter(conflict_overrides::application_id.eq_any(cases).and(conflict_overrides::assessor_id.eq_any(people)))
        .filter(conflict_overrides::confirmed_at.is_not_null())
        .select((conflict_overrides::application_id, conflict_overrides::assessor_id, conflict_overrides::grounds));
    let mut overridden = BTreeMap::<Pair, BTreeSet<Ground>>::new();
    for (case, person, grounds) in query.load::<(Uuid, Uuid, Value)>(reader.connection()).await? {
        overridden.entry((ApplicationId(case), PersonId(person))).or_default().extend(read_grounds(grounds)?);
    }
    Ok(overridden)
}

fn read_grounds(grounds: Value) -> Result<BTreeSet<Ground>, Fault> {
    serde_json::from_value(grounds).map_err(|error| Fault::Corrupt(format!("grounds of an override: {error}")))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = conflict_overrides, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    application_id: Uuid,
    assessor_id: Uuid,
    grounds: Value,
    reason: String,
    proposed_by: Uuid,
    proposed_at: DateTime<Utc>,
    confirmed_by: Option<Uuid>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Override {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        Ok(Self {
            id: OverrideId(row.id),
            application: ApplicationId(row.application_id),
            assessor: PersonId(row.assessor_id),
            grounds: read_grounds(row.grounds)?,
            reason: row.reason,
            proposed_by: PersonId(row.proposed_by),
            proposed_at: row.proposed_at,
            confirmed: row.confirmed_by.map(PersonId).zip(row.confirmed_at),
        })
    }
}

/// The overrides of a case, in the order in which they were proposed. With the case locked, nobody adds one or confirms one.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn overrides(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Override>, Fault> {
    let query = conflict_overrides::table
        .filter(conflict_overrides::application_id.eq(application.0))
        .order(conflict_overrides::id)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Override::try_from).collect()
}

/// The case of an override, so that it can be locked before it.
///
/// # Errors
/// When the database fails.
pub async fn application_of(reader: &mut impl Connected, id: OverrideId) -> Result<Option<ApplicationId>, Fault> {
    let query = conflict_overrides::table.find(id.0).select(conflict_overrides::application_id);
    let application: Option<Uuid> = query.first(reader.connection()).await.optional()?;
    Ok(application.map(ApplicationId))
}

pub(super) async fn insert_override(tx: &mut Tx<'_>, proposed: &Override) -> Result<(), Fault> {
    let row = Row {
        id: proposed.id.0,
        application_id: proposed.application.0,
        assessor_id: proposed.assessor.0,
        grounds: serde_json::json!(proposed.grounds),
        reason: proposed.reason.clone(),
        proposed_by: proposed.proposed_by.0,
        proposed_at: proposed.proposed_at,
        confirmed_by: None,
        confirmed_at: None,
    };
    diesel::insert_into(conflict_overrides::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn confirm_override(tx: &mut Tx<'_>, confirmed: &Override) -> Result<(), Fault> {
    let (by, at) = confirmed.confirmed.map(|(by, at)| (by.0, at)).unzip();
    let set = (conflict_overrides::confirmed_by.eq(by), conflict_overrides::confirmed_at.eq(at));
    diesel::update(conflict_overrides::table.find(confirmed.id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}
