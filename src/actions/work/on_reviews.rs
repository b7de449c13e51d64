//! What waits of requests to look again at a refusal: to be decided by somebody who was not on the case.

use super::Desk;
use crate::actions::{Error, delegations};
use crate::store::reviews;
use crate::store::work::reviewing;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::route::Held;
use std::collections::BTreeSet;

impl Desk<'_> {
    /// What is asked for waits for whoever its instance names, where they have done nothing on the case.
    pub(super) async fn reviews(&mut self) -> Result<(), Error> {
        if !self.may(Verb::ReviewDecide) {
            return Ok(());
        }
        let absentees = delegations::absentees(self.reader, self.actor, self.now).await?;
        let lent = absentees.iter().flat_map(|(_, absent)| absent.authorities.iter().cloned());
        let authorities = self.actor.authorities.iter().cloned().chain(lent).collect();
        let waiting = reviewing(self.reader, self.whom(None), &authorities).await?;
        let ids = waiting.iter().map(|waiting| waiting.application.0).collect::<Vec<_>>();
        let open = reviews::open_of(self.reader, &ids).await?;
        let involved = reviews::on_the_cases(self.reader, &ids).await?;
        let nobody = BTreeSet::new();
        let decides = |case: &ApplicationId| {
            let Some((review, scheme)) = open.get(case) else { return false };
            let delegated = delegations::for_scheme(&absentees, scheme);
            let held = Held { own: self.actor.authorities.clone(), delegated, ..Held::default() };
            review.waits_for(self.person, &held, involved.get(case).unwrap_or(&nobody))
        };
        let waiting = waiting.into_iter().filter(|waiting| decides(&waiting.application)).collect();
        self.add(Verb::ReviewDecide, waiting);
        Ok(())
    }
}
