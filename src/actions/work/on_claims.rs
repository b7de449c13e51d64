//! What waits of claims for the applicant: a question to be answered.

use super::{Desk, Work, WorkOn};
use crate::actions::Error;
use crate::store::claim_parts::queried_among;
use rules::actor::Role;
use rules::member::{MemberRole, Tie};
use rules::permission::Verb;

impl Desk<'_> {
    /// What was asked on claims waits for whoever may answer it.
    pub(super) async fn queried(&mut self) -> Result<(), Error> {
        if !self.actor.is(Role::Applicant) {
            return Ok(());
        }
        let shared = self.actor.scope().shared;
        for (id, reference) in queried_among(self.reader, &self.actor.organisations, &shared).await? {
            if !matches!(self.actor.ties.get(&id), Some(Tie::Member(MemberRole::View | MemberRole::Edit))) {
                let on = WorkOn::Application(id);
                self.work.push(Work::of(Verb::ClaimAnswer, reference, on));
            }
        }
        Ok(())
    }
}
