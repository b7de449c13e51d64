//! How a committee comes together, what is put to it, and what its members say: the shapes for the document of the API.

use super::change_shapes::VerdictShape;
use rules::calendar::Day;
use rules::change_request::Verdict;
use rules::money::Cents;
use serde::Serialize;
use utoipa::ToSchema;

/// How a committee comes together.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum WayShape {
    Meeting,
    Circulation,
}

/// What is put to the vote.
#[derive(Serialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum MotionShape {
    /// To pass the step.
    Approve {
        /// What is recommended, or less.
        #[schema(value_type = String, example = "200000000.00")]
        amount: Cents,
        /// What was recommended when you read it, where it is less.
        #[schema(value_type = Option<String>)]
        #[serde(skip_serializing_if = "Option::is_none")]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil, each in 1 to 2000 characters.
        #[serde(default)]
        conditions: Vec<String>,
        /// The first day on which the decision may be told; with the last step.
        #[schema(value_type = Option<String>, format = Date)]
        #[serde(skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
    },
    /// To pass the last step for when money frees up, and put it on the reserve list: on an agenda alone.
    Reserve {
        /// What is recommended, or less.
        #[schema(value_type = String, example = "200000000.00")]
        amount: Cents,
        /// What was recommended when you read it, where it is less.
        #[schema(value_type = Option<String>)]
        #[serde(skip_serializing_if = "Option::is_none")]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil, each in 1 to 2000 characters.
        #[serde(default)]
        conditions: Vec<String>,
        /// The last day on which it may move up.
        #[schema(value_type = String, format = Date)]
        until: Day,
        /// The first day on which its award may be told, if it moves up before that.
        #[schema(value_type = Option<String>, format = Date)]
        #[serde(skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
        /// Why one that is ranked below is awarded before it, where that is so.
        #[serde(skip_serializing_if = "Option::is_none")]
        departure: Option<String>,
    },
    /// To refuse the application; the applicant is told why.
    Reject {
        /// Why, in 1 to 2000 characters.
        reason: String,
        /// Why one that is ranked below is preferred, in the agency's own words; the reason itself where it is left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        departure: Option<String>,
        /// The first day on which the applicant may be told; left out, they are told at once.
        #[schema(value_type = Option<String>, format = Date)]
        #[serde(skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
    },
    /// To send it back to those who recommended it.
    SendBack {
        /// Why, in 1 to 2000 characters.
        reason: String,
    },
    /// To put the decision off.
    Defer {
        /// The first day on which it may be decided.
        #[schema(value_type = String, format = Date)]
        until: Day,
        /// Why, in 1 to 2000 characters.
        reason: String,
    },
    /// To take up again what was put off.
    TakeUp,
    /// To have a check done again.
    ResetCheck {
        /// Its code.
        check: String,
        /// Why, in 1 to 2000 characters.
        reason: String,
    },
    /// To grant a change request that was put forward, or to refuse it.
    DecideChange {
        /// Its number.
        request: i32,
        /// Which of both.
        #[schema(value_type = VerdictShape)]
        verdict: Verdict,
        /// Why, in 1 to 2000 characters; it is what the applicant is told.
        reason: String,
    },
}

/// What a member says.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum VoteShape {
    For,
    Against,
    Abstain,
    Conflict,
}
