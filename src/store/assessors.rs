//! Assessors: what they know, when they have time, what they have declared, and how much they have at a time.

use super::schema::{
    applications, assessments, assessor_expertise, assessor_profiles, expertise_fields, interest_declarations, people,
    person_roles,
};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::actor::Role;
use rules::application::State;
use rules::assessment::AssessmentState;
use rules::assessor::{Declaration, Field, Interest, Profile, is_field_code};
use rules::calendar::Day;
use rules::ids::{DeclarationId, PersonId};
use rules::person::Language;
use rules::text::Text;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Somebody to whom proposals can be given, as officers find them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessor {
    /// Identity.
    pub id: PersonId,
    /// As people write it.
    pub name: String,
    /// The language of mail.
    pub language: Language,
    /// What they know, and when they have time.
    pub profile: Profile,
    /// The first day on which no declaration of interests counts any more; none while none counts today.
    pub declared_until: Option<Day>,
    /// How many proposals they have at the moment: those in assessment to which they were invited or which they have accepted.
    pub at_work: u32,
}

/// The assessors whose accounts are open, in the order of their ids, after one of them. So many queries, however many they are.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(reader: &mut impl Connected, after: Option<PersonId>, limit: i64) -> Result<Vec<Assessor>, Fault> {
    let after = after.map_or_else(Uuid::nil, |id| id.0);
    let query = people::table
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(person_roles::role.eq(Role::Assessor.code()).and(people::active).and(people::id.gt(after)))
        .order(people::id)
        .limit(limit)
        .select((people::id, people::name, people::language));
    let rows = query.load(reader.connection()).await?;
    described(reader, rows).await
}

/// One of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn find(reader: &mut impl Connected, id: PersonId) -> Result<Option<Assessor>, Fault> {
    let query = people::table
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(person_roles::role.eq(Role::Assessor.code()).and(people::active).and(people::id.eq(id.0)))
        .select((people::id, people::name, people::language));
    let rows = query.load(reader.connection()).await?;
    Ok(described(reader, rows).await?.pop())
}

async fn described(reader: &mut impl Connected, rows: Vec<(Uuid, String, String)>) -> Result<Vec<Assessor>, Fault> {
    let ids = rows.iter().map(|row| row.0).collect::<Vec<_>>();
    let mut profiles = profiles(reader, &ids).await?;
    let (declared, at_work) = (declared_until(reader, &ids).await?, at_work(reader, &ids).await?);
    let described = |(id, name, language): (Uuid, String, String)| {
        let language = Language::from_code(&language).ok_or_else(|| Fault::Corrupt(format!("language {language}")))?;
        let profile = profiles.remove(&id).unwrap_or_else(|| Profile::unsaid(PersonId(id)));
        let (declared_until, at_work) = (declared.get(&id).copied(), at_work.get(&id).copied().unwrap_or_default());
        Ok(Assessor { id: PersonId(id), name, language, profile, declared_until, at_work })
    };
    rows.into_iter().map(described).collect()
}

/// What an assessor knows, and when they have time.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn profile(reader: &mut impl Connected, id: PersonId) -> Result<Profile, Fault> {
    Ok(profiles(reader, &[id.0]).await?.remove(&id.0).unwrap_or_else(|| Profile::unsaid(id)))
}

type ProfileRow = (Uuid, Option<NaiveDate>, Option<NaiveDate>, Option<i32>, i32);

async fn profiles(reader: &mut impl Connected, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Profile>, Fault> {
    let query = assessor_profiles::table.filter(assessor_profiles::person_id.eq_any(ids));
    let rows: Vec<ProfileRow> = query.load(reader.connection()).await?;
    let query = assessor_expertise::table.filter(assessor_expertise::person_id.eq_any(ids));
    let mut expertise = BTreeMap::<Uuid, BTreeSet<String>>::new();
    for (id, code) in query.load::<(Uuid, String)>(reader.connection()).await? {
        expertise.entry(id).or_default().insert(code);
    }
    let profile = |(id, from, until, most, version): ProfileRow| {
        let most = most.map(u32::try_from).transpose();
        let profile = Profile {
            person: PersonId(id),
            expertise: expertise.remove(&id).unwrap_or_default(),
            from: from.map(Day::from),
            until: until.map(Day::from),
            proposals_max: most.map_err(|error| Fault::Corrupt(format!("profile of {id}: {error}")))?,
            version,
        };
        Ok((id, profile))
    };
    rows.into_iter().map(profile).collect()
}

/// Until when what these people have declared counts, of those of whom something counts today.
async fn declared_until(reader: &mut impl Connected, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Day>, Fault> {
    let today = reader.today()?.date();
    let query = interest_declarations::table
        .filter(interest_declarations::person_id.eq_any(ids))
        .filter(interest_declarations::from_on.le(today).and(interest_declarations::until_on.gt(today)))
        .select((interest_declarations::person_id, interest_declarations::until_on));
    let rows: Vec<(Uuid, NaiveDate)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, until)| (id, Day::from(until))).collect())
}

async fn at_work(reader: &mut impl Connected, ids: &[Uuid]) -> Result<BTreeMap<Uuid, u32>, Fault> {
    let open = [AssessmentState::Invited, AssessmentState::Accepted].map(AssessmentState::code);
    let query = assessments::table
        .inner_join(applications::table.on(applications::id.eq(assessments::application_id)))
        .filter(assessments::assessor_id.eq_any(ids).and(assessments::state.eq_any(open)))
        .filter(applications::state.eq(State::InAssessment.code()))
        .group_by(assessments::assessor_id)
        .select((assessments::assessor_id, count_star()));
    let rows: Vec<(Uuid, i64)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, count)| (id, u32::try_from(count).unwrap_or(u32::MAX))).collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = interest_declarations)]
struct Declared {
    id: Uuid,
    person_id: Uuid,
    from_on: NaiveDate,
    until_on: NaiveDate,
    interests: Value,
    declared_at: DateTime<Utc>,
}

impl TryFrom<Declared> for Declaration {
    type Error = Fault;

    fn try_from(row: Declared) -> Result<Self, Fault> {
        let interests = serde_json::from_value::<Vec<Interest>>(row.interests);
        Ok(Self {
            id: DeclarationId(row.id),
            person: PersonId(row.person_id),
            from: Day::from(row.from_on),
            until: Day::from(row.until_on),
            interests: interests.map_err(|error| Fault::Corrupt(format!("declaration {}: {error}", row.id)))?,
            at: row.declared_at,
        })
    }
}

/// What these people have declared that counts today or will, in the order in which they declared it.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn declarations(reader: &mut impl Connected, ids: &[PersonId]) -> Result<Vec<Declaration>, Fault> {
    let (today, ids) = (reader.today()?.date(), ids.iter().map(|id| id.0).collect::<Vec<_>>());
    let query = interest_declarations::table
        .filter(interest_declarations::person_id.eq_any(ids).and(interest_declarations::until_on.gt(today)))
        .order(interest_declarations::id)
        .select(Declared::as_select());
    let rows: Vec<Declared> = query.load(reader.connection()).await?;
    rows.into_iter().map(Declaration::try_from).collect()
}

/// The list of fields of expertise, by code, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn fields(reader: &mut impl Connected, after: Option<&str>, limit: i64) -> Result<Vec<Field>, Fault> {
    let query = expertise_fields::table
        .filter(expertise_fields::code.gt(after.unwrap_or_default()))
        .order(expertise_fields::code)
        .limit(limit);
    let rows: Vec<(String, String, String, String, bool)> = query.load(reader.connection()).await?;
    let field = |(code, en, zh_hant, zh_hans, in_use)| Field { code, name: Text { en, zh_hant, zh_hans }, in_use };
    Ok(rows.into_iter().map(field).collect())
}

/// Those of these codes that are of fields in use.
///
/// # Errors
/// When the database fails.
pub async fn in_use(reader: &mut impl Connected, codes: &BTreeSet<String>) -> Result<BTreeSet<String>, Fault> {
    // What is no code is that of no field, and some of it could not be asked of the database.
    let codes = codes.iter().filter(|code| is_field_code(code));
    let query = expertise_fields::table.filter(expertise_fields::code.eq_any(codes).and(expertise_fields::in_use));
    let codes: Vec<String> = query.select(expertise_fields::code).load(reader.connection()).await?;
    Ok(codes.into_iter().collect())
}

pub(super) async fn set_field(tx: &mut Tx<'_>, field: &Field) -> Result<(), Fault> {
    let set = (
        expertise_fields::name_en.eq(&field.name.en),
        expertise_fields::name_zh_hant.eq(&field.name.zh_hant),
        expertise_fields::name_zh_hans.eq(&field.name.zh_hans),
        expertise_fields::in_use.eq(field.in_use),
    );
    let row = (expertise_fields::code.eq(&field.code), set);
    diesel::insert_into(expertise_fields::table)
        .values(row)
        .on_conflict(expertise_fields::code)
        .do_update()
        .set(set)
        .execute(tx.connection)
        .await?;
    Ok(())
}

pub(super) async fn set_profile(tx: &mut Tx<'_>, profile: &Profile) -> Result<(), Fault> {
    let most = profile.proposals_max.map(i32::try_from).transpose();
    let set = (
        assessor_profiles::from_on.eq(profile.from.map(Day::date)),
        assessor_profiles::until_on.eq(profile.until.map(Day::date)),
        assessor_profiles::proposals_max.eq(most.map_err(|error| Fault::Corrupt(error.to_string()))?),
        assessor_profiles::version.eq(profile.version),
    );
    diesel::insert_into(assessor_profiles::table)
        .values((assessor_profiles::person_id.eq(profile.person.0), set))
        .on_conflict(assessor_profiles::person_id)
        .do_update()
        .set(set)
        .execute(tx.connection)
        .await?;
    let before = assessor_expertise::table.filter(assessor_expertise::person_id.eq(profile.person.0));
    diesel::delete(before).execute(tx.connection).await?;
    let row = |code: &String| {
        (assessor_expertise::person_id.eq(profile.person.0), assessor_expertise::field_code.eq(code.clone()))
    };
    let rows = profile.expertise.iter().map(row).collect::<Vec<_>>();
    diesel::insert_into(assessor_expertise::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn insert_declaration(tx: &mut Tx<'_>, declaration: &Declaration) -> Result<(), Fault> {
    let row = (
        interest_declarations::id.eq(declaration.id.0),
        interest_declarations::person_id.eq(declaration.person.0),
        interest_declarations::from_on.eq(declaration.from.date()),
        interest_declarations::until_on.eq(declaration.until.date()),
        interest_declarations::interests.eq(serde_json::json!(declaration.interests)),
        interest_declarations::declared_at.eq(declaration.at),
    );
    diesel::insert_into(interest_declarations::table).values(row).execute(tx.connection).await?;
    Ok(())
}
