//! What is wanted of a change, and what held before and holds after it, as values.

use super::ChangeKind;
use crate::application::{storable_in, words_given};
use crate::award::Instalment;
use crate::calculation::{Request, object_or_none};
use crate::calendar::Day;
use crate::money::Cents;
use crate::refusal::{ChangeRefusal, Refusal};
use serde::{Deserialize, Serialize};

/// The most lines of a budget.
pub const BUDGET_LINES_MAX: usize = 200;

/// What is planned for one category of cost in one stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// The scheme's code for the stage.
    pub stage: String,
    /// The scheme's code for the category.
    pub category: String,
    /// How much.
    pub amount: Cents,
}

/// What is wanted: of each kind of change the fields that it is about, and no others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedChange")]
pub struct Wanted {
    /// Of the dates: the last day of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Day>,
    /// Of the budget: all of it, as it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Vec<BudgetLine>>,
    /// Of the scope, the people and the partners: what is to hold, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of the amount: the whole award, as it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// Of the amount: what the project costs then and who pays, where that changes too.
    #[serde(default, deserialize_with = "object_or_none", skip_serializing_if = "Option::is_none")]
    pub figures: Option<Request>,
    /// Of a termination: how much of what was paid is to be recovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recover: Option<Cents>,
}

impl Wanted {
    /// The amount that whoever decides must reach: of the award now, or as it is to be.
    pub(crate) fn weight(&self, award: Cents) -> Cents {
        award.max(self.amount.unwrap_or_default())
    }

    /// What the kind is about is there, and nothing else is.
    pub(super) fn must_be_of(&self, kind: ChangeKind) -> Result<(), Refusal> {
        let Self { ends_on, budget, text, amount, figures, recover } = self;
        let given = [
            ("ends_on", ends_on.is_some()),
            ("budget", budget.is_some()),
            ("text", text.is_some()),
            ("amount", amount.is_some()),
            ("figures", figures.is_some()),
            ("recover", recover.is_some()),
        ];
        let (needed, more): (&[&str], &[&str]) = match kind {
            ChangeKind::Dates => (&["ends_on"], &[]),
            ChangeKind::Budget => (&["budget"], &[]),
            ChangeKind::Scope | ChangeKind::People | ChangeKind::Partner => (&["text"], &[]),
            ChangeKind::Amount => (&["amount"], &["figures"]),
            ChangeKind::Termination => (&[], &["recover"]),
            ChangeKind::Suspension | ChangeKind::Resumption => (&[], &[]),
        };
        let fits = given.iter().all(|(name, is_there)| match is_there {
            true => needed.contains(name) || more.contains(name),
            false => !needed.contains(name),
        });
        if !fits {
            let fields = needed.iter().chain(more).copied().collect::<Vec<_>>().join(", ");
            let fields = if fields.is_empty() { "nothing".to_owned() } else { fields };
            return Err(ChangeRefusal::Fields { kind: kind.code(), fields }.into());
        }
        if let Some(text) = text {
            words_given("/wanted/text", text)?;
        }
        if let Some(figures) = figures {
            storable_in("/wanted/figures", figures)?;
        }
        Ok(())
    }
}

/// What holds of an award, as far as a change is about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AwardTerms")]
pub struct Terms {
    /// Where the case stands, of a change that moves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The last day of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Day>,
    /// What is planned for each category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Vec<BudgetLine>>,
    /// What holds, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The whole award; after a termination, what was paid of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// Its instalments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Vec<Instalment>>,
    /// How much of what was paid is to be recovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recover: Option<Cents>,
    /// How much more is certified than the whole award, where a change has cut it below that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_over: Option<Cents>,
}

impl Terms {
    /// Whether the same holds, wherever the case stands.
    pub(super) fn are_those_of(&self, other: &Self) -> bool {
        Self { state: None, ..self.clone() } == Self { state: None, ..other.clone() }
    }
}
