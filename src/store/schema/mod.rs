//! The tables as diesel sees them; a test compares them with the database.

mod access;
mod assessors;
mod cases;
mod changes;
mod committees;
mod integrity;
mod journal;
mod members;
mod money;
mod rankings;
mod refusals;
mod signals;
mod texts;

pub(super) use access::*;
pub(super) use assessors::*;
pub(super) use cases::*;
pub(super) use changes::*;
pub(super) use committees::*;
pub(super) use integrity::*;
pub(super) use journal::*;
pub(super) use members::*;
pub(super) use money::*;
pub(super) use rankings::*;
pub(super) use refusals::*;
pub(super) use signals::*;
pub(super) use texts::*;

diesel::allow_tables_to_appear_in_same_query!(people, case_duties, person_roles, person_authorities, memberships, organisations, sessions, refresh_tokens);
diesel::allow_tables_to_appear_in_same_query!(application_members, people);
diesel::allow_tables_to_appear_in_same_query!(application_members, organisations);
diesel::allow_tables_to_appear_in_same_query!(application_members, applications);
diesel::allow_tables_to_appear_in_same_query!(people, applications);
diesel::allow_tables_to_appear_in_same_query!(debarments, people);
diesel::allow_tables_to_appear_in_same_query!(debarments, organisations);
diesel::allow_tables_to_appear_in_same_query!(debarments, memberships);
diesel::allow_tables_to_appear_in_same_query!(applications, organisations, assessments, awards, batches, claims, payments, ledger_entries, application_calculations, round_seals, panels, panel_cases, panel_departures, panel_minutes, application_stays, reserve_entries);
diesel::joinable!(award_stages -> awards (application_id));
diesel::joinable!(change_requests -> awards (application_id));
diesel::allow_tables_to_appear_in_same_query!(change_requests, awards);
diesel::allow_tables_to_appear_in_same_query!(change_requests, applications);
diesel::allow_tables_to_appear_in_same_query!(reviews, applications);
diesel::joinable!(instalments -> awards (application_id));
diesel::allow_tables_to_appear_in_same_query!(award_stages, awards);
diesel::allow_tables_to_appear_in_same_query!(envelopes, round_balances);
diesel::allow_tables_to_appear_in_same_query!(instalments, awards);
diesel::allow_tables_to_appear_in_same_query!(audit_entries, audit_heads);
