//! What waits of changes after an award: to be put forward, to be decided, and a question to be answered.

use super::{Desk, Work, WorkOn};
use crate::actions::{Error, delegations};
use crate::store::work::{Waiting, changing};
use crate::store::{Connected, assessments, change_requests, sittings};
use rules::actor::Role;
use rules::change_request::{ChangeRequest, ChangeState};
use rules::duty::{Duties, Duty};
use rules::ids::ApplicationId;
use rules::member::{MemberRole, Tie};
use rules::money::Cents;
use rules::permission::Verb;
use rules::route::Held;
use rules::sitting::OnChange;
use std::collections::HashMap;

/// The open requests of some cases, each with the award as it is now and the code of its scheme.
type OfCases = HashMap<ApplicationId, Vec<(ChangeRequest, Cents, String)>>;

impl Desk<'_> {
    /// What is asked for waits for an officer, who puts it forward or decides it; what was put forward for whoever its route names; and what
    /// was returned for the applicant.
    pub(super) async fn changes(&mut self) -> Result<(), Error> {
        self.questions().await?;
        if self.may(Verb::ChangeForward) {
            let waiting = changing(self.reader, self.whom(None), (ChangeState::Requested, None)).await?;
            let (requests, duties) = self.requests_of(&waiting).await?;
            for waiting in waiting {
                let of_case = requests.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
                let duties = duties.get(&waiting.application).cloned().unwrap_or_default();
                let requested = of_case.iter().filter(|(request, ..)| request.state == ChangeState::Requested);
                for (request, amount, _) in requested {
                    let decides = request.waits_for((self.person, true), &Held::default(), &duties, *amount);
                    let forwards = request.route.is_some() && request.requested_by != self.person;
                    let act = if decides { Some(Verb::ChangeDecide) } else { forwards.then_some(Verb::ChangeForward) };
                    act.into_iter().for_each(|act| self.add(act, vec![waiting.clone()]));
                }
            }
        }
        self.without_committee().await?;
        if self.actor.is(Role::Approver) { self.forwarded().await } else { Ok(()) }
    }

    async fn forwarded(&mut self) -> Result<(), Error> {
        let absentees = delegations::absentees(self.reader, self.actor, self.now).await?;
        let lent = absentees.iter().flat_map(|(_, absent)| absent.authorities.iter().cloned());
        let authorities = self.actor.authorities.iter().cloned().chain(lent).collect();
        let whom = self.whom(Some(Duty::Approver));
        let waiting = changing(self.reader, whom, (ChangeState::Forwarded, Some(&authorities))).await?;
        let (requests, duties) = self.requests_of(&waiting).await?;
        let (of_cases, today) = (sittings::of_applications(self.reader, &ids(&waiting)).await?, self.reader.today()?);
        for waiting in waiting {
            let of_case = requests.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
            let duties = duties.get(&waiting.application).cloned().unwrap_or_default();
            let sittings = of_cases.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
            let sits = of_case.iter().flat_map(|(request, award, _)| {
                let on = OnChange { request, award: *award, last_step: None };
                sittings
                    .iter()
                    .filter_map(|sitting| on.waits_for(sitting, self.person, &duties, today))
                    .collect::<Vec<_>>()
            });
            sits.collect::<Vec<_>>().into_iter().for_each(|act| self.add(act, vec![waiting.clone()]));
            let decides = |(request, amount, scheme): &&(ChangeRequest, Cents, String)| {
                let delegated = delegations::for_scheme(&absentees, scheme);
                let held = Held { own: self.actor.authorities.clone(), delegated, ..Held::default() };
                request.waits_for((self.person, false), &held, &duties, *amount)
            };
            let decided = of_case.iter().filter(decides).count();
            (0..decided).for_each(|_| self.add(Verb::ChangeDecide, vec![waiting.clone()]));
        }
        Ok(())
    }

    /// What only a committee can decide, and none sits on.
    async fn without_committee(&mut self) -> Result<(), Error> {
        if !self.may(Verb::SittingConvene) {
            return Ok(());
        }
        let waiting = changing(self.reader, self.whom(None), (ChangeState::Forwarded, None)).await?;
        let (requests, _) = self.requests_of(&waiting).await?;
        let of_cases = sittings::of_applications(self.reader, &ids(&waiting)).await?;
        for waiting in waiting {
            let of_case = requests.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
            let sittings = of_cases.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
            let wants = |(request, award, _): &&(ChangeRequest, Cents, String)| {
                OnChange { request, award: *award, last_step: None }.is_to_be_convened(sittings)
            };
            let wanted = of_case.iter().filter(wants).count();
            (0..wanted).for_each(|_| self.add(Verb::SittingConvene, vec![waiting.clone()]));
        }
        Ok(())
    }

    async fn questions(&mut self) -> Result<(), Error> {
        if !self.actor.is(Role::Applicant) {
            return Ok(());
        }
        let shared = self.actor.scope().shared;
        for (id, reference) in change_requests::returned_among(self.reader, &self.actor.organisations, &shared).await? {
            if matches!(self.actor.ties.get(&id), Some(Tie::Member(MemberRole::View | MemberRole::Edit))) {
                continue;
            }
            self.work.push(Work::of(Verb::ChangeAnswer, reference, WorkOn::Application(id)));
        }
        Ok(())
    }

    async fn requests_of(&mut self, waiting: &[Waiting]) -> Result<(OfCases, HashMap<ApplicationId, Duties>), Error> {
        let ids = ids(waiting);
        let mut requests = OfCases::new();
        for (request, amount, scheme) in change_requests::open_of(self.reader, &ids).await? {
            requests.entry(request.application).or_default().push((request, amount, scheme));
        }
        Ok((requests, assessments::duties_of(self.reader, &ids).await?))
    }
}

fn ids(waiting: &[Waiting]) -> Vec<uuid::Uuid> {
    waiting.iter().map(|waiting| waiting.application.0).collect()
}
