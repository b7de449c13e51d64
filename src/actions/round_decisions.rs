//! The decision on a round: the ranked list, what the money proposes, and many cases decided as one.

use super::approvals::{Capacity, OnRoute};
use super::schemes::{Schemes, must_have_round};
use super::{Error, case, decisions};
use crate::store::panels::{Side, lock_ranking};
use crate::store::round_decisions::Money;
use crate::store::{
    Connected, Reader, Tx, applications, approvals, assessments, awards, reserve_lists, round_decisions,
};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::approval::{Approve, Approved, budget_on, envelope_on, limited};
use rules::calendar::Day;
use rules::duty::Duties;
use rules::event::Subject;
use rules::ids::{ApplicationId, OrganisationId};
use rules::money::Cents;
use rules::panel::AWARDED;
use rules::permission::Verb;
use rules::refusal::{ItemRefused, Refusal, RoundDecisionRefusal};
use rules::reserve_list::Place;
use rules::round_decision::{
    Act, ITEMS_MAX, Item, Left, Listed, Proposed, bounded, in_turn, left_of, propose, reserve_day, version_of,
};
use rules::route::Route;
use rules::scheme::{Scheme, is_code};
use rules::year_budget::budget_of;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Of which scheme, and of which of its rounds; none for what belongs to no round.
#[derive(Clone, Debug)]
pub struct Which {
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round.
    pub round: Option<String>,
}

impl Which {
    /// As the store knows it.
    pub(super) fn list(&self) -> reserve_lists::List<'_> {
        (&self.scheme, self.round.as_deref())
    }

    /// That there is such a scheme, and such a round of it.
    pub(super) async fn must_be(
        &self,
        reader: &mut impl Connected,
        schemes: &Schemes,
        today: Day,
    ) -> Result<(), Error> {
        if !is_code(&self.scheme) {
            return Err(Refusal::SchemeNotPublished { code: self.scheme.clone() }.into());
        }
        match &self.round {
            Some(round) => must_have_round(reader, schemes, (&self.scheme, round), today).await,
            None => super::schemes::must_be_known(reader, &self.scheme).await,
        }
    }
}

/// The list, what is proposed for each of its cases, and what would be left of the money.
pub struct Proposal {
    /// What identifies the list as it is now.
    pub list: String,
    /// The cases, the best first, each with what is proposed.
    pub cases: Vec<(Listed, Proposed)>,
    /// What can be promised before anything is decided.
    pub before: Left,
    /// What is left after the proposal.
    pub after: Left,
}

/// The ranked list of a round, with what the rank and the money propose. It decides nothing.
///
/// # Errors
/// When the actor may not or is beside one of the cases, there is no such round, or nobody knows what there is for it.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (which, now): (&Which, DateTime<Utc>),
) -> Result<Proposal, Error> {
    actor.may(Verb::RoundRead, Subject::House)?;
    let today = Day::in_hong_kong(now);
    which.must_be(reader, schemes, today).await?;
    let list = read_list(reader, actor, which, now).await?;
    let in_force = schemes.in_force(reader, &which.scheme, today).await?.scheme;
    let money = round_decisions::money(reader, which.list()).await?;
    let shares = list.iter().map(|listed| (listed.year, listed.reserved)).collect::<Vec<_>>();
    let before = left(&in_force, (which, &shares), &money, today)?;
    let (proposed, after) = propose(&list, before.clone());
    Ok(Proposal { list: version_of(&list), cases: list.into_iter().zip(proposed).collect(), before, after })
}

/// The list as somebody may read it: nobody who is on the side of one of its applicants, since each place tells of those beside it.
async fn read_list(
    reader: &mut impl Connected,
    actor: &Actor,
    which: &Which,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, Error> {
    let limit = i64::try_from(ITEMS_MAX).unwrap_or(i64::MAX);
    let list = round_decisions::list(reader, which.list(), (now, limit)).await?;
    for listed in &list {
        case::must_not_be_beside(actor, listed.application, listed.organisation)?;
    }
    Ok(list)
}

/// What can be promised to the cases of a list, of the scheme's money, of the round's, and of each year's: of each the first day of the year in
/// whose money it counts, and what of that is reserved for it.
pub(super) fn left(
    in_force: &Scheme,
    (which, list): (&Which, &[(Option<Day>, Cents)]),
    money: &Money,
    today: Day,
) -> Result<Left, Refusal> {
    let sum = |of: &mut dyn Iterator<Item = Cents>| Cents::sum(of).map_err(|_large| Refusal::AmountTooLarge);
    let reserved = sum(&mut list.iter().map(|(_, reserved)| *reserved))?;
    let large = |_large| Refusal::AmountTooLarge;
    let envelope =
        left_of(limited(envelope_on(in_force, today), "envelope")?, money.envelope, reserved).map_err(large)?;
    let round = match which.round.as_deref() {
        Some(round) => {
            let budget = limited(budget_on((in_force, None), round, today), &format!("{round}.budget"))?;
            left_of(budget, money.round, reserved).map_err(large)?
        }
        None => None,
    };
    let mut years = std::collections::BTreeMap::new();
    for year in list.iter().filter_map(|(year, _)| *year).collect::<BTreeSet<_>>() {
        let (path, is) = budget_of(in_force, year, today);
        let of_year = list.iter().filter(|(of, _)| *of == Some(year));
        let reserved = sum(&mut of_year.map(|(_, reserved)| *reserved))?;
        let taken = money.years.get(&year).copied().unwrap_or_default();
        years.insert(year, left_of(limited(is, &path)?, taken, reserved).map_err(large)?);
    }
    Ok(Left { envelope, round, years })
}

/// A decision on a list.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Of which round.
    pub which: Which,
    /// What identified the list when it was read.
    pub list: String,
    /// The last day of the reserve list, where something is put on it.
    pub reserve_until: Option<Day>,
    /// What is decided of which case.
    pub items: Vec<Item>,
}

/// Somebody decides many cases of a list as one: all or nothing. Each line is what it is by its own door: the same permission, duties,
/// calculation, letters and entries of the audit. The ranking is locked, then all cases in the order of their ids, then what their
/// applicants and related parties are granted; the limits that many share are met last, with all of the list at once.
///
/// # Errors
/// When the actor decides nothing or is beside a case of the list, there are no lines or too many, the list has changed, or a line cannot
/// be done: then all that cannot are told, or the first for which the money does not last.
pub async fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    decision: &Decision,
) -> Result<Vec<Application>, Error> {
    actor.may(Verb::RoundDecide, Subject::House)?;
    let today = tx.moment.today();
    let (list, cases) = lock_list(tx, actor, schemes, (decision, today)).await?;
    let alone = HashMap::new();
    match decide_lines(tx, (actor, &alone), schemes, (decision, &list), cases).await? {
        Ok(decided) => Ok(decided),
        Err(items) => Err(Refusal::from(RoundDecisionRefusal::ItemsRefused { at: Some("items"), items }).into()),
    }
}

/// The cases of a list that somebody has read, and those of its lines, which are locked after the ranking.
pub(super) async fn lock_list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (decision, decided_on): (&Decision, Day),
) -> Result<(Vec<Listed>, HashMap<ApplicationId, Application>), Error> {
    let Decision { which, items, .. } = decision;
    bounded(items)?;
    reserve_day(items, decision.reserve_until, (decided_on, tx.moment.now))?;
    which.must_be(tx, schemes, tx.moment.today()).await?;
    lock_ranking(tx, &which.scheme).await?;
    let ids = items.iter().map(|item| item.application).collect::<BTreeSet<_>>();
    let cases = applications::lock_each(tx, &which.scheme, &ids).await?;
    let now = tx.moment.now;
    let list = read_list(tx, actor, which, now).await?;
    if version_of(&list) != decision.list {
        return Err(Refusal::from(RoundDecisionRefusal::StaleList).into());
    }
    Ok((list, cases))
}

/// The part of the route of each case that a committee passes, and its authority; nothing of a case that is decided alone.
pub(super) type ByCommittee = HashMap<ApplicationId, (String, String)>;

/// Decides the lines of a list, each alone or as the committee that has carried it. The ranking and the cases are locked. Says what has
/// become of them, or which cannot be done: then the transaction must be undone.
pub(super) async fn decide_lines(
    tx: &mut Tx<'_>,
    (actor, committees): (&Actor, &ByCommittee),
    schemes: &Schemes,
    (decision, list): (&Decision, &[Listed]),
    cases: HashMap<ApplicationId, Application>,
) -> Result<Result<Vec<Application>, Vec<ItemRefused>>, Error> {
    let items = &decision.items;
    let mut ground = Ground::read(tx, (actor, committees), schemes, (decision, list), cases).await?;
    let (mut decided, mut refused) = (Vec::new(), Vec::new());
    for (line, item) in in_turn(list, items) {
        match ground.decide_one(tx, item).await {
            Ok(application) => decided.push(application),
            Err(Error::Refused(refusal)) => refused.push(ground.refused(line, item.application, refusal)),
            Err(error) => return Err(error),
        }
    }
    if refused.is_empty()
        && let Err(unmet) = tx.meet_in_turn().await?
    {
        let of_line = |(_, item): &(usize, &Item)| Some(item.application) == unmet.application;
        let Some((line, item)) = items.iter().enumerate().find(of_line) else {
            return Err(unmet.refusal.into());
        };
        refused.push(ground.refused(line, item.application, unmet.refusal));
    }
    if refused.is_empty() {
        return Ok(Ok(decided));
    }
    refused.sort_by_key(|refused| refused.line);
    Ok(Err(refused))
}

/// What all lines of a decision rest on, read once the cases are locked.
struct Ground<'a> {
    actor: &'a Actor,
    schemes: &'a Schemes,
    committees: &'a ByCommittee,
    decision: &'a Decision,
    listed: HashMap<ApplicationId, &'a Listed>,
    cases: HashMap<ApplicationId, Application>,
    routes: HashMap<ApplicationId, Vec<Route>>,
    duties: HashMap<ApplicationId, Duties>,
    /// The text that each case has pinned.
    pinned: HashMap<ApplicationId, Arc<Scheme>>,
    in_force: Arc<Scheme>,
    /// The last place that was given on the reserve list.
    last: u32,
}

impl<'a> Ground<'a> {
    async fn read(
        tx: &mut Tx<'_>,
        (actor, committees): (&'a Actor, &'a ByCommittee),
        schemes: &'a Schemes,
        (decision, list): (&'a Decision, &'a [Listed]),
        cases: HashMap<ApplicationId, Application>,
    ) -> Result<Self, Error> {
        let which = &decision.which;
        let listed = list.iter().map(|listed| (listed.application, listed)).collect::<HashMap<_, _>>();
        let ids = cases.keys().map(|id| id.0).collect::<Vec<_>>();
        let mut pinned = HashMap::new();
        for (id, case) in cases.iter().filter(|(id, _)| listed.contains_key(*id)) {
            pinned.insert(*id, schemes.pinned_by(tx, case).await?);
        }
        let ground = Self {
            actor,
            schemes,
            committees,
            decision,
            routes: approvals::routes_of(tx, &ids).await?,
            duties: assessments::duties_of(tx, &ids).await?,
            in_force: schemes.in_force(tx, &which.scheme, tx.moment.today()).await?.scheme,
            last: reserve_lists::last_position(tx, which.list()).await?,
            listed,
            cases,
            pinned,
        };
        ground.lock_awards_looked_at(tx).await?;
        Ok(ground)
    }

    /// What is granted to the applicants of all lines stays as it is read, each kind of lock in one order.
    async fn lock_awards_looked_at(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        // Those of refusals and places too: what is reserved for them is given back under the lock of their balance.
        let cases = self.decision.items.iter().filter_map(|item| {
            let scheme = self.pinned.get(&item.application)?;
            Some((self.cases.get(&item.application)?, &**scheme))
        });
        let cases = cases.collect::<Vec<_>>();
        let applicants = cases.iter().map(|(case, _)| case.organisation).collect::<BTreeSet<OrganisationId>>();
        awards::lock_all_of(tx, &applicants).await?;
        let today = tx.moment.today();
        Ok(awards::lock_parties_of_all(tx, &self.decision.which.scheme, &cases, today).await?)
    }

    async fn decide_one(&mut self, tx: &mut Tx<'_>, item: &Item) -> Result<Application, Error> {
        let id = item.application;
        let on_list = self.listed.contains_key(&id).then(|| self.cases.get(&id).cloned()).flatten();
        let application = on_list.ok_or(Refusal::from(RoundDecisionRefusal::NotOnList))?;
        let verb = match item.act {
            Act::Reject(_) => Verb::ApplicationReject,
            Act::Approve(_) | Act::Reserve { .. } => Verb::ApplicationApprove,
        };
        let permit = case::permit(tx, self.actor, verb, &application, tx.moment.now).await?;
        let duties = self.duties.get(&id).cloned().unwrap_or_default();
        let route = self.routes.get(&id).and_then(|routes| routes.last().cloned());
        let by_committee = self.committees.get(&id);
        let capacity = by_committee.map_or(Capacity::Own, |(part, committee)| Capacity::Committee { part, committee });
        let who = (self.actor, capacity);
        let wrong_state = Refusal::ApplicationWrongState { state: application.state.code() };
        match &item.act {
            Act::Reject(rejecting) => {
                decisions::reject_known(tx, who, self.schemes, (application, permit), (&duties, route), rejecting).await
            }
            Act::Reserve { asked, departure } => {
                let route = route.ok_or(wrong_state)?;
                let standing =
                    decisions::departing(tx, self.actor, &application, (Side::Below, &AWARDED), departure.clone());
                let standing = standing.await?;
                let on = OnRoute::of(tx, who, (application, permit), (route, duties)).await?;
                let until = self.decision.reserve_until.ok_or(Refusal::from(RoundDecisionRefusal::ReserveDay))?;
                let place = Place { position: self.last.saturating_add(1), until };
                let put = on.does(tx, |case, permit, acting, route| {
                    case.put_on_reserve(permit, asked, acting, route, (&standing, place))
                });
                let application = put.await?;
                self.last = place.position;
                Ok(application)
            }
            Act::Approve(asked) => {
                let (Some(route), Some(scheme)) = (route, self.pinned.get(&id)) else {
                    return Err(wrong_state.into());
                };
                let on = OnRoute::of(tx, who, (application, permit), (route, duties)).await?;
                self.award(tx, on, scheme, asked).await
            }
        }
    }

    /// The same as by the door of the approval, and no other part than the last one.
    async fn award(
        &self,
        tx: &mut Tx<'_>,
        on: OnRoute,
        scheme: &Scheme,
        asked: &Approve,
    ) -> Result<Application, Error> {
        let (change, approved) = on.approved(tx, (scheme, &self.in_force), asked).await?;
        let Approved { application, left, .. } = approved;
        if let Some(part) = left {
            return Err(Refusal::from(RoundDecisionRefusal::PartsLeft { part }).into());
        }
        tx.record(&change).await?;
        Ok(application)
    }

    fn refused(&self, line: usize, application: ApplicationId, refusal: Refusal) -> ItemRefused {
        let reference = self.listed.get(&application).map(|listed| listed.reference.clone());
        ItemRefused { line, reference, refusal }
    }
}

/// Whether a case of a decision was awarded, put on the reserve list, refused without being told, or refused.
#[must_use]
pub const fn what_became(state: State) -> &'static str {
    match state {
        State::Approved => "approved",
        State::OnReserve => "on_reserve",
        State::Refused => "refused",
        _ => "rejected",
    }
}
