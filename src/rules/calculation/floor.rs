//! Limits from below: they refuse, they never raise.

use super::Work;
use super::limit::Measured;
use super::stage::StageResult;
use super::step::Kind;
use crate::money::{Cents, MoneyError};
use crate::scheme::FloorOf;

impl<'a> Work<'a> {
    pub(super) fn floors(&mut self, stages: &[StageResult<'a>], allowed: Cents) -> Result<(), MoneyError> {
        let scheme = self.scheme;
        for (name, floor) in &scheme.file.floor {
            let path = format!("floor.{name}");
            let Some((limit, source)) = self.in_force(&path, &floor.is) else { continue };
            let of = floor.stage.as_ref().map(|stage| stage.get_ref().as_str());
            let counted = stages.iter().filter(|stage| of.is_none_or(|of| of == stage.stage)).collect::<Vec<_>>();
            if counted.is_empty() {
                continue;
            }
            let measured = Measured { at_least: true, ..Measured::of(&counted, &self.categories)? };
            let Some(limit) = self.amount_of(&path, source, limit, &measured)? else { continue };
            let by_share = measured.contribution.is_none();
            let measured = match floor.of {
                FloorOf::Cost => Cents::sum(counted.iter().map(|stage| stage.eligible_cost))?,
                FloorOf::Contribution => Cents::sum(counted.iter().map(|stage| stage.own_share()))?,
                FloorOf::Grant if of.is_some() => Cents::sum(counted.iter().map(|stage| stage.grant))?,
                FloorOf::Grant => allowed,
            };
            if measured < limit {
                self.refuse(&*path);
            }
            self.step(path, Some(source), Kind::Floor { of: floor.of, by_share, measured, limit });
        }
        Ok(())
    }
}
