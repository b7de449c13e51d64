//! Two officers who debar and let in again, by the real acts.

use crate::world::{Applicant, World};
use almoner::actions::Error;
use almoner::actions::debarments;
use almoner::store::Moment;
use rules::actor::{Actor, Role};
use rules::calendar::Day;
use rules::debarment::{Against, Debarment, DebarmentKind, NewDebarment};
use rules::ids::DebarmentId;
use uuid::Uuid;

/// Two officers.
pub struct Two<'w> {
    world: &'w World,
    pub first: Actor,
    pub second: Actor,
}

/// What is recorded against somebody from a day, without a known end, for all schemes.
pub fn against(against: Against, from: &str) -> NewDebarment {
    NewDebarment {
        id: DebarmentId(Uuid::now_v7()),
        against,
        kind: DebarmentKind::Debarred,
        from: Day::parse(from).unwrap(),
        until: None,
        scheme: None,
        authority: "Efficiency Office".to_owned(),
        ground: "false invoices".to_owned(),
    }
}

/// The same against an organisation.
pub fn against_organisation(of: &Applicant, from: &str) -> NewDebarment {
    against(Against::Organisation(of.organisation), from)
}

impl<'w> Two<'w> {
    pub async fn of(world: &'w World) -> Self {
        let officer = async || world.person(&[Role::Officer], &[]).await;
        Self { world, first: officer().await, second: officer().await }
    }

    /// One of them records it.
    pub async fn record(&self, new: NewDebarment, moment: Moment) -> DebarmentId {
        self.world.act(moment, async |tx| debarments::record(tx, &self.first, new).await).await.unwrap().id
    }

    /// The other one confirms it.
    pub async fn confirm(&self, id: DebarmentId, moment: Moment) -> Result<Debarment, Error> {
        self.world.act(moment, async |tx| debarments::confirm(tx, &self.second, id).await).await
    }

    /// Both.
    pub async fn debar(&self, new: NewDebarment, moment: Moment) -> DebarmentId {
        let id = self.record(new, moment).await;
        self.confirm(id, moment).await.unwrap();
        id
    }

    /// It ends on the same day.
    pub async fn lift(&self, id: DebarmentId, moment: Moment) {
        let today = moment.today();
        let ended = self.world.act(moment, async |tx| {
            debarments::end(tx, &self.first, id, (Some(today), "a mistake")).await?;
            debarments::confirm_end(tx, &self.second, id, today).await
        });
        ended.await.unwrap();
    }
}
