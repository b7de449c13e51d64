//! Every reason to say no to a hold on payments, and because of one.

use crate::calendar::Day;
use crate::ids::HoldId;
use crate::money::Cents;

/// Every reason to say no to a hold on payments, and because of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum HoldRefusal {
    #[error("name an application, an organisation, or the code of a scheme: one of them.")]
    OfOne,
    #[error("write a day from today on, or leave it out.")]
    ReviewDay,
    #[error("You have placed this hold yourself: somebody else must lift it.")]
    SamePerson,
    #[error("This hold is lifted already.")]
    Lifted,
    /// A payment that is held.
    #[error(
        "{reference}: the payment of {amount} is held since {since}, by hold {hold} on {on}: leave it out, or have the hold lifted."
    )]
    Payment {
        /// The reference of the case.
        reference: String,
        /// How much would be paid.
        amount: Cents,
        /// Which hold.
        hold: HoldId,
        /// On what, in words.
        on: &'static str,
        /// The day on which it was placed.
        since: Day,
    },
}

codes! {
    HoldRefusal []
    Rule: OfOne = "hold.of_one" at "/application"
        "A hold is on a case, an organisation or a scheme, and on one of them.",
    Rule: ReviewDay = "hold.review_day" at "/review_on"
        "The day on which the hold is to be looked at is over.",
    Permission: SamePerson = "hold.same_person"
        "The caller has placed the hold: somebody else must lift it.",
    State: Lifted = "hold.lifted"
        "The hold is lifted already.",
    State: Payment { .. } = "hold.payment"
        "A payment is held; `detail` names the case, the amount and the hold.",
}
