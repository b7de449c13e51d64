//! Agendas of committees: convened on a ranked list, voted on line by line, and closed as one decision.

mod closing;
mod convening;

pub use closing::{AgendaClosing, Closed, close};
pub use convening::{Calling, convene};

use super::{Error, case};
use crate::store::agendas::Line;
use crate::store::{Connected, Reader, Tx, agendas, applications, approvals, assessments, interests, sittings};
use rules::actor::Actor;
use rules::agenda::{Agenda, lines_given};
use rules::application::Application;
use rules::duty::Duties;
use rules::event::Subject;
use rules::ids::{AgendaId, ApplicationId, PersonId};
use rules::interest::OnFile;
use rules::permission::Verb;
use rules::refusal::{ItemRefused, Refusal, RoundDecisionRefusal, SittingRefusal};
use rules::route::Route;
use rules::scheme::is_code;
use rules::sitting::{Cast, Matter, Sits, Sitting, Vote};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What the sittings of an agenda rest on, read once its cases are locked.
struct Ground {
    sat: HashMap<ApplicationId, Vec<Sitting>>,
    routes: HashMap<ApplicationId, Vec<Route>>,
    duties: HashMap<ApplicationId, Duties>,
}

impl Ground {
    async fn read(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Self, Error> {
        Ok(Self {
            sat: sittings::of_applications(tx, ids).await?,
            routes: approvals::routes_of(tx, ids).await?,
            duties: assessments::duties_of(tx, ids).await?,
        })
    }

    /// The route of a case that runs.
    fn route(&self, application: &Application) -> Result<&Route, Refusal> {
        let running = self.routes.get(&application.id).and_then(|routes| routes.last());
        running.ok_or(Refusal::ApplicationWrongState { state: application.state.code() })
    }

    /// The sitting of a line as it is now.
    fn sitting(&self, line: &Line) -> Result<&Sitting, Refusal> {
        let mut sat = self.sat.get(&line.application).into_iter().flatten();
        sat.find(|sitting| sitting.number == line.sitting.number).ok_or(SittingRefusal::NotFound.into())
    }

    fn duties(&self, id: ApplicationId) -> Duties {
        self.duties.get(&id).cloned().unwrap_or_default()
    }
}

fn ids_of<'a>(ids: impl IntoIterator<Item = &'a ApplicationId>) -> Vec<Uuid> {
    ids.into_iter().map(|id| id.0).collect()
}

fn must_be_done(at: Option<&'static str>, mut refused: Vec<ItemRefused>) -> Result<(), Refusal> {
    refused.sort_by_key(|refused| refused.line);
    if refused.is_empty() { Ok(()) } else { Err(RoundDecisionRefusal::ItemsRefused { at, items: refused }.into()) }
}

/// An agenda.
async fn find(reader: &mut impl Connected, id: AgendaId) -> Result<Agenda, Error> {
    Ok(agendas::find(reader, id).await?.ok_or(Refusal::NotFound)?)
}

/// A page of agendas, newest first: all, or of a scheme.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    scheme: Option<&str>,
    after: Option<AgendaId>,
    limit: i64,
) -> Result<Vec<Agenda>, Error> {
    actor.may(Verb::ApprovalRead, Subject::House)?;
    // What is no code is the code of no scheme, and the database need not be asked; some of it could not be.
    if scheme.is_some_and(|code| !is_code(code)) {
        return Ok(Vec::new());
    }
    Ok(agendas::page(reader, scheme, after, limit).await?)
}

/// An agenda with its lines, those left out that the actor is beside.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn read(reader: &mut Reader, actor: &Actor, id: AgendaId) -> Result<(Agenda, Vec<Line>), Error> {
    actor.may(Verb::ApprovalRead, Subject::Agenda(id))?;
    let agenda = find(reader, id).await?;
    let lines = seen(actor, agendas::lines(reader, id).await?);
    Ok((agenda, lines))
}

/// What somebody may see of the lines of an agenda.
fn seen(actor: &Actor, mut lines: Vec<Line>) -> Vec<Line> {
    lines.retain(|line| case::must_not_be_beside(actor, line.application, line.organisation).is_ok());
    lines
}

/// An officer gives an agenda up, with every sitting of it.
///
/// # Errors
/// When the actor may not or is beside a case of it, there is none, it is over, or a reason is missing.
pub async fn give_up(tx: &mut Tx<'_>, actor: &Actor, id: AgendaId, reason: &str) -> Result<(Agenda, Vec<Line>), Error> {
    let permit = actor.may(Verb::SittingConvene, Subject::Agenda(id))?;
    let by = case::person(actor, Verb::SittingConvene)?;
    let (scheme, lines) = (find(tx, id).await?.scheme, agendas::lines(tx, id).await?);
    for line in &lines {
        case::must_not_be_beside(actor, line.application, line.organisation)?;
    }
    let OnCases { ground, .. } = OnCases::lock(tx, (&scheme, &lines), by).await?;
    let agenda = find(tx, id).await?;
    let open = lines.iter().map(|line| Ok((line.application, ground.sitting(line)?)));
    let open = open.collect::<Result<Vec<_>, Refusal>>()?;
    tx.record(&agenda.give_up(&permit, &open, (reason, tx.moment.now))?).await?;
    Ok((find(tx, id).await?, agendas::lines(tx, id).await?))
}

/// A member says something of a line.
#[derive(Clone, Debug)]
pub struct LineVote {
    /// Which line.
    pub line: u32,
    /// What.
    pub vote: Vote,
    /// Why.
    pub reason: Option<String>,
}

/// A member votes on many lines, each by the rules of a single vote: all or none.
///
/// # Errors
/// When the actor may not, there is no such agenda or line, one is named twice, or a vote cannot be taken: then all that cannot are told.
pub async fn vote(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AgendaId,
    votes: Vec<LineVote>,
) -> Result<Vec<(u32, Cast)>, Error> {
    actor.may(Verb::SittingVote, Subject::Agenda(id))?;
    let member = case::person(actor, Verb::SittingVote)?;
    let agenda = find(tx, id).await?;
    lines_given(votes.iter().map(|vote| vote.line), (1, agenda.lines))?;
    let named = votes.iter().map(|vote| vote.line).collect::<BTreeSet<_>>();
    let mut lines = agendas::lines(tx, id).await?;
    lines.retain(|line| named.contains(&line.line));
    let OnCases { cases, ground, on_file } = OnCases::lock(tx, (&agenda.scheme, &lines), member).await?;
    // The votes as they are once the cases are locked.
    let lines = lines.into_iter().map(|line| (line.line, line)).collect::<BTreeMap<_, _>>();
    let (mut cast, mut refused) = (Vec::new(), Vec::new());
    for (index, LineVote { line, vote, reason }) in votes.into_iter().enumerate() {
        let found = lines.get(&line).and_then(|line| Some((line, cases.get(&line.application)?)));
        let (of_line, application) = found.ok_or(Refusal::from(SittingRefusal::Lines))?;
        let sits = Sits { held: &actor.authorities, is_beside: on_file.keeps_from(application.id, member) };
        let given = Cast { member, vote, reason, at: tx.moment.now };
        match vote_one(tx, actor, (application, &ground, of_line), (given, sits)).await {
            Ok(given) => cast.push((line, given)),
            Err(Error::Refused(refusal)) => {
                let reference = Some(of_line.reference.clone());
                refused.push(ItemRefused { line: index, reference, refusal });
            }
            Err(error) => return Err(error),
        }
    }
    must_be_done(Some("lines"), refused)?;
    Ok(cast)
}

async fn vote_one(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (application, ground, line): (&Application, &Ground, &Line),
    (cast, sits): (Cast, Sits<'_>),
) -> Result<Cast, Error> {
    let permit = case::permit(tx, actor, Verb::SittingVote, application, tx.moment.now).await?;
    let sitting = ground.sitting(line)?;
    let (route, duties) = (ground.route(application)?, ground.duties(application.id));
    let (change, cast) = application.vote(&permit, (sitting, Matter::Route(route)), (cast, sits), &duties)?;
    tx.record(&change).await?;
    Ok(cast)
}

/// The cases of some lines, locked, and what is known of them and of somebody who sits.
struct OnCases {
    cases: HashMap<ApplicationId, Application>,
    ground: Ground,
    on_file: OnFile,
}

impl OnCases {
    async fn lock(tx: &mut Tx<'_>, (scheme, lines): (&str, &[Line]), member: PersonId) -> Result<Self, Error> {
        let ids = lines.iter().map(|line| line.application).collect::<BTreeSet<_>>();
        let cases = applications::lock_each(tx, scheme, &ids).await?;
        let ground = Ground::read(tx, &ids_of(&ids)).await?;
        let on_file = interests::on_file(tx, &[member], &ids.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { cases, ground, on_file })
    }
}
