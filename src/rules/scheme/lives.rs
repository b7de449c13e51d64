//! Every dated value of a scheme by its path: what the check, the coverage, the unverified list and the readable page walk over.

use super::{
    Approval, Condition, Counts, Forms, Instalment, NamedValue, Plain, Pledges, Predicate, SchemeFile, Tables,
};
use crate::calculation::Form;
use crate::calendar::Day;
use crate::dated::{Case, Dated, Known};
use crate::text::Text;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;

/// One dated value: its path and its lines.
#[derive(Clone, Debug)]
pub struct Life {
    /// The path in the file, such as `ceiling.grant_per_project`.
    pub path: String,
    /// Its lines in the order of the file.
    pub lines: Vec<Line>,
}

/// One line of a value's life, as text.
#[derive(Clone, Debug)]
pub struct Line {
    /// The first day on which it holds.
    pub from: Day,
    /// What holds where no case does, as a person reads it.
    pub is: Known<String>,
    /// What holds instead for some.
    pub cases: Vec<CaseLine>,
    /// The code of the source.
    pub source: String,
    /// Where it stands in the file, in bytes.
    pub span: Range<usize>,
}

/// What a line says for those who fulfil a condition, as text.
#[derive(Clone, Debug)]
pub struct CaseLine {
    /// The condition.
    pub when: Predicate,
    /// The condition in words.
    pub name: Text,
    /// What holds then.
    pub is: Known<String>,
    /// Where it stands in the file, in bytes.
    pub span: Range<usize>,
}

impl Life {
    /// The line that holds on a day.
    #[must_use]
    pub fn on(&self, day: Day) -> Option<&Line> {
        self.lines.iter().rev().find(|line| line.from <= day)
    }

    /// Whether the value is unknown on a day.
    #[must_use]
    pub fn is_unknown_on(&self, day: Day) -> bool {
        self.on(day).is_some_and(|line| line.is == Known::Unknown)
    }
}

pub(super) fn of(file: &SchemeFile) -> Vec<Life> {
    let mut lives = Lives(Vec::new());
    lives.add("open", &file.open.is);
    lives.add("rounding", &file.rounding.is);
    for (name, Condition { is, .. }) in &file.eligibility {
        lives.add(format!("eligibility.{name}"), is);
    }
    lives.plain("matching.ratio", &file.matching.ratio);
    lives.plain("matching.share", &file.matching.share);
    lives.plain("matching.in_kind_share", &file.matching.in_kind_share);
    lives.plain("matching.in_kind_excess", &file.matching.in_kind_excess);
    for (stage, requires) in &file.matching.requires {
        lives.add_as(format!("matching.requires.{stage}"), &requires.is, |names| names.join(", "));
    }
    for (stage, contributors) in &file.contribution {
        for (contributor, forms) in contributors {
            lives.forms(&format!("contribution.{stage}.{contributor}"), &forms.is);
        }
    }
    lives.add("cost.list", &file.cost.list.is);
    for (name, category) in &file.cost.category {
        lives.optional(format!("cost.category.{name}.eligible"), category.eligible.as_ref());
        lives.optional(format!("cost.category.{name}.cap"), category.cap.as_ref());
        lives.optional(format!("cost.category.{name}.share"), category.share.as_ref());
    }
    lives.unit_rates(file);
    for (name, ceiling) in &file.ceiling {
        lives.add(format!("ceiling.{name}"), &ceiling.is);
    }
    for (name, floor) in &file.floor {
        lives.add(format!("floor.{name}"), &floor.is);
    }
    lives.optional("envelope", file.envelope.as_ref().map(|envelope| &envelope.is));
    lives.optional("commitment", file.commitment.as_ref().map(|commitment| &commitment.is));
    lives.named("aggregation", &file.aggregation);
    for (name, duration) in &file.duration {
        lives.add(format!("duration.{name}"), &duration.is);
    }
    for (name, round) in &file.round {
        lives.optional(format!("round.{name}.budget"), round.budget.as_ref());
    }
    lives.relations(file);
    for (name, document) in &file.document {
        lives.optional(format!("document.{name}.required"), document.required.as_ref());
    }
    lives.application_form(&file.form);
    lives.after_the_calculation(file);
    lives.named("question", &file.question);
    lives.0
}

fn case_line<T>(case: &Spanned<Case<T>>, print: impl Fn(&Known<T>) -> Known<String>) -> CaseLine {
    let Case { when, name, is } = case.get_ref();
    CaseLine { when: when.clone(), name: name.clone(), is: print(is), span: case.span() }
}

struct Lives(Vec<Life>);

impl Lives {
    fn add<T: Display>(&mut self, path: impl Into<String>, dated: &Dated<T>) {
        self.add_as(path, dated, ToString::to_string);
    }

    fn add_as<T>(&mut self, path: impl Into<String>, dated: &Dated<T>, print: impl Fn(&T) -> String) {
        self.add_known(path, dated, |is| match is {
            Known::Is(value) => Known::Is(print(value)),
            Known::None => Known::None,
            Known::Unknown => Known::Unknown,
        });
    }

    fn add_known<T>(&mut self, path: impl Into<String>, dated: &Dated<T>, print: impl Fn(&Known<T>) -> Known<String>) {
        let line = |entry: &crate::dated::Entry<T>| Line {
            from: entry.from,
            is: print(&entry.is),
            cases: entry.cases.iter().map(|case| case_line(case, &print)).collect(),
            source: entry.source.clone(),
            span: entry.span.clone(),
        };
        self.0.push(Life { path: path.into(), lines: dated.entries.iter().map(line).collect() });
    }

    fn optional<T: Display>(&mut self, path: impl Into<String>, dated: Option<&Dated<T>>) {
        if let Some(dated) = dated {
            self.add(path, dated);
        }
    }

    fn plain<T: Display>(&mut self, section: &str, tables: &Tables<Plain<T>>) {
        for (name, table) in tables {
            self.add(format!("{section}.{name}"), &table.is);
        }
    }

    fn named<T: Display>(&mut self, section: &str, tables: &Tables<NamedValue<T>>) {
        for (name, table) in tables {
            self.add(format!("{section}.{name}"), &table.is);
        }
    }

    /// What an instalment says beside its share.
    fn instalment(&mut self, path: &str, instalment: &Instalment) {
        self.optional(format!("{path}.cap"), instalment.cap.as_ref());
        let months = [
            ("of_first_months", &instalment.of_first_months),
            ("after_months", &instalment.after_months),
            ("every_months", &instalment.every_months),
            ("above_months", &instalment.above_months),
        ];
        for (name, months) in months {
            self.optional(format!("{path}.{name}"), months.as_ref());
        }
        self.named(&format!("{path}.needs"), &instalment.needs);
    }

    /// Each form has a path of its own, since one may be unknown while another counts.
    fn forms(&mut self, path: &str, dated: &Dated<Forms>) {
        for form in [Form::Cash, Form::InKind, Form::Investment] {
            self.add_known(format!("{path}.{}", form.code()), dated, |is| match is {
                Known::Is(forms) if forms.of(form) == Counts::Unknown => Known::Unknown,
                Known::Is(forms) => Known::Is(forms.of(form).to_string()),
                Known::None => Known::None,
                Known::Unknown => Known::Unknown,
            });
        }
    }

    fn application_form(&mut self, form: &super::Form) {
        for (name, section) in form.sections() {
            self.optional(format!("form.{name}.required"), section.map(|section| &section.required));
        }
        for (name, question) in &form.question {
            self.optional(format!("form.question.{name}.required"), question.required.as_ref());
        }
    }

    fn relations(&mut self, file: &SchemeFile) {
        for (name, interval) in &file.interval {
            self.add(format!("interval.{name}"), &interval.is);
        }
        for (name, exclusive) in &file.exclusive {
            self.add(format!("exclusive.{name}"), &exclusive.is);
        }
        for (name, dependency) in &file.dependency {
            self.add(format!("dependency.{name}"), &dependency.is);
        }
    }

    fn unit_rates(&mut self, file: &SchemeFile) {
        let Some(rates) = &file.unit_rate else { return };
        let counts = [
            ("heads", &rates.heads),
            ("extra_heads", &rates.extra_heads),
            ("months", &rates.months),
            ("days", &rates.days),
            ("days_per_month", &rates.days_per_month),
        ];
        for (name, count) in counts {
            self.optional(format!("unit_rate.{name}"), count.as_ref().map(|count| &count.is));
        }
        self.optional("unit_rate.extra_share", rates.extra_share.as_ref().map(|share| &share.is));
        for (name, class) in &rates.class {
            let path = format!("unit_rate.class.{name}");
            self.add(&*path, &class.is);
            self.optional(format!("{path}.salary_share"), class.salary_share.as_ref());
            for (name, add_on) in &class.add_on {
                self.add(format!("{path}.add_on.{name}"), &add_on.is);
                self.optional(format!("{path}.add_on.{name}.for_extra_heads"), add_on.for_extra_heads.as_ref());
            }
        }
    }

    fn approval(&mut self, approval: &Approval) {
        self.named("approval.authority", &approval.authority);
        for (name, committee) in &approval.committee {
            let path = format!("approval.committee.{name}");
            self.add(format!("{path}.quorum"), &committee.quorum.is);
            self.add(format!("{path}.majority"), &committee.majority.is);
            for (rule, is) in [("casting_vote", &committee.casting_vote), ("circulation", &committee.circulation)] {
                self.optional(format!("{path}.{rule}"), is.as_ref().map(|rule| &rule.is));
            }
        }
        self.named("approval.check", &approval.check);
        for (name, step) in &approval.step {
            self.add(format!("approval.step.{name}"), &step.is);
            self.optional(format!("approval.step.{name}.above"), step.above.as_ref());
        }
    }

    fn after_the_calculation(&mut self, file: &SchemeFile) {
        if let Some(assessment) = &file.assessment {
            self.add("assessment.assessors", &assessment.assessors.is);
            self.add("assessment.scale", &assessment.scale.is);
            self.add("assessment.pass_mark", &assessment.pass_mark.is);
            self.optional("assessment.not_applicable", assessment.not_applicable.as_ref().map(|meant| &meant.is));
            self.optional("assessment.rounding", assessment.rounding.as_ref().map(|rounding| &rounding.is));
            self.optional("assessment.outlier", assessment.outlier.as_ref().map(|outlier| &outlier.is));
            self.optional("assessment.panel", assessment.panel.as_ref().map(|panel| &panel.is));
            let (applicant, assessors) = (&assessment.blind_to_applicant, &assessment.blind_to_assessors);
            self.optional("assessment.blind_to_applicant", applicant.as_ref().map(|blind| &blind.is));
            self.optional("assessment.blind_to_assessors", assessors.as_ref().map(|blind| &blind.is));
            for (name, step) in &assessment.step {
                self.add(format!("assessment.step.{name}"), &step.is);
            }
            for (name, criterion) in &assessment.criterion {
                self.add(format!("assessment.criterion.{name}"), &criterion.is);
                self.optional(format!("assessment.criterion.{name}.pass_mark"), criterion.pass_mark.as_ref());
            }
        }
        if let Some(approval) = &file.approval {
            self.approval(approval);
            self.optional("approval.reserve", approval.reserve.as_ref().map(|reserve| &reserve.is));
            self.add("approval.offer_days", &approval.offer_days.is);
        }
        if let Some(payment) = &file.payment {
            for (name, instalment) in &payment.instalment {
                self.add(format!("payment.instalment.{name}"), &instalment.is);
                self.instalment(&format!("payment.instalment.{name}"), instalment);
            }
        }
        self.optional("claim.costs", file.claim.costs.as_ref().map(|costs| &costs.is));
        self.plain("claim.rate", &file.claim.rate);
        self.optional("claim.again", file.claim.again.as_ref().map(|again| &again.is));
        for (code, rule) in file.change.rules() {
            self.add(format!("change.{code}"), &rule.is);
            self.optional(format!("change.{code}.alone"), rule.alone.as_ref());
        }
        for (name, step) in &file.review.step {
            self.add(format!("review.step.{name}"), &step.is);
            self.add(format!("review.step.{name}.days"), &step.days);
        }
        let Pledges { screening, assessment, approval, offer } = &file.pledge;
        let pledges = [("screening", screening), ("assessment", assessment), ("approval", approval), ("offer", offer)];
        for (step, pledge) in pledges {
            self.optional(format!("pledge.{step}"), pledge.as_ref().map(|pledge| &pledge.is));
        }
        for (name, obligation) in &file.obligation {
            self.add(format!("obligation.{name}"), &obligation.is);
            self.optional(format!("obligation.{name}.every_months"), obligation.every_months.as_ref());
            self.optional(format!("obligation.{name}.blocks_when_late"), obligation.blocks_when_late.as_ref());
        }
        for (name, control) in &file.control {
            self.add(format!("control.{name}"), &control.is);
        }
    }
}
