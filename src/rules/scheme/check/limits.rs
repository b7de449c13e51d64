//! Ceilings, floors and caps: money is limited by amounts, things by counts, and each by what a calculation can measure.

use super::{Check, start};
use crate::dated::{Dated, Known};
use crate::money::Share;
use crate::scheme::{Ceiling, CeilingOf, ControlValue, FactKind, Limit, Measure, Per, Period, SchemeFile};

impl Check<'_> {
    pub(super) fn limits(&mut self, file: &SchemeFile) {
        self.money_of_a_year(file);
        self.always_there("open", &file.open.is, "true or false");
        self.always_there("rounding", &file.rounding.is, "\"down\" or \"half_up\"");
        for (name, ceiling) in &file.ceiling {
            let path = format!("ceiling.{name}");
            self.values(&path, &ceiling.is, matches!(ceiling.of, CeilingOf::Grant | CeilingOf::Asked(_)));
            self.measures(file, &ceiling.is, file.cost.category.len());
            let offset = start(&ceiling.is);
            if let Some(message) = misplaced(ceiling) {
                self.fault(offset, format!("{path}: {message}"));
            }
            self.year(file, &path, ceiling);
            if let CeilingOf::Asked(measure) = &ceiling.of {
                self.measure(file, measure, file.cost.category.len(), offset);
            }
            if let Some(stage) = &ceiling.stage {
                self.known("stage", stage.get_ref(), &file.stage, stage.span().start);
            }
            for group in ceiling.with.iter().flatten() {
                self.known("group of [aggregation.…]", group.get_ref(), &file.aggregation, group.span().start);
            }
        }
        for (name, floor) in &file.floor {
            let path = format!("floor.{name}");
            self.values(&path, &floor.is, true);
            self.measures(file, &floor.is, file.cost.category.len());
            if let Some(stage) = &floor.stage {
                self.known("stage", stage.get_ref(), &file.stage, stage.span().start);
            }
        }
        for (index, (name, category)) in file.cost.category.iter().enumerate() {
            if let Some(cap) = &category.cap {
                let path = format!("cost.category.{name}.cap");
                self.values(&path, cap, true);
                self.measures(file, cap, index);
                self.whole_cost(&path, cap);
            }
            for entry in category.share.iter().flat_map(|share| &share.entries) {
                let whole = |is: &Known<Share>| matches!(is, Known::Is(share) if share.numerator == share.denominator);
                if entry.values().any(whole) {
                    let message = format!(
                        "cost.category.{name}.share: the whole limits nothing: write \"none\", or leave it out"
                    );
                    self.fault(entry.span.start, message);
                }
            }
        }
    }

    /// Some rules every scheme has on each of its days.
    fn always_there<T: PartialEq>(&mut self, path: &str, dated: &Dated<T>, write: &str) {
        for entry in dated.entries.iter().filter(|entry| entry.values().any(|is| *is == Known::None)) {
            self.fault(entry.span.start, format!("{path}: there is always one: write {write}"));
        }
    }

    /// What the whole scheme has for a year is told by whoever asks, and at most one rule says what goes over to the next.
    fn money_of_a_year(&mut self, file: &SchemeFile) {
        let of_scheme = |ceiling: &&Ceiling| ceiling.per == Per::Scheme;
        for (name, ceiling) in &file.ceiling {
            let (path, offset) = (format!("ceiling.{name}"), start(&ceiling.is));
            if ceiling.rolls_over && ceiling.per != Per::Scheme {
                let message = format!(
                    "{path}: only money of the whole scheme goes over to the next year: leave rolls_over out, or write per = \"scheme\""
                );
                self.fault(offset, message);
            }
        }
        if file.takes_applications() {
            self.money_of_a_year_that_is_kept(file);
        }
        let rolling =
            file.ceiling.values().filter(|ceiling| ceiling.rolls_over && of_scheme(ceiling)).collect::<Vec<_>>();
        for ceiling in rolling.iter().skip(1) {
            let message = "two ceilings roll over, and nothing says what each leaves to the next year: write rolls_over in one of them";
            self.fault(start(&ceiling.is), message);
        }
    }

    /// Where applications are taken, the money of a year is kept as a balance: one for each year, of an amount.
    fn money_of_a_year_that_is_kept(&mut self, file: &SchemeFile) {
        let of_scheme = file.ceiling.iter().filter(|(_, ceiling)| ceiling.per == Per::Scheme).collect::<Vec<_>>();
        for (name, ceiling) in of_scheme.iter().skip(1) {
            let message = format!("ceiling.{name}: the money of a year is kept once: leave this ceiling out");
            self.fault(start(&ceiling.is), message);
        }
        for (name, ceiling) in of_scheme {
            if ceiling.rolls_over {
                let message = format!(
                    "ceiling.{name}: where applications are taken, nothing goes over to the next year: leave rolls_over out"
                );
                self.fault(start(&ceiling.is), message);
            }
            let plain = |is: &Known<Limit>| !matches!(is, Known::Is(limit) if !matches!(limit, Limit::Amount(_)));
            for entry in ceiling.is.entries.iter().filter(|entry| !entry.cases.is_empty() || !entry.values().all(plain))
            {
                let message = format!("ceiling.{name}: the money of a year is kept as one number: write an amount");
                self.fault(entry.span.start, message);
            }
        }
    }

    /// The year of a day that is asked for belongs to a limit of a year on awards.
    fn year(&mut self, file: &SchemeFile, path: &str, ceiling: &Ceiling) {
        let Some(question) = &ceiling.year_of else { return };
        let (name, offset) = (question.get_ref(), question.span().start);
        let is_day = file.facts.named(name).is_some_and(|fact| *fact.kind.get_ref() == FactKind::Day);
        if !(is_day && name.starts_with("project.")) {
            let fact = name.split_once('.').map_or(name.as_str(), |(_, fact)| fact);
            let message = format!(
                "\"{name}\" is no day of the project that is asked for: write [facts.project.{fact}] with type = \"day\", and its name as \
                 \"project.{fact}\""
            );
            self.fault(offset, message);
        }
        if ceiling.period.year().is_none() {
            self.fault(
                offset,
                format!("{path}: a day says which year it is: write a year as the period, or leave year_of out"),
            );
        }
        if !matches!(ceiling.of, CeilingOf::Grant | CeilingOf::Projects) {
            self.fault(offset, format!("{path}: only awards have a year of their own: leave year_of out"));
        }
    }

    /// Further heads are paid in some part, and what a control is measured on is declared.
    pub(super) fn rates_and_controls(&mut self, file: &SchemeFile) {
        if let Some(rates) = &file.unit_rate
            && rates.extra_heads.is_some() != rates.extra_share.is_some()
        {
            self.fault(0, "unit_rate.extra_heads and unit_rate.extra_share belong together: write both");
        }
        for control in file.control.values() {
            for entry in &control.is.entries {
                for value in entry.values() {
                    let Known::Is(ControlValue::Limit(Limit::Formula(formula))) = value else { continue };
                    for measure in formula.measures() {
                        self.measure(file, measure, file.cost.category.len(), entry.span.start);
                    }
                }
            }
        }
    }

    /// Amounts limit money, whole numbers limit things.
    fn values(&mut self, path: &str, limit: &Dated<Limit>, money: bool) {
        for entry in &limit.entries {
            for value in entry.values() {
                let message = match value {
                    Known::Is(Limit::Count(_)) if money => "write an amount in quotes: it limits money",
                    Known::Is(Limit::Amount(_) | Limit::Formula(_)) if !money => {
                        "write a whole number without quotes: it limits a count"
                    }
                    _ => continue,
                };
                self.fault(entry.span.start, format!("{path}: {message}"));
            }
        }
    }

    /// What a formula is measured on is declared; `categories` says how many of the file's categories are known by then.
    fn measures(&mut self, file: &SchemeFile, limit: &Dated<Limit>, categories: usize) {
        for entry in &limit.entries {
            for value in entry.values() {
                let Known::Is(Limit::Formula(formula)) = value else { continue };
                for measure in formula.measures() {
                    self.measure(file, measure, categories, entry.span.start);
                }
            }
        }
    }

    fn measure(&mut self, file: &SchemeFile, measure: &Measure, categories: usize, offset: usize) {
        match measure {
            Measure::Cost | Measure::Contribution => {}
            Measure::Category(name) => match file.cost.category.get_index_of(name) {
                None => self.known("category", name, &file.cost.category, offset),
                Some(index) if index >= categories => {
                    let message = format!("cost.{name} is not known yet: write [cost.category.{name}] before this one");
                    self.fault(offset, message);
                }
                Some(_) => {}
            },
            Measure::Fact(name) => {
                if file.facts.named(name).is_none_or(|fact| *fact.kind.get_ref() != FactKind::Amount) {
                    let (whose, fact) = name.split_once('.').unwrap_or(("project", name));
                    let message = format!(
                        "\"{name}\" is no amount that is asked for: write [facts.{whose}.{fact}] with type = \"amount\""
                    );
                    self.fault(offset, message);
                }
            }
        }
    }

    /// A part of all eligible cost is a `share`: a cap is worked out before all of it is known.
    fn whole_cost(&mut self, path: &str, cap: &Dated<Limit>) {
        for entry in &cap.entries {
            for value in entry.values() {
                if let Known::Is(Limit::Formula(formula)) = value
                    && formula.measures().any(|measure| *measure == Measure::Cost)
                {
                    let message = format!(
                        "{path}: all eligible cost is not known yet: write a share instead, or name the categories"
                    );
                    self.fault(entry.span.start, message);
                }
            }
        }
    }
}

/// What is wrong with what a ceiling is counted over.
fn misplaced(ceiling: &Ceiling) -> Option<&'static str> {
    match (&ceiling.of, ceiling.per, ceiling.period) {
        (CeilingOf::Projects | CeilingOf::Applications | CeilingOf::Asked(_), Per::Scheme, _) => {
            Some("a scheme has money for a year: write of = \"grant\"")
        }
        (CeilingOf::Grant, Per::Scheme, _) if ceiling.period.year().is_none() => {
            Some("the money of the whole scheme is its [envelope]: write a year as the period")
        }
        (CeilingOf::Grant, Per::Scheme, _)
            if ceiling.stage.is_some() || ceiling.with.is_some() || ceiling.year_of.is_some() =>
        {
            Some(
                "what is committed is of the whole scheme, on the day of its decision: leave stage, with and year_of out",
            )
        }
        (CeilingOf::Grant, Per::Scheme, _) => None,
        (CeilingOf::Grant | CeilingOf::Projects, Per::Applicant, Period::Round) => {
            Some("a round binds applications only: write of = \"applications\", or another period")
        }
        (CeilingOf::Asked(_), Per::Applicant, _) => {
            Some("what is asked belongs to one project: write per = \"project\"")
        }
        (CeilingOf::Projects | CeilingOf::Applications, Per::Applicant, _) if ceiling.stage.is_some() => {
            Some("projects and applications are not of one stage: leave the stage out")
        }
        (_, Per::Applicant, _) | (CeilingOf::Grant | CeilingOf::Asked(_), Per::Project, Period::Lifetime) => None,
        (CeilingOf::Grant | CeilingOf::Asked(_), Per::Project, _) => {
            Some("a project is limited once: leave the period out")
        }
        (CeilingOf::Projects | CeilingOf::Applications, Per::Project, _) => {
            Some("an applicant has projects and applications: write per = \"applicant\"")
        }
    }
}
