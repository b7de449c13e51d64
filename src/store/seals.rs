//! Seals of rounds: until when what was submitted stays closed to the agency.

use super::schema::{applications, round_seals};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::round::Seal;
use std::collections::BTreeMap;

/// The seal of the round of an application.
#[diesel::dsl::auto_type]
pub(super) fn of_application() -> _ {
    round_seals::table
        .filter(round_seals::scheme_code.eq(applications::scheme_code))
        .filter(round_seals::round.nullable().eq(applications::round))
        .select(round_seals::until)
        .single_value()
}

/// Whether the round of an application keeps it closed to the agency still.
#[diesel::dsl::auto_type]
pub(super) fn sealed(now: DateTime<Utc>) -> _ {
    exists(
        round_seals::table
            .filter(round_seals::scheme_code.eq(applications::scheme_code))
            .filter(round_seals::round.nullable().eq(applications::round))
            .filter(round_seals::until.gt(now)),
    )
}

/// The same for a statement that is written out, of `applications a`, with what goes before it everywhere: whoever asks is on the side
/// of none whom they are told of. The arguments are the numbers of its parameters: the organisations that are left out, the single
/// cases that are where there are such, and the instant.
pub(super) fn of_others(organisations: u8, tied: Option<u8>, now: u8) -> String {
    let tied = tied.map(|tied| format!("a.id <> ALL (${tied}) AND ")).unwrap_or_default();
    format!(
        "a.organisation_id <> ALL (${organisations}) AND {tied}NOT EXISTS
   (SELECT 1 FROM round_seals r WHERE (r.scheme_code, r.round) = (a.scheme_code, a.round) AND r.until > ${now})"
    )
}

/// Until when the rounds of a scheme are sealed, by their paths.
///
/// # Errors
/// When the database fails.
pub async fn of_scheme(reader: &mut impl Connected, scheme: &str) -> Result<BTreeMap<String, DateTime<Utc>>, Fault> {
    let query =
        round_seals::table.filter(round_seals::scheme_code.eq(scheme)).select((round_seals::round, round_seals::until));
    let rows: Vec<(String, DateTime<Utc>)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().collect())
}

/// Sets a seal, or prolongs it: one that stands longer stays as it is.
pub(super) async fn set(tx: &mut Tx<'_>, seal: &Seal) -> Result<(), Fault> {
    let row = (
        round_seals::scheme_code.eq(&seal.scheme),
        round_seals::round.eq(&seal.round),
        round_seals::until.eq(seal.until),
    );
    diesel::insert_into(round_seals::table)
        .values(row)
        .on_conflict((round_seals::scheme_code, round_seals::round))
        .do_update()
        .set(round_seals::until.eq(later(round_seals::until, seal.until)))
        .execute(tx.connection)
        .await?;
    Ok(())
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The later of two instants.
    #[sql_name = "greatest"]
    fn later(
        one: diesel::sql_types::Timestamptz,
        other: diesel::sql_types::Timestamptz,
    ) -> diesel::sql_types::Timestamptz;
}
