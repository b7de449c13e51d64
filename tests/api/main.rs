//! Everything that needs a database: one binary, a database of its own for each test.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]
#![expect(clippy::indexing_slicing, reason = "JSON is written and read by its names")]
#![expect(unreachable_pub, reason = "helpers are shared inside this binary")]

mod audit;
mod case;
mod database;
mod doors;
mod duties;
mod guards;
mod letters;
mod life;
mod long_lists;
mod mail;
mod mail_process;
mod mail_tls;
mod migrations;
mod post;
mod proof;
mod proposals;
mod races;
mod report_files;
mod report_streams;
mod reports;
mod settlements;
mod site;
mod turns;
mod world;
