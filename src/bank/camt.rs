//! What happened on accounts as ISO 20022 camt.053 and camt.054, each in two editions. They differ in where a status and an amount stand.

use super::xml::{Node, read as read_xml};
use super::{malformed, reason, reference};
use rules::bank_answer::{AnswerKind, At, Booked, Detail, Entries, Entry, Side, Statement, Sum};
use rules::refusal::Refusal;

/// Where each message begins.
const MESSAGES: [(&str, AnswerKind, &str, &str); 4] = [
    ("camt.053.001.02", AnswerKind::Statement, "BkToCstmrStmt", "Stmt"),
    ("camt.053.001.08", AnswerKind::Statement, "BkToCstmrStmt", "Stmt"),
    ("camt.054.001.02", AnswerKind::Notification, "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    ("camt.054.001.08", AnswerKind::Notification, "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
];

pub(super) fn read(text: &str) -> Result<Statement, Refusal> {
    let (document, namespace) = read_xml(text)?;
    let edition = namespace.strip_prefix("urn:iso:std:iso:20022:tech:xsd:").unwrap_or_default();
    let message = MESSAGES.iter().find(|(known, ..)| *known == edition);
    let known = || malformed(document.line, "send a camt.053 or camt.054 of 001.02 or 001.08, and say so in xmlns");
    let (_, kind, body, account) = message.ok_or_else(known)?;
    let body = document.must(&[body])?;
    let id = body.must(&["GrpHdr", "MsgId"])?;
    Ok(Statement {
        kind: *kind,
        message: Some(reference(id.line, id.text())?),
        accounts: body.all(account).map(entries).collect::<Result<_, _>>()?,
    })
}

fn entries(account: &Node) -> Result<Entries, Refusal> {
    let balance = |codes: &[&str]| {
        let is = |node: &&Node| node.text_at(&["Tp", "CdOrPrtry", "Cd"]).is_some_and(|code| codes.contains(&code));
        account.all("Bal").find(is).map(held).transpose()
    };
    let mut sums = Vec::new();
    let summary = account.child("TxsSummry");
    for (name, side) in [("TtlNtries", None), ("TtlCdtNtries", Some(Side::Credit)), ("TtlDbtNtries", Some(Side::Debit))]
    {
        let Some(node) = summary.and_then(|summary| summary.child(name)) else { continue };
        let count = node.child("NbOfNtries").map(Node::number).transpose()?.map(|count| count.is);
        let amount = node.child("Sum").map(Node::amount).transpose()?.map(|sum| sum.is);
        sums.push(Sum { line: node.line, side, count, amount });
    }
    Ok(Entries {
        opening: balance(&["OPBD", "PRCD"])?,
        closing: balance(&["CLBD"])?,
        sums,
        entries: account.all("Ntry").map(entry).collect::<Result<_, _>>()?,
    })
}

fn held(balance: &Node) -> Result<Booked, Refusal> {
    let (amount, _) = balance.must(&["Amt"])?.money()?;
    Ok(At { line: balance.line, is: (side(balance)?, amount) })
}

fn side(node: &Node) -> Result<Side, Refusal> {
    let said = node.must(&["CdtDbtInd"])?;
    match said.text() {
        "CRDT" => Ok(Side::Credit),
        "DBIT" => Ok(Side::Debit),
        _ => Err(malformed(said.line, "write CRDT or DBIT")),
    }
}

fn entry(node: &Node) -> Result<Entry, Refusal> {
    let (amount, currency) = node.must(&["Amt"])?.money()?;
    let status = node.must(&["Sts"])?;
    let status = status.text_at(&["Cd"]).unwrap_or_else(|| status.text());
    if !matches!(status, "BOOK" | "PDNG" | "INFO" | "FUTR") {
        return Err(malformed(node.line, "write BOOK, PDNG, INFO or FUTR as the status of an entry"));
    }
    let mut details = Vec::new();
    for of_entry in node.all("NtryDtls") {
        let transactions = of_entry.all("TxDtls").map(detail).collect::<Result<Vec<_>, _>>()?;
        let batch = of_entry.child("Batch").or_else(|| of_entry.child("Btch"));
        match batch.filter(|_| transactions.is_empty()) {
            Some(batch) => details.push(Detail {
                line: batch.line,
                part: batch.reference_at(&["PmtInfId"])?,
                amount: batch.child("TtlAmt").map(Node::money).transpose()?,
                ..Detail::default()
            }),
            None => details.extend(transactions),
        }
    }
    Ok(Entry {
        line: node.line,
        side: side(node)?,
        is_reversal: node.text_at(&["RvslInd"]).is_some_and(|said| matches!(said, "true" | "1")),
        is_booked: status == "BOOK",
        amount,
        currency,
        on: node.child("BookgDt").or_else(|| node.child("ValDt")).map(Node::day).transpose()?,
        bank_reference: node.reference_at(&["AcctSvcrRef"])?,
        details,
    })
}

fn detail(node: &Node) -> Result<Detail, Refusal> {
    let ways: [&[&str]; 3] = [&["Amt"], &["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "InstdAmt", "Amt"]];
    let amount = ways.iter().find_map(|way| node.at(way)).map(Node::money).transpose()?;
    let why = [["RtrInf", "Rsn", "Cd"], ["RtrInf", "Rsn", "Prtry"]];
    let end_to_end = node.reference_at(&["Refs", "EndToEndId"])?.filter(|id| id != "NOTPROVIDED");
    Ok(Detail {
        line: node.line,
        payment: end_to_end,
        part: node.reference_at(&["Refs", "PmtInfId"])?,
        amount,
        reason: why.iter().find_map(|way| node.text_at(way)).and_then(reason),
        bank_reference: node.reference_at(&["Refs", "AcctSvcrRef"])?,
    })
}
