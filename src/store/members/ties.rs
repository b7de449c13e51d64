//! What somebody is to single cases of others, as one column of the query that loads an actor: no round trip of its own.

use super::role;
use crate::store::Fault;
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use rules::ids::ApplicationId;
use rules::member::Tie;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What stands in the place of a role where there is none.
const BARRED: &str = "barred";
const BLIND: &str = "blind";
const CONFLICTED: &str = "conflicted";

/// All ties of a person: a text for each, the case and the role.
#[derive(Clone, Copy, Debug, QueryId)]
pub(in crate::store) struct TiesOf(pub(in crate::store) Uuid);

impl Expression for TiesOf {
    type SqlType = Array<Text>;
}

impl<T> AppearsOnTable<T> for TiesOf {}

impl<T> SelectableExpression<T> for TiesOf {}

impl<G> ValidGrouping<G> for TiesOf {
    type IsAggregate = is_aggregate::Never;
}

impl QueryFragment<Pg> for TiesOf {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "ARRAY(SELECT t.application_id || CASE t.state WHEN 'accepted' THEN ' ' || t.role ELSE ' barred' END \
               FROM application_members t WHERE t.person_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.0)?;
        out.push_sql(
            " UNION ALL SELECT t.application_id || ' barred' FROM memberships o \
               JOIN application_members t ON t.organisation_id = o.organisation_id WHERE o.person_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.0)?;
        // Whatever has become of it: what they were not to know when they were asked they are not told afterwards, for they may be asked
        // again.
        out.push_sql(
            " UNION ALL SELECT s.application_id || ' blind' FROM assessments s WHERE s.blind_to_applicant AND s.assessor_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.0)?;
        // Nobody overrides the word of an assessor on the case itself; what else is in the way is worked out of what is on file.
        out.push_sql(
            " UNION ALL SELECT s.application_id || ' conflicted' FROM assessments s WHERE s.state = 'conflicted' AND s.assessor_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.0)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Reads them: of several to one case, the one that lets do most.
pub(in crate::store) fn read(ties: &[String]) -> Result<BTreeMap<ApplicationId, Tie>, Fault> {
    let mut read = BTreeMap::new();
    for text in ties {
        let corrupt = || Fault::Corrupt(format!("tie {text}"));
        let (case, word) = text.split_once(' ').ok_or_else(corrupt)?;
        let case = ApplicationId(Uuid::parse_str(case).map_err(|_error| corrupt())?);
        let tie = match word {
            CONFLICTED => Tie::Conflicted,
            BLIND => Tie::Blind,
            BARRED => Tie::Barred,
            word => Tie::Member(role(word)?),
        };
        let best = read.entry(case).or_insert(tie);
        *best = tie.max(*best);
    }
    Ok(read)
}
