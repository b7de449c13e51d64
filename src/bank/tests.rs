//! Files as banks write them, and what is read in them; and files that are none, with the line that says so.

use super::*;
use rules::bank_answer::{AnswerKind, Side};
use rules::calendar::Day;

const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03">
  <CstmrPmtStsRpt>
    <GrpHdr>
      <MsgId>HK-BANK-77</MsgId>
      <CreDtTm>2026-02-12T09:00:00</CreDtTm>
    </GrpHdr>
    <OrgnlGrpInfAndSts>
      <OrgnlMsgId>PAY-2026-000007</OrgnlMsgId>
      <OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>
      <OrgnlNbOfTxs>3</OrgnlNbOfTxs>
      <OrgnlCtrlSum>22500000</OrgnlCtrlSum>
      <GrpSts>PART</GrpSts>
      <NbOfTxsPerSts>
        <DtldNbOfTxs>1</DtldNbOfTxs>
        <DtldSts>RJCT</DtldSts>
      </NbOfTxsPerSts>
    </OrgnlGrpInfAndSts>
    <OrgnlPmtInfAndSts>
      <OrgnlPmtInfId>PAY-2026-000007-A</OrgnlPmtInfId>
      <PmtInfSts>PART</PmtInfSts>
      <TxInfAndSts>
        <OrgnlEndToEndId>PAY-2026-000007-001</OrgnlEndToEndId>
        <TxSts>ACSC</TxSts>
      </TxInfAndSts>
      <TxInfAndSts>
        <OrgnlEndToEndId>PAY-2026-000007-002</OrgnlEndToEndId>
        <TxSts>RJCT</TxSts>
        <StsRsnInf>
          <Rsn><Cd>AC01</Cd></Rsn>
          <AddtlInf>account 123-456789-001 unknown &amp; closed</AddtlInf>
        </StsRsnInf>
        <OrgnlTxRef>
          <Amt><InstdAmt Ccy="HKD">7500000.00</InstdAmt></Amt>
        </OrgnlTxRef>
      </TxInfAndSts>
    </OrgnlPmtInfAndSts>
  </CstmrPmtStsRpt>
</Document>
"#;

const STATEMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<b:Document xmlns:b="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
 <b:BkToCstmrStmt>
  <b:GrpHdr><b:MsgId>S-1</b:MsgId></b:GrpHdr>
  <b:Stmt>
   <b:Bal><b:Tp><b:CdOrPrtry><b:Cd>OPBD</b:Cd></b:CdOrPrtry></b:Tp><b:Amt Ccy="HKD">1000.5</b:Amt><b:CdtDbtInd>CRDT</b:CdtDbtInd></b:Bal>
   <b:Bal><b:Tp><b:CdOrPrtry><b:Cd>CLBD</b:Cd></b:CdOrPrtry></b:Tp><b:Amt Ccy="HKD">940.50</b:Amt><b:CdtDbtInd>CRDT</b:CdtDbtInd></b:Bal>
   <b:TxsSummry>
    <b:TtlNtries><b:NbOfNtries>2</b:NbOfNtries><b:Sum>140</b:Sum></b:TtlNtries>
    <b:TtlCdtNtries><b:NbOfNtries>1</b:NbOfNtries><b:Sum>40</b:Sum></b:TtlCdtNtries>
   </b:TxsSummry>
   <b:Ntry>
    <b:Amt Ccy="HKD">100.00</b:Amt>
    <b:CdtDbtInd>DBIT</b:CdtDbtInd>
    <b:Sts><b:Cd>BOOK</b:Cd></b:Sts>
    <b:BookgDt><b:DtTm>2026-02-12T10:00:00+08:00</b:DtTm></b:BookgDt>
    <b:NtryDtls>
     <b:Btch><b:PmtInfId>PAY-2026-000007-A</b:PmtInfId><b:TtlAmt Ccy="HKD">100.00</b:TtlAmt></b:Btch>
    </b:NtryDtls>
   </b:Ntry>
   <b:Ntry>
    <b:Amt Ccy="HKD">40.00</b:Amt>
    <b:CdtDbtInd>CRDT</b:CdtDbtInd>
    <b:Sts><b:Cd>BOOK</b:Cd></b:Sts>
    <b:BookgDt><b:Dt>2026-02-13</b:Dt></b:BookgDt>
    <b:NtryDtls>
     <b:TxDtls>
      <b:Refs><b:AcctSvcrRef>R-9</b:AcctSvcrRef><b:EndToEndId>PAY-2026-000007-002</b:EndToEndId></b:Refs>
      <b:Amt Ccy="HKD">40.00</b:Amt>
      <b:RtrInf><b:Rsn><b:Cd>AC04</b:Cd></b:Rsn></b:RtrInf>
     </b:TxDtls>
    </b:NtryDtls>
   </b:Ntry>
  </b:Stmt>
 </b:BkToCstmrStmt>
</b:Document>
"#;

fn cents(text: &str) -> Cents {
    Cents::parse(text).unwrap()
}

#[test]
fn a_status_report_is_read_in_both_editions_with_its_lines() {
    let newer = REPORT.replace("pain.002.001.03", "pain.002.001.10");
    for text in [REPORT, &newer] {
        let report = report(Form::Xml, text.as_bytes()).unwrap();
        assert_eq!((report.kind, report.message.as_deref()), (AnswerKind::StatusReport, Some("HK-BANK-77")));
        assert_eq!((report.batch.line, report.batch.is.as_str()), (9, "PAY-2026-000007"));
        let counts = &report.counts;
        assert_eq!(counts.count.as_ref().map(|count| (count.line, count.is)), Some((11, 3)));
        assert_eq!(counts.total.as_ref().map(|total| (total.line, total.is)), Some((12, cents("22500000.00"))));
        assert_eq!(counts.status.as_ref().map(|status| status.is.as_str()), Some("PART"));
        assert_eq!(
            counts.tallies.iter().map(|tally| (tally.status.as_str(), tally.count.is)).collect::<Vec<_>>(),
            [("RJCT", 1)]
        );
        let [part] = report.parts.as_slice() else { panic!("{report:?}") };
        assert_eq!(part.reference.as_ref().map(|part| part.is.as_str()), Some("PAY-2026-000007-A"));
        let lines = part.lines.iter().map(|line| {
            (line.line, line.payment.as_str(), line.status.as_deref(), line.reason.as_deref(), line.amount)
        });
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                (22, "PAY-2026-000007-001", Some("ACSC"), None, None),
                (26, "PAY-2026-000007-002", Some("RJCT"), Some("AC01"), Some(cents("7500000.00"))),
            ]
        );
        assert!(!format!("{report:?}").contains("123-456789"), "what a bank says in words is not read");
    }
}

#[test]
fn a_statement_is_read_with_any_prefix_in_each_edition() {
    let older =
        STATEMENT.replace("001.08", "001.02").replace("<b:Sts><b:Cd>BOOK</b:Cd></b:Sts>", "<b:Sts>BOOK</b:Sts>");
    let older = older.replace(
        "<b:Amt Ccy=\"HKD\">40.00</b:Amt>\n      <b:RtrInf>",
        "<b:AmtDtls><b:TxAmt><b:Amt Ccy=\"HKD\">40.00</b:Amt></b:TxAmt></b:AmtDtls><b:RtrInf>",
    );
    let notice = STATEMENT.replace("camt.053", "camt.054").replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn");
    let notice = notice.replace("b:Stmt>", "b:Ntfctn>");
    let entry = STATEMENT.lines().position(|line| line.contains("<b:Ntry>")).unwrap() + 1;
    let unknown = statement(Form::Xml, STATEMENT.replacen(">BOOK<", ">BOOKED<", 1).as_bytes()).unwrap_err();
    assert!(unknown.to_string().starts_with(&format!("line {entry}: ")), "{unknown}");
    for (text, kind) in
        [(STATEMENT, AnswerKind::Statement), (&older, AnswerKind::Statement), (&notice, AnswerKind::Notification)]
    {
        let statement = statement(Form::Xml, text.as_bytes()).unwrap();
        assert_eq!((statement.kind, statement.message.as_deref()), (kind, Some("S-1")));
        let [account] = statement.accounts.as_slice() else { panic!("{statement:?}") };
        let held = [&account.opening, &account.closing].map(|held| held.as_ref().map(|held| held.is));
        assert_eq!(held, [Some((Side::Credit, cents("1000.50"))), Some((Side::Credit, cents("940.50")))]);
        let sums = account.sums.iter().map(|sum| (sum.side, sum.count, sum.amount)).collect::<Vec<_>>();
        assert_eq!(sums, [(None, Some(2), Some(cents("140.00"))), (Some(Side::Credit), Some(1), Some(cents("40.00")))]);
        let [debit, credit] = account.entries.as_slice() else { panic!("{account:?}") };
        assert_eq!(
            (debit.line, debit.side, debit.is_booked, debit.on),
            (12, Side::Debit, true, Day::parse("2026-02-12").ok())
        );
        let part = &debit.details[0];
        assert_eq!((part.part.as_deref(), part.payment.as_deref()), (Some("PAY-2026-000007-A"), None));
        let back = &credit.details[0];
        assert_eq!((back.line, back.payment.as_deref()), (27, Some("PAY-2026-000007-002")));
        assert_eq!((back.reason.as_deref(), back.bank_reference.as_deref()), (Some("AC04"), Some("R-9")));
        assert_eq!(back.amount, Some((cents("40.00"), "HKD".to_owned())));
    }
}

#[test]
fn tables_are_read_with_a_line_for_each() {
    let report = report(
        Form::Csv,
        b"\xef\xbb\xbfbatch,payment,status,reason,amount,currency\r\nPAY-1,PAY-1-001,ACSC,,,\r\nPAY-1,\"PAY-1-002\",RJCT,AC01,75.50,HKD\r\n",
    );
    let report = report.unwrap();
    assert_eq!((report.batch.line, report.batch.is.as_str(), report.message), (2, "PAY-1", None));
    let lines = report.parts[0].lines.iter().map(|line| (line.line, line.payment.as_str(), line.amount));
    assert_eq!(lines.collect::<Vec<_>>(), [(2, "PAY-1-001", None), (3, "PAY-1-002", Some(cents("75.50")))]);
    let text = "payment,side,amount,currency,booked_on,reason,bank_reference\nPAY-1-002,credit,40,HKD,2026-02-13,AC04,R-9\n,debit,12.00,HKD,,,\n";
    let statement = statement(Form::Csv, text.as_bytes()).unwrap();
    let entries = statement.accounts[0].entries.iter();
    let entries = entries.map(|entry| (entry.line, entry.side, entry.amount, entry.details[0].payment.as_deref()));
    assert_eq!(
        entries.collect::<Vec<_>>(),
        [(2, Side::Credit, cents("40.00"), Some("PAY-1-002")), (3, Side::Debit, cents("12.00"), None)]
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let deep = format!("<Document>{}{}</Document>", "<a>".repeat(40), "</a>".repeat(40));
    let bomb = REPORT
        .replace("<Document", "<!DOCTYPE d [<!ENTITY a \"b\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\n<Document");
    let changed = |from: &str, to: &str| REPORT.replacen(from, to, 1);
    for (text, line) in [
        (String::new(), 1),
        ("no xml at all".to_owned(), 1),
        (REPORT.trim_end().trim_end_matches("</Document>").to_owned(), 39),
        (changed("</MsgId>", "</MsgID>"), 5),
        (bomb, 2),
        (deep, 1),
        (changed("HK-BANK-77", "&bank;"), 5),
        (changed("pain.002.001.03", "pain.002.001.02"), 2),
        (changed("<MsgId>HK-BANK-77</MsgId>", ""), 3),
        (changed("HK-BANK-77", &"7".repeat(36)), 5),
        (changed(">3<", ">three<"), 11),
        (changed("22500000", "2,250"), 12),
        (changed("Ccy=\"HKD\"", ""), 34),
        (changed("7500000.00", "7500000.005"), 34),
        (changed("<OrgnlEndToEndId>PAY-2026-000007-001</OrgnlEndToEndId>", ""), 22),
    ] {
        let refusal = report(Form::Xml, text.as_bytes()).unwrap_err();
        assert_eq!(refusal.code(), "bank_answer.malformed", "{text}");
        assert!(refusal.to_string().starts_with(&format!("line {line}: ")), "{refusal}");
    }
    let header = "payment,side,amount,currency,booked_on,reason,bank_reference\n";
    for (rows, line) in [
        ("", 0),
        ("P,credit,40,HKD,2026-02-13,AC04", 2),
        ("P,in,40,HKD,,,", 2),
        ("P,credit,40.005,HKD,,,", 2),
        ("P,credit,-40,HKD,,,", 2),
        ("P,credit,40,Dollars,,,", 2),
        ("P,credit,40,HKD,13/02/2026,,", 2),
        ("P,credit,40,HKD,,,\nP\u{1},credit,40,HKD,,,", 3),
    ] {
        let read = statement(Form::Csv, format!("{header}{rows}\n").as_bytes());
        match (read, line) {
            (Ok(_), 0) => {}
            (read, line) => {
                let refusal = read.unwrap_err();
                assert!(refusal.to_string().starts_with(&format!("line {line}: ")), "{rows}: {refusal}");
            }
        }
    }
    let refusal = statement(Form::Csv, b"payment,side\n\xff").unwrap_err();
    assert!(refusal.to_string().starts_with("line 2: write UTF-8"), "{refusal}");
    let many = format!("{header}{}", "P,credit,40,HKD,,,\n".repeat(LINES_MAX + 1));
    assert_eq!(statement(Form::Csv, many.as_bytes()).unwrap_err().code(), "bank_answer.malformed");
}

#[test]
fn a_reason_that_may_hold_an_account_is_left_out() {
    for (text, kept) in
        [("AC01", true), ("MS-03.x", true), ("123456789001", false), ("account closed", false), ("", false)]
    {
        assert_eq!(reason(text).is_some(), kept, "{text}");
    }
}

/// `ISO_20022_XSD` names the folder with the schemas of ISO 20022, which are published and not ours to copy.
#[test]
fn the_published_schema_takes_the_report_that_is_read_here() {
    let Some(folder) = std::env::var_os("ISO_20022_XSD").map(std::path::PathBuf::from) else { return };
    let schema = folder.join("pain.002.001.03.xsd");
    if !schema.exists() {
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    for (text, taken) in [(REPORT.to_owned(), true), (REPORT.replace(">RJCT<", ">REJECTED<"), false)] {
        std::fs::write(file.path(), text).unwrap();
        let mut xmllint = std::process::Command::new("xmllint");
        let checked = xmllint.args(["--nonet", "--noout", "--schema"]).arg(&schema).arg(file.path()).output().unwrap();
        assert_eq!(checked.status.success(), taken, "{}", String::from_utf8_lossy(&checked.stderr));
    }
}
