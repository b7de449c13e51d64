//! An order as CSV, for a bank's own upload page: RFC 4180, UTF-8 without a mark. No cell is a formula: a holder's name never begins like one.

use super::BankFileError;
use rules::bank_order::BankOrder;
use rules::payee_account::PayeeAccountKind;

const COLUMNS: [&str; 10] =
    ["batch", "payment", "pay_on", "payee", "bank", "account", "fps_id", "currency", "amount", "remittance"];

pub(super) fn write(order: &BankOrder) -> Result<Vec<u8>, BankFileError> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for transfer in &order.transfers {
        let to = &transfer.to;
        let (account, fps_id) = match to.kind {
            PayeeAccountKind::Account => (to.number.as_str(), ""),
            PayeeAccountKind::FpsId => ("", to.number.as_str()),
        };
        csv.write_record([
            order.reference.as_str(),
            &transfer.reference,
            &order.pay_on.to_string(),
            &to.holder,
            to.bank.as_deref().unwrap_or_default(),
            account,
            fps_id,
            "HKD",
            &transfer.amount.to_string(),
            &transfer.remittance,
        ])?;
    }
    csv.into_inner().map_err(|error| BankFileError::Write(error.into_error()))
}
