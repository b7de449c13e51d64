//! One case's life through the API, from the draft to the accepted offer.

use super::Trouble;
use super::client::Call;
use super::data::{Act, CaseData, Step};
use super::stage::{Known, Outcome, Part, Stage};
use super::story::{amount_at, plan, reasons};
use rules::application::Content;
use rules::calculation::money;
use serde_json::{Value, json};

/// An act that is one call: who makes it, in which state of the case, with which words.
struct Doing<'a> {
    who: &'a str,
    before: &'static str,
    path: &'static str,
    body: Value,
    /// What it is called in the work list of whoever does it.
    work: &'static str,
}

/// The approver has read what is recommended: what was asked for.
pub(super) fn approval(case: &CaseData) -> Value {
    json!({ "amount": case.request.requested })
}

fn doing<'a>(part: &Part<'a>) -> Result<Doing<'a>, Trouble> {
    let step = part.step;
    let by = step.by.first().map_or("", String::as_str);
    let reason = json!({ "reason": step.reason });
    let (who, before, path, body, work) = match step.does {
        Act::Screen => ("officer", "submitted", "screening", json!({ "outcome": "eligible" }), "application.screen"),
        Act::ScreenOut => {
            let body = json!({ "outcome": "ineligible", "reason": step.reason });
            ("officer", "submitted", "screening", body, "application.screen")
        }
        Act::Reinstate => ("officer", "ineligible", "reinstatement", reason, ""),
        Act::Recommend => {
            let body = json!({ "amount": part.case.request.requested, "departure": step.departure });
            ("committee", "in_assessment", "recommendation", body, "application.recommend")
        }
        Act::Reject => {
            // What passes waits to be recommended, be it rejected or not.
            let below = |step: &Step| step.refused.as_deref() == Some("recommendation.below_pass_mark");
            let passes = !part.case.steps.iter().any(below);
            let work = if passes { "application.recommend" } else { "application.reject" };
            let body = json!({ "reason": step.reason, "departure": step.departure });
            ("committee", "in_assessment", "rejection", body, work)
        }
        Act::Approve => (by, "recommended", "approval", approval(part.case), "application.approve"),
        Act::Offer => ("officer", "approved", "offer", json!({}), "award.offer"),
        Act::Accept => (part.case.applicant.as_str(), "offered", "acceptance", json!({}), ""),
        other => return Err(Trouble::Story(format!("{} is not one call", other.code()))),
    };
    Ok(Doing { who, before, path, body, work })
}

impl<'a> Stage<'a> {
    /// Plays one step of a case.
    pub(super) fn step(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        match part.step.does {
            Act::Submit => self.submit(part),
            Act::Withdraw => self.withdraw(part),
            Act::Assess => self.assess(part),
            Act::Lapse => self.lapse(part),
            Act::Claim => self.claim(part),
            Act::GiveBack => self.give_back(part),
            Act::Certify => self.certify(part),
            Act::Accept => {
                self.decide(part)?;
                self.account(part)
            }
            _ => self.decide(part),
        }
    }

    /// Drafts where there is no draft, checks what it would get, and submits it.
    fn submit(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let case = part.case;
        let applicant = self.cast.get(&case.applicant)?;
        let known = match self.begun(case)? {
            Some(known) => known,
            None => self.draft(part)?,
        };
        let organisation = applicant.organisation.as_ref().map_or("", |(_, name)| name.as_str());
        let asked = money(case.request.requested.unwrap_or_default());
        let asks = format!("{organisation} asks for {asked}: \"{}\"", case.title);
        let path = format!("/applications/{}", known.id);
        let read = self.api.call(applicant, Call::get(&path))?.done()?;
        let mut etag = read.etag.clone();
        if read.text("/state")? != "draft" {
            let remark = if part.step.refused.is_some() { "was refused" } else { "was received" };
            return self.story.tell(&known.reference, &format!("{asks}, and {remark} (recorded by an earlier run)."));
        }
        let written = read.json.get("content").cloned().unwrap_or_default();
        if serde_json::from_value::<Content>(written).ok() != Some(case.content()) {
            let content = json!(case.content());
            etag =
                self.api.call(applicant, Call::put(format!("{path}/content"), content).if_match(&etag))?.done()?.etag;
        }
        let checked = self.api.call(applicant, Call::get(format!("{path}/pre-check")))?.done()?;
        let answer = checked.json.get("calculation").cloned().unwrap_or_default();
        let call = Call::post(format!("{path}/submission"), json!({})).once(&part.key("")).if_match(&etag);
        match self.attempt(applicant, call, part.step.refused.as_deref())? {
            Outcome::Refused(detail) => {
                self.story.tell(&known.reference, &format!("{asks}, and is refused: {detail}"))?;
            }
            Outcome::Done | Outcome::Before => {
                self.story.tell(&known.reference, &format!("{asks}. Received; the rules of this day allow it:"))?;
                self.tell_reasons(&answer)?;
            }
        }
        Ok(())
    }

    fn draft(&mut self, part: Part<'a>) -> Result<Known, Trouble> {
        let case = part.case;
        let applicant = self.cast.get(&case.applicant)?;
        let organisation = applicant.organisation.as_ref().map(|(id, _)| id);
        let content = json!({ "title": case.title, "summary": "", "request": { "project": { "stages": [] } } });
        let body = json!({ "scheme": case.scheme, "organisation": organisation, "content": content });
        let begun =
            self.api.call(applicant, Call::post("/applications", body).once(&format!("{}/create", case.key)))?;
        let begun = begun.done()?;
        let known = Known { id: begun.text("/id")?, reference: begun.text("/reference")? };
        self.begin(case, known.clone());
        Ok(known)
    }

    fn tell_reasons(&mut self, answer: &Value) -> Result<(), Trouble> {
        reasons(answer).iter().try_for_each(|sentence| self.story.because(&format!("· {sentence}")))
    }

    fn withdraw(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let applicant = self.cast.get(&part.case.applicant)?;
        let path = format!("/applications/{}", known.id);
        let read = self.api.call(applicant, Call::get(&path))?.done()?;
        let mut outcome = Outcome::Before;
        if read.text("/state")? != "withdrawn" {
            let body = json!({ "reason": part.step.reason });
            let call = Call::post(format!("{path}/withdrawal"), body).once(&part.key("")).if_match(&read.etag);
            outcome = self.attempt(applicant, call, None)?;
        }
        let text = format!("{} withdraws: \"{}\"{}", applicant.name, part.step.reason, outcome.remark());
        self.story.tell(&known.reference, &text)?;
        self.tell_status(part.case, &known)
    }

    /// What the applicant reads of the case.
    pub(super) fn tell_status(&mut self, case: &CaseData, known: &Known) -> Result<(), Trouble> {
        let applicant = self.cast.get(&case.applicant)?;
        let status = self.api.call(applicant, Call::get(format!("/applications/{}/status", known.id)))?.done()?;
        let reason = status.text("/reason").map(|reason| format!(" \"{reason}\"")).unwrap_or_default();
        let text =
            format!("{} reads: {}.{reason} {}", applicant.name, status.text("/status")?, status.text("/next_duty")?);
        self.story.because(&text)
    }

    /// An act that is one call of one person.
    fn decide(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let doing = doing(&part)?;
        let who = self.cast.get(doing.who)?;
        let mut outcome = Outcome::Before;
        if self.look(part.case, &known)?.text("/state")? == doing.before {
            if !doing.work.is_empty() {
                // What they would be refused does not wait for them.
                self.must_wait(part.step.refused.is_none(), who, doing.work, &known.reference)?;
            }
            let call = Call::post(format!("/applications/{}/{}", known.id, doing.path), doing.body).once(&part.key(""));
            outcome = self.attempt(who, call, part.step.refused.as_deref())?;
        }
        let told = self.told(&part, &known, &outcome)?;
        self.story.tell(&known.reference, &format!("{} {told}{}", who.name, outcome.remark()))?;
        match (part.step.does, &outcome) {
            (Act::Approve, Outcome::Done) => self.tell_decision(doing.who, &known),
            (Act::Reject | Act::ScreenOut, Outcome::Done) => self.tell_status(part.case, &known),
            _ => Ok(()),
        }
    }

    /// The calculation on which an approval rests.
    pub(super) fn tell_decision(&mut self, approver: &str, known: &Known) -> Result<(), Trouble> {
        let path = format!("/applications/{}/calculations", known.id);
        let kept = self.api.call(self.cast.get(approver)?, Call::get(path))?.done()?.items("/items")?;
        let answer = kept.last().and_then(|last| last.get("answer")).cloned().unwrap_or_default();
        self.tell_reasons(&answer)
    }

    /// What somebody did, in words; the figures are read from the API and must be the story's.
    fn told(&mut self, part: &Part<'a>, known: &Known, outcome: &Outcome) -> Result<String, Trouble> {
        let (case, step) = (part.case, part.step);
        let asked = money(case.request.requested.unwrap_or_default());
        let cannot = match (outcome, &step.refused) {
            (Outcome::Refused(detail), _) => Some(detail.clone()),
            (_, Some(code)) => Some(format!("the refusal was {code}.")),
            _ => None,
        };
        Ok(match (step.does, cannot) {
            (Act::Recommend, Some(why)) => format!("would recommend {asked}, and cannot: {why}"),
            (Act::Approve, Some(why)) => format!("would approve {asked}, and cannot: {why}"),
            (_, Some(why)) => format!("is refused: {why}"),
            (Act::Screen, None) => "finds it eligible; it goes to the assessors.".to_owned(),
            (Act::ScreenOut, None) => format!("finds it ineligible: \"{}\"", step.reason),
            (Act::Reinstate, None) => format!("reinstates it: \"{}\"", step.reason),
            (Act::Recommend, None) => match &step.departure {
                Some(why) => format!("recommends {asked} for the committee, against the rank: \"{why}\""),
                None => format!("recommends {asked} for the committee."),
            },
            (Act::Reject, None) => format!("rejects it for the committee: \"{}\"", step.reason),
            (Act::Approve, None) => self.told_approval(case, known)?,
            (Act::Offer, None) => {
                let award = self.award(known)?;
                let amount = amount_at(&award.json, "/award/amount").unwrap_or_default();
                format!("offers {}; the offer stands until {}.", money(amount), award.text("/award/expires_on")?)
            }
            (Act::Accept, None) => {
                let award = self.award(known)?;
                format!("accepts. The plan: {}.", plan(award.json.get("plan").unwrap_or(&Value::Null)))
            }
            (other, None) => return Err(Trouble::Story(format!("there are no words for {}", other.code()))),
        })
    }

    /// An approval in words, with its figure.
    pub(super) fn told_approval(&mut self, case: &CaseData, known: &Known) -> Result<String, Trouble> {
        let award = self.award(known)?;
        let amount = amount_at(&award.json, "/award/amount").unwrap_or_default();
        self.must_be(&format!("the award of {}", known.reference), case.grant, amount)?;
        self.figures.awarded(case, known, amount);
        let authority = award.text("/award/authority")?.replace('_', " ");
        Ok(format!("approves {} under the authority of the {authority}; the money is committed.", money(amount)))
    }
}
