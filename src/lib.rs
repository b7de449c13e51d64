//! Almoner: grants and matching funds, from the call to the last cent.
//!
//! Every arrow points right: `cli → rules` so far. The crate `rules` (in `src/rules`) decides; this crate reads, writes and talks.

pub mod access;
pub mod actions;
pub mod app;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod http;
pub mod settings;
pub mod store;
pub mod telemetry;
