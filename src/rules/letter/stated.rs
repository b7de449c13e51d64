//! What a statement of account says on paper: the lines, what they come to, and a chart of the plan beside what was paid.

use super::chart::planned_and_paid;
use super::compose::amounts;
use super::head::{Head, both, column, heading, paragraph, told};
use super::{Block, Column, LetterKind, LetterText};
use crate::application::Application;
use crate::calendar::{Day, Minute};
use crate::money::Cents;
use crate::prose::words::{day, minute, money, same};
use crate::scheme::Scheme;
use crate::statement::{Line, LineKind, Statement};
use crate::text::{Sentence, Text};
use chrono::{DateTime, Utc};

/// What a statement is set of.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    /// The case.
    pub application: &'a Application,
    /// The text of the scheme that it has pinned.
    pub scheme: &'a Scheme,
    /// What the agency is called.
    pub agency: &'a Text,
    /// The statement.
    pub statement: &'a Statement,
    /// The moment of which it is.
    pub at: DateTime<Utc>,
}

impl Stated<'_> {
    /// Its text. It is kept nowhere: it says what holds in a moment, which it names.
    #[must_use]
    pub fn letter(&self) -> LetterText {
        let Self { application, scheme, agency, statement, at } = *self;
        let head = Head { application, scheme, agency, day: Day::in_hong_kong(at) };
        let mut blocks = vec![head.parties(told([], "Recipient", "受資助機構")), paragraph(self.as_of())];
        blocks.extend([heading("In all", "總計"), self.totals()]);
        blocks.push(heading("The award and what was paid", "資助額及撥款"));
        let (owed, paid): (Vec<_>, Vec<_>) =
            statement.lines.iter().partition(|line| line.kind.is_of_what_is_owed_back());
        blocks.push(self.table(&paid, told([], "Not paid yet", "尚未支付"), |line| line.outstanding));
        if !owed.is_empty() {
            blocks.push(heading("What is owed back", "須退還的款項"));
            blocks.push(self.table(&owed, told([], "Owed back", "尚欠退款"), |line| line.owed_back));
        }
        if !statement.plan.is_empty() {
            blocks.push(heading("Plan against payment", "計劃與支付"));
            let plan = statement.plan.iter().map(|part| (self.named(&part.instalment), [part.planned, part.paid]));
            blocks.extend(planned_and_paid(&plan.collect::<Vec<_>>()));
        }
        head.letter(LetterKind::Statement, told([], "Statement of account", "帳目報表"), blocks)
    }

    fn as_of(&self) -> Sentence {
        told(
            [&minute(Minute::in_hong_kong(self.at))],
            "As of {0} (Hong Kong time), from the ledger. A statement is worked out when it is asked for and is not kept: one of another time may say something else.",
            "根據分類帳，截至{0}（香港時間）。報表於查詢時編製，並不存檔；其他時間的報表內容或有不同。",
        )
    }

    fn totals(&self) -> Block {
        let totals = self.statement.totals;
        let mut rows = vec![
            (told([], "Award, as it holds now", "現時有效的資助額"), totals.award),
            (told([], "Certified", "已核證"), totals.certified),
            (told([], "Paid, less what banks have brought back", "已支付（扣除銀行退回的款項）"), totals.paid),
            (told([], "Promised and not paid yet", "已承擔而尚未支付"), totals.outstanding),
        ];
        if totals.demanded > Cents::ZERO {
            rows.extend([
                (told([], "Demanded back", "要求退還"), totals.demanded),
                (told([], "Interest charged", "已計利息"), totals.interest),
                (told([], "Received", "已收回"), totals.received),
                (told([], "Written off", "已註銷"), totals.written_off),
                (told([], "Owed back", "尚欠退款"), totals.owed_back),
            ]);
        }
        if totals.not_demanded > Cents::ZERO {
            rows.push((told([], "Overpaid and not demanded yet", "多付而尚未要求退還"), totals.not_demanded));
        }
        let rows = rows.into_iter().map(|(what, amount)| vec![what, both(money(amount))]).collect();
        Block::Table { columns: vec![column("What", "事項"), amounts()], rows }
    }

    fn table(&self, lines: &[&Line], balance: Sentence, after: impl Fn(&Line) -> Cents) -> Block {
        let columns =
            vec![column("Day", "日期"), column("What", "事項"), amounts(), Column { amounts: true, head: balance }];
        let row = |line: &&Line| {
            vec![both(same(line.on())), self.says(line), both(money(line.amount)), both(money(after(line)))]
        };
        Block::Table { columns, rows: lines.iter().map(row).collect() }
    }

    /// What people call an instalment.
    fn named(&self, code: &str) -> Text {
        let payment = self.scheme.file.payment.as_ref();
        payment.and_then(|payment| payment.name_of_planned(code)).unwrap_or_else(|| same(code))
    }

    /// A line in words, with its references.
    fn says(&self, line: &Line) -> Sentence {
        let of = same(line.reference.as_deref().unwrap_or_default());
        let part = line.instalment.as_deref().map_or_else(|| same(""), |code| self.named(code));
        let on = line.value_on.map_or_else(|| same(""), day);
        match line.kind {
            LineKind::Award => told([], "Award approved", "批准資助"),
            LineKind::Raised => told([&of], "Award raised (change request {0})", "調高資助額（更改申請 {0}）"),
            LineKind::Cut => told([&of], "Award cut (change request {0})", "調低資助額（更改申請 {0}）"),
            LineKind::CarriedOver => told(
                [&of],
                "Certified beyond the award, carried over (change request {0})",
                "已核證而超出資助額的款項，結轉（更改申請 {0}）",
            ),
            LineKind::CarriedOverLess => {
                told([&of], "No longer carried over (change request {0})", "不再結轉（更改申請 {0}）")
            }
            LineKind::Planned if line.value_on.is_none() => told([&part], "Planned: {0}", "計劃撥款：{0}"),
            LineKind::Planned => told([&part, &on], "Planned: {0}, from {1} on", "計劃撥款：{0}，自{1}起"),
            LineKind::Claimed => told([&part], "Claimed: {0}", "申領：{0}"),
            LineKind::ClaimReturned => told([&part], "Claim sent back: {0}", "退回申領：{0}"),
            LineKind::Certified => told([&part], "Certified: {0}", "核證：{0}"),
            LineKind::Paid => told([&part, &of], "Paid: {0} ({1})", "支付：{0}（{1}）"),
            LineKind::CameBack => told([&part, &of], "Brought back by a bank: {0} ({1})", "銀行退回：{0}（{1}）"),
            LineKind::Settled => told([], "Settled: what is paid in all", "結算：最終支付總額"),
            LineKind::GivenBack => told([], "Not needed, given back to the scheme", "無須使用，撥回計劃"),
            LineKind::Overpaid => told([], "Found to be overpaid", "確定為多付"),
            LineKind::Demanded => told([&of, &on], "Demanded, by {1} ({0})", "要求退還，限期{1}（{0}）"),
            LineKind::Interest => told([&of, &on], "Interest until {1} ({0})", "計至{1}的利息（{0}）"),
            LineKind::Received => told([&of, &on], "Received on {1} ({0})", "{1}收到（{0}）"),
            LineKind::WrittenOff => told([&of], "Written off ({0})", "註銷（{0}）"),
            LineKind::InterestReversed => told([&of], "Interest reversed ({0})", "沖銷利息（{0}）"),
            LineKind::ReceiptReversed => told([&of], "Receipt reversed ({0})", "沖銷收款（{0}）"),
            LineKind::WriteOffReversed => told([&of], "Write-off reversed ({0})", "沖銷註銷（{0}）"),
        }
    }
}

#[cfg(test)]
mod tests;
