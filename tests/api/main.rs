//! Everything that needs a database: one binary, a database of its own for each test.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]
#![expect(clippy::indexing_slicing, reason = "JSON is written and read by its names")]
#![expect(unreachable_pub, reason = "helpers are shared inside this binary")]

mod audit;
mod case;
mod codes;
mod contention;
mod database;
mod desk;
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
mod outages;
mod outbox;
mod pages;
mod post;
mod power_cut;
mod problem;
mod proof;
mod proposals;
mod published;
mod races;
mod refusals;
mod refused_decisions;
mod refused_money;
mod registering;
mod registrations;
mod repeats;
mod report_files;
mod report_streams;
mod reports;
mod serve_process;
mod sessions;
mod settlements;
mod shapes;
mod sight;
mod sight_of_staff;
mod site;
mod ties;
mod turns;
mod unstorable;
mod versions;
mod walk;
mod walk_calls;
mod walk_ground;
mod walk_table;
mod walk_views;
mod work;
mod world;
