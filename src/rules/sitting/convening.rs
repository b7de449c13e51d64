//! A sitting is convened: of whom, and on which motion.

use super::{Committee, Convening, Convoking, MEMBERS_MAX, Motion, Outcome, Sitting, SittingWrite, Way};
use crate::application::{Application, State, reason_given};
use crate::calendar::Day;
use crate::change::Change;
use crate::event::Event;
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, Refusal, SittingRefusal};
use crate::route::{Held, Part, Route};
use std::collections::BTreeSet;

/// For how many days ahead a sitting is convened at most.
const DAYS_MAX: u32 = 366;

impl Application {
    /// An officer convenes a sitting of a committee on what is recommended.
    ///
    /// # Errors
    /// When nothing is recommended, the part is not open or not that committee's, another sitting is open, the motion was lost before or
    /// cannot be done, somebody may not sit, too few are asked, or the day is over.
    pub fn convene(
        &self,
        permit: &Permit,
        asked: Convening,
        convoking: Convoking<'_>,
    ) -> Result<(Change, Sitting), Refusal> {
        self.must_be(&[State::Recommended])?;
        let Convoking { by, at, route, before, .. } = convoking;
        let rules = self.committee_in_turn(&asked, route)?;
        match (&asked.motion, route.rests_until(Day::in_hong_kong(at))) {
            (Motion::TakeUp, None) => return Err(ApprovalRefusal::NotDeferred.into()),
            (Motion::TakeUp, Some(_)) | (_, None) => {}
            (_, Some(until)) => return Err(ApprovalRefusal::Deferred { until }.into()),
        }
        let of_route = || before.iter().filter(|sitting| sitting.route == route.number);
        if of_route().any(|sitting| sitting.ended.is_none()) {
            return Err(SittingRefusal::Open.into());
        }
        let asked = Convening { motion: self.motion_given(asked.motion)?, ..asked };
        let lost = |sitting: &Sitting| matches!(sitting.ended, Some((Outcome::Lost(_), _)));
        if of_route().any(|sitting| lost(sitting) && sitting.asked.motion == asked.motion) {
            return Err(SittingRefusal::LostBefore.into());
        }
        if asked.way == Way::Circulation && !rules.circulation {
            return Err(SittingRefusal::NoCirculation.into());
        }
        let today = Day::in_hong_kong(at);
        if asked.held_on < today || asked.held_on > today.plus_days(DAYS_MAX) {
            return Err(SittingRefusal::HeldOn.into());
        }
        self.must_be_able_to_sit(&asked, rules, convoking)?;
        let number = before.iter().map(|sitting| sitting.number).max().unwrap_or(0).saturating_add(1);
        let sitting = Sitting {
            number,
            route: route.number,
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
            part,
            committee,
            way,
            held_on,
            chair,
            members,
            motion,
        };
        Ok((Change::new(permit, event, vec![self.on_sitting(SittingWrite::Convened(sitting.clone()))]), sitting))
    }

    /// The rules of the committee whose turn it is.
    fn committee_in_turn(&self, asked: &Convening, route: &Route) -> Result<Committee, Refusal> {
        let amount = self.recommended.unwrap_or_default();
        // The part is found first, so that whoever names another one is told of that.
        let part = route.parts.iter().find(|part| part.code() == asked.part);
        let committees = part.map(Part::committees).unwrap_or_default();
        if let (Some(part), None) = (part, committees.get(&asked.committee)) {
            let committees = committees.keys().cloned().collect::<Vec<_>>();
            let committees = if committees.is_empty() { "no committee".to_owned() } else { committees.join(", ") };
            return Err(SittingRefusal::NoCommittee { part: part.code().to_owned(), committees }.into());
        }
        route.turn(Some(&asked.part), &Held::committee(&asked.committee), amount)?;
        let rules = committees.get(&asked.committee).copied();
        rules.ok_or_else(|| ApprovalRefusal::PartUnknown { known: asked.part.clone() }.into())
    }

    /// A motion as it is kept, that can be done if it is carried now.
    fn motion_given(&self, motion: Motion) -> Result<Motion, Refusal> {
        Ok(match motion {
            Motion::Approve { amount, reduced_from, conditions, embargo_until } => {
                self.must_be_the_figure(amount, reduced_from)?;
                let conditions = crate::approval::conditions(&conditions)?;
                Motion::Approve { amount, reduced_from, conditions, embargo_until }
            }
            Motion::Reject { reason } => Motion::Reject { reason: reason_given(&reason)? },
            Motion::SendBack { reason } => Motion::SendBack { reason: reason_given(&reason)? },
            Motion::Defer { until, reason } => Motion::Defer { until, reason: reason_given(&reason)? },
            Motion::TakeUp => Motion::TakeUp,
        })
    }

    fn must_be_able_to_sit(
        &self,
        asked: &Convening,
        rules: Committee,
        convoking: Convoking<'_>,
    ) -> Result<(), Refusal> {
        let Convoking { seats, duties, .. } = convoking;
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
            let unfit = |because| Err(SittingRefusal::Unfit { member, because }.into());
            match seats.get(&member) {
                Some(seat) if seat.authorities.contains(&asked.committee) => {
                    if seat.is_beside {
                        return unfit("has a conflict of interest");
                    }
                }
                _ => return unfit("does not hold this authority"),
            }
            if duties.pass(self.id, member, &asked.part).is_err() {
                return unfit("has had another duty on this case");
            }
        }
        Ok(())
    }
}
