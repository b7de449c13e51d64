//! An agenda is convened: of whom, and on which motions.

use super::{Ground, ids_of, must_be_done};
use crate::actions::round_decisions::{Decision, lock_list};
use crate::actions::schemes::Schemes;
use crate::actions::{Error, case, decisions};
use crate::store::agendas::Line;
use crate::store::panels::Side;
use crate::store::{Tx, agendas, interests, sittings};
use rules::actor::Actor;
use rules::agenda::{Agenda, convene as decide, motion_of};
use rules::application::Application;
use rules::calendar::Day;
use rules::change::Change;
use rules::event::Subject;
use rules::ids::{AgendaId, ApplicationId, PersonId};
use rules::interest::OnFile;
use rules::panel::AWARDED;
use rules::permission::Verb;
use rules::refusal::{ItemRefused, Refusal, RoundDecisionRefusal};
use rules::round_decision::{Act, Item, Listed, awarded_below};
use rules::sitting::{Convening, Convoking, MEMBERS_MAX, Matter, Seat, Sitting, Way};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What an agenda is convened for.
#[derive(Clone, Debug)]
pub struct Calling {
    /// The list, and what is put to the vote of which of its cases.
    pub decision: Decision,
    /// The authority that the committee exercises.
    pub committee: String,
    /// How it comes together.
    pub way: Way,
    /// The day of the meeting, or the last one on which the papers are answered.
    pub held_on: Day,
    /// Who chairs.
    pub chair: PersonId,
    /// Who is asked to sit, the chair among them.
    pub members: Vec<PersonId>,
}

/// An officer convenes an agenda: one sitting for each line, or nothing at all. Whoever has a conflict of interest or another duty on a case
/// does not sit on its line.
///
/// # Errors
/// When the actor may not or is beside a case of the list, there are no lines or too many, the list has changed, or a line cannot be put: then
/// all that cannot are told.
pub async fn convene(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    calling: Calling,
) -> Result<(Agenda, Vec<Line>), Error> {
    let id = AgendaId(Uuid::now_v7());
    let permit = actor.may(Verb::SittingConvene, Subject::Agenda(id))?;
    let by = case::person(actor, Verb::SittingConvene)?;
    let Calling { decision, committee, way, held_on, chair, members } = calling;
    let (list, cases) = lock_list(tx, actor, schemes, (&decision, held_on)).await?;
    let Decision { which, reserve_until, items, .. } = &decision;
    let lines = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let agenda = Agenda {
        id,
        scheme: which.scheme.clone(),
        round: which.round.clone(),
        list: decision.list.clone(),
        reserve_until: *reserve_until,
        committee,
        way,
        held_on,
        chair,
        lines,
        convened_by: by,
        convened_at: tx.moment.now,
        ended: None,
    };
    let convoked = Convoked::read(tx, (agenda, members), (&list, items), cases).await?;
    let (mut changes, mut seated, mut refused) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (line, (index, item)) in (1_u32..).zip(by_rank(&list, items)) {
        match convoked.line(tx, actor, (line, item)).await {
            Ok((change, sitting)) => {
                seated.extend(sitting.asked.members.iter().copied());
                changes.push(change);
            }
            Err(Error::Refused(refusal)) => refused.push(refused_at(&list, index, item.application, refusal)),
            Err(error) => return Err(error),
        }
    }
    must_be_done(Some("items"), refused)?;
    tx.record(&decide(&permit, convoked.agenda.clone(), seated)).await?;
    for change in &changes {
        tx.record(change).await?;
    }
    let lines = agendas::lines(tx, id).await?;
    Ok((convoked.agenda, lines))
}

/// The lines in the order of the list, each with its place in what was sent.
fn by_rank<'i>(list: &[Listed], items: &'i [Item]) -> Vec<(usize, &'i Item)> {
    let place = |item: &Item| list.iter().position(|listed| listed.application == item.application);
    let mut by_rank = items.iter().enumerate().collect::<Vec<_>>();
    by_rank.sort_by_key(|(_, item)| place(item).unwrap_or(usize::MAX));
    by_rank
}

fn refused_at(list: &[Listed], line: usize, application: ApplicationId, refusal: Refusal) -> ItemRefused {
    let listed = list.iter().find(|listed| listed.application == application);
    ItemRefused { line, reference: listed.map(|listed| listed.reference.clone()), refusal }
}

/// What all lines of an agenda are convened with.
struct Convoked<'a> {
    agenda: Agenda,
    members: Vec<PersonId>,
    list: &'a [Listed],
    items: &'a [Item],
    cases: HashMap<ApplicationId, Application>,
    ground: Ground,
    /// What those who are asked, or have voted before, hold.
    seats: BTreeMap<PersonId, Seat>,
    on_file: OnFile,
}

impl<'a> Convoked<'a> {
    async fn read(
        tx: &mut Tx<'_>,
        (agenda, members): (Agenda, Vec<PersonId>),
        (list, items): (&'a [Listed], &'a [Item]),
        cases: HashMap<ApplicationId, Application>,
    ) -> Result<Self, Error> {
        let ground = Ground::read(tx, &ids_of(cases.keys())).await?;
        let voters = ground.sat.values().flatten().flat_map(|sitting| &sitting.votes).map(|cast| cast.member);
        // Whoever asks too many is told so, and nothing is read of all of them.
        let asked = members.iter().copied().zip(0..=MEMBERS_MAX).map(|(member, _)| member);
        let people = asked.chain(voters).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let seats = sittings::seats(tx, &people).await?;
        let on_file = interests::on_file(tx, &people, &cases.keys().copied().collect::<Vec<_>>()).await?;
        Ok(Self { agenda, members, list, items, cases, ground, seats, on_file })
    }

    /// The sitting of one line.
    async fn line(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (line, item): (u32, &Item),
    ) -> Result<(Change, Sitting), Error> {
        let id = item.application;
        let is_listed = self.list.iter().any(|listed| listed.application == id);
        let application = self.cases.get(&id).filter(|_| is_listed);
        let application = application.ok_or(Refusal::from(RoundDecisionRefusal::NotOnList))?;
        let permit = case::permit(tx, actor, Verb::SittingConvene, application, tx.moment.now).await?;
        let route = self.ground.route(application)?;
        if let Act::Reserve { departure, .. } = &item.act {
            let standing = decisions::departing(tx, actor, application, (Side::Below, &AWARDED), departure.clone());
            let mut standing = standing.await?;
            standing.against.extend(awarded_below(self.list, self.items, id));
            standing.departs |= !standing.against.is_empty();
            standing.must_say_why()?;
        }
        let Agenda { committee, way, held_on, chair, reserve_until, convened_by, convened_at, .. } = &self.agenda;
        let asked = Convening {
            part: route.parts.last().map(|part| part.code().to_owned()).unwrap_or_default(),
            committee: committee.clone(),
            way: *way,
            held_on: *held_on,
            chair: *chair,
            members: self.members.clone(),
            motion: motion_of(item.act.clone(), *reserve_until)?,
        };
        let mut seats = self.seats.clone();
        for (member, seat) in &mut seats {
            seat.is_beside = self.on_file.keeps_from(id, *member);
        }
        let convoking = Convoking {
            by: *convened_by,
            at: *convened_at,
            matter: Matter::Route(route),
            before: self.ground.sat.get(&id).map(Vec::as_slice).unwrap_or_default(),
            seats: &seats,
            duties: &self.ground.duties(id),
            agenda: Some(self.agenda.line(line)),
        };
        let asked = Convening { members: application.seated(&asked, convoking), ..asked };
        Ok(application.convene(&permit, asked, convoking)?)
    }
}
