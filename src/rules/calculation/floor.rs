//! Limits from below: they refuse, they never raise.

use super::Work;
use super::stage::StageResult;
use super::step::Kind;
use crate::money::{Cents, MoneyError};
use crate::scheme::FloorOf;

impl<'a> Work<'a> {
    pub(super) fn floors(&mut self, stages: &[StageResult<'a>], allowed: Cents) -> Result<(), MoneyError> {
        let cost = Cents::sum(stages.iter().map(|stage| stage.eligible_cost))?;
        let contribution = Cents::sum(stages.iter().map(StageResult::own_share))?;
        let scheme = self.scheme;
        for (name, floor) in &scheme.file.floor {
            let path = format!("floor.{name}");
            let Some((limit, source)) = self.in_force(&path, &floor.is) else { continue };
            let measured = match floor.of {
                FloorOf::Cost => cost,
                FloorOf::Contribution => contribution,
                FloorOf::Grant => allowed,
            };
            if measured < *limit {
                self.refuse(&*path);
            }
            self.step(path, Some(source), Kind::Floor { of: floor.of, measured, limit: *limit });
        }
        Ok(())
    }
}
