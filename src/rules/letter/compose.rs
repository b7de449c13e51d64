//! What the letters of an offer say: of the case, its award and the text of the scheme that it has pinned; the reasons of the amount are
//! the steps of its calculation, as far as its applicant is told.

use super::head::{Head, both, column, heading, paragraph, told};
use super::{Block, Column, LetterKind, LetterText};
use crate::application::Application;
use crate::award::{Award, Instalment};
use crate::calculation::{Answer, StepSource};
use crate::calendar::Day;
use crate::money::Cents;
use crate::prose::procedure::due_on;
use crate::prose::words::{day, grade, money, same};
use crate::prose::{self, Chapter};
use crate::scheme::Scheme;
use crate::text::{Sentence, Text};
use std::collections::BTreeMap;

/// What the letters of an offer are composed of.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// The case.
    pub application: &'a Application,
    /// Its award, offered.
    pub award: &'a Award,
    /// The text of the scheme that it has pinned.
    pub scheme: &'a Scheme,
    /// What the agency is called.
    pub agency: &'a Text,
    /// The plan by which it will be paid.
    pub plan: &'a [Instalment],
    /// The calculation behind the award, as far as its applicant is told.
    pub answer: &'a Answer,
    /// The day of the letter.
    pub day: Day,
}

pub(super) fn amounts() -> Column {
    Column { amounts: true, head: told([], "Amount", "款額") }
}

impl Grounds<'_> {
    /// The offer. It names the agreement that goes with it by the hash of its text.
    pub(crate) fn offer(&self, agreement: &str) -> LetterText {
        let name = &self.scheme.file.name;
        let (amount, title) = (money(self.award.amount), same(&self.application.content.title));
        let mut blocks = self.parties();
        blocks.push(heading("The offer", "要約"));
        blocks.push(paragraph(told(
            [&title, name, &amount],
            "The application \"{0}\" under the {1} has been approved. A grant of at most {2} is offered for it.",
            "按「{1}」提出的申請「{0}」已獲批准。現就此發出資助要約，資助額上限為 {2}。",
        )));
        blocks.extend(self.stages());
        blocks.extend(self.until(agreement));
        blocks.extend(self.conditions());
        blocks.extend(self.instalments());
        blocks.extend(self.obligations());
        blocks.extend(self.reasons());
        let title = told([], "Offer of a grant", "資助要約");
        self.head().letter(LetterKind::Offer, title, blocks)
    }

    /// The agreement that holds between both sides once the offer is accepted.
    pub(crate) fn agreement(&self) -> LetterText {
        let (name, amount) = (&self.scheme.file.name, money(self.award.amount));
        let mut blocks = self.parties();
        blocks.push(heading("The grant", "資助"));
        blocks.push(paragraph(told(
            [name, &amount, self.agency],
            "{2} (the agency) gives the grantee a grant of at most {1} under the {0}, for the project that is described in the application.",
            "{2}（本處）按「{0}」向受資助者提供上限為 {1} 的資助，用於申請書所述的項目。",
        )));
        blocks.push(paragraph(told(
            [],
            "The grant is fixed again on actual cost when the project is completed; the lower of the two amounts is paid.",
            "項目完成後，資助額將按實際成本再作釐定，並以兩者中較低的款額支付。",
        )));
        blocks.extend(self.stages());
        blocks.extend(self.instalments());
        blocks.extend(self.obligations());
        blocks.extend(self.conditions());
        blocks.extend(self.head().rules());
        blocks.push(heading("Acceptance", "接納"));
        blocks.push(paragraph(told(
            [],
            "This agreement holds from the moment at which an authorised signatory of the grantee accepts the offer. The acceptance is recorded with the SHA-256 of this text, with who accepted and when; it needs no signature on paper.",
            "本協議自受資助者的獲授權簽署人接納要約之時起生效。接納時記錄本文的 SHA-256、接納人及時間，無須在紙上簽署。",
        )));
        let title = told([], "Funding agreement", "資助協議");
        self.head().letter(LetterKind::Agreement, title, blocks)
    }

    const fn head(&self) -> Head<'_> {
        let Self { application, scheme, agency, day, .. } = *self;
        Head { application, scheme, agency, day }
    }

    /// Who is who, and about what.
    fn parties(&self) -> Vec<Block> {
        vec![self.head().parties(told([], "Grantee", "受資助者"))]
    }

    /// Until when the offer stands, who accepts it, and what is accepted.
    fn until(&self, agreement: &str) -> Vec<Block> {
        let mut blocks = Vec::new();
        if let Some(expires_on) = self.award.expires_on {
            blocks.push(heading("Until when", "有效期"));
            blocks.push(paragraph(told(
                [&day(expires_on)],
                "Please accept or decline the offer by the end of {0} (Hong Kong time). An offer that has not been accepted by then lapses, and the money that is kept for it is given back.",
                "請於{0}（香港時間）當日結束前接納或婉拒要約。逾期未獲接納的要約即告失效，為其預留的款項將予撥回。",
            )));
        }
        blocks.push(paragraph(told(
            [&same(agreement)],
            "It is accepted by an authorised signatory of the grantee. What is accepted is the funding agreement that comes with this letter; the SHA-256 of its text is {0}.",
            "要約由受資助者的獲授權簽署人接納。所接納的是隨本函附上的資助協議，其文本的 SHA-256 為 {0}。",
        )));
        blocks
    }

    /// How much of the amount is for each stage, where there are several.
    pub(super) fn stages(&self) -> Vec<Block> {
        if self.award.stages.len() < 2 {
            return Vec::new();
        }
        let names = &self.scheme.file.stage;
        let row = |(code, amount): &(String, Cents)| {
            let name = names.get(code).map_or_else(|| same(code), |stage| stage.name.clone());
            vec![both(name), both(money(*amount))]
        };
        let mut rows = self.award.stages.iter().map(row).collect::<Vec<_>>();
        rows.push(total(self.award.amount));
        vec![heading("Stages", "階段"), Block::Table { columns: vec![column("Stage", "階段"), amounts()], rows }]
    }

    fn conditions(&self) -> Vec<Block> {
        let said = paragraph(told([], "There are no conditions of this award alone.", "本資助並無另訂條件。"));
        let listed =
            |conditions: &[String]| Block::List { items: conditions.iter().map(|words| both(same(words))).collect() };
        let what = if self.award.conditions.is_empty() { said } else { listed(&self.award.conditions) };
        vec![heading("Conditions", "條件"), what]
    }

    /// The plan: it sums to the amount.
    pub(super) fn instalments(&self) -> Vec<Block> {
        let payment = self.scheme.file.payment.as_ref();
        let row = |part: &Instalment| {
            let name = payment.and_then(|payment| payment.name_of_planned(&part.code));
            let name = name.unwrap_or_else(|| same(&part.code));
            let event = due_on(part.due);
            let due = match part.after_months {
                None => told([&event], "after {0}", "{0}後"),
                Some(months) => told([&event, &same(months)], "{1} months after {0}", "{0}後 {1} 個月"),
            };
            vec![both(name), due, both(money(part.amount))]
        };
        let mut rows = self.plan.iter().map(row).collect::<Vec<_>>();
        let [what, amount] = total_cells(self.award.amount);
        rows.push(vec![what, both(same("")), amount]);
        let columns = vec![column("Instalment", "分期"), column("Due", "支付時間"), amounts()];
        vec![
            heading("Instalments", "分期撥款"),
            paragraph(told(
                [],
                "Each instalment is paid on a claim with evidence, once it is due.",
                "各期款項到期後，憑申領及證明文件支付。",
            )),
            Block::Table { columns, rows },
        ]
    }

    /// What binds the grantee by the text of the scheme: what is owed and when, and the numbers that a project keeps to.
    fn obligations(&self) -> Vec<Block> {
        let on = self.head().submitted();
        let rules = prose::of(self.scheme).into_iter().filter(|rule| rule.chapter == Chapter::Obligations);
        let items = rules.filter_map(|rule| Some(both(rule.on(on)?.text.clone()))).collect::<Vec<_>>();
        if items.is_empty() {
            return Vec::new();
        }
        vec![heading("Obligations", "責任"), Block::List { items }]
    }

    /// Why the amount is what it is, step by step, each with the document behind it.
    pub(super) fn reasons(&self) -> Vec<Block> {
        let (allowed, amount) = (money(self.answer.grant), money(self.award.amount));
        let on = day(self.answer.on);
        let mut blocks = vec![heading("Why this amount", "資助額的計算依據")];
        blocks.push(paragraph(told(
            [&on, &allowed],
            "The rules of {0} allow {1}. It comes about as follows; every step can be worked out again.",
            "按{0}的規則，可獲資助額為 {1}，計算步驟如下；每一步均可覆核。",
        )));
        let rows = self.answer.steps.iter().filter_map(|step| {
            let source = step.source.as_ref().map_or_else(arithmetic, |source| both(same(&source.code)));
            Some(vec![step.text.clone()?, source])
        });
        let columns = vec![column("Step", "步驟"), column("Source", "依據")];
        blocks.push(Block::Table { columns, rows: rows.collect() });
        if self.award.amount != self.answer.grant {
            blocks.push(paragraph(told(
                [&amount],
                "Of what the rules allow, {0} was approved.",
                "在可獲資助額之內，獲批款額為 {0}。",
            )));
        }
        blocks.extend(self.sources());
        blocks
    }

    /// The documents behind the steps, each once.
    fn sources(&self) -> Vec<Block> {
        let sources = self.answer.steps.iter().filter_map(|step| step.source.as_ref());
        let sources = sources.map(|source| (&source.code, source)).collect::<BTreeMap<_, _>>();
        let row = |source: &StepSource| {
            let known = told([&grade(source.grade), &day(source.checked_on)], "{0}, {1}", "{0}，{1}");
            vec![both(same(&source.code)), both(same(&source.title)), known]
        };
        let columns =
            vec![column("Source", "依據"), column("Document", "文件"), column("Kind, checked on", "性質及查核日期")];
        let rows = sources.into_values().map(row).collect();
        vec![heading("Sources", "資料來源"), Block::Table { columns, rows }]
    }
}

/// What a step of arithmetic rests on.
fn arithmetic() -> Sentence {
    told([], "arithmetic", "算術")
}

fn total_cells(amount: Cents) -> [Sentence; 2] {
    [told([], "Total", "合計"), both(money(amount))]
}

fn total(amount: Cents) -> Vec<Sentence> {
    total_cells(amount).into()
}
