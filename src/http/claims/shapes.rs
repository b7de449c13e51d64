//! What is sent and told of claims.

use crate::http::awards::AwardView;
use crate::http::shapes::RequestToWrite;
use chrono::{DateTime, Utc};
use rules::calculation::{Request, each_once, object_or_none};
use rules::claim::{Allotted, Allowed, Claim, Line, NewLine, Query};
use rules::ids::{ApplicationId, AttachmentId, ClaimId};
use rules::money::Cents;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A claim.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ClaimView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: ClaimId,
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The instalment that is claimed.
    instalment: String,
    /// Submitted, queried, returned, certified, paid, or nil where nothing was certified.
    state: &'static str,
    /// What is claimed.
    #[schema(value_type = String)]
    claimed: Cents,
    /// What shows that it is due.
    evidence: String,
    /// What is certified.
    #[schema(value_type = Option<String>)]
    certified: Option<Cents>,
    /// Why it was returned.
    reason: Option<String>,
    /// What shows each thing that the instalment needs.
    shown: BTreeMap<String, String>,
    /// Against what its costs are held, per_category or in_total; null where it is an amount alone.
    held: Option<&'static str>,
    /// The costs of which it is made, in their order.
    lines: Vec<ClaimLineView>,
    /// What their categories may take of the award in all claims, where they are held against that.
    categories: Vec<ClaimCategoryView>,
    /// What was asked on it, oldest first.
    queries: Vec<ClaimQueryView>,
}

impl From<Claim> for ClaimView {
    fn from(claim: Claim) -> Self {
        let Claim { id, application, instalment, state, claimed, evidence, certified, reason, shown, .. } = claim;
        let held = claim.costs.as_ref().map(|costs| costs.held.code());
        let (lines, allotted) = claim.costs.map(|costs| (costs.lines, costs.allotted)).unwrap_or_default();
        Self {
            id,
            application,
            instalment,
            state: state.code(),
            claimed,
            evidence,
            certified,
            reason,
            shown,
            held,
            lines: lines.into_iter().map(ClaimLineView::from).collect(),
            categories: allotted.into_iter().map(ClaimCategoryView::from).collect(),
            queries: claim.queries.into_iter().map(ClaimQueryView::from).collect(),
        }
    }
}

/// What was spent in a category, and what is claimed and certified of it.
#[derive(Serialize, ToSchema)]
struct ClaimLineView {
    /// The scheme's code for the category.
    category: String,
    /// What was spent.
    #[schema(value_type = String)]
    spent: Cents,
    /// Which part of that may be claimed, exact.
    #[schema(example = "1/3")]
    rate: String,
    /// What is claimed of it.
    #[schema(value_type = String)]
    claimed: Cents,
    /// What shows it.
    evidence: String,
    /// The file of the case that shows it.
    #[schema(value_type = Option<Uuid>)]
    attachment: Option<AttachmentId>,
    /// What is certified of it.
    #[schema(value_type = Option<String>)]
    certified: Option<Cents>,
    /// Why that is less.
    reason: Option<String>,
}

impl From<Line> for ClaimLineView {
    fn from(line: Line) -> Self {
        let Line { category, spent, rate, claimed, evidence, attachment, certified, reason } = line;
        Self { category, spent, rate: rate.to_string(), claimed, evidence, attachment, certified, reason }
    }
}

/// What a category may take of the award in all claims.
#[derive(Serialize, ToSchema)]
struct ClaimCategoryView {
    /// The scheme's code for the category.
    category: String,
    /// By what is planned for it.
    #[schema(value_type = String)]
    allotted: Cents,
    /// Beyond that, from what is planned for others.
    #[schema(value_type = String)]
    moved: Cents,
}

impl From<Allotted> for ClaimCategoryView {
    fn from(of: Allotted) -> Self {
        Self { category: of.category, allotted: of.amount, moved: of.moved }
    }
}

/// Something that was asked on a claim.
#[derive(Serialize, ToSchema)]
struct ClaimQueryView {
    /// What.
    question: String,
    /// When.
    asked_at: DateTime<Utc>,
    /// What was answered.
    answer: Option<String>,
    /// When.
    answered_at: Option<DateTime<Utc>>,
}

impl From<Query> for ClaimQueryView {
    fn from(query: Query) -> Self {
        let (answered_at, answer) = query.answered.map(|(_, at, answer)| (at, answer)).unzip();
        Self { question: query.question, asked_at: query.asked_at, answer, answered_at }
    }
}

/// A claim that was certified.
#[derive(Serialize, ToSchema)]
pub(super) struct CertifiedView {
    /// The claim.
    pub(super) claim: ClaimView,
    /// The award: on completion, fixed again on actual cost.
    pub(super) award: AwardView,
}

/// A claim to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimRequest {
    /// The instalment of the plan.
    #[schema(example = "initial")]
    pub(super) instalment: String,
    /// How much.
    #[schema(value_type = String, example = "50000000.00")]
    pub(super) amount: Cents,
    /// What shows that it is due, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) evidence: String,
    /// What the project really cost and who paid: a request of the calculation. Needed for what is due on completion.
    #[schema(value_type = Option<RequestToWrite>)]
    #[serde(default, deserialize_with = "object_or_none")]
    pub(super) actual: Option<Request>,
    /// What shows each thing that the instalment needs, by the codes of the plan, in 1 to 2000 characters each.
    #[serde(default, deserialize_with = "each_once")]
    pub(super) shown: BTreeMap<String, String>,
    /// The costs of which it is made, where the scheme says so: they come to the amount. At most 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub(super) lines: Vec<ClaimLine>,
}

/// What was spent in a category, and what is claimed of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimLineToWrite)]
pub(super) struct ClaimLine {
    /// The scheme's code for the category.
    #[schema(example = "equipment")]
    category: String,
    /// What was spent.
    #[schema(value_type = String, example = "300.00")]
    spent: Cents,
    /// What is claimed: at most the part of that which may be, rounded down.
    #[schema(value_type = String, example = "100.00")]
    claimed: Cents,
    /// What shows it, in 1 to 2000 characters: an invoice by its number.
    #[schema(min_length = 1, max_length = 2000)]
    evidence: String,
    /// The file of the case that shows it.
    #[schema(value_type = Option<Uuid>)]
    #[serde(default)]
    attachment: Option<AttachmentId>,
}

impl From<ClaimLine> for NewLine {
    fn from(line: ClaimLine) -> Self {
        let ClaimLine { category, spent, claimed, evidence, attachment } = line;
        Self { category, spent, claimed, evidence, attachment }
    }
}

/// A question on a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimQuestion {
    /// What is asked, in 1 to 1000 characters.
    #[schema(min_length = 1, max_length = 1000)]
    pub(super) question: String,
}

/// The answer to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimAnswer {
    /// What is answered, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) answer: String,
    /// What is claimed from now on; left out, it stays as it was.
    #[serde(default)]
    pub(super) instead: Option<ClaimedInstead>,
}

/// What is claimed in place of what was.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimedInstead {
    /// How much.
    #[schema(value_type = String)]
    pub(super) amount: Cents,
    /// All costs of which it is made.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub(super) lines: Vec<ClaimLine>,
}

/// What is certified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimCertification {
    /// How much.
    #[schema(value_type = String, example = "200000000.00")]
    pub(super) amount: Cents,
    /// Of a claim that is made of costs, what is allowed of each line: they come to the amount.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub(super) lines: Vec<AllowedLine>,
}

/// What is allowed of a line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowedLine {
    /// Which, counted from 1.
    #[schema(minimum = 1)]
    line: usize,
    /// How much of what is claimed.
    #[schema(value_type = String)]
    amount: Cents,
    /// Why, where it is less.
    #[serde(default)]
    reason: Option<String>,
}

impl From<AllowedLine> for Allowed {
    fn from(allowed: AllowedLine) -> Self {
        let AllowedLine { line, amount, reason } = allowed;
        Self { line, amount, reason }
    }
}
