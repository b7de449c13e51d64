//! What the money of a year leaves out, where that goes over to the next year.

use super::Work;
use super::step::Kind;
use crate::calendar::Day;
use crate::money::Cents;
use std::collections::BTreeSet;

/// The money of a year, where what it leaves out goes over to the next.
pub(super) struct Rolling<'a> {
    /// The path of its ceiling.
    path: String,
    /// The source of the ceiling in force.
    source: &'a str,
    /// What everything else allows.
    wanted: Cents,
    /// The day on which the next year begins.
    next_year: Day,
}

impl<'a> Work<'a> {
    /// The money of the year, where it is in force and rolls over; `limits` are all ceilings and the request with what each leaves,
    /// `sum` is what the stages come to.
    pub(super) fn rolling(&self, limits: &[(String, Cents)], sum: Cents) -> Option<Rolling<'a>> {
        let scheme = self.scheme;
        let (name, ceiling) = scheme.file.ceiling.iter().find(|(_, ceiling)| ceiling.rolls_over)?;
        let path = format!("ceiling.{name}");
        let (own, others): (Vec<_>, Vec<_>) = limits.iter().partition(|(limit, _)| *limit == path);
        own.first()?;
        let wanted = others.into_iter().map(|(_, left)| *left).fold(sum, Cents::min);
        let source = ceiling.is.on(self.on)?.source.as_str();
        Some(Rolling { path, source, wanted, next_year: self.on.year_after(ceiling.period.year()?) })
    }

    /// What goes over. Nothing is said of it where anything else refuses: that would refuse in the next year as well.
    pub(super) fn rolled_over(&mut self, allowed: Cents, refused_by: &BTreeSet<String>) -> Option<Cents> {
        let Rolling { path, source, wanted, next_year } = self.rolling.take()?;
        if refused_by.iter().any(|refusal| *refusal != path) {
            return None;
        }
        let amount = wanted.less(allowed);
        let kind = Kind::RolledOver { wanted, allowed, next_year, amount };
        self.step(format!("{path}.rolls_over"), Some(source), kind);
        Some(amount)
    }
}
