//! Claims and payments: claimed, sent back, certified; prepared in a batch by one person and released by another.

use super::Trouble;
use super::assess::field;
use super::chapter::Upload;
use super::client::Call;
use super::data::{Act, Payment};
use super::stage::{Known, Outcome, Part, Stage};
use super::story::amount_at;
use rules::calculation::money;
use rules::money::Cents;
use serde_json::{Value, json};

impl<'a> Stage<'a> {
    /// The applicant claims an instalment in full.
    pub(super) fn claim(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let applicant = self.cast.get(&part.case.applicant)?;
        let award = self.award(&known)?;
        let instalment = award.items("/plan")?.into_iter().find(|line| field(line, "code") == part.step.instalment);
        let missing = || Trouble::Story(format!("the plan of {} has no {}", known.reference, part.step.instalment));
        let instalment = instalment.ok_or_else(missing)?;
        let amount = amount_at(&instalment, "/amount").unwrap_or_default();
        let actual = part.step.actual.as_ref().unwrap_or(&part.case.request);
        let on_completion = field(&instalment, "due") != "acceptance";
        let mut outcome = Outcome::Before;
        if claims_of(&award.items("/claims")?, &part.step.instalment).len() < claims_before(&part).saturating_add(1) {
            let mut body =
                json!({ "instalment": part.step.instalment, "amount": amount, "evidence": part.step.evidence });
            if let (true, Some(members)) = (on_completion, body.as_object_mut()) {
                members.insert("actual".to_owned(), json!({ "project": actual.project }));
            }
            let call = Call::post(format!("/applications/{}/claims", known.id), body).once(&part.key(""));
            outcome = self.attempt(applicant, call, None)?;
        }
        let cost =
            actual.project.stages.iter().filter_map(|stage| stage.costs.as_ref()).flatten().map(|line| line.amount);
        let cost = Cents::sum(cost).unwrap_or_default();
        let actual = if on_completion { format!(" Actual cost {}.", money(cost)) } else { String::new() };
        let (name, instalment, evidence) = (&applicant.name, &part.step.instalment, &part.step.evidence);
        let claims = format!("{name} claims the {instalment} instalment, {}.", money(amount));
        self.story.tell(&known.reference, &format!("{claims}{actual} Evidence: {evidence}{}", outcome.remark()))
    }

    /// The officer sends a claim back.
    pub(super) fn give_back(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let officer = self.cast.get("officer")?;
        let claim = self.live_claim(&known, &part)?;
        let mut outcome = Outcome::Before;
        if field(&claim, "state") == "submitted" {
            let body = json!({ "reason": part.step.reason });
            let call = Call::post(format!("/claims/{}/return", field(&claim, "id")), body).once(&part.key(""));
            outcome = self.attempt(officer, call, None)?;
        }
        let text = format!("{} sends the claim back: \"{}\"{}", officer.name, part.step.reason, outcome.remark());
        self.story.tell(&known.reference, &text)
    }

    /// The officer certifies what is due.
    pub(super) fn certify(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let officer = self.cast.get("officer")?;
        let claim = self.live_claim(&known, &part)?;
        let claimed = amount_at(&claim, "/claimed").unwrap_or_default();
        let amount = part.step.amount.unwrap_or(claimed);
        let mut outcome = Outcome::Before;
        if field(&claim, "state") == "submitted" {
            self.hand_in(&part, &known, &field(&claim, "evidence"))?;
            self.must_wait_for(officer, "claim.certify", &known.reference)?;
            let body = json!({ "amount": amount });
            let call = Call::post(format!("/claims/{}/certification", field(&claim, "id")), body).once(&part.key(""));
            outcome = self.attempt(officer, call, part.step.refused.as_deref())?;
        }
        let who = &officer.name;
        let told = match (&outcome, &part.step.refused) {
            (Outcome::Refused(detail), _) => format!("{who} would certify {}, and cannot: {detail}", money(amount)),
            (_, Some(code)) => format!("{who} would certify {}, and cannot: the refusal was {code}.", money(amount)),
            _ => format!("{who} certifies {} of the {} claimed.", money(amount), money(claimed)),
        };
        self.story.tell(&known.reference, &format!("{told}{}", outcome.remark()))?;
        let award = self.award(&known)?;
        match amount_at(&award.json, "/award/settled") {
            Some(settled) if part.step.refused.is_none() => {
                let awarded = amount_at(&award.json, "/award/amount").unwrap_or_default();
                self.figures.settled(part.case, settled);
                let back = awarded.less(settled);
                let back =
                    if back > Cents::ZERO { format!("; {} go back to the scheme", money(back)) } else { String::new() };
                let text = format!("· Settled on actual cost: {} of {} awarded{back}.", money(settled), money(awarded));
                self.story.because(&text)
            }
            _ => Ok(()),
        }
    }

    /// The applicant hands in what the instalment waits for, and the officer accepts it.
    fn hand_in(&mut self, part: &Part<'a>, known: &Known, words: &str) -> Result<(), Trouble> {
        let (applicant, officer) = (self.cast.get(&part.case.applicant)?, self.cast.get("officer")?);
        let path = format!("/applications/{}", known.id);
        let owed = self.api.call(applicant, Call::get(format!("{path}/obligations")))?.done()?.items("/items")?;
        let needed = |one: &&Value| {
            let instalments = one.get("needed_for").and_then(Value::as_array).into_iter().flatten();
            field(one, "state") != "accepted"
                && instalments.into_iter().any(|needed| needed.as_str() == Some(part.step.instalment.as_str()))
        };
        for one in owed.iter().filter(needed) {
            let (code, key) = (field(one, "code"), part.key(&format!("-{}", field(one, "code"))));
            let file = Upload {
                name: format!("{code}.txt"),
                media_type: "text/plain".to_owned(),
                document: Some(code.clone()),
                text: format!("{}: {words}", known.reference),
            };
            if field(one, "state") == "open" {
                let call = Call::file(format!("{path}/attachments"), &file).once(&format!("{key}-file"));
                let kept = self.api.call(applicant, call)?.done()?.json;
                let body = json!({ "attachment": field(&kept, "id"), "words": words });
                let call = Call::post(format!("{path}/obligations/{code}/submissions"), body);
                self.api.call(applicant, call.once(&format!("{key}-sent")))?.done()?;
            }
            let call = Call::post(format!("{path}/obligations/{code}/acceptance"), json!({}));
            self.api.call(officer, call.once(&format!("{key}-accepted")))?.done()?;
            let text = format!("· {} hands in {code}; {} accepts it.", applicant.name, officer.name);
            self.story.because(&text)?;
        }
        Ok(())
    }

    /// The claim for the instalment of a step, as far as the story has come.
    fn live_claim(&self, known: &Known, part: &Part<'a>) -> Result<Value, Trouble> {
        let claims = self.award(known)?.items("/claims")?;
        let number = claims_before(part).saturating_sub(1);
        let claim = claims_of(&claims, &part.step.instalment).get(number).copied().cloned();
        claim.ok_or_else(|| Trouble::Story(format!("{} has no claim for {}", known.reference, part.step.instalment)))
    }

    /// One person prepares a batch of certified claims, another releases it.
    pub(super) fn pay(&mut self, payment: &'a Payment) -> Result<(), Trouble> {
        let (preparer, releaser) = (self.cast.get("preparer")?, self.cast.get("releaser")?);
        let mut claims = Vec::new();
        for wanted in &payment.claims {
            let case = self.data(&wanted.case)?;
            let known = self.known(case)?;
            let theirs = self.award(&known)?.items("/claims")?;
            let claim = claims_of(&theirs, &wanted.instalment).last().copied().cloned().unwrap_or_default();
            claims.push((wanted, case, known, field(&claim, "id")));
        }
        let ids = claims.iter().map(|(.., id)| id.as_str()).collect::<Vec<_>>();
        let (mut batch, mut outcome) = (self.batch_of(&ids)?, Outcome::Before);
        if batch.is_none() && !payment.taken_back.is_empty() {
            self.take_back(payment, &ids)?;
        }
        if batch.is_none() {
            for (_, _, known, _) in &claims {
                self.must_wait_for(preparer, "batch.prepare", &known.reference)?;
            }
            let call = Call::post("/batches", json!({ "claims": ids })).once(&format!("{}/prepare", payment.key));
            batch = Some(self.api.call(preparer, call)?.done()?.json);
        }
        let mut batch = batch.unwrap_or_default();
        let (id, reference) = (field(&batch, "id"), field(&batch, "reference"));
        let release = || Call::post(format!("/batches/{id}/release"), json!({}));
        let mut own = None;
        if field(&batch, "state") == "prepared" {
            if payment.own_release {
                let call = release().once(&format!("{}/own-release", payment.key));
                own = Some(self.attempt(preparer, call, Some("duty.separated"))?);
            }
            self.must_wait_for(releaser, "batch.release", &reference)?;
            batch = self.api.call(releaser, release().once(&format!("{}/release", payment.key)))?.done()?.json;
            outcome = Outcome::Done;
        }
        let total = amount_at(&batch, "/total").unwrap_or_default();
        let (one, other) = (&preparer.name, &releaser.name);
        let text = format!("{one} prepares a batch of {}; {other} releases it{}.", money(total), outcome.remark());
        self.story.tell(&reference, &text)?;
        if let Some(Outcome::Refused(detail)) = own {
            self.story
                .because(&format!("· {one} holds both finance roles and tried to release the own batch: {detail}"))?;
        }
        let lines = batch.get("payments").and_then(Value::as_array).cloned().unwrap_or_default();
        for (wanted, case, known, id) in claims {
            let line = lines.iter().find(|line| field(line, "claim") == id);
            let amount = line.and_then(|line| amount_at(line, "/amount")).unwrap_or_default();
            self.figures.paid(&wanted.case, &wanted.instalment, (&known.reference, &reference), amount);
            let name = &self.cast.get(&case.applicant)?.organisation.as_ref().map(|(_, name)| name.clone());
            let name = name.clone().unwrap_or_default();
            self.story.because(&format!(
                "· {} {} to {name} ({})",
                known.reference,
                money(amount),
                wanted.instalment
            ))?;
        }
        Ok(())
    }

    /// Whoever prepared a batch takes it back, so that its claims can go into another one.
    fn take_back(&mut self, payment: &Payment, claims: &[&str]) -> Result<(), Trouble> {
        let preparer = self.cast.get("preparer")?;
        let call = Call::post("/batches", json!({ "claims": claims })).once(&format!("{}/first", payment.key));
        let first = self.api.call(preparer, call)?.done()?.json;
        let body = json!({ "reason": payment.taken_back });
        let call = Call::post(format!("/batches/{}/dissolution", field(&first, "id")), body);
        self.api.call(preparer, call.once(&format!("{}/taken-back", payment.key)))?.done()?;
        let text = format!("{} takes a batch back that waits: \"{}\"", preparer.name, payment.taken_back);
        self.story.tell(&field(&first, "reference"), &text)
    }

    /// The batch in which one of these claims is, if there is one that the story has not told of already: what the bank has rejected is paid by
    /// another one.
    fn batch_of(&self, claims: &[&str]) -> Result<Option<Value>, Trouble> {
        for state in ["prepared", "released"] {
            let path = format!("/batches?state={state}&limit=100");
            let batches = self.api.call(self.cast.get("preparer")?, Call::get(path))?.done()?.items("/items")?;
            let is_in = |batch: &Value| {
                let payments = batch.get("payments").and_then(Value::as_array).into_iter().flatten();
                let told = self.figures.payments.keys().any(|(.., reference)| *reference == field(batch, "reference"));
                !told && payments.into_iter().any(|payment| claims.contains(&field(payment, "claim").as_str()))
            };
            if let Some(batch) = batches.into_iter().find(is_in) {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}

/// The claims for one instalment, in the order in which they were made.
fn claims_of<'c>(claims: &'c [Value], instalment: &str) -> Vec<&'c Value> {
    claims.iter().filter(|claim| field(claim, "instalment") == instalment).collect()
}

/// How many claims for the instalment of a step the story has made before the step.
fn claims_before(part: &Part<'_>) -> usize {
    let before = part.case.steps.iter().take_while(|step| !std::ptr::eq(*step, part.step));
    before.filter(|step| step.does == Act::Claim && step.instalment == part.step.instalment).count()
}
