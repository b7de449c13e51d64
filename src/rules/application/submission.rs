//! Submission: windows, quotas, the calculation under the rules of the day, and what is pinned by it.

use super::{Application, State};
use crate::attachment::{Attachment, Pinned};
use crate::calculation::{Answer, Calculation, Eligibility, History, Request, RequestFault, calculate};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::debarment::{Bound, none_debarred};
use crate::duty::Duty;
use crate::event::Event;
use crate::ids::{ApplicationId, PersonId, SchemeTextId};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::round::{Earlier, Extended, taken_in, within_quotas};
use crate::scheme::Scheme;
use crate::signal::keys;
use crate::year_budget::year_of;
use chrono::{DateTime, Utc};

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
    /// The path of the round to which it belongs, or of the cut-off with whose batch it is assessed: `round.2`. None where the scheme
    /// named none.
    pub round: Option<String>,
    /// The first day of the year in whose money it counts; none where the scheme has no money of a year.
    pub year: Option<Day>,
    /// What is asked for.
    pub requested: Cents,
    /// What the rules allow.
    pub allowed: Cents,
    /// The revision that was sent, at first or in answer to a return.
    pub revision: i32,
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
    /// The applications that this applicant has submitted to this scheme.
    pub earlier: Vec<Earlier>,
    /// The rounds that are extended for this applicant.
    pub extended: Extended,
    /// The files of the application.
    pub attachments: Vec<Attachment>,
    /// What is on file of those who apply and of whoever submits, read while nobody adds to it.
    pub debarred: Vec<Bound>,
    /// Who submits.
    pub by: PersonId,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Application {
    /// Submits a draft under the rules of the day: from now on they hold for this application.
    ///
    /// # Errors
    /// When it is no draft, somebody is debarred, it is not complete, outside a window, over the quota of the round, asks for more than
    /// the rules allow, or the rules refuse it.
    pub fn submit(mut self, permit: &Permit, submitting: &Submitting<'_>) -> Result<(Change, Self, Answer), Refusal> {
        self.must_be_told(&[State::Draft])?;
        none_debarred(&submitting.debarred, &self.scheme, submitting.at)?;
        submitting.scheme.procedure()?;
        let on = Day::in_hong_kong(submitting.at);
        let requested = self.complete(submitting.scheme, on, &submitting.attachments)?;
        // Windows and quotas bind submission, not the calculation.
        let file = &submitting.scheme.file;
        let round = taken_in(file, &submitting.extended, submitting.at)?.map(|intake| intake.path);
        within_quotas(file, on, round.as_deref(), &submitting.earlier)?;
        let (request, answer) = figures(&self, submitting.scheme, on, &submitting.history, requested)?;
        self.state = State::Submitted;
        self.submission = Some(Submission {
            by: submitting.by,
            at: submitting.at,
            on,
            scheme_text: submitting.scheme_text,
            round,
            year: year_of(submitting.scheme, on),
            requested,
            allowed: answer.grant,
            revision: self.revision.number,
        });
        let event = Event::ApplicationSubmitted {
            application: self.id,
            rules: answer.rules.clone(),
            trace: answer.trace.clone(),
            grant: answer.grant,
            files: submitting.attachments.iter().map(Pinned::from).collect(),
        };
        let kept = pinned(self.id, request, &answer);
        let wrote = Write::Duty { application: self.id, person: submitting.by, duty: Duty::Author };
        let found_by = Write::Keys { application: self.id, keys: keys(&self) };
        let (change, application) = self.changed(permit, event, vec![kept, wrote, found_by]);
        Ok((change, application, answer))
    }
}

/// What is asked, worked out with what the applicant was granted before.
///
/// # Errors
/// When it cannot be worked out, a question is open, or the rules refuse it or allow less.
pub(super) fn figures(
    application: &Application,
    scheme: &Scheme,
    on: Day,
    history: &History,
    requested: Cents,
) -> Result<(Request, Answer), Refusal> {
    let mut request = application.content.request.clone();
    request.history = Some(history.clone());
    let calculation = calculate(scheme, &request, on).map_err(|faults| faulty("/request", faults))?;
    let unanswered = unanswered(&calculation);
    if !unanswered.is_empty() {
        return Err(Refusal::ApplicationIncomplete { missing: unanswered });
    }
    if !calculation.refused_by.is_empty() {
        return Err(refused_by_rules(calculation));
    }
    if requested > calculation.grant {
        return Err(Refusal::RequestAboveAllowed { requested, allowed: calculation.grant });
    }
    let answer = calculation.answer(&request);
    Ok((request, answer))
}

/// A calculation that is kept with the case.
pub(super) fn pinned(application: ApplicationId, request: Request, answer: &Answer) -> Write {
    Write::Calculation { application, request: Box::new(request), answer: Box::new(answer.clone()) }
}

/// The questions that must be answered first: what a condition or a case depends on is not taken for the answer that gives more.
fn unanswered(calculation: &Calculation<'_>) -> Vec<RequestFault> {
    let undetermined = calculation.eligibility == Eligibility::Undetermined;
    let asked = |path: &&String| undetermined || path.split('.').nth(1) == Some("facts");
    let told =
        |path: &String| RequestFault::malformed(format!("/request/{}", path.replace('.', "/")), "answer this question");
    calculation.missing.iter().filter(asked).map(told).collect()
}

/// The rules that refuse a calculation, in their own sentences.
pub(crate) fn refused_by_rules(calculation: Calculation<'_>) -> Refusal {
    let told = calculation.steps.iter().filter(|step| calculation.refused_by.contains(&step.rule));
    let reasons = told.map(|step| step.kind.sentence(calculation.scheme.file.kind).en).collect();
    Refusal::CalculationRefused { refused_by: calculation.refused_by.into_iter().collect(), reasons }
}

/// Faults of figures, with pointers into what was sent.
pub(crate) fn faulty(at: &str, faults: Vec<RequestFault>) -> Refusal {
    let placed = |fault: RequestFault| RequestFault { pointer: format!("{at}{}", fault.pointer), ..fault };
    Refusal::FiguresFaulty { faults: faults.into_iter().map(placed).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calculation::Request;
    use crate::scheme::sample::Sample;

    #[test]
    fn a_question_on_which_a_case_depends_is_to_be_answered_before_anything_is_submitted() {
        let ceiling = "[facts.applicant.small]\ntype = \"boolean\"\nname = { en = \"Small?\", zh-Hant = \"小?\", zh-Hans = \"小?\" }\n\
            [ceiling.limit]\nof = \"grant\"\nper = \"project\"\n\
            is = [{ from = \"2024-01-01\", is = \"90.00\", source = \"guide\", cases = [{ is = \"50.00\", \
            when = { fact = \"applicant.small\", is = true }, name = { en = \"Small\", zh-Hant = \"小\", zh-Hans = \"小\" } }] }]";
        let scheme = Sample::new().add(ceiling).read();
        let asked = |applicant: &str| {
            let request =
                format!(r#"{{ {applicant} "project": {{ "stages": [{{ "stage": "project", "costs": [] }}] }} }}"#);
            let request = Request::from_json(request.as_bytes()).unwrap();
            unanswered(&calculate(&scheme, &request, Day::parse("2024-06-01").unwrap()).unwrap())
        };
        let unanswered = RequestFault::malformed("/request/applicant/facts/small", "answer this question");
        assert_eq!(asked(""), [unanswered]);
        assert_eq!(asked(r#""applicant": { "facts": { "small": false } },"#), []);
    }
}
