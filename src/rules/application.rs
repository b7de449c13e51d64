//! The states of an application and the events that move it.

use crate::calculation::{Answer, Eligibility, History, Request, calculate};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::Duty;
use crate::event::Event;
use crate::ids::{ApplicationId, OrganisationId, PersonId, SchemeTextId};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::{CeilingOf, Known, Limit, Period, Round, Scheme, hexadecimal};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest title, in characters.
pub const TITLE_CHARACTERS_MAX: usize = 200;
/// The longest summary, in characters.
pub const SUMMARY_CHARACTERS_MAX: usize = 4_000;
/// The longest reason for an act, in characters.
pub const REASON_CHARACTERS_MAX: usize = 2_000;

/// Where the case stands, as staff see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written; only the applicant sees it.
    Draft,
    /// Received; to be screened.
    Submitted,
    /// Screened out, with a reason; it can be reinstated.
    Ineligible,
    /// With the assessors.
    InAssessment,
    /// Recommended by the committee; to be decided.
    Recommended,
    /// Refused by the committee or the approver, with reasons.
    Rejected,
    /// Approved; the money is committed, the applicant not yet told.
    Approved,
    /// Offered to the applicant.
    Offered,
    /// Accepted; the project runs and is paid.
    Accepted,
    /// The applicant did not want it.
    Declined,
    /// The offer was not answered in time.
    Lapsed,
    /// Taken back by the applicant.
    Withdrawn,
    /// Everything has been paid.
    Completed,
}

impl State {
    /// Every state, in the order of the case.
    pub const ALL: [Self; 13] = [
        Self::Draft,
        Self::Submitted,
        Self::Ineligible,
        Self::InAssessment,
        Self::Recommended,
        Self::Rejected,
        Self::Approved,
        Self::Offered,
        Self::Accepted,
        Self::Declined,
        Self::Lapsed,
        Self::Withdrawn,
        Self::Completed,
    ];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Ineligible => "ineligible",
            Self::InAssessment => "in_assessment",
            Self::Recommended => "recommended",
            Self::Rejected => "rejected",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
            Self::Completed => "completed",
        }
    }

    /// What the applicant is told: nothing of a decision before it is notified.
    #[must_use]
    pub const fn public_code(self) -> &'static str {
        match self {
            Self::Submitted => "received",
            Self::InAssessment | Self::Recommended | Self::Approved => "under_consideration",
            Self::Rejected => "unsuccessful",
            other => other.code(),
        }
    }

    /// What the applicant does next, in one sentence.
    #[must_use]
    pub const fn next_duty(self) -> &'static str {
        match self {
            Self::Draft => "Complete the draft and submit it while the scheme receives applications.",
            Self::Submitted | Self::InAssessment | Self::Recommended | Self::Approved => {
                "Nothing: you will be told of the result."
            }
            Self::Offered => "Accept or decline the offer before it expires.",
            Self::Accepted => "Claim the instalments as they fall due, with evidence.",
            Self::Ineligible => "Read the reason; ask for reinstatement if it rests on a mistake.",
            Self::Rejected | Self::Declined | Self::Lapsed | Self::Withdrawn => {
                "Nothing: the case is closed. You may apply again."
            }
            Self::Completed => "Keep the books and send the reports that are still due.",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What the applicant writes; a draft may be incomplete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// What the project is called.
    #[serde(default)]
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub summary: String,
    /// Facts, stages with cost and contributions, and what is asked for: the request of the calculation.
    pub request: Request,
}

/// What submission fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// The day whose rules apply for ever after.
    pub on: Day,
    /// The text whose rules apply for ever after.
    pub scheme_text: SchemeTextId,
    /// What is asked for.
    pub requested: Cents,
    /// What the rules allow.
    pub allowed: Cents,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Identity.
    pub id: ApplicationId,
    /// The reference that people use, such as `NIAS-2025-000123`.
    pub reference: String,
    /// The scheme's code.
    pub scheme: String,
    /// Who applies.
    pub organisation: OrganisationId,
    /// Who began it.
    pub author: PersonId,
    /// Where it stands.
    pub state: State,
    /// What is written in it.
    pub content: Content,
    /// What submission fixed.
    pub submission: Option<Submission>,
    /// What the committee recommends.
    pub recommended: Option<Cents>,
    /// Why it was screened out, rejected, declined or withdrawn.
    pub reason: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// Counted up with every change; the entity tag of the API.
    pub version: i32,
}

/// A draft to be begun: ids, names and instants are handed in.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Identity.
    pub id: ApplicationId,
    /// The number of the reference, unique over all schemes.
    pub serial: i64,
    /// Who applies.
    pub organisation: OrganisationId,
    /// Who begins it.
    pub author: PersonId,
    /// What is written in it.
    pub content: Content,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What submission must know beside the application.
#[derive(Clone, Debug)]
pub struct Submitting<'a> {
    /// The text in force.
    pub scheme: &'a Scheme,
    /// Its identity.
    pub scheme_text: SchemeTextId,
    /// What the applicant was granted before, as recorded.
    pub history: History,
    /// The applications that this applicant has submitted to this scheme: their days.
    pub submitted_on: Vec<Day>,
    /// Who submits.
    pub by: PersonId,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Begins a draft.
///
/// # Errors
/// When a text is too long.
pub fn create(permit: &Permit, scheme: &Scheme, draft: NewDraft) -> Result<(Change, Application), Refusal> {
    bounded(&draft.content)?;
    let code = scheme.file.code.get_ref();
    let year = Day::in_hong_kong(draft.at).to_string().chars().take(4).collect::<String>();
    let application = Application {
        id: draft.id,
        reference: format!("{code}-{year}-{:06}", draft.serial),
        scheme: code.clone(),
        organisation: draft.organisation,
        author: draft.author,
        state: State::Draft,
        content: draft.content,
        submission: None,
        recommended: None,
        reason: None,
        created_at: draft.at,
        version: 1,
    };
    let event = Event::ApplicationCreated {
        application: application.id,
        reference: application.reference.clone(),
        organisation: application.organisation,
    };
    let wrote = Write::Duty { application: application.id, person: application.author, duty: Duty::Author };
    let change = Change::new(permit, event, vec![Write::NewApplication(application.clone()), wrote]);
    Ok((change, application))
}

fn bounded(content: &Content) -> Result<(), Refusal> {
    let bound = |field: &'static str, text: &str, characters_max: usize| {
        if text.chars().count() > characters_max { Err(Refusal::TextLength { field, characters_max }) } else { Ok(()) }
    };
    bound("/title", &content.title, TITLE_CHARACTERS_MAX)?;
    bound("/summary", &content.summary, SUMMARY_CHARACTERS_MAX)
}

impl Application {
    /// Replaces what is written in a draft.
    ///
    /// # Errors
    /// When it is no draft any more, or a text is too long.
    pub fn edit(mut self, permit: &Permit, by: PersonId, content: Content) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Draft])?;
        bounded(&content)?;
        self.content = content;
        // The audit shows that and when the content changed; what it says is the application's own.
        let written = serde_json::to_vec(&self.content).unwrap_or_default();
        let event = Event::ApplicationEdited { application: self.id, content: hexadecimal(&Sha256::digest(&written)) };
        let wrote = Write::Duty { application: self.id, person: by, duty: Duty::Author };
        Ok(self.changed(permit, event, vec![wrote]))
    }

    /// Submits a draft under the rules of the day: from now on they hold for this application.
    ///
    /// # Errors
    /// When it is no draft, not complete, outside a window, over the quota of the round, asks for more than the rules allow,
    /// or the rules refuse it.
    pub fn submit(mut self, permit: &Permit, submitting: &Submitting<'_>) -> Result<(Change, Self, Answer), Refusal> {
        self.must_be(&[State::Draft])?;
        let on = Day::in_hong_kong(submitting.at);
        let requested = self.complete()?;
        window(submitting, on)?;
        let mut request = self.content.request.clone();
        request.history = Some(submitting.history.clone());
        let calculation =
            calculate(submitting.scheme, &request, on).map_err(|faults| Refusal::FiguresFaulty { faults })?;
        if calculation.eligibility == Eligibility::Undetermined && !calculation.missing.is_empty() {
            return Err(Refusal::ApplicationIncomplete { missing: calculation.missing.into_iter().collect() });
        }
        if !calculation.refused_by.is_empty() {
            let told = calculation.steps.iter().filter(|step| calculation.refused_by.contains(&step.rule));
            let reasons = told.map(|step| step.kind.sentence().en).collect();
            return Err(Refusal::CalculationRefused {
                refused_by: calculation.refused_by.into_iter().collect(),
                reasons,
            });
        }
        if requested > calculation.grant {
            return Err(Refusal::RequestAboveAllowed { requested, allowed: calculation.grant });
        }
        let answer = calculation.answer(&request);
        self.state = State::Submitted;
        self.submission = Some(Submission {
            by: submitting.by,
            at: submitting.at,
            on,
            scheme_text: submitting.scheme_text,
            requested,
            allowed: answer.grant,
        });
        let event = Event::ApplicationSubmitted {
            application: self.id,
            rules: answer.rules.clone(),
            trace: answer.trace.clone(),
            grant: answer.grant,
        };
        let kept =
            Write::Calculation { application: self.id, request: Box::new(request), answer: Box::new(answer.clone()) };
        let wrote = Write::Duty { application: self.id, person: submitting.by, duty: Duty::Author };
        let (change, application) = self.changed(permit, event, vec![kept, wrote]);
        Ok((change, application, answer))
    }

    /// The applicant takes it back.
    ///
    /// # Errors
    /// When it has ended already, or no reason is given.
    pub fn withdraw(mut self, permit: &Permit, reason: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Draft, State::Submitted, State::Ineligible, State::InAssessment, State::Recommended])?;
        let reason = reason_given(reason)?;
        self.state = State::Withdrawn;
        self.reason = Some(reason.clone());
        let event = Event::ApplicationWithdrawn { application: self.id, reason };
        Ok(self.changed(permit, event, Vec::new()))
    }

    /// What is still missing before it can be submitted, each with a pointer.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let mut need = |there: bool, message: &str| {
            if !there {
                missing.push(message.to_owned());
            }
        };
        need(!self.content.title.trim().is_empty(), "/title: give the project a title");
        need(!self.content.summary.trim().is_empty(), "/summary: say what the project is about");
        need(
            !self.content.request.project.stages.is_empty(),
            "/request/project/stages: give at least one stage with its cost",
        );
        need(self.content.request.requested.is_some(), "/request/requested: say how much is asked for");
        missing
    }

    fn complete(&self) -> Result<Cents, Refusal> {
        let missing = self.missing();
        match self.content.request.requested {
            Some(requested) if missing.is_empty() => Ok(requested),
            _ => Err(Refusal::ApplicationIncomplete { missing }),
        }
    }

    pub(crate) fn must_be(&self, states: &[State]) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            Ok(())
        } else {
            Err(Refusal::ApplicationWrongState { state: self.state.code() })
        }
    }

    pub(crate) fn changed(mut self, permit: &Permit, event: Event, more: Vec<Write>) -> (Change, Self) {
        self.version = self.version.saturating_add(1);
        let mut writes = vec![Write::Application(self.clone())];
        writes.extend(more);
        (Change::new(permit, event, writes), self)
    }
}

/// A reason as it is kept.
pub(crate) fn reason_given(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Refusal::TextLength { field: "/reason", characters_max: REASON_CHARACTERS_MAX });
    }
    Ok(reason.to_owned())
}

/// Windows and quotas bind submission, not the calculation.
fn window(submitting: &Submitting<'_>, on: Day) -> Result<(), Refusal> {
    let file = &submitting.scheme.file;
    let within = |round: &Round, day: Day| round.opens_on <= day && day <= *round.closes_on.get_ref();
    let round = file.round.values().find(|round| within(round, on));
    if round.is_none() && !file.round.is_empty() {
        let next = file.round.values().find(|round| round.opens_on > on);
        let next = next.map(|round| format!("{} to {}", round.opens_on, round.closes_on.get_ref()));
        return Err(Refusal::RoundClosed { code: file.code.get_ref().clone(), next });
    }
    for (name, ceiling) in &file.ceiling {
        if ceiling.of != CeilingOf::Applications {
            continue;
        }
        let Some(Known::Is(Limit::Count(limit))) = ceiling.is.on(on).map(|entry| &entry.is) else { continue };
        let counted = submitting.submitted_on.iter().filter(|day| match (ceiling.period, round) {
            (Period::Round, Some(round)) => within(round, **day),
            _ => true,
        });
        let used = u32::try_from(counted.count()).unwrap_or(u32::MAX);
        if used >= *limit {
            return Err(Refusal::RoundQuota { path: format!("ceiling.{name}"), limit: *limit, used });
        }
    }
    Ok(())
}
