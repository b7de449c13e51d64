//! What is written of demands of money back.

use super::recovery_shapes::{PartShape, RecoveryKindShape};
use rules::calendar::Day;
use rules::ids::{RecoveryId, UnmatchedItemId};
use rules::money::{Cents, Share};
use rules::recovery::{Arranging, NewRecovery, Part, RecoveryKind};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

/// An exact part of a whole: a fraction or a percentage.
fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Share, D::Error> {
    let text = String::deserialize(deserializer)?;
    Share::parse(&text).map_err(serde::de::Error::custom)
}

/// A demand to be raised.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecoveryRequest {
    /// Why money is owed back.
    #[schema(value_type = RecoveryKindShape)]
    kind: RecoveryKind,
    /// How much, without interest; may be left out of recoupment, which is worked out.
    #[schema(value_type = Option<String>)]
    principal: Option<Cents>,
    /// The reason, in 1 to 2000 characters; the debtor reads it.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// The last day on which it is paid in time; left out for so many days as the agency has settled.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// The interest that it bears; left out for none.
    interest: Option<InterestRequest>,
    /// Of recoupment, on which figures.
    income: Option<IncomeRequest>,
}

/// The interest that a demand is to bear: simple, on what is outstanding of the principal, over 365 days a year.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InterestRequest {
    /// How much a year, as a fraction or a percentage.
    #[serde(deserialize_with = "share")]
    #[schema(value_type = String, example = "8%")]
    rate: Share,
    /// From which day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The clause of the agreement that says so, in 1 to 300 characters.
    clause: String,
}

/// On which figures a share of income is demanded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IncomeRequest {
    /// The income.
    #[schema(value_type = String)]
    amount: Cents,
    /// Which part of it is owed, as a fraction or a percentage.
    #[serde(deserialize_with = "share")]
    #[schema(value_type = String, example = "10%")]
    share: Share,
    /// The clause of the agreement that says so, in 1 to 300 characters.
    clause: String,
}

impl From<RecoveryRequest> for NewRecovery {
    fn from(asked: RecoveryRequest) -> Self {
        Self {
            id: RecoveryId(Uuid::now_v7()),
            serial: 0,
            kind: asked.kind,
            principal: asked.principal,
            reason: asked.reason,
            due_on: asked.due_on,
            interest: asked.interest.map(|terms| (terms.rate, terms.from, terms.clause)),
            income: asked.income.map(|of| (of.amount, of.share, of.clause)),
        }
    }
}

/// Money that has come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptRequest {
    /// The item of a bank statement that it is: a credit that waits, of a file that somebody else has recorded.
    #[schema(value_type = Uuid)]
    pub(super) item: UnmatchedItemId,
    /// How much of it; left out for all that is left of it.
    #[schema(value_type = Option<String>)]
    pub(super) amount: Option<Cents>,
}

/// Until when interest is to be charged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InterestUntil {
    /// The day; left out for today.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) until: Option<Day>,
}

/// What is to be written off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WriteOffRequest {
    /// How much.
    #[schema(value_type = String)]
    pub(super) amount: Cents,
    /// Why, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) reason: String,
}

/// How what is outstanding is to be paid in parts: these, or so many that are alike.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArrangementRequest {
    /// The parts, in the order of their days; left out where they are to be alike.
    instalments: Option<Vec<PartShape>>,
    /// So many parts that are alike, the last one with the cents that are left.
    even: Option<EvenRequest>,
    /// Why, in 1 to 2000 characters; the debtor reads it.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) reason: String,
}

/// Parts that are alike.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvenRequest {
    /// How many, 1 to 60.
    #[schema(minimum = 1, maximum = 60)]
    parts: usize,
    /// The day of the first one.
    #[schema(value_type = String, format = Date)]
    first_due_on: Day,
    /// How many months lie between two, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    every_months: u32,
}

impl ArrangementRequest {
    /// The parts that are meant, and why; none where both are written, or neither.
    pub(super) fn arranging(self) -> (Arranging, String) {
        let arranging = match (self.instalments, self.even) {
            (Some(parts), None) => {
                let part = |part: PartShape| Part { due_on: part.due_on, amount: part.amount };
                Arranging::Parts(parts.into_iter().map(part).collect())
            }
            (None, Some(EvenRequest { parts, first_due_on, every_months })) => {
                Arranging::Even { parts, first_due_on, every_months }
            }
            _ => Arranging::Parts(Vec::new()),
        };
        (arranging, self.reason)
    }
}
