//! Two assessors with weighted marks; one who declares a conflict of interest is replaced.

use super::Trouble;
use super::client::Call;
use super::data::Marks;
use super::stage::{Known, Outcome, Part, Stage};
use super::story::percent;
use serde_json::{Value, json};

impl<'a> Stage<'a> {
    /// Gives a proposal to its assessors, who score it.
    pub(super) fn assess(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let step = part.step;
        let before = self.look(part.case, &known)?.text("/state")? != "in_assessment";
        if let (Some(conflict), false) = (&step.conflict, before) {
            let id = self.assign(&part, &known, &conflict.of)?;
            let body = json!({ "reason": conflict.reason });
            let call = Call::post(format!("/assessments/{id}/conflict"), body).once(&part.key("-conflict"));
            if self.assessment_state(&known, &conflict.of)? == "invited" {
                self.attempt(self.cast.get(&conflict.of)?, call, None)?;
            }
        }
        let mut grades = Vec::new();
        let readers = self.assessors(&part, &known)?;
        for (number, assessor) in readers.iter().copied().enumerate().filter(|_| !before) {
            let id = self.assign(&part, &known, assessor)?;
            let who = self.cast.get(assessor)?;
            if self.assessment_state(&known, assessor)? == "invited" {
                self.must_wait_for(who, "assessment.accept", &known.reference)?;
                let call = Call::post(format!("/assessments/{id}/acceptance"), json!({}));
                self.attempt(who, call.once(&part.key(&format!("-accept-{assessor}"))), None)?;
            }
            if self.assessment_state(&known, assessor)? == "accepted" {
                self.must_wait_for(who, "assessment.score", &known.reference)?;
                let marks = self.marks(&part, number)?;
                let comment = "Marked by the published criteria; see the marks.";
                let body = json!({ "marks": marks, "comment": comment, "feedback": step.feedback.get(number) });
                let call =
                    Call::post(format!("/assessments/{id}/score"), body).once(&part.key(&format!("-score-{assessor}")));
                let scored = self.api.call(who, call)?.done()?;
                grades.extend(scored.items("/score/steps")?);
            }
        }
        self.tell_assessments(&part, &known, &grades)
    }

    /// Who assesses: whom the step names, otherwise those to whom the case was given.
    fn assessors(&self, part: &Part<'a>, known: &Known) -> Result<Vec<&'a str>, Trouble> {
        if part.step.by.is_empty() {
            return self.readers(known);
        }
        Ok(part.step.by.iter().map(String::as_str).collect())
    }

    /// The assessment of an assessor, given now unless it was given before.
    fn assign(&self, part: &Part<'a>, known: &Known, assessor: &str) -> Result<String, Trouble> {
        if let Some(assessment) = self.assessment(known, assessor)? {
            return Ok(field(&assessment, "id"));
        }
        self.declare(part, assessor)?;
        let body = json!({ "assessor": self.found(&self.cast.get(assessor)?.name)? });
        let call = Call::post(format!("/applications/{}/assessments", known.id), body);
        let call = call.once(&part.key(&format!("-assign-{assessor}")));
        self.api.call(self.cast.get("officer")?, call)?.done()?.text("/id")
    }

    /// The assessor declares that they have no interests, unless they have declared for the year that runs.
    fn declare(&self, part: &Part<'a>, assessor: &str) -> Result<(), Trouble> {
        let who = self.cast.get(assessor)?;
        let path = format!("/assessors/{}", who.id);
        let known = self.api.call(who, Call::get(&path))?.done()?;
        if known.text("/declared_until").is_err() {
            let call = Call::post(format!("{path}/declarations"), json!({ "interests": [] }));
            self.api.call(who, call.once(&part.key(&format!("-declare-{assessor}"))))?.done()?;
        }
        Ok(())
    }

    /// The officer finds an assessor by name.
    fn found(&self, name: &str) -> Result<String, Trouble> {
        let all =
            self.api.call(self.cast.get("officer")?, Call::get("/assessors?limit=100"))?.done()?.items("/items")?;
        let found = all.iter().find(|assessor| field(assessor, "name") == name);
        let found = found.map(|assessor| field(assessor, "id"));
        found.ok_or_else(|| Trouble::Story(format!("no assessor is called {name}")))
    }

    pub(super) fn assessments(&self, known: &Known) -> Result<Vec<Value>, Trouble> {
        let path = format!("/applications/{}/assessments", known.id);
        self.api.call(self.cast.get("officer")?, Call::get(path))?.done()?.items("")
    }

    pub(super) fn assessment(&self, known: &Known, assessor: &str) -> Result<Option<Value>, Trouble> {
        let person = &self.cast.get(assessor)?.id;
        Ok(self.assessments(known)?.into_iter().find(|assessment| field(assessment, "assessor") == *person))
    }

    fn assessment_state(&self, known: &Known, assessor: &str) -> Result<String, Trouble> {
        Ok(self.assessment(known, assessor)?.map(|assessment| field(&assessment, "state")).unwrap_or_default())
    }

    /// The marks of the first or the second assessor: the step's own, or the scheme's usual ones.
    fn marks(&self, part: &Part<'a>, number: usize) -> Result<Marks, Trouble> {
        if let Some(marks) = part.step.marks.as_ref().and_then(|marks| marks.get(number)) {
            return Ok(marks.clone());
        }
        let usual = self.book.marks.iter().find(|marks| marks.scheme == part.case.scheme);
        let usual = usual.map(|usual| if number == 0 { &usual.first } else { &usual.second });
        usual.cloned().ok_or_else(|| Trouble::Story(format!("there are no usual marks for {}", part.case.scheme)))
    }

    fn tell_assessments(&mut self, part: &Part<'a>, known: &Known, steps: &[Value]) -> Result<(), Trouble> {
        let assessments = self.assessments(known)?;
        let mut told = Vec::new();
        let (mut sum, mut count) = (0_u64, 0_u64);
        for assessor in self.assessors(part, known)? {
            let person = self.cast.get(assessor)?;
            let theirs = assessments.iter().find(|assessment| field(assessment, "assessor") == person.id);
            let score = theirs.and_then(|assessment| assessment.get("score")?.as_u64()).unwrap_or_default();
            (sum, count) = (sum.saturating_add(score), count.saturating_add(1));
            told.push(format!("{} gives {}", person.name, percent(score)));
        }
        // As the scheme says where it says nothing else: half a hundredth goes up.
        let mean = sum.saturating_mul(2).saturating_add(count).checked_div(count.saturating_mul(2)).unwrap_or_default();
        let remark = if steps.is_empty() { Outcome::Before.remark() } else { "" };
        let text = format!("{}; the mean is {}{remark}.", told.join(", "), percent(mean));
        self.story.tell(&known.reference, &text)?;
        if let Some(conflict) = &part.step.conflict {
            let name = &self.cast.get(&conflict.of)?.name;
            let text = format!("· {name} declared a conflict of interest and was replaced: \"{}\"", conflict.reason);
            self.story.because(&text)?;
        }
        if steps.iter().any(|step| step.get("grade").and_then(Value::as_str) == Some("house")) {
            self.story.because("· The weights are a default of the agency, not a rule of the scheme.")?;
        }
        Ok(())
    }
}

/// A text of an object.
pub(super) fn field(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
