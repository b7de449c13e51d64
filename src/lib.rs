//! Almoner: grants and matching funds, from the call to the last cent.
//!
//! Every arrow points right: `cli → rules` so far. The crate `rules` (in `src/rules`) decides; this crate reads, writes and talks.

pub mod actions;
pub mod cli;
pub mod store;
