//! What a bank is told to pay: the payments of a released batch with where each of them goes. Decided in docs/decisions/0043.

use crate::batch::{Batch, BatchState};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{BatchId, PayeeAccountId};
use crate::money::{Cents, MoneyError};
use crate::payee_account::{Coordinates, PayeeAccountKind};
use crate::permission::Permit;
use crate::refusal::{BankFileRefusal, Refusal};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fmt;

/// Who pays, and what their bank wants to be told in which words. None of it is in a standard for Hong Kong, so all of it is settings.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Payer {
    /// The name under which the bank knows the agency.
    pub name: String,
    /// The three digits of its bank.
    pub bank: String,
    /// The BIC of its bank; none where the bank wants none.
    pub bic: Option<String>,
    /// The digits of its account there.
    pub account: String,
    /// By which service it pays to accounts.
    pub to_accounts: Service,
    /// By which service it pays to FPS identifiers.
    pub to_fps_ids: Service,
    /// The code of a purpose; none where the bank wants none.
    pub purpose: Option<String>,
    /// What the bank calls an identifier of the FPS.
    pub fps_id_type: String,
}

/// What a bank wants to be told of the way in which payments go; none of each where it wants none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The code of a level of service.
    pub level: Option<String>,
    /// The code of a local instrument.
    pub instrument: Option<String>,
}

/// One payment.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// By what it is known from here to the payee and back; of its kind once in the house.
    pub reference: String,
    /// How much.
    pub amount: Cents,
    /// Where it goes.
    pub to: Coordinates,
    /// What the payee reads of it.
    pub remittance: String,
}

/// Everything that a bank is told of one batch. It is never printed: it holds accounts in the clear.
#[derive(Clone, PartialEq, Eq)]
pub struct BankOrder {
    /// The reference of the batch, by which a bank knows one that it has had already.
    pub reference: String,
    /// When the batch was released.
    pub released_at: DateTime<Utc>,
    /// The day on which the bank is to pay.
    pub pay_on: Day,
    /// Who pays.
    pub payer: Payer,
    /// The payments, in their order.
    pub transfers: Vec<Transfer>,
}

impl fmt::Debug for Payer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Payer").field(&self.name).finish()
    }
}

impl fmt::Debug for Transfer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Transfer").field(&self.reference).field(&self.amount).finish()
    }
}

impl fmt::Debug for BankOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("BankOrder").field(&self.reference).finish()
    }
}

impl BankOrder {
    /// The control total.
    ///
    /// # Errors
    /// When it cannot be held.
    pub fn total(&self) -> Result<Cents, MoneyError> {
        Cents::sum(self.transfers.iter().map(|transfer| transfer.amount))
    }
}

/// By what a payment of a batch is known, from here to the payee and back: its place in the batch, which never changes.
#[must_use]
pub fn payment_reference(batch: &str, place: usize) -> String {
    format!("{batch}-{:03}", place.saturating_add(1))
}

/// By what the payments of a batch that go one way are known together: each way is a part of its own, since a bank wants other codes for it.
#[must_use]
pub fn part_reference(batch: &str, kind: PayeeAccountKind) -> String {
    let suffix = match kind {
        PayeeAccountKind::Account => 'A',
        PayeeAccountKind::FpsId => 'F',
    };
    format!("{batch}-{suffix}")
}

/// The order of a batch that was released; `opened` are the accounts that it pays to, and `remittances` what each payee reads.
///
/// # Errors
/// When it was not released, all of it is set off, or a payment is from before accounts were kept.
pub fn order(
    batch: &Batch,
    payer: &Payer,
    opened: &BTreeMap<PayeeAccountId, Coordinates>,
    remittances: &[String],
) -> Result<BankOrder, Refusal> {
    let reference = || batch.reference.clone();
    let (BatchState::Released, Some((_, released_at))) = (batch.state, batch.released) else {
        return Err(BankFileRefusal::NotReleased { reference: reference() }.into());
    };
    let missing = || BankFileRefusal::NoAccount { reference: reference() };
    let pay_on = batch.pay_on.ok_or_else(missing)?;
    let payments = batch.payments.iter().enumerate().zip(remittances);
    let transferred = payments.filter(|((_, payment), _)| payment.transferred() > Cents::ZERO);
    let transfers = transferred.map(|((place, payment), remittance)| {
        let to = payment.account.and_then(|account| opened.get(&account)).ok_or_else(missing)?.clone();
        let (reference, remittance) = (payment_reference(&batch.reference, place), remittance.clone());
        Ok(Transfer { reference, amount: payment.transferred(), to, remittance })
    });
    let transfers = transfers.collect::<Result<Vec<_>, Refusal>>()?;
    if transfers.is_empty() {
        return Err(BankFileRefusal::NothingTransferred { reference: reference() }.into());
    }
    Ok(BankOrder { reference: reference(), released_at, pay_on, payer: payer.clone(), transfers })
}

/// A file that a bank may have been given: its hash, and not itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankFile {
    /// Of which batch.
    pub batch: BatchId,
    /// In which format.
    pub format: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Somebody of finance takes the file of a batch. The first one is the one for ever: `kept`, where there is one.
///
/// # Errors
/// When it would be another file than was taken before, or one in another format.
pub fn take(permit: &Permit, file: BankFile, kept: Option<&BankFile>) -> Result<Change, Refusal> {
    match kept {
        Some(kept) if kept.format != file.format => {
            return Err(BankFileRefusal::OtherFormat { format: kept.format.clone() }.into());
        }
        Some(kept) if kept.sha256 != file.sha256 => return Err(BankFileRefusal::Changed.into()),
        _ => {}
    }
    let BankFile { batch, format, sha256 } = file.clone();
    let event = Event::BankFileTaken { batch, format, sha256 };
    let writes = if kept.is_none() { vec![Write::NewBankFile(file)] } else { Vec::new() };
    Ok(Change::new(permit, event, writes))
}
