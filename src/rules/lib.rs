//! The rules of Almoner, without a clock, a file, a socket or a database: their inputs are values, and so is their output.
//!
//! Reading order: [`money`], [`calendar`] and [`dated`] are the words; [`scheme`] is what a file of `seeds/schemes/` says;
//! [`calculation`] works a grant out and explains it; [`prose`] tells a file in sentences, [`schema`] what may be written in it and in
//! a request, [`rehearsal`] what a draft would change. [`scoring`] makes a score of marks, and [`allocation`] finds a plan of who
//! reads what, or what is in the way of one; [`interest`] says who must not read what, [`panel`] ranks what is scored,
//! [`assessment_step`] is what may come before it, and [`feedback`] what the applicant hears of it; [`clock`] counts the days that each
//! step takes, [`due`] says what single people owe, [`reminder`] who is told of it, and [`signal`] shows what may be no accident. [`debarment`] says who is kept from public money. [`application`], [`person`], [`assessor`] and [`relation`] and [`particulars`] are what changes, [`attachment`] what lies beside it,
//! [`member`] who works on it;
//! [`letter`] is what the applicant is sent; [`change_request`] says how an award changes, [`review`] how it is looked again at a refusal, [`payee_account`] is where it is paid, [`hold`] what is not paid for now, [`obligation`] what is owed beside the project, [`ledger`] keeps the money, [`statement`] tells it of one case, [`movement`] takes it from
//! the limits, and [`reservation`] keeps what is recommended of it;
//! [`permission`] says who may, [`sight`] who
//! sees what, [`blind`] what assessors are not told, [`change`] and [`event`] what was decided, [`refusal`] why not, [`notification`] who is told.

#![deny(clippy::arithmetic_side_effects)]

// What tests of other crates use as well names this one.
#[cfg(test)]
extern crate self as rules;

pub mod actor;
pub mod agenda;
pub mod allocation;
pub mod application;
pub mod approval;
pub mod assessment;
pub mod assessment_step;
pub mod assessor;
pub mod attachment;
pub mod award;
pub mod bank_answer;
pub mod bank_order;
pub mod basis;
pub mod batch;
pub mod blind;
pub mod calculation;
pub mod calendar;
pub mod change;
pub mod change_request;
pub mod claim;
pub mod clock;
pub mod dated;
pub mod debarment;
pub mod decision;
pub mod delegation;
pub mod due;
pub mod duty;
pub mod event;
pub mod export;
pub mod feedback;
mod history;
pub mod hold;
pub mod ids;
pub mod interest;
pub mod ledger;
pub mod letter;
pub mod member;
pub mod money;
pub mod movement;
pub mod notification;
pub mod obligation;
pub mod panel;
pub mod particulars;
pub mod payee_account;
pub mod permission;
pub mod person;
pub mod prose;
pub mod recovery;
pub mod refusal;
pub mod rehearsal;
pub mod relation;
pub mod release_limit;
pub mod reminder;
pub mod report;
pub mod reservation;
pub mod reserve_list;
pub mod review;
pub mod round;
pub mod round_decision;
pub mod round_extension;
pub mod route;
#[cfg(test)]
mod sample;
pub mod schema;
pub mod scheme;
pub mod scheme_draft;
pub mod scheme_text;
pub mod scoring;
pub mod sight;
pub mod signal;
pub mod sitting;
pub mod statement;
pub mod text;
pub mod work;
pub mod year_budget;

pub use scheme::hexadecimal;
