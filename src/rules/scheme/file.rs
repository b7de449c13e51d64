//! The tables of a scheme file, as they are written.

use super::{
    Approval, Assessment, Ceiling, Changes, Claims, Control, CutOff, Dependency, Document, Duration, Exclusive,
    Expectation, Facts, Floor, Form, Interval, Lineage, Obligation, Payment, Pledges, Predicate, Reviews, Round,
    SchemeKind, Tables, UnitRates,
};
use super::{CategoryList, Commits, Forms, Limit, RatioRule, ShareRule, Treatment};
use crate::calculation::Request;
use crate::calendar::Day;
use crate::dated::Dated;
use crate::money::{Cents, Rounding, Share};
use crate::text::{Text, words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// The whole file, before its laws are checked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeFile {
    /// Upper-case code, such as `NIAS`.
    #[schemars(with = "String")]
    pub code: Spanned<String>,
    /// What it gives.
    #[serde(default)]
    pub kind: SchemeKind,
    /// ISO 4217 code of the money; Hong Kong dollars for now.
    #[schemars(with = "String")]
    pub currency: Spanned<String>,
    /// IANA name of the zone whose days the file means.
    #[schemars(with = "String")]
    pub time_zone: Spanned<String>,
    /// The scheme's official names.
    pub name: Text,
    /// The documents behind the numbers.
    #[schemars(with = "Tables<Source>")]
    pub sources: Tables<Spanned<Source>>,
    /// Whether the scheme takes applications.
    pub open: Plain<bool>,
    /// How the one rounding of a stage is done.
    pub rounding: Plain<Rounding>,
    /// The stages of a project, in the order in which they are carried out.
    pub stage: Tables<Named>,
    /// Who can put money beside the grant.
    #[serde(default)]
    pub contributor: Tables<Named>,
    /// What is asked about the applicant and the project.
    #[serde(default)]
    pub facts: Facts,
    /// Who and what may apply.
    #[serde(default)]
    pub eligibility: Tables<Condition>,
    /// How contributions are matched.
    #[serde(default)]
    pub matching: Matching,
    /// What counts as a contribution: by stage, then by contributor.
    #[serde(default)]
    pub contribution: Tables<Tables<Plain<Forms>>>,
    /// Which costs are eligible, and up to what.
    pub cost: Cost,
    /// What is paid for people.
    pub unit_rate: Option<UnitRates>,
    /// Limits from above.
    #[serde(default)]
    pub ceiling: Tables<Ceiling>,
    /// Limits from below; they refuse, they never raise.
    #[serde(default)]
    pub floor: Tables<Floor>,
    /// Money of the whole scheme.
    pub envelope: Option<Plain<Cents>>,
    /// What is committed of that money when a grant is approved. Without it, nothing is said.
    pub commitment: Option<Plain<Commits>>,
    /// Parties that are counted together with the applicant.
    #[serde(default)]
    pub aggregation: Tables<NamedValue<bool>>,
    /// Months that a project normally takes at most.
    #[serde(default)]
    pub duration: Tables<Duration>,
    /// Months that must lie between two awards.
    #[serde(default)]
    pub interval: Tables<Interval>,
    /// Schemes whose awards exclude one of this scheme.
    #[serde(default)]
    pub exclusive: Tables<Exclusive>,
    /// Schemes of which an award is needed before.
    #[serde(default)]
    pub dependency: Tables<Dependency>,
    /// Schemes that its rules name and that have no file: they are run elsewhere, or have ended.
    #[serde(default)]
    #[schemars(with = "Tables<Named>")]
    pub other_scheme: Tables<Spanned<Named>>,
    /// Windows in which applications are received; none means all the year round.
    #[serde(default)]
    pub round: Tables<Round>,
    /// Where a scheme is open all the year: until when what is submitted is assessed together.
    #[serde(default)]
    pub cut_off: Tables<CutOff>,
    /// Documents that an application comes with, or may come with.
    #[serde(default)]
    pub document: Tables<Document>,
    /// What the form asks beside what the rules depend on.
    #[serde(default)]
    pub form: Form,
    /// How proposals are assessed. Without it, or one of the next two, the scheme calculates and takes no applications.
    pub assessment: Option<Assessment>,
    /// Who recommends and who approves.
    pub approval: Option<Approval>,
    /// How a grant is paid.
    pub payment: Option<Payment>,
    /// Of what claims are made.
    #[serde(default)]
    pub claim: Claims,
    /// Which changes of an award are taken, and who decides them.
    #[serde(default)]
    pub change: Changes,
    /// Who looks again at a refusal, and within how many days that is asked for.
    #[serde(default)]
    pub review: Reviews,
    /// In how many days the agency means to do what a case waits for.
    #[serde(default)]
    pub pledge: Pledges,
    /// What a recipient owes afterwards.
    #[serde(default)]
    pub obligation: Tables<Obligation>,
    /// Amounts, shares and counts that bind a running project, and that no calculation looks at.
    #[serde(default)]
    pub control: Tables<Control>,
    /// What the scheme was called before, and what became of it.
    #[serde(default)]
    pub lineage: Tables<Lineage>,
    /// Questions that the sources leave open and that no calculation waits for.
    #[serde(default)]
    pub question: Tables<NamedValue<bool>>,
    /// Worked examples: the file proves itself.
    #[schemars(with = "Vec<Example>")]
    pub example: Vec<Spanned<Example>>,
}

/// A document behind a number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What the document is.
    #[serde(deserialize_with = "words")]
    #[schemars(schema_with = "crate::schema::words")]
    pub title: String,
    /// Where it was seen.
    pub url: Option<String>,
    /// How good it is.
    pub grade: Grade,
    /// When somebody last looked.
    pub checked_on: Day,
}

/// How good a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The government's own page or release.
    Official,
    /// A public body or university that restates it.
    Restated,
    /// A newspaper, a consultant, a third party's file.
    Press,
    /// No source: a decision of the house, so that the scheme can be run. Never shown as the scheme's own rule.
    House,
}

/// A table that is only a dated value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "T: crate::dated::FileValue")]
#[schemars(bound = "T: crate::dated::FileValue", rename = "PlainOf{T}")]
pub struct Plain<T> {
    /// Its life: each line holds from its day until the next begins.
    pub is: Dated<T>,
}

/// A table that is only a name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What people call it.
    pub name: Text,
}

/// A dated value with a name of its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "T: crate::dated::FileValue")]
#[schemars(bound = "T: crate::dated::FileValue", rename = "NamedOf{T}")]
pub struct NamedValue<T> {
    /// What people call it.
    pub name: Text,
    /// Its life: each line holds from its day until the next begins.
    pub is: Dated<T>,
}

/// A dated condition on facts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The condition in words.
    pub name: Text,
    /// The condition itself.
    pub is: Dated<Predicate>,
}

/// How contributions are matched, each by stage.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Government to applicant side.
    #[serde(default)]
    pub ratio: Tables<Plain<RatioRule>>,
    /// The government's part of eligible cost where the scheme states its own; else g / (g + a).
    #[serde(default)]
    pub share: Tables<Plain<ShareRule>>,
    /// The largest part of what counts that may be in kind.
    #[serde(default)]
    pub in_kind_share: Tables<Plain<Share>>,
    /// What happens to contributions in kind above that part.
    #[serde(default)]
    pub in_kind_excess: Tables<Plain<Treatment>>,
    /// Contributors that must all be there.
    #[serde(default)]
    pub requires: Tables<Plain<Vec<String>>>,
}

/// Which costs are eligible.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Whether categories outside the list are eligible (`open`) or refused (`closed`).
    pub list: Plain<CategoryList>,
    /// The categories with rules of their own.
    #[serde(default)]
    pub category: Tables<Category>,
}

/// One category of cost.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// What people call it.
    pub name: Text,
    /// Whether it is eligible at all; left out means that it is.
    pub eligible: Option<Dated<bool>>,
    /// The most of it that is eligible in a project; a formula looks at categories that stand before it.
    pub cap: Option<Dated<Limit>>,
    /// The largest part of all eligible cost that it may be.
    pub share: Option<Dated<Share>>,
}

/// A worked example in the file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in a sentence.
    #[serde(deserialize_with = "words")]
    #[schemars(schema_with = "crate::schema::words")]
    pub name: String,
    /// The day whose rules apply.
    pub on: Day,
    /// The request, without its day.
    pub given: Request,
    /// What the answer must say.
    pub expect: Expectation,
}
