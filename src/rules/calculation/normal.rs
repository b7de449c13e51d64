//! A request in one form, whatever the order in which it was written: what the trace is made over.

use super::request::Request;
use crate::calendar::Day;

impl Request {
    /// The same request with its day and with its lines sorted.
    #[must_use]
    pub fn normalised(&self, on: Day) -> Self {
        let mut normal = self.clone();
        normal.on = Some(on);
        for stage in &mut normal.project.stages {
            stage.costs.iter_mut().for_each(|costs| costs.sort());
            stage.contributions.iter_mut().for_each(|contributions| contributions.sort());
            stage.posts.iter_mut().for_each(|posts| posts.sort());
        }
        normal.project.stages.sort_by(|left, right| left.stage.cmp(&right.stage));
        if let Some(awards) = normal.history.as_mut().and_then(|history| history.awards.as_mut()) {
            awards.sort();
        }
        normal
    }
}
