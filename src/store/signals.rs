//! What signals are found by: each look-up is an equality on an indexed key, and gives one more than is shown, which tells that there
//! are more.

use super::schema::application_keys;
use super::{Connected, Fault, Tx, seals};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::interest::{Case, Party};
use rules::particulars::Particulars;
use rules::signal::{Key, KeyKind, Link, OtherCase, SHOWN_MAX, Shared};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What nobody who asks is shown: the organisation itself, those that the actor acts for, the single cases that the actor is tied to, and
/// what is sealed at this instant.
#[derive(Clone, Debug)]
pub struct Hidden {
    organisations: Vec<Uuid>,
    tied: Vec<Uuid>,
    now: DateTime<Utc>,
}

impl Hidden {
    /// What is hidden from somebody who looks for others than an applicant.
    #[must_use]
    pub fn of(
        applicant: OrganisationId,
        (acts_for, tied): (&BTreeSet<OrganisationId>, &[ApplicationId]),
        now: DateTime<Utc>,
    ) -> Self {
        let organisations = acts_for.iter().chain([&applicant]).map(|id| id.0).collect();
        Self { organisations, tied: tied.iter().map(|id| id.0).collect(), now }
    }
}

/// How many rows of each key are read.
fn limit() -> i64 {
    i64::try_from(SHOWN_MAX).unwrap_or(i64::MAX).saturating_add(1)
}

/// A case that has been submitted and is not sealed, of nobody who is hidden.
fn of_others() -> String {
    format!("a.submitted_at IS NOT NULL AND {}", seals::of_others(1, Some(3), 2))
}

#[derive(QueryableByName)]
struct CaseRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    organisation_name: String,
}

impl CaseRow {
    fn case(&self) -> OtherCase {
        OtherCase {
            application: ApplicationId(self.id),
            reference: self.reference.clone(),
            organisation_name: self.organisation_name.clone(),
        }
    }
}

/// The cases of others that have one of these keys.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn matches(
    reader: &mut impl Connected,
    keys: &BTreeSet<Key>,
    hidden: &Hidden,
) -> Result<Vec<(Key, OtherCase)>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT asked.kind, asked.key, found.* FROM unnest($5, $6) asked (kind, key)
          CROSS JOIN LATERAL (
            SELECT a.id, a.reference, o.name AS organisation_name
              FROM application_keys k JOIN applications a ON a.id = k.application_id JOIN organisations o ON o.id = a.organisation_id
             WHERE k.kind = asked.kind AND k.key = asked.key AND {of_others}
             ORDER BY k.application_id DESC LIMIT $4) found"
    );
    let (kinds, hashes): (Vec<&str>, Vec<&str>) = keys.iter().map(|key| (key.kind.code(), key.hash.as_str())).unzip();
    let query = diesel::sql_query(sql)
        .bind::<Array<SqlUuid>, _>(&hidden.organisations)
        .bind::<Timestamptz, _>(hidden.now)
        .bind::<Array<SqlUuid>, _>(&hidden.tied)
        .bind::<BigInt, _>(limit())
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Text>, _>(hashes);
    let rows: Vec<CaseRow> = query.load(reader.connection()).await?;
    let found = |row: CaseRow| {
        let kind = KeyKind::from_code(&row.kind).ok_or_else(|| Fault::Corrupt(format!("key {}", row.kind)))?;
        let case = row.case();
        Ok((Key { kind, hash: row.key }, case))
    };
    rows.into_iter().map(found).collect()
}

/// The cases of others that have sent a file with one of these contents, by their hashes.
///
/// # Errors
/// When the database fails.
pub async fn documents(
    reader: &mut impl Connected,
    hashes: &BTreeSet<String>,
    hidden: &Hidden,
) -> Result<Vec<(String, OtherCase)>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT '' AS kind, asked.key, found.* FROM unnest($5) asked (key)
          CROSS JOIN LATERAL (
            SELECT DISTINCT a.id, a.reference, o.name AS organisation_name
              FROM attachments f JOIN applications a ON a.id = f.application_id JOIN organisations o ON o.id = a.organisation_id
             WHERE f.sha256 = asked.key AND {of_others} AND NOT EXISTS
               (SELECT 1 FROM application_returns w
                 WHERE (w.application_id, w.number) = (f.application_id, f.in_answer_to) AND w.ended_at IS NULL)
             ORDER BY a.id DESC LIMIT $4) found"
    );
    let query = diesel::sql_query(sql)
        .bind::<Array<SqlUuid>, _>(&hidden.organisations)
        .bind::<Timestamptz, _>(hidden.now)
        .bind::<Array<SqlUuid>, _>(&hidden.tied)
        .bind::<BigInt, _>(limit())
        .bind::<Array<Text>, _>(hashes.iter().collect::<Vec<_>>());
    let rows: Vec<CaseRow> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|row| (row.key.clone(), row.case())).collect())
}

#[derive(QueryableByName)]
struct LinkRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    ubi: String,
}

impl LinkRow {
    fn with(self, shared: Shared, of: OrganisationId) -> Link {
        Link { shared, of, with: Party { id: OrganisationId(self.id), name: self.name, ubi: self.ubi } }
    }
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    person: Uuid,
    #[diesel(sql_type = Text)]
    person_name: String,
    #[diesel(embed)]
    link: LinkRow,
}

/// The organisations for which somebody acts who is on the side of this case, and those of whose submitted cases they are a member.
/// Whoever applies together here is none of them.
///
/// # Errors
/// When the database fails.
pub async fn by_people(reader: &mut impl Connected, case: &Case, hidden: &Hidden) -> Result<Vec<Link>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT p.id AS person, p.name AS person_name, '' AS kind, '' AS key, found.*
           FROM people p
          CROSS JOIN LATERAL (
            SELECT o.id, o.name, o.ubi FROM memberships m JOIN organisations o ON o.id = m.organisation_id
             WHERE m.person_id = p.id AND o.id <> ALL ($1)
            UNION
            SELECT o.id, o.name, o.ubi FROM application_members t
              JOIN applications a ON a.id = t.application_id JOIN organisations o ON o.id = a.organisation_id
             WHERE t.person_id = p.id AND {of_others}
             ORDER BY id LIMIT $4) found
          WHERE p.id = ANY ($5)"
    );
    let others = hidden.organisations.iter().copied().chain(case.parties().map(|party| party.id.0));
    let people = case.people.keys().map(|id| id.0).collect::<Vec<_>>();
    let query = diesel::sql_query(sql)
        .bind::<Array<SqlUuid>, _>(others.collect::<Vec<_>>())
        .bind::<Timestamptz, _>(hidden.now)
        .bind::<Array<SqlUuid>, _>(&hidden.tied)
        .bind::<BigInt, _>(limit())
        .bind::<Array<SqlUuid>, _>(people);
    let rows: Vec<PersonRow> = query.load(reader.connection()).await?;
    let link = |row: PersonRow| row.link.with(Shared::Person(PersonId(row.person), row.person_name), case.applicant.id);
    Ok(rows.into_iter().map(link).collect())
}

/// The columns of particulars by which organisations are found, and what they share then.
const PARTICULARS: [(&str, &str); 4] = [
    ("address", "address_key"),
    ("telephone", "telephone_key"),
    ("account", "account_fingerprint"),
    ("domain", "domain"),
];

#[derive(QueryableByName)]
struct SharingRow {
    #[diesel(sql_type = SqlUuid)]
    applying: Uuid,
    #[diesel(embed)]
    link: LinkRow,
}

/// What somebody that applies is found by.
fn looked_for(particulars: &Particulars) -> impl Iterator<Item = (&'static str, String, Uuid)> {
    let account = particulars.account.as_ref().map(|account| account.fingerprint.clone());
    let own =
        [("address", particulars.address_key()), ("telephone", particulars.telephone_key()), ("account", account)];
    let id = particulars.organisation.0;
    own.into_iter().filter_map(move |(kind, key)| Some((kind, key?, id)))
}

/// The organisations that have one of the particulars of somebody that applies, the applicant first, or somebody with an address at
/// one of the applicant's domains.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn by_particulars(
    reader: &mut impl Connected,
    (applicant, co_applicants): (&Particulars, &[Particulars]),
    domains: &BTreeSet<String>,
    hidden: &Hidden,
) -> Result<Vec<Link>, Fault> {
    let asked = looked_for(applicant).chain(co_applicants.iter().flat_map(looked_for));
    let domains = domains.iter().map(|domain| ("domain", domain.clone(), applicant.organisation.0));
    let (mut kinds, mut keys, mut applying) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, key, of) in asked.chain(domains) {
        kinds.push(kind);
        keys.push(key);
        applying.push(of);
    }
    let of = |(kind, column): (&str, &str)| {
        format!(
            "SELECT o.id, o.name, o.ubi FROM organisation_particulars p JOIN organisations o ON o.id = p.organisation_id
              WHERE asked.kind = '{kind}' AND p.{column} = asked.key AND o.id <> ALL ($1) AND o.id <> asked.applying"
        )
    };
    let by_people = "SELECT o.id, o.name, o.ubi FROM people p JOIN memberships m ON m.person_id = p.id
                       JOIN organisations o ON o.id = m.organisation_id
                      WHERE asked.kind = 'domain' AND split_part(p.email, '@', 2) = asked.key AND o.id <> ALL ($1)";
    let all = PARTICULARS.map(of).into_iter().chain([by_people.to_owned()]).collect::<Vec<_>>().join(" UNION ");
    let sql = format!(
        "SELECT asked.*, found.* FROM unnest($3, $4, $5) asked (kind, key, applying)
          CROSS JOIN LATERAL (SELECT * FROM ({all}) every ORDER BY id LIMIT $2) found"
    );
    let query = diesel::sql_query(sql)
        .bind::<Array<SqlUuid>, _>(&hidden.organisations)
        .bind::<BigInt, _>(limit())
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<SqlUuid>, _>(applying);
    let rows: Vec<SharingRow> = query.load(reader.connection()).await?;
    let link = |SharingRow { applying, link: row }: SharingRow| {
        let shared = match row.kind.as_str() {
            "address" => Shared::Address,
            "telephone" => Shared::Telephone,
            "account" => Shared::Account,
            "domain" => Shared::Domain(row.key.clone()),
            other => return Err(Fault::Corrupt(format!("a particular that is {other}"))),
        };
        Ok(row.with(shared, OrganisationId(applying)))
    };
    rows.into_iter().map(link).collect()
}

pub(super) async fn set_keys(tx: &mut Tx<'_>, application: ApplicationId, keys: &[Key]) -> Result<(), Fault> {
    let before = application_keys::table.filter(application_keys::application_id.eq(application.0));
    diesel::delete(before).execute(tx.connection).await?;
    let row = |key: &Key| {
        (
            application_keys::application_id.eq(application.0),
            application_keys::kind.eq(key.kind.code()),
            application_keys::key.eq(key.hash.clone()),
        )
    };
    let rows = keys.iter().map(row).collect::<Vec<_>>();
    diesel::insert_into(application_keys::table).values(rows).execute(tx.connection).await?;
    Ok(())
}
