//! What an amount of an award was decided on, beside the award.

use crate::store::schema::{award_bases, award_limits};
use crate::store::together::{Statement, Together};
use crate::store::{Connected, Fault, Tx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::basis::{Basis, LimitMet};
use rules::calculation::Counts;
use rules::ids::ApplicationId;
use uuid::Uuid;

/// A limit on an applicant's awards when it was met.
#[derive(Insertable)]
#[diesel(table_name = award_limits)]
struct LimitRow<'a> {
    application_id: Uuid,
    revision: i32,
    ceiling: &'a str,
    stage: Option<&'a str>,
    unit: &'static str,
    limit_units: i64,
    used_units: i64,
    takes_units: i64,
    counted: Vec<Uuid>,
}

impl<'a> LimitRow<'a> {
    fn new(basis: &Basis, met: &'a LimitMet) -> Self {
        let (unit, limit_units, used_units, takes_units) = match met.counts {
            Counts::Money { limit, used } => ("cents", limit.get(), used.get(), met.takes.get()),
            Counts::Projects { limit, used } => ("projects", i64::from(limit), i64::from(used), 1),
        };
        Self {
            application_id: basis.application.0,
            revision: basis.revision,
            ceiling: &met.ceiling,
            stage: met.stage.as_deref(),
            unit,
            limit_units,
            used_units,
            takes_units,
            counted: ids(&met.counted),
        }
    }
}

fn ids(cases: &[ApplicationId]) -> Vec<Uuid> {
    cases.iter().map(|case| case.0).collect()
}

pub(in crate::store) async fn insert(tx: &mut Tx<'_>, basis: &Basis) -> Result<(), Fault> {
    let row = (
        award_bases::application_id.eq(basis.application.0),
        award_bases::revision.eq(basis.revision),
        award_bases::schemes.eq(basis.schemes.iter().cloned().collect::<Vec<_>>()),
        award_bases::groups.eq(basis.groups.clone()),
        award_bases::seen.eq(ids(&basis.seen)),
    );
    let mut statements: Vec<Statement<'_>> = vec![Box::new(diesel::insert_into(award_bases::table).values(row))];
    let limits = basis.limits.iter().map(|met| LimitRow::new(basis, met)).collect::<Vec<_>>();
    if !limits.is_empty() {
        statements.push(Box::new(diesel::insert_into(award_limits::table).values(limits)));
    }
    Together(statements).execute(tx.connection).await?;
    Ok(())
}

/// Which cases have been counted with the award of a case, then and at each raise; none where nothing is on file.
pub(super) async fn seen(reader: &mut impl Connected, id: ApplicationId) -> Result<Option<Vec<Uuid>>, Fault> {
    let query = award_bases::table.filter(award_bases::application_id.eq(id.0)).select(award_bases::seen);
    let all: Vec<Vec<Uuid>> = query.load(reader.connection()).await?;
    Ok((!all.is_empty()).then(|| all.into_iter().flatten().collect()))
}
