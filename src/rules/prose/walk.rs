//! The walk over a scheme file, in the order of the page. It takes the file apart name by name: a table without words does not compile.

use super::words::{day, grade, quoted, same, say};
use super::writer::Writer;
use super::{Chapter, Rule, given};
use crate::scheme::{
    Approval, Ceiling, Changes, Claims, Control, Cost, Duration, Facts, Floor, Form, Interval, Named, NamedValue,
    Obligation, Payment, Reviews, Scheme, SchemeFile, Source, Tables,
};
use crate::text::Text;
use toml::Spanned;

pub(super) fn rules(scheme: &Scheme) -> Vec<Rule> {
    // An example proves the rules and is none.
    #[rustfmt::skip]
    let SchemeFile {
        code, kind, currency, time_zone, name, sources, open, rounding, stage, contributor, facts, eligibility, matching, contribution,
        cost, unit_rate, ceiling, floor, envelope, commitment, aggregation, duration, interval, exclusive, dependency, other_scheme,
        round, cut_off, document, form, assessment, approval, payment, claim, change, review, pledge, obligation, control, lineage,
        question, example: _,
    } = &scheme.file;
    let mut writer = Writer::new(scheme);
    writer.header(code.get_ref(), name);
    writer.kind(*kind);
    writer.units(currency.get_ref(), time_zone.get_ref());
    writer.lineages(lineage);
    writer.parts(stage, contributor);
    writer.chapter(Chapter::Matching);
    writer.matching(matching);
    writer.contributions(contribution);
    writer.rounding(rounding);
    writer.bounds(ceiling, aggregation, floor);
    writer.costs(cost);
    writer.posts(unit_rate.as_ref());
    writer.eligibility(eligibility);
    writer.intakes(open, round, cut_off, document);
    writer.times(duration, interval);
    writer.other_schemes(exclusive, dependency, other_scheme);
    writer.money_of_the_scheme(envelope.as_ref(), commitment.as_ref());
    writer.procedure(assessment.as_ref(), approval.as_ref(), payment.as_ref(), pledge);
    writer.after_the_decision(
        (claim, cost),
        (review, change, approval.as_ref()),
        (obligation, payment.as_ref()),
        control,
    );
    writer.questions(question);
    writer.asked(facts, form);
    writer.sources(sources);
    let mut rules = writer.rules;
    rules.sort_by_key(|rule| rule.chapter);
    rules
}

impl Writer<'_> {
    fn bounds(&mut self, ceilings: &Tables<Ceiling>, groups: &Tables<NamedValue<bool>>, floors: &Tables<Floor>) {
        self.ceilings(ceilings);
        self.aggregation(groups);
        self.floors(floors);
    }

    fn after_the_decision(
        &mut self,
        (claims, cost): (&Claims, &Cost),
        (reviews, changes, approval): (&Reviews, &Changes, Option<&Approval>),
        (obligations, payment): (&Tables<Obligation>, Option<&Payment>),
        controls: &Tables<Control>,
    ) {
        self.claims(claims, cost);
        self.reviews(reviews, approval);
        self.changes(changes, approval);
        self.obligations(obligations, payment);
        self.controls(controls);
    }

    fn asked(&mut self, facts: &Facts, form: &Form) {
        self.facts(facts);
        self.form(form);
    }

    fn times(&mut self, durations: &Tables<Duration>, intervals: &Tables<Interval>) {
        self.durations(durations);
        self.intervals(intervals);
    }

    fn header(&mut self, code: &str, name: &Text) {
        self.undated(
            "code",
            say([&same(code)], "the code of the scheme is {0}", "計劃的代碼為 {0}", "计划的代码为 {0}"),
        );
        self.undated("name", say([&quoted(name)], "the scheme is called {0}", "計劃名為{0}", "计划名为{0}"));
    }

    fn units(&mut self, currency: &str, time_zone: &str) {
        self.undated(
            "currency",
            say([&same(currency)], "amounts are in {0}", "金額以 {0} 為單位", "金额以 {0} 为单位"),
        );
        let days = say([&same(time_zone)], "days are those of {0}", "日期以 {0} 的時區為準", "日期以 {0} 的时区为准");
        self.undated("time_zone", days);
    }

    fn parts(&mut self, stages: &Tables<Named>, contributors: &Tables<Named>) {
        let (of, given) = (same(stages.len()), given::noun(self.gives()));
        for (index, (code, Named { name })) in stages.iter().enumerate() {
            let parts = [&same(index.saturating_add(1)), &of, &quoted(name)];
            let text =
                say(parts, "stage {0} of {1} is {2}", "共 {1} 個階段，第 {0} 個為{2}", "共 {1} 个阶段，第 {0} 个为{2}");
            self.undated(format!("stage.{code}"), text);
        }
        for (code, Named { name }) in contributors {
            let text = say(
                [&quoted(name), &given],
                "beside the {1}, {0} can contribute",
                "{1}以外，{0}可出資",
                "{1}以外，{0}可出资",
            );
            self.undated(format!("contributor.{code}"), text);
        }
    }

    fn sources(&mut self, sources: &Tables<Spanned<Source>>) {
        self.chapter(Chapter::Sources);
        for (code, source) in sources {
            let Source { title, url, grade: good, checked_on } = source.get_ref();
            let (title, grade, checked_on) = (quoted(&same(title)), grade(*good), day(*checked_on));
            let text = match url {
                None => {
                    let parts = [&title, &grade, &checked_on];
                    say(parts, "{0} ({1}, checked on {2})", "{0}（{1}，{2}查核）", "{0}（{1}，{2}查核）")
                }
                Some(url) => say(
                    [&title, &grade, &checked_on, &same(url)],
                    "{0} ({1}, checked on {2}; {3})",
                    "{0}（{1}，{2}查核；{3}）",
                    "{0}（{1}，{2}查核；{3}）",
                ),
            };
            self.undated(format!("sources.{code}"), text);
        }
    }
}
