//! A sitting is convened: of whom, and on which motion.

use super::matter::on_change;
use super::{
    Committee, Convening, Convoking, MEMBERS_MAX, Matter, Motion, OnAgenda, Outcome, Sitting, SittingWrite, Vote, Way,
};
use crate::application::{Application, State, reason_given, words_given};
use crate::approval::ahead;
use crate::calendar::Day;
use crate::change::Change;
use crate::change_request::Verdict;
use crate::event::Event;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, ChangeRefusal, Refusal, RoundDecisionRefusal, SittingRefusal};
use crate::reserve_list::in_time;
use crate::route::{Held, Part, Route};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// For how many days ahead a sitting is convened at most.
const DAYS_MAX: u32 = 366;

impl Application {
    /// An officer convenes a sitting of a committee on what is recommended, on a refusal of what waits on the reserve list, or on a change
    /// request that was put forward.
    ///
    /// # Errors
    /// When nothing is recommended or put forward, the part is not open or not that committee's, another sitting is open, the motion was lost before or
    /// cannot be done, somebody may not sit, too few are asked, the day is over, or whoever convenes it has asked for the change.
    pub fn convene(
        &self,
        permit: &Permit,
        asked: Convening,
        convoking: Convoking<'_>,
    ) -> Result<(Change, Sitting), Refusal> {
        self.must_be(sat_on(&asked.motion))?;
        let Convoking { by, at, matter, before, agenda, .. } = convoking;
        let rules = match matter {
            Matter::Route(route) => self.committee_in_turn(&asked, route)?,
            // Whoever asked chooses neither who sits nor the words.
            Matter::Change(on) if on.request.requested_by == by => return Err(ChangeRefusal::Own.into()),
            Matter::Change(on) => on.committee_in_turn(&asked)?,
        };
        if let Matter::Route(route) = matter {
            must_not_rest(&asked.motion, route, Day::in_hong_kong(at))?;
        }
        let of_matter = || before.iter().filter(|sitting| matter.is_of(sitting));
        if of_matter().any(|sitting| sitting.ended.is_none()) {
            return Err(SittingRefusal::Open.into());
        }
        let motion = match matter {
            Matter::Route(route) => {
                let motion = self.motion_given(asked.motion, route, (asked.held_on, at))?;
                must_be_for_here(&motion, route, agenda)?;
                motion
            }
            Matter::Change(_) => on_change(asked.motion)?,
        };
        let asked = Convening { motion, ..asked };
        must_not_be_lost(&asked, of_matter())?;
        if asked.way == Way::Circulation && !rules.circulation {
            return Err(SittingRefusal::NoCirculation.into());
        }
        let today = Day::in_hong_kong(at);
        if asked.held_on < today || asked.held_on > today.plus_days(DAYS_MAX) {
            return Err(SittingRefusal::HeldOn.into());
        }
        self.must_be_able_to_sit(&asked, rules, convoking)?;
        must_ask_voters_again(&asked, of_matter(), convoking)?;
        let number = before.iter().map(|sitting| sitting.number).max().unwrap_or(0).saturating_add(1);
        let sitting = Sitting {
            number,
            agenda,
            route: matter.route(),
            rules,
            asked,
            convened_by: by,
            convened_at: at,
            votes: Vec::new(),
            ended: None,
        };
        let Convening { part, committee, way, held_on, chair, members, motion } = sitting.asked.clone();
        let event = Event::SittingConvened {
            application: self.id,
            sitting: number,
            agenda: agenda.map(|on| on.agenda),
            part,
            committee,
            way,
            held_on,
            chair,
            members,
            motion,
        };
        Ok((
            Change::new(permit, event, vec![self.on_sitting(SittingWrite::Convened(Box::new(sitting.clone())))]),
            sitting,
        ))
    }

    /// The rules of the committee whose turn it is.
    fn committee_in_turn(&self, asked: &Convening, route: &Route) -> Result<Committee, Refusal> {
        // Only what is approved must be within their authority.
        let amount = asked.motion.figure().map_or(Cents::ZERO, |(amount, _)| amount);
        // The part is found first, so that whoever names another one is told of that.
        let part = route.parts.iter().find(|part| part.code() == asked.part);
        let committees = part.map(Part::committees).unwrap_or_default();
        if let (Some(part), None) = (part, committees.get(&asked.committee)) {
            return Err(SittingRefusal::no_committee(part.code(), &committees).into());
        }
        // What waits on the reserve list is passed: it is taken off by those who have the last word.
        let has_last_word = self.state == State::OnReserve && route.parts.last() == part;
        if !has_last_word {
            route.turn(Some(&asked.part), &Held::committee(&asked.part, &asked.committee), amount)?;
        }
        let rules = committees.get(&asked.committee).copied();
        rules.ok_or_else(|| ApprovalRefusal::PartUnknown { known: asked.part.clone() }.into())
    }

    /// A motion as it is kept, that can be done if it is carried on its day.
    fn motion_given(
        &self,
        motion: Motion,
        route: &Route,
        (held_on, at): (Day, DateTime<Utc>),
    ) -> Result<Motion, Refusal> {
        let after = |day: Day, otherwise: ApprovalRefusal| {
            let day = ahead(day, at, otherwise.clone())?;
            if day > held_on { Ok(day) } else { Err(Refusal::from(otherwise)) }
        };
        Ok(match motion {
            Motion::Approve { amount, reduced_from, conditions, embargo_until } => {
                self.must_be_the_figure(amount, reduced_from)?;
                let conditions = crate::approval::conditions(&conditions)?;
                if let Some(day) = embargo_until {
                    after(day, ApprovalRefusal::EmbargoDay)?;
                    if left_after(route, reduced_from).is_some() {
                        return Err(ApprovalRefusal::EmbargoDay.into());
                    }
                }
                Motion::Approve { amount, reduced_from, conditions, embargo_until }
            }
            Motion::Reserve { amount, reduced_from, conditions, until, embargo_until, departure } => {
                self.must_be_the_figure(amount, reduced_from)?;
                let conditions = crate::approval::conditions(&conditions)?;
                if in_time(until, at)? <= held_on {
                    return Err(RoundDecisionRefusal::ReserveDay.into());
                }
                embargo_until.map(|day| after(day, ApprovalRefusal::EmbargoDay)).transpose()?;
                let departure = departure_given(departure)?;
                Motion::Reserve { amount, reduced_from, conditions, until, embargo_until, departure }
            }
            Motion::Reject { reason, departure, embargo_until } => {
                embargo_until.map(|day| after(day, ApprovalRefusal::EmbargoDay)).transpose()?;
                let (reason, departure) = (reason_given(&reason)?, departure_given(departure)?);
                Motion::Reject { reason, departure, embargo_until }
            }
            Motion::SendBack { reason } => Motion::SendBack { reason: reason_given(&reason)? },
            Motion::Defer { until, reason } => {
                let until = after(until, ApprovalRefusal::DeferralDay)?;
                Motion::Defer { until, reason: reason_given(&reason)? }
            }
            Motion::TakeUp => Motion::TakeUp,
            Motion::ResetCheck { check, reason } => {
                let is_passed = route.parts.iter().any(|part| part.is_check() && part.code() == check);
                if !is_passed || !route.has_passed(&check) {
                    return Err(ApprovalRefusal::NotResettable { part: check }.into());
                }
                Motion::ResetCheck { check, reason: reason_given(&reason)? }
            }
            Motion::DecideChange { .. } => return Err(ChangeRefusal::NotFound.into()),
        })
    }

    fn must_be_able_to_sit(
        &self,
        asked: &Convening,
        rules: Committee,
        convoking: Convoking<'_>,
    ) -> Result<(), Refusal> {
        let members = asked.members.iter().collect::<BTreeSet<_>>();
        let count = u32::try_from(asked.members.len()).unwrap_or(u32::MAX);
        if count == 0 || count > MEMBERS_MAX || members.len() != asked.members.len() || !members.contains(&asked.chair)
        {
            return Err(SittingRefusal::Members.into());
        }
        if count < rules.quorum {
            return Err(SittingRefusal::TooFew { quorum: rules.quorum }.into());
        }
        for member in asked.members.iter().copied() {
            let seat = convoking.seats.get(&member);
            let because = if member == convoking.by {
                Some("convenes this sitting")
            } else if seat.is_none_or(|seat| !seat.authorities.contains(&asked.committee)) {
                Some("does not hold this authority")
            } else {
                self.kept_off(member, asked, convoking)
            };
            if let Some(because) = because {
                return Err(SittingRefusal::Unfit { member, because }.into());
            }
        }
        Ok(())
    }

    /// What keeps somebody from a sitting on this case, who might sit on others.
    fn kept_off(&self, member: PersonId, asked: &Convening, convoking: Convoking<'_>) -> Option<&'static str> {
        if convoking.seats.get(&member).is_some_and(|seat| seat.is_beside) {
            return Some("has a conflict of interest");
        }
        match convoking.matter.duty(self.id, (member, &asked.part), convoking.duties) {
            Ok(_) => None,
            Err(Refusal::Change(ChangeRefusal::Own)) => Some("has asked for this change or put it forward"),
            Err(_) => Some("has had another duty on this case"),
        }
    }

    /// Those who are asked to an agenda and may sit on this case of it: whoever has a conflict of interest or another duty on it is left
    /// out of this line. The chair is not, since they close it: of them it is told.
    #[must_use]
    pub fn seated(&self, asked: &Convening, convoking: Convoking<'_>) -> Vec<PersonId> {
        let sits = |member: &PersonId| *member == asked.chair || self.kept_off(*member, asked, convoking).is_none();
        asked.members.iter().copied().filter(sits).collect()
    }
}

/// In which states a motion is put.
pub(super) const fn sat_on(motion: &Motion) -> &'static [State] {
    match motion {
        Motion::Reject { .. } => &[State::Recommended, State::OnReserve],
        // What can no more be done of an award that has ended is refused all the same.
        Motion::DecideChange { verdict: Verdict::Refused, .. } => {
            &[State::Accepted, State::Suspended, State::Terminated, State::Completed]
        }
        Motion::DecideChange { .. } => &[State::Accepted, State::Suspended],
        _ => &[State::Recommended],
    }
}

/// What rests is taken up first, and only what rests is.
fn must_not_rest(motion: &Motion, route: &Route, today: Day) -> Result<(), Refusal> {
    match (motion, route.rests_until(today)) {
        (Motion::TakeUp, None) => Err(ApprovalRefusal::NotDeferred.into()),
        (Motion::TakeUp, Some(_)) | (_, None) => Ok(()),
        (_, Some(until)) => Err(ApprovalRefusal::Deferred { until }.into()),
    }
}

fn departure_given(departure: Option<String>) -> Result<Option<String>, Refusal> {
    departure.map(|words| words_given("/departure", &words)).transpose()
}

/// What has to be passed once what is open is, where something has. What is reduced is asked of the parts before it again, so that this is
/// not the last word then.
fn left_after(route: &Route, reduced_from: Option<Cents>) -> Option<&Part> {
    let before = route.parts.split_last().and_then(|(_, before)| before.first());
    route.left().nth(1).or_else(|| reduced_from.and(before))
}

/// A list is decided with the last step; and to put a case on the reserve list is to decide a list.
fn must_be_for_here(motion: &Motion, route: &Route, agenda: Option<OnAgenda>) -> Result<(), Refusal> {
    let Some((_, reduced_from)) = motion.figure() else { return Ok(()) };
    match (left_after(route, reduced_from), agenda) {
        (Some(left), Some(_)) => Err(RoundDecisionRefusal::PartsLeft { part: left.code().to_owned() }.into()),
        (_, None) if matches!(motion, Motion::Reserve { .. }) => Err(SittingRefusal::OnAgenda.into()),
        _ => Ok(()),
    }
}

/// What a committee has lost is not put to it again on the same route or request; what was put off may be taken up any time.
fn must_not_be_lost<'a>(asked: &Convening, before: impl Iterator<Item = &'a Sitting>) -> Result<(), Refusal> {
    let same = |sitting: &Sitting| {
        let Convening { part, committee, motion, .. } = &sitting.asked;
        (part, committee, motion) == (&asked.part, &asked.committee, &asked.motion)
    };
    let lost = |sitting: &Sitting| matches!(sitting.ended, Some((Outcome::Lost(_), _))) && same(sitting);
    let mut before = before;
    if asked.motion != Motion::TakeUp && before.any(lost) { Err(SittingRefusal::LostBefore.into()) } else { Ok(()) }
}

/// Whoever has voted in a sitting that was given up is asked again while they may sit: nobody chooses those who decide by their votes.
fn must_ask_voters_again<'a>(
    asked: &Convening,
    before: impl Iterator<Item = &'a Sitting>,
    convoking: Convoking<'_>,
) -> Result<(), Refusal> {
    let given_up = before.filter(|sitting| {
        let of_same = sitting.asked.part == asked.part && sitting.asked.committee == asked.committee;
        of_same && matches!(sitting.ended, Some((Outcome::GivenUp(_), _)))
    });
    let voters = given_up.flat_map(|sitting| &sitting.votes).filter(|cast| cast.vote != Vote::Conflict);
    let may_sit = |voter: &PersonId| {
        let seat = convoking.seats.get(voter);
        seat.is_some_and(|seat| seat.authorities.contains(&asked.committee) && !seat.is_beside)
    };
    let missing = voters.map(|cast| cast.member).find(|voter| !asked.members.contains(voter) && may_sit(voter));
    missing.map_or(Ok(()), |voter| Err(SittingRefusal::VoterMissing { voter }.into()))
}
