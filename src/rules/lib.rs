//! The rules of Almoner, without a clock, a file, a socket or a database: their inputs are values, and so is their output.
//!
//! Reading order: [`money`], [`calendar`] and [`dated`] are the words; [`scheme`] is what a file of `seeds/schemes/` says;
//! [`calculation`] works a grant out and explains it.

#![deny(clippy::arithmetic_side_effects)]

pub mod calculation;
pub mod calendar;
pub mod dated;
pub mod money;
pub mod scheme;
pub mod text;
