//! What the letter of a demand says: how much is to be paid back, why, until when, and what it bears when that is not met.

use super::head::{Head, both, column, heading, paragraph, told};
use super::{Block, Column, Demanding, LetterKind, LetterText};
use crate::application::Application;
use crate::calendar::Day;
use crate::prose::words::{day, money, same};
use crate::recovery::{Recovery, RecoveryKind};
use crate::text::Sentence;

/// What the letter of a demand is composed of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demanded<'a> {
    /// The case.
    pub application: &'a Application,
    /// The demand, confirmed.
    pub recovery: &'a Recovery,
    /// What else is known of it.
    pub demanding: &'a Demanding<'a>,
}

impl Demanded<'_> {
    pub(super) fn letter(&self, today: Day) -> LetterText {
        let Demanding { agency, scheme, .. } = *self.demanding;
        let head = Head { application: self.application, scheme, agency, day: today };
        let mut blocks = vec![head.parties(told([], "Recipient", "受資助機構"))];
        blocks.extend([heading("What is to be paid back", "須退還的款項"), paragraph(self.demand()), self.figures()]);
        blocks.extend([heading("The reason", "理由"), paragraph(both(same(&self.recovery.reason)))]);
        blocks.extend(self.interest());
        blocks.extend([
            heading("If it cannot be paid at once", "如未能一次付清"),
            paragraph(told(
                [],
                "Whoever cannot pay the whole amount by that day is asked to write to the agency before it is over: payment in parts can be agreed. What is paid meets the principal first, and interest last.",
                "如未能於限期前付清全數，請於限期屆滿前致函本處，可商議分期付款。所付款項先抵償本金，後抵償利息。",
            )),
        ]);
        blocks.extend(head.rules());
        head.letter(LetterKind::Demand, told([], "Demand for repayment", "退款通知書"), blocks)
    }

    fn demand(&self) -> Sentence {
        let recovery = self.recovery;
        let (amount, due_on, reference) = (money(recovery.principal), day(recovery.due_on), same(&recovery.reference));
        match recovery.kind {
            RecoveryKind::Overpaid => told(
                [&amount, &due_on, &reference],
                "More was paid than the settlement of the project allows. Please pay back {0} by the end of {1} (Hong Kong time), and name {2}.",
                "已付款項超出項目結算後應付的資助額。請於{1}（香港時間）當日結束前退還 {0}，並註明編號 {2}。",
            ),
            RecoveryKind::Unspent => told(
                [&amount, &due_on, &reference],
                "Part of what was paid has not been spent on the project. Please pay back {0} by the end of {1} (Hong Kong time), and name {2}.",
                "已付款項中有部分未用於項目。請於{1}（香港時間）當日結束前退還 {0}，並註明編號 {2}。",
            ),
            RecoveryKind::Misspent => told(
                [&amount, &due_on, &reference],
                "Part of what was paid was spent on something else than the project. Please pay back {0} by the end of {1} (Hong Kong time), and name {2}.",
                "已付款項中有部分用於項目以外的用途。請於{1}（香港時間）當日結束前退還 {0}，並註明編號 {2}。",
            ),
            RecoveryKind::Recoupment => told(
                [&amount, &due_on, &reference],
                "A share of the income that the project has brought is owed. Please pay {0} by the end of {1} (Hong Kong time), and name {2}.",
                "項目所得收入的一部分須予繳付。請於{1}（香港時間）當日結束前繳付 {0}，並註明編號 {2}。",
            ),
        }
    }

    fn figures(&self) -> Block {
        let recovery = self.recovery;
        let mut rows = Vec::new();
        if let Some(of) = &recovery.income {
            rows.push(vec![told([], "Income", "收入"), both(money(of.income))]);
            rows.push(vec![told([], "Share of it", "應繳部分"), both(same(of.share.to_string()))]);
            rows.push(vec![told([], "Clause", "條款"), both(same(&of.clause))]);
        }
        rows.push(vec![told([], "Principal", "本金"), both(money(recovery.principal))]);
        rows.push(vec![told([], "To be paid by", "付款限期"), both(day(recovery.due_on))]);
        rows.push(vec![told([], "Reference of the demand", "退款編號"), both(same(&recovery.reference))]);
        Block::Table {
            columns: vec![column("What", "事項"), Column { amounts: true, head: told([], "How much", "內容") }],
            rows,
        }
    }

    fn interest(&self) -> Vec<Block> {
        let Some(terms) = &self.recovery.interest else { return Vec::new() };
        let said = told(
            [&same(terms.rate.to_string()), &day(terms.from), &same(&terms.clause)],
            "It bears simple interest of {0} a year from {1}, on what is outstanding of the principal, over 365 days a year and rounded down to the cent, by this clause: {2}",
            "自{1}起，未清還的本金按年利率 {0} 以單利計息，每年以 365 日計算，向下捨入至一仙；所依條款為：{2}",
        );
        vec![heading("Interest", "利息"), paragraph(said)]
    }
}
