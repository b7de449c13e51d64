//! What comes before and after the calculation: assessment, approval, payment and obligations.

use super::{Limit, NamedValue, NotApplicable, Plain, Scheme, SchemeFile, SchemeKind, Tables};
use crate::dated::Dated;
use crate::money::{Cents, Rounding, Share};
use crate::refusal::Refusal;
use crate::text::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Everything that taking an application needs beside the calculation.
#[derive(Clone, Copy, Debug)]
pub struct Procedure<'a> {
    /// How proposals are assessed.
    pub assessment: &'a Assessment,
    /// Who recommends and who approves.
    pub approval: &'a Approval,
    /// How a grant is paid.
    pub payment: &'a Payment,
}

impl Scheme {
    /// What the scheme needs to take applications.
    ///
    /// # Errors
    /// What is missing, where it only calculates.
    pub fn procedure(&self) -> Result<Procedure<'_>, Refusal> {
        let SchemeFile { kind, assessment, approval, payment, .. } = &self.file;
        if let (SchemeKind::Grant, Some(assessment), Some(approval), Some(payment)) =
            (kind, assessment, approval, payment)
        {
            return Ok(Procedure { assessment, approval, payment });
        }
        let missing = self.missing().into_iter().map(Missing::as_str).collect();
        Err(Refusal::SchemeTakesNoApplications { code: self.file.code.get_ref().clone(), missing })
    }

    /// What is missing before the scheme can take applications; empty where it can.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        self.file.missing()
    }
}

impl SchemeFile {
    /// Whether a scheme of this file takes applications.
    pub(crate) fn takes_applications(&self) -> bool {
        self.missing().is_empty()
    }

    /// What is missing before a scheme of this file can take applications.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let kind = match self.kind {
            SchemeKind::Grant => None,
            SchemeKind::Investment => Some(Missing::CapitalCalls),
            SchemeKind::Deduction => Some(Missing::Grant),
        };
        let sections = [
            (self.assessment.is_none(), Missing::Assessment),
            (self.approval.is_none(), Missing::Approval),
            (self.payment.is_none(), Missing::Payment),
        ];
        kind.into_iter().chain(sections.into_iter().filter(|(missing, _)| *missing).map(|(_, name)| name)).collect()
    }
}

/// Something without which a scheme takes no applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Capital calls, which are not handled here.
    CapitalCalls,
    /// Money that is given.
    Grant,
    /// How proposals are assessed.
    Assessment,
    /// Who approves.
    Approval,
    /// How a grant is paid.
    Payment,
}

impl Missing {
    /// It in English.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CapitalCalls => "payment by capital calls",
            Self::Grant => "a grant: it is a deduction from tax",
            Self::Assessment => "[assessment]",
            Self::Approval => "[approval]",
            Self::Payment => "[payment]",
        }
    }
}

/// How proposals are assessed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// How many assessors score each proposal.
    pub assessors: Plain<u32>,
    /// The highest mark for a criterion; the lowest is 0.
    pub scale: Plain<u32>,
    /// The part of the highest weighted mark that is needed.
    pub pass_mark: Plain<Share>,
    /// What it means that a criterion does not apply to a proposal; left out, every criterion is marked.
    pub not_applicable: Option<Plain<NotApplicable>>,
    /// How a score, and the mean of scores, is rounded to a hundredth of a per cent; left out, half a hundredth goes up.
    pub rounding: Option<Plain<Rounding>>,
    /// By how much of the highest score one score may differ from the median of the others before it is shown as an outlier; left out,
    /// none is. No score is ever adjusted.
    pub outlier: Option<Plain<Share>>,
    /// Whether proposals are ranked by a panel before one of them is recommended; left out, they need not be.
    pub panel: Option<Plain<bool>>,
    /// Whether those who assess are not told who applies; left out, they are told.
    pub blind_to_applicant: Option<Plain<bool>>,
    /// Whether those who assess never read one another's assessments; left out, they never do. Where they do, each of them does so once
    /// their own is scored.
    pub blind_to_assessors: Option<Plain<bool>>,
    /// What may come between the scores and the recommendation, such as an interview: whether it must.
    #[serde(default)]
    pub step: Tables<NamedValue<bool>>,
    /// The criteria with their weights, which add up to the whole.
    pub criterion: Tables<Criterion>,
}

/// What is marked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What people call it.
    pub name: Text,
    /// Its weight.
    pub is: Dated<Share>,
    /// The part of the highest mark that the mean of its marks must reach, whatever the whole comes to; left out, there is none.
    pub pass_mark: Option<Dated<Share>>,
}

/// In how many days the agency means to do what a case waits for. The day on which it begins to wait is not counted, and neither are
/// days on which it waits for the applicant.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pledges {
    /// To screen what was submitted.
    pub screening: Option<Plain<u32>>,
    /// To assess it, and to recommend or reject.
    pub assessment: Option<Plain<u32>>,
    /// To approve or reject what is recommended.
    pub approval: Option<Plain<u32>>,
    /// To tell the applicant of what is approved.
    pub offer: Option<Plain<u32>>,
}

/// Who recommends and who approves.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The body that recommends.
    pub recommender: Recommender,
    /// Who may approve up to which amount, from the lowest authority to the highest; `none` is any amount.
    pub authority: Tables<NamedValue<Cents>>,
    /// Which of the authorities are exercised by a committee: all holders together, by votes.
    #[serde(default)]
    pub committee: Tables<Committee>,
    /// What is looked at before the first step, in any order, each by a holder of an authority of this name: whether it must be.
    #[serde(default)]
    pub check: Tables<NamedValue<bool>>,
    /// The steps in their order; left out, there is one, for any authority that reaches.
    #[serde(default)]
    pub step: Tables<ApprovalStep>,
    /// Whether what is recommended is reserved of the scheme's money, until it is decided; left out, nothing is.
    pub reserve: Option<Plain<bool>>,
    /// Days for which an offer stands.
    pub offer_days: Plain<u32>,
}

/// How the holders of an authority exercise it together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Committee {
    /// How many must take part who have no conflict of interest; an abstention counts.
    pub quorum: Plain<u32>,
    /// The part of the votes cast for or against that must be for a motion; more must be for it than against it in any case.
    pub majority: Plain<Share>,
    /// Whether the chair decides where the votes are equal; left out, a motion is then lost.
    pub casting_vote: Option<Plain<bool>>,
    /// Whether it may decide by circulating the paper; left out, it decides in meetings only.
    pub circulation: Option<Plain<bool>>,
}

/// One step of the approval.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalStep {
    /// What people call it.
    pub name: Text,
    /// Whether it is taken.
    pub is: Dated<bool>,
    /// The authorities that may take it; left out, every one.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub by: Vec<Spanned<String>>,
    /// The amount above which it is taken at all; left out, or `none`, it always is.
    pub above: Option<Dated<Cents>>,
}

/// The body that recommends.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recommender {
    /// What people call it.
    pub name: Text,
    /// Where that was published.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

/// How a grant is paid.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The instalments, whose shares add up to the whole.
    pub instalment: Tables<Instalment>,
}

/// One instalment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// What people call it.
    pub name: Text,
    /// What makes it due.
    pub due: DueOn,
    /// Its share of the grant; where it is cumulative, the share that is reached with it.
    pub is: Dated<Share>,
    /// The most that it may be; what is above it goes into what comes later.
    pub cap: Option<Dated<Cents>>,
    /// Whether its share is what is reached with it, and not what it adds.
    #[serde(default)]
    pub cumulative: bool,
    /// Whether it is paid before anything is spent, so that a claim of it is made of no costs.
    #[serde(default)]
    pub in_advance: bool,
    /// Its share is of the grant for so many months from the beginning, the grant being spread evenly over the months of the project.
    pub of_first_months: Option<Dated<u32>>,
    /// Due so many months after the offer is accepted.
    pub after_months: Option<Dated<u32>>,
    /// Parted evenly over days that are so many months apart, from the acceptance of the offer to the end of the project.
    pub every_months: Option<Dated<u32>>,
    /// Only in projects of more months.
    pub above_months: Option<Dated<u32>>,
    /// What must be shown before it is due.
    #[serde(default)]
    pub needs: Tables<NamedValue<bool>>,
}

impl Payment {
    /// What the file says of an instalment of a plan, which has a number where it is paid on several days.
    #[must_use]
    pub fn planned(&self, code: &str) -> Option<&Instalment> {
        self.instalment.get(code).or_else(|| {
            let (series, _) = code.rsplit_once('_')?;
            self.instalment.get(series).filter(|one| one.every_months.is_some())
        })
    }

    /// What people call an instalment of a plan: with a number where the file has it paid on several days.
    #[must_use]
    pub fn name_of_planned(&self, code: &str) -> Option<Text> {
        if let Some(instalment) = self.instalment.get(code) {
            return Some(instalment.name.clone());
        }
        let (_, number) = code.rsplit_once('_')?;
        let Instalment { name, .. } = self.planned(code)?;
        let numbered = |name: &str| format!("{name} ({number})");
        Some(Text { en: numbered(&name.en), zh_hant: numbered(&name.zh_hant), zh_hans: numbered(&name.zh_hans) })
    }
}

/// The event that makes an instalment or an obligation due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueOn {
    /// The offer is accepted.
    Acceptance,
    /// What was agreed for it is reached.
    Milestone,
    /// The project is completed.
    Completion,
    /// The final accounts are accepted.
    FinalAccounts,
}

impl DueOn {
    /// The code used in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Milestone => "milestone",
            Self::Completion => "completion",
            Self::FinalAccounts => "final_accounts",
        }
    }

    /// The event with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Acceptance, Self::Milestone, Self::Completion, Self::FinalAccounts]
            .into_iter()
            .find(|due| due.code() == code)
    }
}

/// A number that binds a running project.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The rule in words.
    pub name: Text,
    /// The number.
    pub is: Dated<ControlValue>,
}

/// What a control can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlValue {
    /// A part: of a category that may be moved, of the work that may be done elsewhere.
    Share(Share),
    /// An amount, or one that is worked out: a threshold for tenders, an audit fee.
    Limit(Limit),
    /// Whether something is so.
    Holds(bool),
}
