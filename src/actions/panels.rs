//! Panels: opened over what is scored, read, and minuted.

use super::schemes::{Schemes, must_have_round};
use super::{Error, case};
use crate::store::panels::{Candidate, Placed, Written};
use crate::store::{Connected, Reader, Tx, applications, assessments, panels};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::assessment::wanted_on;
use rules::event::Subject;
use rules::ids::{ApplicationId, PanelId};
use rules::panel::{CASES_MAX, Minute, Panel, Severity, Standing, open as decide, severities};
use rules::permission::Verb;
use rules::refusal::{PanelRefusal, Refusal};
use rules::scheme::is_code;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a panel is to rank.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round to which it is narrowed; `None` for all of the scheme.
    pub round: Option<String>,
    /// What people call it.
    pub name: String,
    /// Which cases; `None` for all that are in assessment, have all their scores, and are in no panel.
    pub applications: Option<BTreeSet<ApplicationId>>,
}

/// An officer opens a panel.
///
/// # Errors
/// When the actor may not or acts for an applicant among them, nothing is to be ranked or too much, or what is named cannot be.
pub async fn open(tx: &mut Tx<'_>, actor: &Actor, schemes: &Schemes, opening: Opening) -> Result<Panel, Error> {
    let id = PanelId(Uuid::now_v7());
    let permit = actor.may(Verb::PanelOpen, Subject::Panel(id))?;
    let by = case::person(actor, Verb::PanelOpen)?;
    if !is_code(&opening.scheme) {
        return Err(Refusal::SchemeNotPublished { code: opening.scheme }.into());
    }
    let round = opening.round.as_deref();
    if let Some(round) = round {
        let today = tx.moment.today();
        must_have_round(tx, schemes, (&opening.scheme, round), today).await?;
    }
    let one_too_many = i64::try_from(CASES_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let named = opening.applications.as_ref();
    let candidates = panels::lock_candidates(tx, (&opening.scheme, round), named, one_too_many).await?;
    for Candidate { application, organisation, .. } in &candidates {
        case::must_not_be_beside(actor, *application, *organisation)?;
    }
    let ids = candidates.iter().map(|candidate| candidate.application).collect::<Vec<_>>();
    let given = assessments::scores(tx, &ids).await?;
    let (mut standings, mut scored) = (Vec::new(), Vec::new());
    for Candidate { application, reference, scheme_text, submitted_on, .. } in candidates {
        let scheme = schemes.pinned(tx, scheme_text).await?;
        let given = given.get(&application).map(Vec::as_slice).unwrap_or_default();
        if given.is_empty() || given.len() < wanted_on(&scheme, Some(submitted_on)) {
            if named.is_some() {
                return Err(Refusal::from(PanelRefusal::NotRankable { reference }).into());
            }
            continue;
        }
        standings.push(Standing::of(application, &scheme, submitted_on, given));
        scored.push(given);
    }
    let missing = named.and_then(|named| named.iter().find(|id| !ids.contains(id)));
    if let Some(missing) = missing {
        return Err(Refusal::from(PanelRefusal::NotRankable { reference: missing.to_string() }).into());
    }
    let new = (id, opening.scheme.as_str(), round, opening.name.as_str());
    let (change, panel) = decide(&permit, new, (by, tx.moment.now), standings, severities(scored))?;
    tx.record(&change).await?;
    Ok(panel)
}

/// A page of panels, newest first.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    scheme: Option<&str>,
    after: Option<PanelId>,
    limit: i64,
) -> Result<Vec<Panel>, Error> {
    actor.may(Verb::PanelRead, Subject::House)?;
    // What is no code is the code of no scheme, and the database need not be asked; some of it could not be.
    if scheme.is_some_and(|code| !is_code(code)) {
        return Ok(Vec::new());
    }
    Ok(panels::page(reader, scheme, after, limit).await?)
}

/// A panel, with how its assessors score beside each other: of nobody while a case of it is sealed, whose scores are in the means.
///
/// # Errors
/// When the actor may not or is beside one of its cases, or there is none.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (PanelId, DateTime<Utc>),
) -> Result<(Panel, Vec<Severity>), Error> {
    let panel = find(reader, actor, id).await?;
    let sealed = panels::is_sealed(reader, id, now).await?;
    Ok((panel, if sealed { Vec::new() } else { panels::severities(reader, id).await? }))
}

/// A page of the cases of a panel, by their places, without what is sealed.
///
/// # Errors
/// When the actor may not or is beside one of them, or there is no such panel.
pub async fn cases(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (PanelId, DateTime<Utc>),
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<Placed>, Error> {
    find(reader, actor, id).await?;
    Ok(panels::cases(reader, (id, now), after, limit).await?)
}

/// A page of the minutes of a panel, oldest first.
///
/// # Errors
/// When the actor may not or is beside one of its cases, or there is no such panel.
pub async fn minutes(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (PanelId, DateTime<Utc>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Written>, Error> {
    find(reader, actor, id).await?;
    Ok(panels::minutes(reader, (id, now), after, limit).await?)
}

/// Somebody of the panel writes a minute, of the whole or of one case.
///
/// # Errors
/// When the actor may not or is beside a case of the panel, there is none, the case is not in it, or there are no words.
pub async fn minute(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PanelId,
    application: Option<ApplicationId>,
    text: &str,
) -> Result<Minute, Error> {
    let permit = actor.may(Verb::PanelMinute, Subject::Panel(id))?;
    let by = case::person(actor, Verb::PanelMinute)?;
    let panel = find_apart(tx, actor, id).await?;
    if let Some(application) = application {
        if panels::of_case(tx, application).await? != Some(id) {
            return Err(Refusal::from(PanelRefusal::NotInPanel).into());
        }
        let application = applications::find(tx, application).await?.ok_or(Refusal::NotFound)?;
        if application.is_sealed(tx.moment.now) {
            return Err(Refusal::NotFound.into());
        }
    }
    let (change, minute) = panel.minute(&permit, (by, tx.moment.now), application, text)?;
    tx.record(&change).await?;
    Ok(minute)
}

async fn find(reader: &mut Reader, actor: &Actor, id: PanelId) -> Result<Panel, Error> {
    actor.may(Verb::PanelRead, Subject::Panel(id))?;
    find_apart(reader, actor, id).await
}

/// A panel, for whoever is beside none of its cases: each place tells of those above and below it, and the mean of an assessor may be
/// the score of a single case.
async fn find_apart(reader: &mut impl Connected, actor: &Actor, id: PanelId) -> Result<Panel, Error> {
    let panel = panels::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    let tied = case::tied(actor);
    if let Some((application, applicant)) = panels::case_beside(reader, id, (&actor.organisations, &tied)).await? {
        case::must_not_be_beside(actor, application, applicant)?;
    }
    Ok(panel)
}
