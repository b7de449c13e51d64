//! Which changes of an award a scheme takes, and who decides them.

use crate::dated::Dated;
use crate::money::Share;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// Which changes of an award are taken; of what is left out, none is. Suspension and termination are always there: left out, any authority
/// that reaches the award decides them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Of the day on which the project ends.
    pub dates: Option<ChangeRule>,
    /// Of what is planned for each category of cost.
    pub budget: Option<ChangeRule>,
    /// Of what the project is about.
    pub scope: Option<ChangeRule>,
    /// Of who works on it.
    pub people: Option<ChangeRule>,
    /// Of who takes part beside the applicant.
    pub partner: Option<ChangeRule>,
    /// Of the amount of the award, within every ceiling.
    pub amount: Option<ChangeRule>,
    /// That nothing is certified and paid for a time, and that it goes on.
    pub suspension: Option<ChangeRule>,
    /// That the award ends before its time.
    pub termination: Option<ChangeRule>,
}

/// Who decides changes of one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    /// Whether they are taken.
    pub is: Dated<bool>,
    /// The authorities that decide; left out, an officer does.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub by: Vec<Spanned<String>>,
    /// Of the budget: up to which share of what an authority has last approved for a category an officer alone may take from it; left out,
    /// nothing.
    pub alone: Option<Dated<Share>>,
}

impl Changes {
    /// The kinds of which the text says something, by their codes and in their order.
    pub fn rules(&self) -> impl Iterator<Item = (&'static str, &ChangeRule)> {
        let Self { dates, budget, scope, people, partner, amount, suspension, termination } = self;
        [
            ("dates", dates),
            ("budget", budget),
            ("scope", scope),
            ("people", people),
            ("partner", partner),
            ("amount", amount),
            ("suspension", suspension),
            ("termination", termination),
        ]
        .into_iter()
        .filter_map(|(code, rule)| Some((code, rule.as_ref()?)))
    }

    /// What the text says of a kind.
    #[must_use]
    pub fn rule(&self, code: &str) -> Option<&ChangeRule> {
        self.rules().find(|(known, _)| *known == code).map(|(_, rule)| rule)
    }
}
