//! The page of a scheme on a day: its rules under headings, and what is unknown and missing.

use super::words::{and, day as in_words, grade, listed, same, say, sentence};
use super::{Rule, Stated, given, of};
use crate::calendar::Day;
use crate::dated::Known;
use crate::person::Language;
use crate::scheme::{Missing, Scheme, SchemeKind};
use crate::text::Text;

/// The parts of a page, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// Names, stages and contributors.
    Scheme,
    /// How contributions are matched.
    Matching,
    /// What counts as contribution.
    Contribution,
    /// Limits from above.
    Ceilings,
    /// Limits from below.
    Floors,
    /// Which costs are eligible.
    Costs,
    /// What is paid for people.
    Posts,
    /// Who may apply.
    Applicants,
    /// When, and for how long.
    Time,
    /// What stands beside it.
    OtherSchemes,
    /// The money of the scheme.
    Envelope,
    /// Assessment, approval and payment.
    Assessment,
    /// What binds a recipient.
    Obligations,
    /// What nobody knows.
    Unknown,
    /// What is asked.
    Questions,
    /// The documents.
    Sources,
}

impl Chapter {
    /// Every chapter, in the order of the page.
    pub const ALL: [Self; 16] = [
        Self::Scheme,
        Self::Matching,
        Self::Contribution,
        Self::Ceilings,
        Self::Floors,
        Self::Costs,
        Self::Posts,
        Self::Applicants,
        Self::Time,
        Self::OtherSchemes,
        Self::Envelope,
        Self::Assessment,
        Self::Obligations,
        Self::Unknown,
        Self::Questions,
        Self::Sources,
    ];

    /// Its heading, on the page of a scheme that gives this.
    #[must_use]
    pub fn heading(self, gives: SchemeKind) -> Text {
        match self {
            Self::Scheme => say([], "The scheme", "計劃", "计划"),
            Self::Matching if gives == SchemeKind::Deduction => say([], "What it deducts", "扣除", "扣除"),
            Self::Matching => say([&given::noun(gives)], "The {0} and its matching", "{0}及配對", "{0}及配对"),
            Self::Contribution => say([], "What counts as contribution", "計算在內的出資", "计算在内的出资"),
            Self::Ceilings => say([], "Ceilings", "上限", "上限"),
            Self::Floors => say([], "Floors", "下限", "下限"),
            Self::Costs => say([], "Costs", "開支", "开支"),
            Self::Posts => say([], "Posts at unit rates", "按標準支付的職位", "按标准支付的职位"),
            Self::Applicants => say([], "Who may apply", "申請資格", "申请资格"),
            Self::Time => say([], "Time", "時間", "时间"),
            Self::OtherSchemes => say([], "Other schemes", "其他計劃", "其他计划"),
            Self::Envelope => say([], "The money of the scheme", "計劃的款項", "计划的款项"),
            Self::Assessment => say([], "Assessment, approval and payment", "評審、批准及撥款", "评审、批准及拨款"),
            Self::Obligations => say([], "Obligations and controls", "責任及監管", "责任及监管"),
            Self::Unknown => {
                say([], "What is unknown, and what is missing", "未能確定及有待補足的事項", "未能确定及有待补足的事项")
            }
            Self::Questions => say([], "What is asked", "提問", "提问"),
            Self::Sources => say([], "Sources", "資料來源", "资料来源"),
        }
    }
}

/// A scheme on a day, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What is shown: code, name, day and the hash of the text.
    pub title: String,
    /// The parts that have something to say.
    pub sections: Vec<Section>,
}

/// One part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its paragraphs: a sentence, and under it notes on where it stands, what it cites and when it says something else.
    pub paragraphs: Vec<(String, Vec<String>)>,
}

/// A scheme as its text states it on a day.
#[must_use]
pub fn page(scheme: &Scheme, on: Day, language: Language) -> Page {
    let rules = of(scheme);
    let sections = Chapter::ALL.into_iter().filter_map(|chapter| {
        let mut paragraphs: Vec<_> =
            rules.iter().filter(|rule| rule.chapter == chapter).map(|rule| paragraph(rule, on, language)).collect();
        if chapter == Chapter::Unknown {
            paragraphs.extend(gaps(scheme, on).iter().map(|gap| (gap.of(language).to_owned(), Vec::new())));
        }
        let heading = chapter.heading(scheme.file.kind).of(language).to_owned();
        (!paragraphs.is_empty()).then_some(Section { heading, paragraphs })
    });
    let parts = [&same(scheme.file.code.get_ref()), &scheme.file.name, &in_words(on), &same(&scheme.hash)];
    let title = say(
        parts,
        "{0} — {1}\nAs its text states it on {2} ({3}).",
        "{0} — {1}\n計劃文本於{2}的規定（{3}）。",
        "{0} — {1}\n计划文本于{2}的规定（{3}）。",
    );
    Page { title: title.of(language).to_owned(), sections: sections.collect() }
}

fn paragraph(rule: &Rule, on: Day, language: Language) -> (String, Vec<String>) {
    let now = rule.on(on);
    let none = sentence(say([], "no rule covers this day", "沒有適用於當日的規則", "没有适用于当日的规则"));
    let text = now.map_or(&none, |line| &line.text).of(language).to_owned();
    let mut notes = vec![place(rule, now).of(language).to_owned()];
    notes.extend(rule.lines.windows(2).filter_map(|pair| match pair {
        [before, after] if after.from.is_some_and(|from| from <= on) => after.from.map(|from| {
            let parts = [&in_words(from.previous()), &before.text];
            say(parts, "Until {0}: {1}", "直至{0}：{1}", "直至{0}：{1}").of(language).to_owned()
        }),
        _ => None,
    }));
    notes.extend(rule.lines.iter().filter_map(|line| {
        let from = line.from.filter(|from| *from > on)?;
        let parts = [&in_words(from), &line.text];
        Some(say(parts, "From {0} it will be: {1}", "自{0}起：{1}", "自{0}起：{1}").of(language).to_owned())
    }));
    (text, notes)
}

/// The path of a rule, since when it says what it says, and the document behind it.
fn place(rule: &Rule, now: Option<&Stated>) -> Text {
    match now.and_then(Stated::place) {
        None => same(&rule.path),
        Some(place) => say([&same(&rule.path), &place], "{0}; {1}", "{0}；{1}", "{0}；{1}"),
    }
}

impl Stated {
    /// Since when it is said, and the document behind it, where it has any.
    #[must_use]
    pub fn place(&self) -> Option<Text> {
        let since = self.from.map(|from| say([&in_words(from)], "since {0}", "自{0}起", "自{0}起"));
        let source = self.source.as_ref().map(|source| {
            let parts = [&same(&source.code), &grade(source.grade), &in_words(source.checked_on)];
            say(parts, "source: {0} ({1}, checked on {2})", "來源：{0}（{1}，{2}查核）", "来源：{0}（{1}，{2}查核）")
        });
        let known = since.into_iter().chain(source).collect::<Vec<_>>();
        (!known.is_empty()).then(|| listed(known))
    }
}

fn lacking(missing: Missing) -> Text {
    let (zh_hant, zh_hans) = match missing {
        Missing::CapitalCalls => ("催繳資本的撥付方式", "催缴资本的拨付方式"),
        Missing::Grant => ("資助（計劃為稅務扣除）", "资助（计划为税务扣除）"),
        Missing::Assessment | Missing::Approval | Missing::Payment => (missing.as_str(), missing.as_str()),
    };
    say([], missing.as_str(), zh_hant, zh_hans)
}

/// What an amount may need and nobody knows, and what is missing before the scheme takes applications.
fn gaps(scheme: &Scheme, on: Day) -> Vec<Text> {
    let unknown = unknown_on(scheme, on);
    let mut gaps = Vec::new();
    if !unknown.is_empty() {
        gaps.push(say(
            [&and(unknown.into_iter().map(same))],
            "Not known on this day, and refused where an amount needs it: {0}.",
            "當日未能確定，計算結果須倚賴時則不獲批准：{0}。",
            "当日未能确定，计算结果须依赖时则不获批准：{0}。",
        ));
    }
    let missing = scheme.missing();
    gaps.push(if missing.is_empty() {
        say(
            [],
            "Nothing is missing before it can take applications.",
            "計劃所需的規則齊備，可接受申請。",
            "计划所需的规则齐备，可接受申请。",
        )
    } else {
        say(
            [&and(missing.into_iter().map(lacking))],
            "Missing before it can take applications: {0}.",
            "接受申請前尚欠：{0}。",
            "接受申请前尚欠：{0}。",
        )
    });
    gaps
}

/// The paths that are unknown on a day, for everybody or in a case, open questions left out.
pub(super) fn unknown_on(scheme: &Scheme, on: Day) -> Vec<&str> {
    let lives = scheme.lives.iter().filter(|life| !life.path.starts_with("question."));
    let unknown = lives.filter(|life| {
        life.on(on)
            .is_some_and(|line| line.is == Known::Unknown || line.cases.iter().any(|case| case.is == Known::Unknown))
    });
    unknown.map(|life| life.path.as_str()).collect()
}
