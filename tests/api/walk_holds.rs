//! The hold that stands on the ground of the walk, between people who do not walk.

use crate::walk_ground::DAY;
use crate::world::{Applicant, Staff, World, at};
use almoner::actions::holds;
use rules::hold::{HeldOn, NewHold};
use rules::ids::HoldId;
use uuid::Uuid;

/// A hold on the payments of the walked organisation that was lifted: with it, nothing of the walk is refused.
pub async fn hold(world: &World, staff: &Staff, own: &Applicant) -> Uuid {
    let (id, on) = (HoldId(Uuid::now_v7()), HeldOn::Organisation(own.organisation));
    let new = NewHold { id, on, reason: "odd invoices".to_owned(), review_on: None };
    let lifted = world.act(at(DAY, 1), async |tx| {
        holds::place(tx, &staff.officer, new.clone()).await?;
        holds::lift(tx, &staff.releaser, id, "explained").await
    });
    lifted.await.unwrap().id.0
}
