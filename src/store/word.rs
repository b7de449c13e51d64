//! A word of ours that stands in a statement itself instead of being bound to it.
//!
//! Statements are planned without their values. An index that covers one state alone is only used where the state is not a value.

use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;

/// A code of this program, never anything that comes from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word(pub(super) &'static str);

impl Expression for Word {
    type SqlType = Text;
}

impl<T> AppearsOnTable<T> for Word {}

impl<T> SelectableExpression<T> for Word {}

impl<G> ValidGrouping<G> for Word {
    type IsAggregate = is_aggregate::Never;
}

// The statement is kept under its text, since two words are two statements.
impl QueryId for Word {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Word {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("'");
        out.push_sql(self.0);
        out.push_sql("'");
        Ok(())
    }
}
