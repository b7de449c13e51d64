//! Almoner: grants and matching funds, from the call to the last cent.
//!
//! Every arrow points right: `cli → http → actions → store → rules`, `worker → actions`, `http → export → rules`. The crate `rules`
//! (in `src/rules`) decides; this crate reads, writes and talks. `docs/ARCHITECTURE.md` has the map.

pub mod access;
pub mod actions;
pub mod app;
pub mod bank;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod export;
pub mod files;
pub mod http;
pub mod press;
pub mod rehearsal;
pub mod settings;
pub mod sink;
pub mod store;
pub mod telemetry;
pub mod worker;
