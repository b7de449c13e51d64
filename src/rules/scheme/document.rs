//! Documents that an application comes with.

use crate::attachment::MediaType;
use crate::dated::Dated;
use crate::text::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// A document that an application comes with, or may come with.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What people call it.
    pub name: Text,
    /// Whether an application is submitted only with it.
    pub required: Option<Dated<bool>>,
    /// The types that are taken; left out, all that the house takes.
    #[serde(default)]
    pub types: Vec<MediaType>,
    /// The most that one file of it has, in MiB; left out, what the house takes.
    #[schemars(with = "Option<u32>")]
    pub mebibytes_max: Option<Spanned<u32>>,
}
