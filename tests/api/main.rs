//! Everything that needs a database: one binary, a database of its own for each test.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]
#![expect(unreachable_pub, reason = "helpers are shared inside this binary")]

mod audit;
mod case;
mod database;
mod duties;
mod guards;
mod life;
mod migrations;
mod proof;
mod proposals;
mod races;
mod settlements;
mod turns;
mod world;
