//! The status of a batch: of each of its payments what the file says of it, of its part or of all.

use super::effect::{Back, Case, Effect};
use super::given::{Counts, Report, StatusLine};
use super::unmatched::{UnmatchedItem, Why};
use super::{BankAnswer, Found, NewAnswer, PaymentStatus, Side, Told};
use crate::batch::{Batch, BatchState, Payment};
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{PayeeAccountId, UnmatchedItemId};
use crate::money::Cents;
use crate::payee_account::PayeeAccountKind;
use crate::permission::Permit;
use crate::refusal::{BankAnswerRefusal, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// The code of a part or a batch of which some payments have one status and some another.
const PARTLY: &str = "PART";

/// What is said of the payment in a place: the code, on which line, and why.
#[derive(Clone)]
struct Said {
    code: String,
    line: u32,
    reason: Option<String>,
}

/// Somebody of finance records the status of a batch; `kinds` are the ways in which its accounts are paid, and `id` makes the identity of an
/// item. What is rejected of an award that has ended, or beyond what demands have left of a case, waits as one.
///
/// # Errors
/// When the file is on file, is for another batch or says nothing; when it names a payment that is not there or twice, another amount or
/// currency, or a status that is not known or cannot follow what is on file; or when its counts and totals do not agree.
pub fn report(
    permit: &Permit,
    new: NewAnswer,
    report: Report,
    (batch, kinds): (&Batch, &BTreeMap<PayeeAccountId, PayeeAccountKind>),
    cases: Vec<Case>,
    id: impl Fn() -> UnmatchedItemId,
) -> Result<(Change, BankAnswer), Refusal> {
    new.must_be_new()?;
    let reference = batch.reference.clone();
    if report.batch.is != reference {
        return Err(BankAnswerRefusal::OtherBatch { line: report.batch.line, of: report.batch.is, reference }.into());
    }
    if batch.state != BatchState::Released {
        return Err(BankAnswerRefusal::NotReleased { reference }.into());
    }
    let found = Found::of(batch, kinds);
    let said = said(&found, &report)?;
    let mut effect = Effect::on(cases);
    let (mut told, mut items) = (Vec::new(), Vec::new());
    let mut number = 0_u32;
    for (place, payment) in found.transferred() {
        let Some(Some(Said { code, line, reason })) = said.get(place).cloned() else { continue };
        number = number.saturating_add(1);
        let reference = found.reference(place);
        let status = PaymentStatus::of_bank(&code).ok_or(BankAnswerRefusal::Status { line, status: code })?;
        payment.may_become(status, (line, &reference))?;
        let rejected = status == PaymentStatus::Rejected;
        let amount = payment.transferred();
        if rejected && effect.ended(payment.application).is_some() {
            let item = UnmatchedItem::ended(id(), (number, line), (Side::Credit, amount), (reference, reason));
            items.push(item);
            continue;
        }
        if rejected && effect.recovered(payment.application, amount).is_some() {
            let item = UnmatchedItem::ended(id(), (number, line), (Side::Credit, amount), (reference, reason));
            items.push(UnmatchedItem { why: Why::Recovered, ..item });
            continue;
        }
        if rejected {
            let reason = reason.clone();
            effect.comes_back(Back { batch: batch.id, reference, payment, amount, rejected, reason })?;
        }
        let returned = if rejected { amount } else { Cents::ZERO };
        let claim = payment.claim;
        let (on, bank_reference) = (None, None);
        told.push(Told { place: number, line, batch: batch.id, claim, status, reason, returned, on, bank_reference });
    }
    if told.is_empty() && items.is_empty() {
        return Err(BankAnswerRefusal::Empty.into());
    }
    let answer = new.recorded((report.kind, report.message), Some(batch.id), (told, items))?;
    Ok((answer.change(permit, effect), answer))
}

/// What is said of each payment of the batch, in their order, once counts and totals agree.
fn said(found: &Found<'_>, report: &Report) -> Result<Vec<Option<Said>>, Refusal> {
    let count = found.batch.payments.len();
    let all = found.transferred().map(|(place, _)| place).collect::<Vec<_>>();
    let of_all = general(&report.counts)?;
    let mut said = vec![None; count];
    let mut named = vec![false; count];
    let mut parts = Vec::new();
    let mut parts_named = BTreeSet::new();
    for part in &report.parts {
        let mut members = all.clone();
        if let Some(reference) = &part.reference {
            if !parts_named.insert(reference.is.as_str()) {
                let (line, payment) = (reference.line, reference.is.clone());
                return Err(BankAnswerRefusal::PaymentTwice { line, payment }.into());
            }
            members = found.part(&reference.is).map(|(place, _)| place).collect();
            if members.is_empty() {
                let (line, payment) = (reference.line, reference.is.clone());
                return Err(BankAnswerRefusal::PaymentUnknown { line, payment }.into());
            }
        }
        let of_part = match (general(&part.counts)?, &of_all) {
            (Some(said), Some(all)) => {
                let of = part.reference.as_ref().map_or(&found.batch.reference, |reference| &reference.is);
                must_go_with(all, (&said.code, said.line, of))?;
                Some(said)
            }
            (said, all) => said.or_else(|| all.clone()),
        };
        for place in &members {
            if let Some(slot) = said.get_mut(*place).filter(|slot| slot.is_none()) {
                slot.clone_from(&of_part);
            }
        }
        for line in &part.lines {
            let place = place_of(found, line, &members)?;
            if named.get(place).copied().unwrap_or_default() {
                let (line, payment) = (line.line, line.payment.clone());
                return Err(BankAnswerRefusal::PaymentTwice { line, payment }.into());
            }
            let own = own(line, of_part.as_ref())?;
            if let (Some(slot), Some(named)) = (said.get_mut(place), named.get_mut(place)) {
                (*slot, *named) = (own, true);
            }
        }
        parts.push((members, &part.counts));
    }
    for slot in said.iter_mut().filter(|slot| slot.is_none()) {
        slot.clone_from(&of_all);
    }
    parts.push((all, &report.counts));
    parts.iter().try_for_each(|(members, counts)| must_agree(found, (members, counts), &said))?;
    Ok(said)
}

/// What is said of all payments of a part or a batch.
fn general(counts: &Counts) -> Result<Option<Said>, Refusal> {
    let Some(status) = counts.status.as_ref().filter(|status| status.is != PARTLY) else { return Ok(None) };
    if PaymentStatus::of_bank(&status.is).is_none() {
        return Err(BankAnswerRefusal::Status { line: status.line, status: status.is.clone() }.into());
    }
    Ok(Some(Said { code: status.is.clone(), line: status.line, reason: counts.reason.clone() }))
}

fn place_of(found: &Found<'_>, line: &StatusLine, members: &[usize]) -> Result<usize, Refusal> {
    let at = (line.line, line.payment.as_str());
    let of_part = found.payment(&line.payment).filter(|(place, _)| members.contains(place));
    let (place, payment) =
        of_part.ok_or_else(|| BankAnswerRefusal::PaymentUnknown { line: line.line, payment: line.payment.clone() })?;
    payment.must_be_of((line.amount, line.currency.as_deref()), at)?;
    Ok(place)
}

/// What a line says of its payment: its own, or that of all, which it must not speak against where that is the end of it.
fn own(line: &StatusLine, of_all: Option<&Said>) -> Result<Option<Said>, Refusal> {
    let Some(code) = &line.status else {
        return Ok(of_all.map(|said| Said { line: line.line, ..said.clone() }));
    };
    if PaymentStatus::of_bank(code).is_none() {
        return Err(BankAnswerRefusal::Status { line: line.line, status: code.clone() }.into());
    }
    if let Some(all) = of_all {
        must_go_with(all, (code, line.line, &line.payment))?;
    }
    Ok(Some(Said { code: code.clone(), line: line.line, reason: line.reason.clone() }))
}

/// What is said of some does not speak against what is said of all, where that is the end of it.
fn must_go_with(all: &Said, (code, line, of): (&str, u32, &str)) -> Result<(), Refusal> {
    let of_all = PaymentStatus::of_bank(&all.code).filter(|all| *all >= PaymentStatus::Executed);
    match (of_all, PaymentStatus::of_bank(code)) {
        (Some(all), Some(told)) if all != told => {
            let (payment, told, known) = (of.to_owned(), told.code(), all.code());
            Err(BankAnswerRefusal::Contradicts { line, payment, told, known }.into())
        }
        _ => Ok(()),
    }
}

/// The counts and the total of some payments are what is said of them.
fn must_agree(found: &Found<'_>, (members, counts): (&[usize], &Counts), said: &[Option<Said>]) -> Result<(), Refusal> {
    let differs = |line: u32, told: String, found: String| Err(BankAnswerRefusal::Totals { line, told, found }.into());
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    if let Some(count) = counts.count.as_ref().filter(|count| count.is != number(members.len())) {
        return differs(count.line, format!("{} payments", count.is), members.len().to_string());
    }
    let amounts = members.iter().filter_map(|place| found.batch.payments.get(*place)).map(Payment::transferred);
    let total = Cents::sum(amounts).ok().ok_or(Refusal::AmountTooLarge)?;
    if let Some(told) = counts.total.as_ref().filter(|told| told.is != total) {
        return differs(told.line, format!("a total of {}", told.is), total.to_string());
    }
    for tally in &counts.tallies {
        let is = |place: &&usize| said.get(**place).and_then(Option::as_ref).is_some_and(|is| is.code == tally.status);
        let having = members.iter().filter(is).count();
        if number(having) != tally.count.is {
            return differs(tally.count.line, format!("{} × {}", tally.count.is, tally.status), having.to_string());
        }
    }
    Ok(())
}

impl NewAnswer {
    pub(super) fn recorded(
        self,
        (kind, message): (super::AnswerKind, Option<String>),
        batch: Option<crate::ids::BatchId>,
        (told, items): (Vec<Told>, Vec<UnmatchedItem>),
    ) -> Result<BankAnswer, Refusal> {
        let Self { id, sha256, by, at, .. } = self;
        let returned = Cents::sum(told.iter().map(|told| told.returned)).ok().ok_or(Refusal::AmountTooLarge)?;
        Ok(BankAnswer { id, kind, message, sha256, batch, by, at, told, items, returned })
    }
}

impl BankAnswer {
    pub(super) fn change(&self, permit: &Permit, effect: Effect) -> Change {
        let event = Event::BankAnswerRecorded {
            answer: self.id,
            kind: self.kind.code().to_owned(),
            message: self.message.clone(),
            batch: self.batch,
            sha256: self.sha256.clone(),
            payments: self.told.len(),
            unmatched: self.items.len(),
            returned: self.returned,
        };
        let mut writes = vec![Write::NewBankAnswer(Box::new(self.clone()))];
        writes.extend(effect.writes);
        Change::new(permit, event, writes).with_consequences(effect.events)
    }
}

impl UnmatchedItem {
    /// What came back of an award that has ended: nothing of it is owed again of itself.
    pub(super) fn ended(
        id: UnmatchedItemId,
        (place, line): (u32, u32),
        (side, amount): (Side, Cents),
        (payment, reason): (String, Option<String>),
    ) -> Self {
        Self {
            id,
            place,
            line,
            side,
            amount,
            currency: "HKD".to_owned(),
            on: None,
            payment: Some(payment),
            bank_reference: None,
            reason,
            why: Why::AwardEnded,
        }
    }
}
