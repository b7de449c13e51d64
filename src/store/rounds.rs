//! Under which rounds and cut-offs cases are filed.

use super::schema::applications;
use super::{Connected, Fault};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// Whether a case of a scheme was ever submitted to a round.
///
/// # Errors
/// When the database fails.
pub async fn has_cases(reader: &mut impl Connected, scheme: &str, round: &str) -> Result<bool, Fault> {
    let filed = applications::table.filter(applications::scheme_code.eq(scheme).and(applications::round.eq(round)));
    Ok(diesel::select(diesel::dsl::exists(filed)).get_result(reader.connection()).await?)
}
