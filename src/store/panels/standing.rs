//! How a case that is decided stands beside the others that are ranked.

use crate::store::schema::{applications, panel_cases, panels};
use crate::store::{Fault, Tx, lock_word};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::{Application, State};
use rules::ids::{ApplicationId, OrganisationId, PanelId};
use uuid::Uuid;

/// How many of the others a departure from the rank is shown beside.
const BESIDE_MAX: i64 = 5;
/// Tells the word of a ranking from words of other kinds.
const RANKING: u64 = 2;

/// On which side of a case the others stand that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those with a higher mean.
    Above,
    /// Those with a lower mean.
    Below,
}

/// A case beside which another one is ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Which.
    pub application: ApplicationId,
    /// Who applies.
    pub organisation: OrganisationId,
    /// The reference that people use.
    pub reference: String,
}

/// Locks the ranking of a scheme until the transaction ends: of two decisions that bear on the rank, or of one and a panel that is
/// opened, the second waits for the first and sees it. It is locked before any case is.
///
/// # Errors
/// When the database fails.
pub async fn lock_ranking(tx: &mut Tx<'_>, scheme: &str) -> Result<(), Fault> {
    lock_word(tx, RANKING, scheme).await
}

/// The panel of a case, and some of those on one side of it that are in one of these states: of its panel, of its round in whichever
/// panel, and, where there is no round, of those that waited when either was ranked. The ranking is locked.
///
/// # Errors
/// When the database fails.
pub async fn standing(
    tx: &mut Tx<'_>,
    application: &Application,
    side: Side,
    states: &[State],
) -> Result<Option<(PanelId, Vec<Beside>)>, Fault> {
    let Some(submission) = &application.submission else { return Ok(None) };
    let own: Option<(Uuid, i32, DateTime<Utc>)> = panel_cases::table
        .inner_join(panels::table.on(panels::id.eq(panel_cases::panel_id)))
        .filter(panel_cases::application_id.eq(application.id.0))
        .select((panel_cases::panel_id, panel_cases::mean, panels::opened_at))
        .first(tx.connection)
        .await
        .optional()?;
    let Some((panel, mean, opened_at)) = own else { return Ok(None) };
    let codes = states.iter().map(|state| state.code()).collect::<Vec<_>>();
    let others = panel_cases::table
        .inner_join(panels::table.on(panels::id.eq(panel_cases::panel_id)))
        .inner_join(applications::table.on(applications::id.eq(panel_cases::application_id)))
        .filter(applications::scheme_code.eq(&application.scheme).and(applications::state.eq_any(codes)))
        .order((panel_cases::mean.desc(), applications::id))
        .limit(BESIDE_MAX)
        .select((applications::id, applications::organisation_id, applications::reference))
        .into_boxed();
    let others = match side {
        Side::Above => others.filter(panel_cases::mean.gt(mean)),
        Side::Below => others.filter(panel_cases::mean.lt(mean)),
    };
    let of_panel = panel_cases::panel_id.eq(panel);
    let together = applications::submitted_at.le(opened_at).and(panels::opened_at.ge(submission.at));
    let others = match &submission.round {
        Some(round) => others.filter(of_panel.nullable().or(applications::round.eq(round))),
        None => others.filter(of_panel.nullable().or(applications::round.is_null().and(together))),
    };
    let rows: Vec<(Uuid, Uuid, String)> = others.load(tx.connection).await?;
    let beside = |(id, organisation, reference)| Beside {
        application: ApplicationId(id),
        organisation: OrganisationId(organisation),
        reference,
    };
    Ok(Some((PanelId(panel), rows.into_iter().map(beside).collect())))
}
