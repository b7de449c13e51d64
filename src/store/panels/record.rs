//! Panels, their minutes and departures as they are written: once, and never changed.

use super::whole;
use crate::store::schema::{panel_assessors, panel_cases, panel_departures, panel_minutes, panels};
use crate::store::{Fault, Tx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::{ApplicationId, PanelId};
use rules::panel::{Minute, Panel, Ranked, Severity};
use uuid::Uuid;

/// A statement has at most 65 535 parameters.
const ROWS_AT_ONCE: usize = 1_000;

pub(in crate::store) async fn insert(
    tx: &mut Tx<'_>,
    panel: &Panel,
    ranked: &[Ranked],
    severities: &[Severity],
) -> Result<(), Fault> {
    let row = (
        panels::id.eq(panel.id.0),
        panels::scheme_code.eq(&panel.scheme),
        panels::name.eq(&panel.name),
        panels::opened_by.eq(panel.opened_by.0),
        panels::opened_at.eq(panel.opened_at),
        panels::cases.eq(whole(panel.cases)?),
        panels::round.eq(&panel.round),
    );
    diesel::insert_into(panels::table).values(row).execute(tx.connection).await?;
    let case = |(place, Ranked { rank, standing }): (i32, &Ranked)| {
        Ok((
            panel_cases::panel_id.eq(panel.id.0),
            panel_cases::place.eq(place),
            panel_cases::application_id.eq(standing.application.0),
            panel_cases::rank.eq(whole(*rank)?),
            panel_cases::mean.eq(whole(standing.mean)?),
            panel_cases::spread.eq(whole(standing.spread)?),
            panel_cases::scores.eq(whole(standing.scores)?),
            panel_cases::outliers.eq(standing.outliers.iter().map(|person| person.0).collect::<Vec<_>>()),
            panel_cases::passes.eq(standing.passes),
        ))
    };
    let rows = (1..).zip(ranked).map(case).collect::<Result<Vec<_>, Fault>>()?;
    for rows in rows.chunks(ROWS_AT_ONCE) {
        diesel::insert_into(panel_cases::table).values(rows).execute(tx.connection).await?;
    }
    let severity = |severity: &Severity| {
        Ok((
            panel_assessors::panel_id.eq(panel.id.0),
            panel_assessors::assessor_id.eq(severity.assessor.0),
            panel_assessors::scored.eq(whole(severity.scored)?),
            panel_assessors::mean.eq(whole(severity.mean)?),
            panel_assessors::above_others.eq(severity.above_others),
        ))
    };
    let rows = severities.iter().map(severity).collect::<Result<Vec<_>, Fault>>()?;
    for rows in rows.chunks(ROWS_AT_ONCE) {
        diesel::insert_into(panel_assessors::table).values(rows).execute(tx.connection).await?;
    }
    Ok(())
}

pub(in crate::store) async fn insert_minute(tx: &mut Tx<'_>, minute: &Minute) -> Result<(), Fault> {
    let row = (
        panel_minutes::id.eq(Uuid::now_v7()),
        panel_minutes::panel_id.eq(minute.panel.0),
        panel_minutes::application_id.eq(minute.application.map(|id| id.0)),
        panel_minutes::text.eq(&minute.text),
        panel_minutes::written_by.eq(minute.by.0),
        panel_minutes::written_at.eq(minute.at),
    );
    diesel::insert_into(panel_minutes::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(in crate::store) async fn insert_departure(
    tx: &mut Tx<'_>,
    panel: PanelId,
    (application, version): (ApplicationId, i32),
    reason: &str,
) -> Result<(), Fault> {
    let row = (
        panel_departures::application_id.eq(application.0),
        panel_departures::version.eq(version),
        panel_departures::panel_id.eq(panel.0),
        panel_departures::reason.eq(reason),
    );
    diesel::insert_into(panel_departures::table).values(row).execute(tx.connection).await?;
    Ok(())
}
