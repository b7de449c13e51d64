//! Posts at unit rates: the highest pay first, up to so many heads and so long; further heads in part.

use super::Work;
use super::paid::Pay;
use super::request::{Post, Stage};
use super::step::{Called, Kind, Time};
use crate::money::{Cents, MoneyError, Share};
use crate::scheme::{Class, RatePer, UnitRates};
use std::collections::BTreeSet;

/// What the posts of a stage come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostsResult {
    /// What they cost, as far as it is eligible.
    pub cost: Cents,
    /// What is paid of it.
    pub paid: Cents,
    /// The paths of the rates that were paid; none where a ceiling of the stage leaves less than they come to.
    pub(super) rates: BTreeSet<String>,
}

/// One line of posts with what is paid for one head in one unit of its rate.
struct Line<'a> {
    post: &'a Post,
    class: &'a Class,
    path: String,
    source: &'a str,
    /// What one head costs for the time of the rate, as far as it is eligible.
    cost: Cents,
    /// What is paid of it in full-rate places.
    paid: Cents,
    /// What is paid on top of that in full-rate places.
    on_top: Cents,
    /// What that follows from.
    pay: Pay,
}

/// Places, while they are given out.
struct Places {
    /// In full; without a limit, all are.
    full: Option<u32>,
    /// In part.
    extra: u32,
}

impl<'a> Work<'a> {
    /// What the posts of a stage come to; `None` where it has none. All heads of a stage are counted as if they were there at one
    /// time, since a request does not say when a post begins.
    pub(super) fn posts(&mut self, stage: &'a Stage) -> Result<Option<PostsResult>, MoneyError> {
        let scheme = self.scheme;
        let (Some(rates), Some(posts)) = (&scheme.file.unit_rate, &stage.posts) else { return Ok(None) };
        if posts.is_empty() {
            return Ok(None);
        }
        // In one order, so that that of the request changes no step.
        let mut posts = posts.iter().collect::<Vec<_>>();
        posts.sort();
        let mut lines = Vec::new();
        for post in posts {
            lines.extend(self.line(rates, &stage.stage, post)?);
        }
        // The highest pay of a head first, with what comes on top; a month of one rate is compared with a month of another.
        lines.sort_by_key(|line| {
            let head = Cents::new(line.paid.get().saturating_add(line.on_top.get()));
            std::cmp::Reverse((per_month(line.class.per, head), line.post.clone()))
        });
        let heads = rates.heads.as_ref().and_then(|heads| self.in_force("unit_rate.heads", &heads.is));
        let mut places = Places { full: heads.map(|(heads, _)| *heads), extra: 0 };
        let mut result = PostsResult::default();
        for line in &lines {
            self.place(rates, line, &mut places, &mut result)?;
        }
        Ok(Some(result))
    }

    /// What one head of a line costs and is paid; `None`, and refused, where the class is not paid in the stage.
    fn line(&mut self, rates: &'a UnitRates, stage: &'a str, post: &'a Post) -> Result<Option<Line<'a>>, MoneyError> {
        let Some(class) = rates.class.get(&post.class) else { return Ok(None) };
        let path = format!("unit_rate.class.{}", post.class);
        if !class.is_paid_in(stage) {
            self.refuse(format!("{path}.stages"));
            let class_called = Called { code: &post.class, name: Some(&class.name) };
            let stages = class.stages.iter().map(|stage| self.stage_called(stage.get_ref())).collect();
            let kind = Kind::NotPaidInStage { class: class_called, stage: self.stage_called(stage), stages };
            self.step(format!("{path}.stages"), None, kind);
            return Ok(None);
        }
        let Some((rate, source)) = self.in_force(&path, &class.is) else { return Ok(None) };
        let (mut cost, mut paid) = (*rate, *rate);
        let mut pay = Pay { rate: *rate, per: class.per, salary: None, salary_share: None, on_top: Cents::ZERO };
        let share = class.salary_share.as_ref().and_then(|share| self.in_force(&format!("{path}.salary_share"), share));
        match (post.monthly_salary, share) {
            (Some(salary), share) => {
                let Some(salary) = self.for_rate(class.per, salary)? else { return Ok(None) };
                let part = share.map_or(Ok(salary), |(share, _)| share.of(salary, self.rounding))?;
                paid = part.min(*rate);
                cost = if share.is_some() { salary } else { paid };
                (pay.salary, pay.salary_share) = (Some(salary), share.map(|(share, _)| *share));
            }
            (None, Some(_)) => {
                self.missing.insert("project.stages.posts.monthly_salary".to_owned());
            }
            (None, None) => {}
        }
        let on_top = Cents::sum(class.add_on.values().filter_map(|add_on| self.value_for(&add_on.is)).copied())?;
        Ok(Some(Line { post, class, path, source, cost, paid, on_top, pay }))
    }

    /// A monthly salary for the time of a rate; `None`, and refused, where nobody says how many days a month has.
    fn for_rate(&mut self, per: RatePer, monthly: Cents) -> Result<Option<Cents>, MoneyError> {
        let (times, divisor) = match per {
            RatePer::Month => (1, Some(1)),
            RatePer::Year => (12, Some(1)),
            RatePer::Day => (1, self.days_per_month()),
        };
        divisor.map(|divisor| monthly.times(times, divisor, self.rounding)).transpose()
    }

    /// Gives a line its places, full ones first.
    fn place(
        &mut self,
        rates: &'a UnitRates,
        line: &Line<'a>,
        places: &mut Places,
        result: &mut PostsResult,
    ) -> Result<(), MoneyError> {
        let time = self.time(rates, line);
        let wanted = line.post.heads;
        let full = places.full.map_or(wanted, |full| full.min(wanted));
        places.full = places.full.map(|left| left.saturating_sub(full));
        self.pay(line, full, time, None, result)?;
        let rest = wanted.saturating_sub(full);
        if rest == 0 {
            return Ok(());
        }
        let extra = self.extra_places(rates, places, rest);
        if let Some((share, heads)) = extra {
            places.extra = places.extra.saturating_add(heads);
            self.pay(line, heads, time, Some(share), result)?;
        }
        let counted = full.saturating_add(extra.map_or(0, |(_, heads)| heads));
        if counted < wanted {
            let kind = Kind::HeadsNotCounted { class: called(line), asked: wanted, counted };
            self.step("unit_rate.heads", None, kind);
        }
        Ok(())
    }

    /// How many of the heads that are left are paid in part, and in which.
    fn extra_places(&mut self, rates: &'a UnitRates, places: &Places, rest: u32) -> Option<(Share, u32)> {
        let heads = rates.extra_heads.as_ref()?;
        let (limit, _) = self.in_force("unit_rate.extra_heads", &heads.is)?;
        let (share, _) = self.in_force("unit_rate.extra_share", &rates.extra_share.as_ref()?.is)?;
        let heads = limit.saturating_sub(places.extra).min(rest);
        (heads > 0).then_some((*share, heads))
    }

    /// How long one head is paid.
    fn time(&mut self, rates: &'a UnitRates, line: &Line<'a>) -> Time {
        let asked = match (line.post.months, line.post.days) {
            (Some(months), _) => Time::Months(months),
            (None, days) => Time::Days(days.unwrap_or(0)),
        };
        let (limit, path) = match asked {
            Time::Months(_) => (&rates.months, "unit_rate.months"),
            Time::Days(_) => (&rates.days, "unit_rate.days"),
        };
        let Some((most, source)) = limit.as_ref().and_then(|limit| self.in_force(path, &limit.is)) else {
            return asked;
        };
        let counted = asked.at_most(*most);
        if counted != asked {
            self.step(path, Some(source), Kind::TimeNotCounted { class: called(line), asked, counted });
        }
        counted
    }

    /// Pays some heads of a line, in full or in part.
    fn pay(
        &mut self,
        line: &Line<'a>,
        heads: u32,
        time: Time,
        part: Option<Share>,
        result: &mut PostsResult,
    ) -> Result<(), MoneyError> {
        if heads == 0 {
            return Ok(());
        }
        let Some((units, divisor)) = self.units(line, time) else { return Ok(()) };
        let quantity = units.checked_mul(heads).ok_or(MoneyError::Overflow)?;
        let on_top = self.add_ons(line, part.is_some())?;
        let unit = line.paid.plus(on_top)?;
        let whole = unit.times(quantity, divisor, self.rounding)?;
        let paid = part.map_or(Ok(whole), |part| part.of(whole, self.rounding))?;
        let cost = line.cost.plus(on_top)?.times(quantity, divisor, self.rounding)?;
        result.cost = result.cost.plus(cost)?;
        result.paid = result.paid.plus(paid)?;
        result.rates.insert(line.path.clone());
        let pay = Pay { on_top, ..line.pay };
        let kind = Kind::Post { class: called(line), pay, unit, heads, time, units, divisor, part, amount: paid };
        self.step(&*line.path, Some(line.source), kind);
        Ok(())
    }

    /// What is paid on top for one head.
    fn add_ons(&mut self, line: &Line<'a>, extra: bool) -> Result<Cents, MoneyError> {
        let mut sum = Cents::ZERO;
        for (name, add_on) in &line.class.add_on {
            let path = format!("{}.add_on.{name}", line.path);
            if extra {
                let path = format!("{path}.for_extra_heads");
                let paid = add_on.for_extra_heads.as_ref().and_then(|paid| self.in_force(&path, paid));
                if !paid.is_some_and(|(paid, _)| *paid) {
                    continue;
                }
            }
            if let Some((amount, source)) = self.in_force(&path, &add_on.is) {
                sum = sum.plus(*amount)?;
                let called = Called { code: name, name: Some(&add_on.name) };
                self.step(path, Some(source), Kind::AddOn { add_on: called, amount: *amount });
            }
        }
        Ok(sum)
    }

    /// How many units of its rate a time is, as a fraction; `None`, and refused, where nobody says how many days a month has.
    fn units(&mut self, line: &Line<'a>, time: Time) -> Option<(u32, u32)> {
        match (line.class.per, time) {
            (RatePer::Month, Time::Months(units)) | (RatePer::Day, Time::Days(units)) => Some((units, 1)),
            (RatePer::Year, Time::Months(months)) => Some((months, 12)),
            (RatePer::Month, Time::Days(days)) => Some((days, self.days_per_month()?)),
            (RatePer::Day, Time::Months(months)) => Some((self.days_per_month()?.checked_mul(months)?, 1)),
            (RatePer::Year, Time::Days(days)) => Some((days, self.days_per_month()?.checked_mul(12)?)),
        }
    }

    fn days_per_month(&mut self) -> Option<u32> {
        const PATH: &str = "unit_rate.days_per_month";
        let scheme = self.scheme;
        match scheme.file.unit_rate.as_ref().and_then(|rates| rates.days_per_month.as_ref()) {
            Some(days) => self.in_force(PATH, &days.is).map(|(days, _)| *days),
            None => {
                self.refuse_unknown(PATH, None);
                None
            }
        }
    }
}

fn called<'a>(line: &Line<'a>) -> Called<'a> {
    Called { code: &line.post.class, name: Some(&line.class.name) }
}

/// What a unit of a rate is in a month, near enough to say which is higher.
fn per_month(per: RatePer, unit: Cents) -> i64 {
    match per {
        RatePer::Month => unit.get(),
        RatePer::Day => unit.get().saturating_mul(30),
        RatePer::Year => unit.get().checked_div(12).unwrap_or_default(),
    }
}
