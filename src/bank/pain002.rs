//! The status of a batch as ISO 20022 pain.002, in two editions, which say what is read here in the same elements.

use super::xml::{Node, read as read_xml};
use super::{malformed, reason, reference};
use rules::bank_answer::{AnswerKind, At, Counts, Part, Report, StatusLine, Tally};
use rules::refusal::Refusal;

/// The editions that are read.
const EDITIONS: [&str; 2] =
    ["urn:iso:std:iso:20022:tech:xsd:pain.002.001.03", "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"];

pub(super) fn read(text: &str) -> Result<Report, Refusal> {
    let (document, namespace) = read_xml(text)?;
    if !EDITIONS.contains(&namespace.as_str()) {
        return Err(malformed(document.line, "send a pain.002.001.03 or a pain.002.001.10, and say so in xmlns"));
    }
    let report = document.must(&["CstmrPmtStsRpt"])?;
    let message = report.must(&["GrpHdr", "MsgId"])?;
    let original = report.must(&["OrgnlGrpInfAndSts"])?;
    let batch = original.must(&["OrgnlMsgId"])?;
    let parts = report.all("OrgnlPmtInfAndSts").map(part).collect::<Result<_, _>>()?;
    Ok(Report {
        kind: AnswerKind::StatusReport,
        message: Some(reference(message.line, message.text())?),
        batch: At { line: batch.line, is: reference(batch.line, batch.text())? },
        counts: counts(original, "GrpSts")?,
        parts,
    })
}

fn part(node: &Node) -> Result<Part, Refusal> {
    let id = node.must(&["OrgnlPmtInfId"])?;
    let lines = node.all("TxInfAndSts").map(line).collect::<Result<_, _>>()?;
    let reference = At { line: id.line, is: reference(id.line, id.text())? };
    Ok(Part { reference: Some(reference), counts: counts(node, "PmtInfSts")?, lines })
}

fn counts(node: &Node, status: &str) -> Result<Counts, Refusal> {
    let tally = |tally: &Node| {
        let status = tally.must(&["DtldSts"])?.text().to_owned();
        Ok(Tally { status, count: tally.must(&["DtldNbOfTxs"])?.number()? })
    };
    Ok(Counts {
        count: node.child("OrgnlNbOfTxs").map(Node::number).transpose()?,
        total: node.child("OrgnlCtrlSum").map(Node::amount).transpose()?,
        status: node.child(status).map(|status| At { line: status.line, is: status.text().to_owned() }),
        reason: why(node),
        tallies: node.all("NbOfTxsPerSts").map(tally).collect::<Result<_, Refusal>>()?,
    })
}

fn line(node: &Node) -> Result<StatusLine, Refusal> {
    let payment = node.must(&["OrgnlEndToEndId"])?;
    let amount = node.at(&["OrgnlTxRef", "Amt", "InstdAmt"]).map(Node::money).transpose()?;
    let (amount, currency) = amount.unzip();
    Ok(StatusLine {
        line: node.line,
        payment: reference(payment.line, payment.text())?,
        status: node.text_at(&["TxSts"]).map(str::to_owned),
        reason: why(node),
        amount,
        currency,
    })
}

/// The code that says why.
fn why(node: &Node) -> Option<String> {
    let ways = [["StsRsnInf", "Rsn", "Cd"], ["StsRsnInf", "Rsn", "Prtry"]];
    ways.iter().find_map(|way| node.text_at(way)).and_then(reason)
}
