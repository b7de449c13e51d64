//! The chair closes an agenda, and what is carried is done as one decision on the list.

use super::{OnCases, find, must_be_done, seen};
use crate::actions::round_decisions::{ByCommittee, Decision, Which, decide_lines};
use crate::actions::schemes::Schemes;
use crate::actions::{Error, case};
use crate::store::agendas::Line;
use crate::store::panels::lock_ranking;
use crate::store::{Tx, agendas, round_decisions};
use rules::actor::Actor;
use rules::agenda::{Agenda, Left, LineClosing, act_of, lines_given, may_be_left};
use rules::application::Application;
use rules::event::Subject;
use rules::ids::{AgendaId, PersonId};
use rules::permission::Verb;
use rules::refusal::{ItemRefused, Refusal, RoundDecisionRefusal, SittingRefusal};
use rules::round_decision::{ITEMS_MAX, Item};
use rules::sitting::{Closing, Convening, Matter, Outcome, Sits};
use std::collections::BTreeSet;

/// How the chair closes an agenda.
#[derive(Clone, Debug, Default)]
pub struct AgendaClosing {
    /// Who was not there at all, in a meeting.
    pub absent: BTreeSet<PersonId>,
    /// What they say of single lines.
    pub lines: Vec<(u32, LineClosing)>,
}

/// An agenda that is closed.
pub struct Closed {
    /// As it is now.
    pub agenda: Agenda,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What was carried, and has become of it.
    pub decided: Vec<Application>,
}

/// The chair closes an agenda: every sitting by the rules of a single one, and what is carried is done together as a decision on the list. In
/// one transaction, or not at all. The locks are those of a decision on a list, in their order.
///
/// # Errors
/// When the actor may not or does not chair it, it is over, or a line cannot be closed or what it carries cannot be done: then all such lines
/// are told, or the first for which the money does not last.
pub async fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, closing): (AgendaId, &AgendaClosing),
) -> Result<Closed, Error> {
    let permit = actor.may(Verb::SittingClose, Subject::Agenda(id))?;
    let by = case::person(actor, Verb::SittingClose)?;
    let scheme = find(tx, id).await?.scheme;
    lock_ranking(tx, &scheme).await?;
    let lines = agendas::lines(tx, id).await?;
    let on = OnCases::lock(tx, (&scheme, &lines), by).await?;
    let agenda = find(tx, id).await?;
    agenda.must_be_open()?;
    if agenda.chair != by {
        return Err(Refusal::from(SittingRefusal::NotChair).into());
    }
    lines_given(closing.lines.iter().map(|(line, _)| *line), (0, agenda.lines))?;
    let everybody = lines.iter().flat_map(|line| line.sitting.asked.members.iter().copied()).collect();
    let counting = Counting { by, closing, everybody, on: &on };
    let (mut counted, mut refused) = (Counted::default(), Vec::new());
    for line in &lines {
        match counting.close(tx, actor, line, &mut counted).await {
            Err(Error::Refused(refusal)) => {
                let number = usize::try_from(line.line).unwrap_or(usize::MAX);
                refused.push(ItemRefused { line: number, reference: Some(line.reference.clone()), refusal });
            }
            met => met?,
        }
    }
    must_be_done(None, refused)?;
    let Counted { carried, lost, left, items, committees } = counted;
    tx.record(&agenda.close(&permit, (carried, lost), left, tx.moment.now)?).await?;
    let which = Which { scheme, round: agenda.round };
    // What has changed on the list since then is told line by line.
    let limit = i64::try_from(ITEMS_MAX).unwrap_or(i64::MAX);
    let list = round_decisions::list(tx, which.list(), (tx.moment.now, limit)).await?;
    let decision = Decision { which, list: agenda.list, reserve_until: agenda.reserve_until, items };
    let done = decide_lines(tx, (actor, &committees), schemes, (&decision, &list), on.cases).await?;
    let decided = done.map_err(|items| Refusal::from(RoundDecisionRefusal::ItemsRefused { at: None, items }))?;
    let lines = seen(actor, agendas::lines(tx, id).await?);
    Ok(Closed { agenda: find(tx, id).await?, lines, decided })
}

/// What the lines of an agenda come to.
#[derive(Default)]
struct Counted<'a> {
    carried: u32,
    lost: u32,
    left: Vec<Left<'a>>,
    items: Vec<Item>,
    committees: ByCommittee,
}

/// What the lines of an agenda are counted with.
struct Counting<'a> {
    by: PersonId,
    closing: &'a AgendaClosing,
    /// Who sits on any line.
    everybody: BTreeSet<PersonId>,
    on: &'a OnCases,
}

impl<'a> Counting<'a> {
    /// Closes the sitting of a line, or leaves it undecided where the chair says so and it cannot be closed.
    async fn close(&self, tx: &mut Tx<'_>, actor: &Actor, line: &Line, counted: &mut Counted<'a>) -> Result<(), Error> {
        let (id, on) = (line.application, self.on);
        let application = on.cases.get(&id).ok_or(Refusal::NotFound)?;
        let sitting = on.ground.sitting(line)?;
        let matter = Matter::Route(on.ground.route(application)?);
        let nothing = LineClosing::default();
        let told = self.closing.lines.iter().find(|(number, _)| *number == line.line);
        let told = told.map_or(&nothing, |(_, told)| told);
        let absent = self.absent(&sitting.asked, told);
        let agenda = sitting.agenda.map(|on| on.agenda);
        let closing = Closing { casting_vote: told.casting_vote, absent: &absent, agenda };
        let sits = Sits { held: &actor.authorities, is_beside: on.on_file.keeps_from(id, self.by) };
        let now = (self.by, tx.moment.now);
        match (application.tally_of((sitting, matter), now, closing, sits), &told.leave) {
            (Err(refusal), Some(why)) if may_be_left(&refusal) => {
                counted.left.push((id, sitting, why.clone()));
                return Ok(());
            }
            (Ok(_), Some(_)) => return Err(Refusal::from(SittingRefusal::NotToLeave).into()),
            (tally, _) => drop(tally?),
        }
        let permit = case::permit(tx, actor, Verb::SittingClose, application, tx.moment.now).await?;
        let (change, sitting) = application.close_sitting(&permit, (sitting, matter), now, closing, sits)?;
        tx.record(&change).await?;
        let Convening { part, committee, motion, .. } = sitting.asked;
        match (sitting.ended, act_of(motion, &part)) {
            (Some((Outcome::Carried(_), _)), Some(act)) => {
                counted.carried = counted.carried.saturating_add(1);
                counted.items.push(Item { application: id, act });
                counted.committees.insert(id, (part, committee));
            }
            _ => counted.lost = counted.lost.saturating_add(1),
        }
        Ok(())
    }

    /// Who was not there for a line: of those who were not there at all whoever is asked to it, and whoever is named for it.
    fn absent(&self, asked: &Convening, told: &LineClosing) -> BTreeSet<PersonId> {
        let elsewhere = |person: &PersonId| self.everybody.contains(person) && !asked.members.contains(person);
        let absent = self.closing.absent.iter().filter(|person| !elsewhere(person));
        absent.chain(&told.absent).copied().collect()
    }
}
