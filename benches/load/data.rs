//! Who asks, and for what: read from the database that data.sql filled.

use crate::Outcome;
use crate::scenario::PASSWORD;
use almoner::access::{Passwords, SigningKey, Tokens};
use almoner::clock::Clock;
use almoner::store::{Connected, Db};
use diesel::sql_types::{Integer, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use rules::ids::PersonId;
use std::time::Duration;
use uuid::Uuid;

/// What the tokens of the measurement say; both servers are told the same.
pub(crate) const ISSUER: &str = "http://127.0.0.1:8080";
const AUDIENCE: &str = "almoner";
/// Longer than the measurement.
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

/// The states that officers look into, as lists of theirs do.
const STATES: [&str; 4] = ["submitted", "in_assessment", "rejected", "completed"];
/// How far in the deep pages are.
const DEEP: &str = "35000";

/// What requests are made of.
pub(crate) struct Data {
    /// The private key of the tokens, in PEM.
    pub(crate) key: String,
    /// Tokens of officers.
    pub(crate) officers: Vec<String>,
    /// Tokens of applicants, each with the organisation that the applicant acts for.
    pub(crate) applicants: Vec<(String, Uuid)>,
    /// Applications that officers may read.
    pub(crate) applications: Vec<Uuid>,
    /// The states of the lists.
    pub(crate) states: Vec<&'static str>,
    /// Far in the lists of long states.
    pub(crate) deep: Vec<(String, Uuid)>,
    /// The process that all processes of PostgreSQL come from.
    pub(crate) postmaster: u32,
}

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = SqlUuid)]
    session: Uuid,
    #[diesel(sql_type = SqlUuid)]
    person: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation: Uuid,
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Deep {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    id: i32,
}

/// A new private key in PEM, and what signs tokens with it.
pub(crate) fn key_and_tokens() -> Outcome<(String, Tokens)> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    let pem = key.to_pkcs8_pem(LineEnding::LF)?.to_string();
    Ok((pem, Tokens::new(&SigningKey::from(key), &[], ISSUER, AUDIENCE, LIFETIME)?))
}

impl Data {
    /// Reads what there is and signs a token for each session.
    pub(crate) async fn read(url: &str) -> Outcome<Self> {
        let (pem, tokens) = key_and_tokens()?;
        let now = Clock::default().moment().recorded_at;
        let mut reader = Db::new(url, 1)?.reader().await?;
        let connection = reader.connection();
        let sessions = "SELECT s.id AS session, s.person_id AS person, coalesce(m.organisation_id, s.id) AS organisation \
             FROM sessions s JOIN person_roles r USING (person_id) LEFT JOIN memberships m USING (person_id) WHERE r.role = ";
        let officers: Vec<Session> = sql_query(format!("{sessions} 'officer'")).load(connection).await?;
        let applicants: Vec<Session> = sql_query(format!("{sessions} 'applicant'")).load(connection).await?;
        let signed = |session: &Session| tokens.issue(PersonId(session.person), session.session, now);
        let applications =
            "SELECT id FROM applications WHERE submitted_at IS NOT NULL ORDER BY md5(id::text) LIMIT 20000";
        let applications: Vec<One> = sql_query(applications).load(connection).await?;
        let deep = STATES.iter().skip(2).map(|state| {
            format!(
                "(SELECT state, id FROM applications WHERE state = '{state}' ORDER BY id DESC OFFSET {DEEP} LIMIT 1)"
            )
        });
        let deep: Vec<Deep> = sql_query(deep.collect::<Vec<_>>().join(" UNION ALL ")).load(connection).await?;
        let hash = Passwords::new(0)?.hash(PASSWORD.into()).await?;
        let applicants_all = sql_query("UPDATE people SET password_hash = $1 WHERE email LIKE 'applicant%'");
        applicants_all.bind::<Text, _>(hash).execute(connection).await?;
        let backend: Backend = sql_query("SELECT pg_backend_pid() AS id").get_result(connection).await?;
        Ok(Self {
            key: pem,
            officers: officers.iter().map(signed).collect::<Result<_, _>>()?,
            applicants: applicants
                .iter()
                .map(|session| Ok((signed(session)?, session.organisation)))
                .collect::<Outcome<_>>()?,
            applications: applications.into_iter().map(|one| one.id).collect(),
            states: STATES.to_vec(),
            deep: deep.into_iter().map(|deep| (deep.state, deep.id)).collect(),
            postmaster: crate::process::parent(u32::try_from(backend.id)?)?,
        })
    }
}
