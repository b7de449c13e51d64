use super::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use rules::bank_order::{Payer, Service, Transfer};
use rules::calendar::Day;
use rules::money::Cents;
use rules::payee_account::{Coordinates, PayeeAccountKind};

fn order() -> BankOrder {
    let transfer = |number: u32, amount: &str, to: Coordinates| Transfer {
        reference: format!("PAY-2026-000007-{number:03}"),
        amount: Cents::parse(amount).unwrap(),
        to,
        remittance: "NIAS-2026-000012 final & last".to_owned(),
    };
    let account = Coordinates {
        kind: PayeeAccountKind::Account,
        holder: "Peak <Labs> & Co \"Limited\"".to_owned(),
        bank: Some("024".to_owned()),
        number: "388123456001".to_owned(),
    };
    let fps = Coordinates {
        kind: PayeeAccountKind::FpsId,
        holder: "港灣機械人有限公司𨋢".to_owned(),
        bank: None,
        number: "1234567".to_owned(),
    };
    BankOrder {
        reference: "PAY-2026-000007".to_owned(),
        released_at: "2026-02-02T16:30:00Z".parse().unwrap(),
        pay_on: Day::parse("2026-02-04").unwrap(),
        payer: Payer {
            name: "Grants Office".to_owned(),
            bank: "004".to_owned(),
            bic: Some("HSBCHKHHHKH".to_owned()),
            account: "123456789838".to_owned(),
            to_accounts: Service { level: Some("NURG".to_owned()), instrument: None },
            to_fps_ids: Service { level: None, instrument: Some("FPS".to_owned()) },
            purpose: None,
            fps_id_type: "SVID".to_owned(),
        },
        transfers: vec![transfer(1, "400000.00", account), transfer(2, "250000.50", fps)],
    }
}

/// What stands in a file, as a path and a text for each leaf.
fn leaves(bytes: &[u8]) -> Vec<String> {
    let (mut reader, mut path, mut found) = (Reader::from_reader(bytes), Vec::new(), Vec::new());
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part.decode().unwrap()),
            Event::GeneralRef(part) => {
                let name = part.decode().unwrap();
                text.push(match &*name {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    other => panic!("{other}"),
                });
            }
            Event::End(_) => {
                if !text.trim().is_empty() {
                    found.push(format!("{} {text}", path[2..].join("/")));
                }
                text.clear();
                path.pop();
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn both_editions_say_the_same_and_differ_where_the_standard_does() {
    let [new, old] = [BankFormat::Pain00100109, BankFormat::Pain00100103].map(|format| {
        let bytes = format.write(&order()).unwrap();
        assert_eq!(bytes, format.write(&order()).unwrap(), "the same order is the same bytes");
        assert!(String::from_utf8_lossy(&bytes).contains(&format!("tech:xsd:{}\"", format.code())));
        leaves(&bytes)
    });
    for leaf in [
        "GrpHdr/MsgId PAY-2026-000007",
        "GrpHdr/CreDtTm 2026-02-03T00:30:00+08:00",
        "GrpHdr/NbOfTxs 2",
        "GrpHdr/CtrlSum 650000.50",
        "GrpHdr/InitgPty/Nm Grants Office",
        "PmtInf/PmtInfId PAY-2026-000007-A",
        "PmtInf/NbOfTxs 1",
        "PmtInf/CtrlSum 400000.00",
        "PmtInf/PmtTpInf/SvcLvl/Cd NURG",
        "PmtInf/PmtInfId PAY-2026-000007-F",
        "PmtInf/CtrlSum 250000.50",
        "PmtInf/PmtTpInf/LclInstrm/Cd FPS",
        "PmtInf/DbtrAcct/Id/Othr/Id 123456789838",
        "PmtInf/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId 004",
        "PmtInf/CdtTrfTxInf/PmtId/EndToEndId PAY-2026-000007-001",
        "PmtInf/CdtTrfTxInf/Amt/InstdAmt 400000.00",
        "PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId 024",
        "PmtInf/CdtTrfTxInf/Cdtr/Nm Peak <Labs> & Co \"Limited\"",
        "PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id 388123456001",
        "PmtInf/CdtTrfTxInf/RmtInf/Ustrd NIAS-2026-000012 final & last",
        "PmtInf/CdtTrfTxInf/Cdtr/Nm 港灣機械人有限公司𨋢",
    ] {
        for leaves in [&new, &old] {
            assert!(leaves.iter().any(|found| found == leaf), "{leaf} is not in {leaves:#?}");
        }
    }
    let only =
        |of: &[String], not: &[String]| of.iter().filter(|leaf| !not.contains(leaf)).cloned().collect::<Vec<_>>();
    assert_eq!(
        only(&new, &old),
        [
            "PmtInf/ReqdExctnDt/Dt 2026-02-04",
            "PmtInf/DbtrAgt/FinInstnId/BICFI HSBCHKHHHKH",
            "PmtInf/ReqdExctnDt/Dt 2026-02-04",
            "PmtInf/DbtrAgt/FinInstnId/BICFI HSBCHKHHHKH",
            "PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id NOTPROVIDED",
            "PmtInf/CdtTrfTxInf/CdtrAcct/Prxy/Tp/Prtry SVID",
            "PmtInf/CdtTrfTxInf/CdtrAcct/Prxy/Id 1234567",
        ]
    );
    assert_eq!(
        only(&old, &new),
        [
            "PmtInf/ReqdExctnDt 2026-02-04",
            "PmtInf/DbtrAgt/FinInstnId/BIC HSBCHKHHHKH",
            "PmtInf/ReqdExctnDt 2026-02-04",
            "PmtInf/DbtrAgt/FinInstnId/BIC HSBCHKHHHKH",
            "PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id 1234567",
            "PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/SchmeNm/Prtry SVID",
        ]
    );
}

#[test]
fn what_the_bank_wants_not_is_left_out() {
    let mut order = order();
    order.payer.to_accounts.level = None;
    (order.payer.bic, order.payer.purpose) = (None, Some("GOVT".to_owned()));
    let leaves = leaves(&BankFormat::Pain00100109.write(&order).unwrap());
    assert!(!leaves.iter().any(|leaf| leaf.contains("SvcLvl") || leaf.contains("BICFI")));
    assert_eq!(leaves.iter().filter(|leaf| *leaf == "PmtInf/CdtTrfTxInf/Purp/Cd GOVT").count(), 2);
}

#[test]
fn a_table_has_a_line_for_each_payment_that_a_strict_reader_takes() {
    let bytes = BankFormat::Csv.write(&order()).unwrap();
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes.as_slice());
    let rows = reader.records().map(|row| row.unwrap().iter().collect::<Vec<_>>().join("|")).collect::<Vec<_>>();
    assert_eq!(
        rows,
        [
            "PAY-2026-000007|PAY-2026-000007-001|2026-02-04|Peak <Labs> & Co \"Limited\"|024|388123456001||HKD|400000.00|NIAS-2026-000012 final & last",
            "PAY-2026-000007|PAY-2026-000007-002|2026-02-04|港灣機械人有限公司𨋢|||1234567|HKD|250000.50|NIAS-2026-000012 final & last",
        ]
    );
}

#[test]
fn an_order_is_not_printed_and_more_than_can_be_held_makes_no_file() {
    let mut order = order();
    assert_eq!(
        format!("{order:?} {:?}", order.transfers[0]),
        r#"BankOrder("PAY-2026-000007") Transfer("PAY-2026-000007-001", Cents(40000000))"#
    );
    order.transfers[0].amount = Cents::new(i64::MAX);
    assert!(matches!(BankFormat::Pain00100109.write(&order), Err(BankFileError::Money(_))));
}

/// `ISO_20022_XSD` names the folder with the schemas of ISO 20022, which are published and not ours to copy.
#[test]
fn the_published_schemas_take_both_editions_where_they_are_at_hand() {
    let Some(folder) = std::env::var_os("ISO_20022_XSD").map(std::path::PathBuf::from) else { return };
    for format in [BankFormat::Pain00100109, BankFormat::Pain00100103] {
        let schema = folder.join(format!("{}.xsd", format.code()));
        let (whole, file) = (format.write(&order()).unwrap(), tempfile::NamedTempFile::new().unwrap());
        let broken = String::from_utf8(whole.clone()).unwrap().replace("<PmtMtd>TRF", "<PmtMtd>TRANSFER").into_bytes();
        for (bytes, taken) in [(whole, true), (broken, false)] {
            std::fs::write(file.path(), bytes).unwrap();
            let mut xmllint = std::process::Command::new("xmllint");
            let checked = xmllint.args(["--nonet", "--noout", "--schema"]).arg(&schema).arg(file.path()).output();
            let checked = checked.unwrap();
            let told = String::from_utf8_lossy(&checked.stderr);
            assert_eq!(checked.status.success(), taken, "{}: {told}", format.code());
        }
    }
}
