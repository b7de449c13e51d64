//! Rounds and cut-offs in words.

use super::words::{day, joined, minute, money, quoted, say, sentence};
use super::writer::Writer;
use crate::dated::{Dated, Known};
use crate::money::Cents;
use crate::scheme::{CutOff, Document, End, Plain, Round, SchemeKind, Tables};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn intakes(
        &mut self,
        open: &Plain<bool>,
        rounds: &Tables<Round>,
        cut_offs: &Tables<CutOff>,
        documents: &Tables<Document>,
    ) {
        self.open(open);
        self.rounds(rounds);
        self.cut_offs(cut_offs);
        self.documents(documents);
    }

    fn rounds(&mut self, rounds: &Tables<Round>) {
        if rounds.is_empty() {
            let text = match self.gives() {
                SchemeKind::Grant => say(
                    [],
                    "applications are taken all the year round, where the scheme takes any",
                    "計劃接受申請期間，全年均可提交",
                    "计划接受申请期间，全年均可提交",
                ),
                SchemeKind::Investment => say(
                    [],
                    "the scheme invests all the year round, where it invests at all",
                    "計劃作出投資期間，全年均可投資",
                    "计划作出投资期间，全年均可投资",
                ),
                SchemeKind::Deduction => say(
                    [],
                    "the deduction is allowed all the year round, where it is allowed at all",
                    "可獲扣除期間，全年均可申索",
                    "可获扣除期间，全年均可申索",
                ),
            };
            self.undated("round", text);
        }
        for (code, round) in rounds {
            let Some(mut text) = window(round) else { continue };
            if round.sealed {
                let sealed = say(
                    [],
                    "until it closes, the agency sees how many applications have come, and neither whose nor what is in them",
                    "截止前，本處只知收到多少份申請，不知申請者及內容",
                    "截止前，本處只知收到多少份申请，不知申请者及内容",
                );
                text = joined([sentence(text), sentence(sealed)]);
            }
            self.stated(format!("round.{code}"), None, text, Some(round.source.get_ref()));
            if let Some(budget) = &round.budget {
                self.budget(format!("round.{code}.budget"), &quoted(&round.name), budget);
            }
        }
    }

    fn budget(&mut self, path: String, name: &Text, budget: &Dated<Cents>) {
        self.known(path, budget, |known| match known {
            Known::Is(amount) => say(
                [name, &money(*amount)],
                "{0} has {1} for all that is approved of it",
                "{0}的承擔額為 {1}",
                "{0}的承担额为 {1}",
            ),
            Known::None => say([name], "{0} has no amount of its own", "{0}沒有本身的承擔額", "{0}没有本身的承担额"),
            Known::Unknown => {
                say([name], "it is not known how much {0} has in all", "{0}的承擔額未能確定", "{0}的承担额未能确定")
            }
        });
    }

    fn cut_offs(&mut self, cut_offs: &Tables<CutOff>) {
        for (code, cut_off) in cut_offs {
            let Some(closes) = cut_off.closes() else { continue };
            let until = match closes {
                End::Day(on) => say([&day(on)], "by the end of {0}", "於{0}或之前", "于{0}或之前"),
                End::Minute(at) => say([&minute(at)], "before {0}", "於{0} 前", "于{0} 前"),
            };
            let text = say(
                [&quoted(&cut_off.name), &until],
                "{0}: applications submitted {1} are assessed together",
                "{0}：{1}提交的申請一併評審",
                "{0}：{1}提交的申请一并评审",
            );
            self.stated(format!("cut_off.{code}"), None, text, Some(cut_off.source.get_ref()));
        }
    }
}

fn window(round: &Round) -> Option<Text> {
    let name = quoted(&round.name);
    Some(match (round.opens()?, round.closes()?) {
        (End::Day(first), End::Day(last)) => say(
            [&name, &day(first), &day(last)],
            "{0} takes applications from {1} to {2}, both days included",
            "{0}由{1}至{2}接受申請，首尾兩日包括在內",
            "{0}由{1}至{2}接受申请，首尾两日包括在内",
        ),
        (opens, closes) => {
            let opens = match opens {
                End::Day(on) => say([&day(on)], "the beginning of {0}", "{0}開始時", "{0}开始时"),
                End::Minute(at) => minute(at),
            };
            let closes = match closes {
                End::Day(on) => say([&day(on)], "the end of {0}", "{0}完結時", "{0}结束时"),
                End::Minute(at) => minute(at),
            };
            say(
                [&name, &opens, &closes],
                "{0} takes applications from {1} until {2}",
                "{0}由{1} 起接受申請，至{2} 截止",
                "{0}由{1} 起接受申请，至{2} 截止",
            )
        }
    })
}
