//! Where the applicants are paid, what the bank is told and what it answers, and what comes back because it is owed back.

use super::Trouble;
use super::assess::field;
use super::check::PaymentOf;
use super::client::Call;
use super::data::{BankAnswer, RecoveryData};
use super::stage::{Outcome, Part, Stage};
use rules::calculation::money;
use rules::calendar::Day;
use serde_json::{Value, json};

/// A bank of whose accounts all here are made up.
const BANK: &str = "004";

impl<'a> Stage<'a> {
    /// The applicant says where it is paid, once, and somebody of finance confirms it.
    pub(super) fn account(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let (applicant, finance) = (self.cast.get(&part.case.applicant)?, self.cast.get("preparer")?);
        let Some((organisation, name)) = &applicant.organisation else { return Ok(()) };
        let path = format!("/organisations/{organisation}/payee-accounts");
        let on_file = self.api.call(applicant, Call::get(&*path))?.done()?.items("")?;
        let live = |account: &&Value| field(account, "state") != "ended";
        let known = on_file.iter().find(live);
        if known.is_some_and(|account| field(account, "state") != "proposed") {
            return Ok(());
        }
        // Made of the identity, so that every run types in the same digits.
        let number = organisation.bytes().filter(u8::is_ascii_digit).take(9).map(char::from).collect::<String>();
        let mut body = json!({ "kind": "account", "holder": name, "bank": BANK, "number": format!("{number:0<9}") });
        let account = match known {
            Some(account) => account.clone(),
            None => {
                let call = Call::post(&*path, body.clone()).once(&part.key("-account"));
                self.api.call(applicant, call)?.done()?.json
            }
        };
        self.must_wait_for(finance, "payee_account.confirm", name)?;
        if let Some(members) = body.as_object_mut() {
            members.insert("check".to_owned(), json!("Called back on the number on file; the bank's letter seen."));
        }
        let path = format!("/payee-accounts/{}/confirmation", field(&account, "id"));
        let confirmed = self.api.call(finance, Call::post(path, body).once(&part.key("-account-check")))?.done()?;
        let (ending, from) = (field(&account, "ending"), confirmed.text("/usable_from")?);
        let text = format!(
            "· {} says where {name} is paid, an account ending in {ending}; {} types it in again. It is used from {from}.",
            applicant.name, finance.name,
        );
        self.story.because(&text)
    }

    /// The bank answers a batch: what it has rejected is owed again.
    pub(super) fn bank_answers(&mut self, answer: &'a BankAnswer) -> Result<(), Trouble> {
        let wanted = self.book.payment.iter().find(|payment| payment.key == answer.payment);
        let first = wanted.and_then(|payment| payment.claims.first());
        let paid = first.and_then(|claim| {
            let is = |of: &&PaymentOf| of.0 == claim.case && of.1 == claim.instalment;
            self.figures.payments.keys().find(is).map(|(.., batch)| batch.clone())
        });
        let missing = || Trouble::Story(format!("there is no batch \"{}\" that the bank could answer", answer.payment));
        let reference = paid.ok_or_else(missing)?;
        let recorder = self.cast.get(&answer.by)?;
        let released = self.api.call(recorder, Call::get("/batches?state=released&limit=100"))?.done()?;
        let released = released.items("/items")?;
        let batch = released.iter().find(|batch| field(batch, "reference") == reference).ok_or_else(missing)?;
        let mut rejected = Vec::new();
        for claim in &answer.rejected {
            let known = self.known(self.data(&claim.case)?)?;
            let claims = self.award(&known)?.items("/claims")?;
            rejected.extend(
                claims.iter().filter(|one| field(one, "instalment") == claim.instalment).map(|one| field(one, "id")),
            );
        }
        let payments = batch.get("payments").and_then(Value::as_array).into_iter().flatten();
        let lines = payments.map(|payment| {
            let is_rejected = rejected.contains(&field(payment, "claim"));
            let status = if is_rejected { ("RJCT", answer.reason.as_str()) } else { ("ACSC", "") };
            status_line(&field(payment, "reference"), status)
        });
        let message = status_report(&reference, answer.on, &lines.collect::<String>());
        let call = Call::bytes(
            format!("/batches/{}/bank-answers", field(batch, "id")),
            "application/xml",
            message.into_bytes(),
        );
        let reply = self.api.call(recorder, call)?;
        let outcome =
            if reply.is("bank_answer.twice") { Outcome::Before } else { reply.done().map(|_| Outcome::Done)? };
        let (name, reason) = (&recorder.name, &answer.reason);
        let text = format!("{name} records what the bank answers.{}", outcome.remark());
        self.story.tell(&reference, &text)?;
        for claim in &answer.rejected {
            self.figures.rejected(&claim.case, &claim.instalment, &reference);
            let known = self.known(self.data(&claim.case)?)?;
            let text =
                format!("· {} ({}) was rejected ({reason}) and is owed again.", known.reference, claim.instalment);
            self.story.because(&text)?;
        }
        Ok(())
    }

    /// One person demands something back, and another confirms it.
    pub(super) fn demand(&mut self, owed: &'a RecoveryData) -> Result<(), Trouble> {
        let known = self.known(self.data(&owed.case)?)?;
        let (one, other) = (self.cast.get(&owed.raised_by)?, self.cast.get(&owed.confirmed_by)?);
        let mut demand = self.demand_of(owed)?;
        let mut outcome = Outcome::Before;
        if demand.is_none() {
            let body = json!({ "kind": owed.kind, "principal": owed.principal, "reason": owed.reason });
            let call = Call::post(format!("/applications/{}/recoveries", known.id), body);
            demand = Some(self.api.call(one, call.once(&format!("{}/demand", owed.reference)))?.done()?.json);
        }
        let demand = demand.unwrap_or_default();
        if field(&demand, "state") == "raised" {
            let call = Call::post(format!("/recoveries/{}/confirmation", field(&demand, "id")), json!({}));
            outcome = self.attempt(other, call.once(&format!("{}/confirmation", owed.reference)), None)?;
        }
        let (amount, reason, due_on) = (money(owed.principal), &owed.reason, field(&demand, "due_on"));
        let text = format!(
            "{} demands {amount} back by {due_on}: \"{reason}\" {} confirms it.{}",
            one.name,
            other.name,
            outcome.remark()
        );
        self.story.tell(&known.reference, &text)
    }

    /// It stands in a statement of the bank, and somebody else than recorded that says what it is.
    pub(super) fn receive(&mut self, owed: &'a RecoveryData) -> Result<(), Trouble> {
        let case = self.data(&owed.case)?;
        let known = self.known(case)?;
        let (recorder, finance) = (self.cast.get(&owed.recorded_by)?, self.cast.get(&owed.received_by)?);
        let missing = || Trouble::Story(format!("nothing was demanded of {}", known.reference));
        let demand = self.demand_of(owed)?.ok_or_else(missing)?;
        let mut outcome = Outcome::Before;
        if field(&demand, "state") == "confirmed" {
            let (principal, day, reference) = (owed.principal, owed.came_on, &owed.reference);
            let statement = format!(
                "payment,side,amount,currency,booked_on,reason,bank_reference\n,credit,{principal},HKD,{day},,{reference}\n"
            );
            let reply = self.api.call(recorder, Call::bytes("/bank-statements", "text/csv", statement.into_bytes()))?;
            if !reply.is("bank_answer.twice") {
                reply.done()?;
            }
            let waiting = self.api.call(finance, Call::get("/unmatched-items?limit=100"))?.done()?.items("/items")?;
            let item = waiting.iter().find(|item| field(item, "bank_reference") == *reference).ok_or_else(missing)?;
            let call = Call::post(
                format!("/recoveries/{}/receipts", field(&demand, "id")),
                json!({ "item": field(item, "id") }),
            );
            outcome = self.attempt(finance, call.once(&format!("{reference}/receipt")), None)?;
        }
        self.figures.recovered(&case.scheme, owed.principal);
        let amount = money(owed.principal);
        let text = format!(
            "{} records a statement of the bank with a credit of {amount}; {} finds what it is: the demand is settled.{}",
            recorder.name,
            finance.name,
            outcome.remark()
        );
        self.story.tell(&known.reference, &text)
    }

    /// The demand of the story, if it is there.
    fn demand_of(&mut self, owed: &'a RecoveryData) -> Result<Option<Value>, Trouble> {
        let known = self.known(self.data(&owed.case)?)?;
        let path = format!("/applications/{}/recoveries", known.id);
        let all = self.api.call(self.cast.get(&owed.raised_by)?, Call::get(path))?.done()?.items("")?;
        Ok(all.into_iter().find(|demand| field(demand, "reason") == owed.reason))
    }

    /// What the bank is told of a batch that was released.
    pub(super) fn bank_file(&self, batch: &str) -> Result<Vec<u8>, Trouble> {
        let call = Call::post(format!("/batches/{batch}/bank-file"), json!({ "format": "pain.001.001.09" }));
        Ok(self.api.call(self.cast.get("releaser")?, call)?.done()?.bytes)
    }
}

/// What is said of one payment in a pain.002.
fn status_line(reference: &str, (status, reason): (&str, &str)) -> String {
    let why =
        if reason.is_empty() { String::new() } else { format!("<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>") };
    format!("<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts>\n")
}

/// A pain.002.001.10 about a batch.
fn status_report(batch: &str, on: Day, lines: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>
<GrpHdr><MsgId>STATUS-{batch}</MsgId><CreDtTm>{on}T09:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{batch}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch}-A</OrgnlPmtInfId>
{lines}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>
"
    )
}
