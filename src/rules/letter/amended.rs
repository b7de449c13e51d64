//! What the letter of a change says: which change was granted and why, what held before and what holds from then on; of another amount the
//! plan and the calculation behind it, of a new last day what is owed after it, and of an end before its time what is settled.

use super::compose::amounts;
use super::head::{Head, both, column, heading, paragraph, told};
use super::{Block, Column, Grounds, LetterKind, LetterText};
use crate::application::{Application, State};
use crate::award::Award;
use crate::calculation::Answer;
use crate::calendar::Day;
use crate::change_request::{AwardChange, BudgetLine, ChangeKind, ChangeRequest, Figures, Standing};
use crate::money::Cents;
use crate::prose::words::{day, money, same, say};
use crate::scheme::Scheme;
use crate::text::{Sentence, Text};
use std::collections::BTreeMap;

/// What the letter of a change is composed of.
#[derive(Clone, Debug)]
pub(crate) struct Amended<'a> {
    /// The case, in the state in which the change has brought it.
    pub application: &'a Application,
    /// The text of the scheme that it has pinned.
    pub scheme: &'a Scheme,
    /// What held before.
    pub standing: &'a Standing,
    /// The request, granted.
    pub request: &'a ChangeRequest,
    /// What was made of it.
    pub change: &'a AwardChange,
    /// The calculation behind another amount, as far as its applicant is told.
    pub answer: Option<Answer>,
}

impl Amended<'_> {
    pub(super) fn letter(&self, agency: &Text) -> LetterText {
        let head = self.head(agency);
        let mut blocks = vec![head.parties(told([], "Grantee", "受資助者"))];
        blocks.extend([heading("The change", "更改事項"), paragraph(self.decision(head.day))]);
        let reason = self.request.ended.as_ref().map_or("", |ended| ended.reason.as_str());
        blocks.extend([heading("The reason", "理由"), paragraph(both(same(reason)))]);
        blocks.extend(match self.change.kind {
            ChangeKind::Dates => self.dates(),
            ChangeKind::Budget => self.budget(),
            ChangeKind::Scope | ChangeKind::People | ChangeKind::Partner => self.words(),
            ChangeKind::Amount => self.amount(agency),
            ChangeKind::Suspension | ChangeKind::Resumption => self.pause(head.day),
            ChangeKind::Termination => self.termination(),
        });
        blocks.extend(self.agreement());
        blocks.extend(head.rules());
        let title = told([&name(self.change.kind)], "Change of the award: {0}", "更改資助：{0}");
        head.letter(LetterKind::Amendment, title, blocks)
    }

    fn head<'a>(&'a self, agency: &'a Text) -> Head<'a> {
        let Self { application, scheme, .. } = *self;
        Head { application, scheme, agency, day: Day::in_hong_kong(self.change.at) }
    }

    /// Who asked for what, and when it was decided. Not under which authority, which is the agency's own business.
    fn decision(&self, today: Day) -> Sentence {
        let asked = day(Day::in_hong_kong(self.request.requested_at));
        let parts = [&asked, &name(self.change.kind), &same(self.change.request), &day(today)];
        if self.request.by_agency {
            return told(
                parts,
                "On {0} the agency opened a change of the award: {1} (change number {2}). It was decided on {3} that the change is made.",
                "本處於{0}就資助提出更改：{1}（第 {2} 項更改），並於{3}決定作出更改。",
            );
        }
        told(
            parts,
            "On {0} the grantee asked for a change of the award: {1} (change number {2}). It was granted on {3}.",
            "受資助者於{0}就資助申請更改：{1}（第 {2} 項更改），並於{3}獲批准。",
        )
    }

    fn dates(&self) -> Vec<Block> {
        let unknown = || say([], "not fixed", "未定", "未定");
        let [before, after] =
            [&self.change.before, &self.change.after].map(|terms| both(terms.ends_on.map_or_else(unknown, day)));
        let mut blocks =
            compared(false, vec![vec![told([], "Last day of the project", "項目最後一日"), before, after]]);
        let figures = Figures { ends_on: self.change.after.ends_on, ..self.standing.figures.clone() };
        let owed = figures.obligations(self.application, self.scheme).into_iter().map(|(code, by)| {
            let named = self.scheme.file.obligation.get(&code).map(|obligation| obligation.name.clone());
            vec![both(named.unwrap_or_else(|| same(&code))), both(day(by))]
        });
        let rows = owed.collect::<Vec<_>>();
        if !rows.is_empty() {
            blocks.push(heading("What is owed after the project", "項目完成後的責任"));
            let columns = vec![column("Obligation", "責任"), column("Due by", "到期日")];
            blocks.push(Block::Table { columns, rows });
        }
        blocks
    }

    /// Every line that was planned or is.
    fn budget(&self) -> Vec<Block> {
        let mut lines = BTreeMap::<(&str, &str), [Cents; 2]>::new();
        for (side, terms) in [&self.change.before, &self.change.after].into_iter().enumerate() {
            for BudgetLine { stage, category, amount } in terms.budget.iter().flatten() {
                if let Some(cell) = lines.entry((stage, category)).or_default().get_mut(side) {
                    *cell = *amount;
                }
            }
        }
        let file = &self.scheme.file;
        let row = |((stage, category), amounts): ((&str, &str), [Cents; 2])| {
            let stage = file.stage.get(stage).map_or_else(|| same(stage), |named| named.name.clone());
            let category = file.cost.category.get(category).map_or_else(|| same(category), |named| named.name.clone());
            let [before, after] = amounts.map(|amount| both(money(amount)));
            vec![told([&stage, &category], "{0}: {1}", "{0}：{1}"), before, after]
        };
        let rows = lines.into_iter().map(row).collect();
        vec![heading("The budget", "預算"), Block::Table { columns: sides(true), rows }]
    }

    fn words(&self) -> Vec<Block> {
        let unsaid = || told([], "Nothing was laid down.", "未有訂明。");
        let said = |text: &Option<String>| paragraph(text.as_ref().map_or_else(unsaid, |text| both(same(text))));
        vec![
            heading("Before", "更改前"),
            said(&self.change.before.text),
            heading("From now on", "更改後"),
            said(&self.change.after.text),
        ]
    }

    /// What is granted by now, in how many parts it is paid, and why it is so much.
    fn amount(&self, agency: &Text) -> Vec<Block> {
        let (before, amount) = self.change.amount;
        let row = vec![told([], "The award", "資助額"), both(money(before)), both(money(amount))];
        let mut blocks = compared(true, vec![row]);
        if self.change.after.budget.is_some() {
            blocks.extend(self.budget());
        }
        let award = Award { amount, stages: self.change.stages.clone(), ..self.standing.award.clone() };
        let Self { application, scheme, change, .. } = *self;
        let plan = change.after.plan.as_deref().unwrap_or_default();
        let Some(answer) = &self.answer else { return blocks };
        let day = Day::in_hong_kong(change.at);
        let grounds = Grounds { application, award: &award, scheme, agency, plan, answer, day };
        blocks.extend(grounds.stages());
        blocks.extend(grounds.instalments());
        blocks.extend(grounds.reasons());
        if let Some(over) = change.after.carried_over {
            blocks.push(paragraph(told(
                [&money(over)],
                "{0} more than the award is now was certified before. What is certified stays; nothing more of the award is paid, and what is too much may be demanded back.",
                "此前已核證的款額較現時的資助額多出 {0}。已核證的款額維持不變，資助不再支付，多付的款額可予追討。",
            )));
        }
        if amount < before {
            blocks.push(paragraph(told(
                [],
                "The award is less than before by a decision, not by the rules: the steps above are those on which it has rested until now.",
                "資助額的減少乃出於決定而非規則；以上步驟為資助額迄今所依據的計算。",
            )));
        }
        blocks
    }

    fn pause(&self, today: Day) -> Vec<Block> {
        let [before, after] = [&self.change.before, &self.change.after].map(|terms| standing(terms.state.as_deref()));
        let mut blocks = compared(false, vec![vec![told([], "The award", "資助"), before, after]]);
        blocks.push(paragraph(if self.change.kind == ChangeKind::Suspension {
            told(
                [&day(today)],
                "From {0} on, and until the award goes on, nothing of it is claimed, certified or paid.",
                "自{0}起，直至資助恢復為止，不得申領款項，亦不會核證或支付款項。",
            )
        } else {
            told(
                [&day(today)],
                "From {0} on what is due of it is claimed, certified and paid again.",
                "自{0}起，到期款項可再申領、核證及支付。",
            )
        }));
        blocks
    }

    /// What was paid is what the award comes to; the rest is not paid any more, and some of it may have to be paid back.
    fn termination(&self) -> Vec<Block> {
        let (awarded, paid) = (self.change.amount.0, self.change.after.amount.unwrap_or_default());
        let recover = self.change.after.recover.unwrap_or_default();
        let row = |what: Sentence, amount: Cents| vec![what, both(money(amount))];
        let rows = vec![
            row(told([], "The award", "資助額"), awarded),
            row(told([], "Paid, and settled as the grant", "已支付並結算為資助的款額"), paid),
            row(told([], "Not paid, and not due any more", "未支付而不再支付的款額"), awarded.less(paid)),
            row(told([], "To be recovered of what was paid", "已支付而須追討的款額"), recover),
        ];
        let [before, after] = [&self.change.before, &self.change.after].map(|terms| standing(terms.state.as_deref()));
        let mut blocks = compared(false, vec![vec![told([], "The award", "資助"), before, after]]);
        blocks.push(heading("The settlement", "結算"));
        blocks.push(Block::Table { columns: vec![column("What", "事項"), amounts()], rows });
        blocks
    }

    /// What else was agreed, while there is anything to keep to.
    fn agreement(&self) -> Option<Block> {
        let agreement = self.standing.award.agreement.as_ref()?;
        (self.change.kind != ChangeKind::Termination).then(|| {
            paragraph(told(
                [&same(agreement)],
                "What this letter does not change stands as it was agreed in the funding agreement; the SHA-256 of its text is {0}.",
                "本函未更改的事項，仍以資助協議所訂為準，該協議文本的 SHA-256 為 {0}。",
            ))
        })
    }
}

/// A table of what held before and what holds from now on.
fn compared(are_amounts: bool, rows: Vec<Vec<Sentence>>) -> Vec<Block> {
    vec![heading("Before and after", "更改前後"), Block::Table { columns: sides(are_amounts), rows }]
}

fn sides(are_amounts: bool) -> Vec<Column> {
    let side = |en, zh_hant| Column { amounts: are_amounts, ..column(en, zh_hant) };
    vec![column("What", "事項"), side("Before", "更改前"), side("From now on", "更改後")]
}

/// Where an award stands.
fn standing(state: Option<&str>) -> Sentence {
    match state.and_then(State::from_code) {
        Some(State::Suspended) => told([], "suspended", "暫停"),
        Some(State::Terminated) => told([], "ended before its time", "提前終止"),
        _ => told([], "running", "進行中"),
    }
}

/// What a change is about.
fn name(kind: ChangeKind) -> Text {
    let (en, zh_hant) = match kind {
        ChangeKind::Dates => ("the day on which the project ends", "項目完結日期"),
        ChangeKind::Budget => ("the budget", "預算"),
        ChangeKind::Scope => ("the scope of the project", "項目範圍"),
        ChangeKind::People => ("the people of the project", "項目人員"),
        ChangeKind::Partner => ("the partners of the project", "項目合作夥伴"),
        ChangeKind::Amount => ("the amount of the award", "批出款額"),
        ChangeKind::Suspension => ("a suspension of the award", "暫停撥款"),
        ChangeKind::Resumption => ("the award going on after its suspension", "恢復撥款"),
        ChangeKind::Termination => ("a termination of the award", "終止撥款"),
    };
    say([], en, zh_hant, zh_hant)
}
