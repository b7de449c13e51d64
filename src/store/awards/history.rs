//! What has been granted, as the rules of a text count it for one applicant: its own awards, and those of its related parties.

use super::balances::lock_applicants;
use super::{Row, bases, with_stages};
use crate::store::relations::{self, Known};
use crate::store::schema::{applications, awards};
use crate::store::{Connected, Fault, Tx, change_requests};
use chrono::NaiveDate;
use diesel::dsl::{AsSelect, IntoBoxed, Select};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::Application;
use rules::award::{Award, AwardState};
use rules::basis::Earlier;
use rules::calculation::{self, Completed, Facts, History};
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId};
use rules::scheme::Scheme;
use rules::sight::Sight;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An award with what its case says of the year in which it counts.
#[derive(Queryable, Selectable)]
#[diesel(table_name = awards)]
struct Counted {
    #[diesel(embed)]
    row: Row,
    #[diesel(select_expression = submitted_on())]
    submitted_on: NaiveDate,
    #[diesel(select_expression = facts())]
    facts: Option<Value>,
}

#[diesel::dsl::auto_type]
fn submitted_on() -> _ {
    applications::table
        .filter(applications::id.eq(awards::application_id))
        .select(applications::submitted_on)
        .single_value()
        .assume_not_null()
}

/// The answers of the case about its project.
#[diesel::dsl::auto_type]
fn facts() -> _ {
    let path: Vec<&'static str> = vec!["request", "project", "facts"];
    applications::table
        .filter(applications::id.eq(awards::application_id))
        .select(applications::content.retrieve_by_path_as_object(path))
        .single_value()
}

/// Who looks at a history.
#[derive(Clone, Copy, Debug)]
pub struct Looks<'a> {
    /// With whose eyes. To the public sight shows only what was told: an offer that was made to the applicant, or to a related
    /// party, whose grant then counts by its amount and its day and without a name.
    pub sight: Sight,
    /// For whom they act: nobody sees with the eyes of the staff what is not told yet of a related party of their own.
    pub acts_for: &'a BTreeSet<OrganisationId>,
}

/// What counts with the applicant of a case, award by award, as the rules of a text look at it: what the applicant has been granted
/// in every scheme that it names, and what organisations that are related on this day through a group that it counts have been granted
/// in the scheme itself. The case is left out, and so is what was given back, and what whoever looks may not see.
///
/// Under the locks of [`lock_parties`] this is all that counts when the transaction commits.
///
/// # Errors
/// When the database fails.
pub async fn earlier(
    reader: &mut impl Connected,
    case: &Application,
    scheme: &Scheme,
    looks: Looks<'_>,
    today: Day,
) -> Result<Earlier, Fault> {
    let parties = parties(reader, case, scheme, Known { on: today, at: None }).await?;
    let mut query = of(case.organisation, &parties, scheme)
        .filter(awards::application_id.ne(case.id.0).and(awards::state.ne(AwardState::Released.code())))
        .order((awards::decided_at, awards::application_id));
    let own = looks.acts_for.iter().map(|id| id.0).collect::<Vec<_>>();
    query = match looks.sight {
        Sight::Public => query.filter(awards::offered_at.is_not_null()),
        Sight::Staff if own.is_empty() => query,
        Sight::Staff => query.filter(awards::offered_at.is_not_null().or(awards::organisation_id.ne_all(own))),
    };
    let rows: Vec<Counted> = query.load(reader.connection()).await?;
    let cases = rows.iter().map(|counted| ApplicationId(counted.row.application_id)).collect();
    let awards = counted(reader, rows, &parties, scheme).await?.into_iter().map(|(_, award)| award);
    Ok(Earlier { history: History { awards: Some(awards.collect()), ..History::default() }, cases })
}

/// Locks what the applicant of a case may have of its scheme, and what its related parties may that count with it: of two approvals of
/// related applicants, the second waits for the first and sees it.
///
/// # Errors
/// When the database fails.
pub async fn lock_parties(tx: &mut Tx<'_>, case: &Application, scheme: &Scheme, today: Day) -> Result<(), Fault> {
    lock_parties_of_all(tx, &case.scheme, &[(case, scheme)], today).await
}

/// The same for several cases of one scheme, in one order.
///
/// # Errors
/// When the database fails.
pub async fn lock_parties_of_all(
    tx: &mut Tx<'_>,
    code: &str,
    cases: &[(&Application, &Scheme)],
    today: Day,
) -> Result<(), Fault> {
    let mut all = BTreeSet::new();
    for (case, scheme) in cases {
        let parties = parties(tx, case, scheme, Known { on: today, at: None }).await?;
        all.extend(parties.into_keys().chain([case.organisation.0]));
    }
    if all.is_empty() {
        return Ok(());
    }
    lock_applicants(tx, code, &all.into_iter().collect::<Vec<_>>()).await
}

/// What the award of a case has counted of the same applicant and its related parties and is not told yet, as the history that the text
/// looks at counted it then. Also what was given back since: it was counted. What was counted is on file with the award; of one that is older
/// than that, it is what had been decided before it.
///
/// # Errors
/// When the database fails.
pub async fn hidden(
    reader: &mut impl Connected,
    case: &Application,
    award: &Award,
    scheme: &Scheme,
) -> Result<Vec<(OrganisationId, calculation::Award)>, Fault> {
    // What a raise has counted, it has counted when it was granted.
    let decided_at = change_requests::raised_at(reader, award).await?.unwrap_or(award.decided_at);
    let on = Day::in_hong_kong(decided_at);
    // A relation may have been recorded while the decision waited for its locks.
    let mut of_case = parties(reader, case, scheme, Known { on, at: None }).await?;
    of_case.extend(parties(reader, case, scheme, Known { on, at: Some(decided_at) }).await?);
    let seen = bases::seen(reader, award.application).await?;
    let query = of(award.organisation, &of_case, scheme)
        .filter(awards::application_id.ne(award.application.0).and(awards::offered_at.is_null()));
    let query = match seen {
        Some(seen) => query.filter(awards::application_id.eq_any(seen)),
        None => query.filter(awards::decided_at.le(decided_at)),
    };
    let rows: Vec<Counted> = query.load(reader.connection()).await?;
    counted(reader, rows, &of_case, scheme).await
}

/// Whose awards count with an applicant's by the rules that the case is worked out under, and through which group.
async fn parties(
    reader: &mut impl Connected,
    case: &Application,
    scheme: &Scheme,
    known: Known,
) -> Result<BTreeMap<Uuid, String>, Fault> {
    let rules_of = case.submission.as_ref().map_or(known.on, |submission| submission.on);
    relations::parties(reader, case.organisation, scheme.file.groups_looked_at(rules_of), known).await
}

/// The awards of an applicant in the schemes that the text looks at, and those of its related parties in this one.
fn of<'a>(
    applicant: OrganisationId,
    parties: &BTreeMap<Uuid, String>,
    scheme: &'a Scheme,
) -> IntoBoxed<'a, Select<awards::table, AsSelect<Counted, Pg>>, Pg> {
    let all = parties.keys().copied().chain([applicant.0]).collect::<Vec<_>>();
    let in_this = awards::scheme_code.eq(scheme.file.code.get_ref());
    awards::table
        .select(Counted::as_select())
        .filter(awards::organisation_id.eq_any(all).and(awards::scheme_code.eq_any(looked_at(scheme))))
        .filter(awards::organisation_id.eq(applicant.0).or(in_this))
        .into_boxed()
}

/// The codes as one value, so that the statement is the same however many there are.
fn looked_at(scheme: &Scheme) -> Vec<String> {
    scheme.file.schemes_looked_at().into_iter().collect()
}

/// Awards as the rules count them, each with who received it.
async fn counted(
    reader: &mut impl Connected,
    rows: Vec<Counted>,
    parties: &BTreeMap<Uuid, String>,
    scheme: &Scheme,
) -> Result<Vec<(OrganisationId, calculation::Award)>, Fault> {
    let (rows, cases): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.row, (row.submitted_on, row.facts))).unzip();
    let mut counted = Vec::new();
    for (award, (submitted_on, facts)) in with_stages(reader, rows).await?.into_iter().zip(cases) {
        let facts: Option<Facts> = facts
            .map(serde_json::from_value)
            .transpose()
            .map_err(|error| Fault::Corrupt(format!("answers of {}: {error}", award.application.0)))?;
        let organisation = award.organisation;
        let award = calculation::Award {
            stages: award.counted_stages(),
            amount: award.counted(),
            scheme: Some(award.scheme),
            on: Day::in_hong_kong(award.decided_at),
            submitted_on: Some(Day::from(submitted_on)),
            completed: award.settled.map(|settled| Completed::On(settled.on)),
            party: parties.get(&award.organisation.0).cloned(),
            facts: facts.unwrap_or_default(),
        };
        counted.push((organisation, award.under(scheme)));
    }
    Ok(counted)
}
