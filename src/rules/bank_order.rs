//! What a bank is told to pay: the payments of a released batch with where each of them goes. Decided in docs/decisions/0043.

use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use crate::payee_account::Coordinates;
use chrono::{DateTime, Utc};
use std::fmt;

/// Who pays, and what their bank wants to be told in which words. None of it is in a standard for Hong Kong, so all of it is settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payer {
    /// The name under which the bank knows the agency.
    pub name: String,
    /// The three digits of its bank.
    pub bank: String,
    /// The BIC of its bank; none where the bank wants none.
    pub bic: Option<String>,
    /// The digits of its account there.
    pub account: String,
    /// The code of a level of service; none where the bank wants none.
    pub service_level: Option<String>,
    /// The code of a purpose; none where the bank wants none.
    pub purpose: Option<String>,
    /// What the bank calls an identifier of the FPS.
    pub fps_id_type: String,
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
