//! What waits on the routes of approval: a part to be passed, a sitting to be convened, a vote to be cast, a sitting to be closed.

use super::Desk;
use crate::actions::Error;
use crate::actions::delegations::{self, Absent};
use crate::store::approvals::{Running, running_routes};
use crate::store::work::{Narrowed, Waiting, cases};
use crate::store::{Connected, assessments, sittings};
use rules::application::State;
use rules::calendar::Day;
use rules::duty::{Duties, Duty};
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::route::Held;
use rules::sitting::{Sitting, is_to_be_convened};
use std::collections::{BTreeSet, HashMap};

impl Desk<'_> {
    /// What is recommended waits for those to whom a part of its route is open, and for those who sit on it.
    pub(super) async fn recommended(&mut self) -> Result<(), Error> {
        self.without_sitting().await?;
        if !self.may(Verb::ApplicationApprove) {
            return Ok(());
        }
        let (absentees, authorities) = self.reach().await?;
        let mut waiting = Vec::new();
        // A committee may sit on the refusal of what waits on the reserve list.
        for state in [State::Recommended, State::OnReserve] {
            let whom = self.whom(Some(Duty::Approver));
            waiting.extend(cases(self.reader, whom, state, Narrowed::HasPart(&authorities)).await?);
        }
        let (running, of_cases) = self.routes_of(&waiting).await?;
        let ids = waiting.iter().map(|waiting| waiting.application.0).collect::<Vec<_>>();
        let duties = assessments::duties_of(self.reader, &ids).await?;
        let (nobody, today) = (Duties::default(), self.reader.today()?);
        for waiting in waiting {
            let Some(Running { amount, scheme, route }) = running.get(&waiting.application) else { continue };
            let duties = duties.get(&waiting.application).unwrap_or(&nobody);
            let held = self.held(&absentees, scheme, duties);
            let sittings = of_cases.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
            let of_sittings = sittings.iter().filter(|sitting| sitting.route == Some(route.number));
            let acts =
                of_sittings.filter_map(|sitting| sitting.waits_for(self.person, (route, *amount), duties, today));
            let passes = route.waits_for((self.person, &held), duties, *amount, today);
            let acts = acts.chain(passes.then_some(Verb::ApplicationApprove)).collect::<Vec<_>>();
            acts.into_iter().for_each(|act| self.add(act, vec![waiting.clone()]));
        }
        Ok(())
    }

    /// What has waited on its reserve list beyond its day waits for those who may refuse it.
    pub(super) async fn on_reserve_too_long(&mut self, today: Day) -> Result<(), Error> {
        if !self.may(Verb::ReserveClose) {
            return Ok(());
        }
        let (absentees, authorities) = self.reach().await?;
        let (whom, too_long) = (self.whom(Some(Duty::Approver)), Narrowed::IsOnReserveTooLong(today, &authorities));
        let mut waiting = cases(self.reader, whom, State::OnReserve, too_long).await?;
        let ids = waiting.iter().map(|waiting| waiting.application.0).collect::<Vec<_>>();
        let routes = running_routes(self.reader, &ids).await?;
        let duties = assessments::duties_of(self.reader, &ids).await?;
        let nobody = Duties::default();
        waiting.retain(|waiting| {
            routes.get(&waiting.application).is_some_and(|Running { scheme, route, .. }| {
                let duties = duties.get(&waiting.application).unwrap_or(&nobody);
                route.may_be_refused_by((self.person, &self.held(&absentees, scheme, duties)), duties)
            })
        });
        self.add(Verb::ReserveClose, waiting);
        Ok(())
    }

    /// In whose absence the person acts, and every authority that they have by that or of their own.
    async fn reach(&mut self) -> Result<(Vec<Absent>, BTreeSet<String>), Error> {
        let absentees = delegations::absentees(self.reader, self.actor, self.now).await?;
        let lent = absentees.iter().flat_map(|(_, absent)| absent.authorities.iter().cloned());
        let authorities = self.actor.authorities.iter().cloned().chain(lent).collect();
        Ok((absentees, authorities))
    }

    fn held(&self, absentees: &[Absent], scheme: &str, duties: &Duties) -> Held {
        let delegated = delegations::for_scheme(absentees, scheme);
        let had = duties.parts.clone();
        Held { own: self.actor.authorities.clone(), delegated, had, ..Held::default() }
    }

    /// What only a committee can take further, and none sits on.
    async fn without_sitting(&mut self) -> Result<(), Error> {
        if !self.may(Verb::SittingConvene) {
            return Ok(());
        }
        let waiting = cases(self.reader, self.whom(None), State::Recommended, Narrowed::HasCommittee).await?;
        let (running, of_cases) = self.routes_of(&waiting).await?;
        let today = self.reader.today()?;
        let wants = waiting.into_iter().filter(|waiting| {
            let sittings = of_cases.get(&waiting.application).map(Vec::as_slice).unwrap_or_default();
            let running = running.get(&waiting.application);
            running.is_some_and(|running| is_to_be_convened(&running.route, running.amount, sittings, today))
        });
        let wants = wants.collect();
        self.add(Verb::SittingConvene, wants);
        Ok(())
    }

    async fn routes_of(&mut self, waiting: &[Waiting]) -> Result<OnRoutes, Error> {
        let ids = waiting.iter().map(|waiting| waiting.application.0).collect::<Vec<_>>();
        let running = running_routes(self.reader, &ids).await?;
        Ok((running, sittings::of_applications(self.reader, &ids).await?))
    }
}

/// The routes that run on some cases, and the sittings on them.
type OnRoutes = (HashMap<ApplicationId, Running>, HashMap<ApplicationId, Vec<Sitting>>);
