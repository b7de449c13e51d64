//! An order as ISO 20022 pain.001, in two editions. They differ in three places: how a BIC and a day are wrapped, and where an identifier of
//! the FPS stands. What no standard settles for Hong Kong comes with the payer.

use super::BankFileError;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use rules::bank_order::{BankOrder, Payer, Service, Transfer, part_reference};
use rules::calendar::hong_kong;
use rules::money::Cents;
use rules::payee_account::{Coordinates, PayeeAccountKind};
use std::io::Result;

/// Which edition of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edition {
    /// pain.001.001.03
    Of2009,
    /// pain.001.001.09
    Of2019,
}

/// The code of the clearing system of Hong Kong in the external code list of ISO 20022.
const CLEARING_SYSTEM: &str = "HKNCC";
/// Where the account of a proxy would stand, which the edition of 2019 cannot leave out.
const NOT_PROVIDED: &str = "NOTPROVIDED";
/// The ways in which payments go, in the order of their parts.
const KINDS: [PayeeAccountKind; 2] = [PayeeAccountKind::Account, PayeeAccountKind::FpsId];
/// The most characters of what a payee reads.
const REMITTANCE_CHARACTERS_MAX: usize = 140;

type Xml = Writer<Vec<u8>>;

pub(super) fn write(edition: Edition, order: &BankOrder) -> std::result::Result<Vec<u8>, BankFileError> {
    let namespace = match edition {
        Edition::Of2009 => "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03",
        Edition::Of2019 => "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
    };
    let total = order.total()?;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("Document").with_attribute(("xmlns", namespace)).write_inner_content(|xml| {
        nest(xml, "CstmrCdtTrfInitn", |xml| {
            header(xml, order, total)?;
            KINDS.into_iter().try_for_each(|kind| payments(xml, edition, order, kind))
        })
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn header(xml: &mut Xml, order: &BankOrder, total: Cents) -> Result<()> {
    nest(xml, "GrpHdr", |xml| {
        leaf(xml, "MsgId", &order.reference)?;
        leaf(
            xml,
            "CreDtTm",
            &order.released_at.with_timezone(&hong_kong()).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        )?;
        totals(xml, order.transfers.len(), total)?;
        nest(xml, "InitgPty", |xml| leaf(xml, "Nm", &order.payer.name))
    })
}

fn totals(xml: &mut Xml, count: usize, total: Cents) -> Result<()> {
    leaf(xml, "NbOfTxs", &count.to_string())?;
    leaf(xml, "CtrlSum", &total.to_string())
}

/// What is paid in one way, in a part of its own: a bank wants other codes for each. Nothing where nothing is.
fn payments(xml: &mut Xml, edition: Edition, order: &BankOrder, kind: PayeeAccountKind) -> Result<()> {
    let payer = &order.payer;
    let service = match kind {
        PayeeAccountKind::Account => &payer.to_accounts,
        PayeeAccountKind::FpsId => &payer.to_fps_ids,
    };
    let transfers = || order.transfers.iter().filter(|transfer| transfer.to.kind == kind);
    let (count, total) = (transfers().count(), Cents::sum(transfers().map(|transfer| transfer.amount)));
    if count == 0 {
        return Ok(());
    }
    nest(xml, "PmtInf", |xml| {
        leaf(xml, "PmtInfId", &part_reference(&order.reference, kind))?;
        leaf(xml, "PmtMtd", "TRF")?;
        leaf(xml, "BtchBookg", "true")?;
        totals(xml, count, total.map_err(std::io::Error::other)?)?;
        payment_type(xml, service)?;
        let pay_on = order.pay_on.to_string();
        match edition {
            Edition::Of2009 => leaf(xml, "ReqdExctnDt", &pay_on)?,
            Edition::Of2019 => nest(xml, "ReqdExctnDt", |xml| leaf(xml, "Dt", &pay_on))?,
        }
        debtor(xml, edition, payer)?;
        leaf(xml, "ChrgBr", "SHAR")?;
        transfers().try_for_each(|transfer| payment(xml, edition, transfer, payer))
    })
}

/// By which service it is paid, as far as the bank wants to be told.
fn payment_type(xml: &mut Xml, service: &Service) -> Result<()> {
    let Service { level, instrument } = service;
    if level.is_none() && instrument.is_none() {
        return Ok(());
    }
    nest(xml, "PmtTpInf", |xml| {
        if let Some(level) = level {
            nest(xml, "SvcLvl", |xml| leaf(xml, "Cd", level))?;
        }
        match instrument {
            Some(instrument) => nest(xml, "LclInstrm", |xml| leaf(xml, "Cd", instrument)),
            None => Ok(()),
        }
    })
}

fn debtor(xml: &mut Xml, edition: Edition, payer: &Payer) -> Result<()> {
    nest(xml, "Dbtr", |xml| leaf(xml, "Nm", &payer.name))?;
    nest(xml, "DbtrAcct", |xml| {
        nest(xml, "Id", |xml| nest(xml, "Othr", |xml| leaf(xml, "Id", &payer.account)))?;
        leaf(xml, "Ccy", "HKD")
    })?;
    nest(xml, "DbtrAgt", |xml| {
        nest(xml, "FinInstnId", |xml| {
            if let Some(bic) = &payer.bic {
                leaf(xml, if edition == Edition::Of2009 { "BIC" } else { "BICFI" }, bic)?;
            }
            member(xml, &payer.bank)
        })
    })
}

/// A bank, by its three digits.
fn member(xml: &mut Xml, bank: &str) -> Result<()> {
    nest(xml, "ClrSysMmbId", |xml| {
        nest(xml, "ClrSysId", |xml| leaf(xml, "Cd", CLEARING_SYSTEM))?;
        leaf(xml, "MmbId", bank)
    })
}

fn payment(xml: &mut Xml, edition: Edition, transfer: &Transfer, payer: &Payer) -> Result<()> {
    let to = &transfer.to;
    nest(xml, "CdtTrfTxInf", |xml| {
        nest(xml, "PmtId", |xml| {
            leaf(xml, "InstrId", &transfer.reference)?;
            leaf(xml, "EndToEndId", &transfer.reference)
        })?;
        nest(xml, "Amt", |xml| {
            let amount = xml.create_element("InstdAmt").with_attribute(("Ccy", "HKD"));
            amount.write_text_content(BytesText::new(&transfer.amount.to_string())).map(drop)
        })?;
        if let Some(bank) = &to.bank {
            nest(xml, "CdtrAgt", |xml| nest(xml, "FinInstnId", |xml| member(xml, bank)))?;
        }
        nest(xml, "Cdtr", |xml| leaf(xml, "Nm", &to.holder))?;
        nest(xml, "CdtrAcct", |xml| creditor_account(xml, edition, to, payer))?;
        if let Some(purpose) = &payer.purpose {
            nest(xml, "Purp", |xml| leaf(xml, "Cd", purpose))?;
        }
        let remittance = transfer.remittance.chars().take(REMITTANCE_CHARACTERS_MAX).collect::<String>();
        nest(xml, "RmtInf", |xml| leaf(xml, "Ustrd", &remittance))
    })
}

fn creditor_account(xml: &mut Xml, edition: Edition, to: &Coordinates, payer: &Payer) -> Result<()> {
    let number = match (to.kind, edition) {
        (PayeeAccountKind::FpsId, Edition::Of2019) => NOT_PROVIDED,
        _ => to.number.as_str(),
    };
    nest(xml, "Id", |xml| {
        nest(xml, "Othr", |xml| {
            leaf(xml, "Id", number)?;
            match (to.kind, edition) {
                (PayeeAccountKind::FpsId, Edition::Of2009) => {
                    nest(xml, "SchmeNm", |xml| leaf(xml, "Prtry", &payer.fps_id_type))
                }
                _ => Ok(()),
            }
        })
    })?;
    match (to.kind, edition) {
        (PayeeAccountKind::FpsId, Edition::Of2019) => nest(xml, "Prxy", |xml| {
            nest(xml, "Tp", |xml| leaf(xml, "Prtry", &payer.fps_id_type))?;
            leaf(xml, "Id", &to.number)
        }),
        _ => Ok(()),
    }
}

fn nest(xml: &mut Xml, name: &str, inner: impl FnOnce(&mut Xml) -> Result<()>) -> Result<()> {
    xml.create_element(name).write_inner_content(inner).map(drop)
}

fn leaf(xml: &mut Xml, name: &str, text: &str) -> Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text)).map(drop)
}
