//! Statements that write, sent as one: fewer round trips while a connection and locks are held.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// Writes all or nothing. None sees what the others write; references from one to another are checked after all.
pub(super) struct Together<'a>(pub(super) Vec<Statement<'a>>);

/// One of them.
pub(super) type Statement<'a> = Box<dyn QueryFragment<Pg> + Send + 'a>;

// Kept under its text: which statements there are is only known when they are there.
impl QueryId for Together<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some((last, before)) = self.0.split_last() else { return Ok(()) };
        for (place, statement) in before.iter().enumerate() {
            out.push_sql(if place == 0 { "WITH w" } else { ", w" });
            out.push_sql(&place.to_string());
            out.push_sql(" AS (");
            statement.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql(" ");
        last.walk_ast(out)
    }
}
