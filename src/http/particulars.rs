//! Particulars of organisations. A bank account comes in and never goes out.

use super::actor::Signed;
use super::answer::Answer;
use super::body::Body;
use super::precondition::IfMatch;
use super::problem::Problem;
use super::services::Door;
use crate::actions::particulars::{self, Whereabouts, WrittenAccount};
use actix_web::web::Path;
use actix_web::{get, put};
use rules::ids::OrganisationId;
use rules::particulars::Particulars;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What is shown of a bank account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountView {
    /// Its last three digits.
    #[schema(example = "001")]
    ending: String,
}

/// The particulars of an organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct ParticularsView {
    /// Of which.
    #[schema(value_type = Uuid)]
    organisation: OrganisationId,
    /// Where it is.
    address: Option<String>,
    /// Where it is called.
    telephone: Option<String>,
    /// Where it is found on the net.
    website: Option<String>,
    /// Where it is paid, as far as that is shown; the account is kept nowhere in the clear.
    account: Option<AccountView>,
    /// What `If-Match` names, in quotes.
    version: i32,
}

impl From<Particulars> for ParticularsView {
    fn from(kept: Particulars) -> Self {
        let Particulars { organisation, address, telephone, website, account, version } = kept;
        let account = account.map(|account| AccountView { ending: account.ending });
        Self { organisation, address, telephone, website, account, version }
    }
}

/// Particulars as they are to be: what is left out is none, but of the account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ParticularsRequest {
    /// Where it is.
    #[schema(max_length = 500)]
    address: Option<String>,
    /// Where it is called: 8 to 15 digits.
    #[schema(example = "+852 2345 6789")]
    telephone: Option<String>,
    /// Where it is found on the net.
    #[schema(example = "https://www.example.hk", max_length = 200)]
    website: Option<String>,
    /// Where it is paid: 6 to 20 digits, with the code of the bank. Left out, it stays what it is; null, there is none.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, example = "004-123-456789-001")]
    account: Option<Option<String>>,
}

/// What is there, be it null. What is neither is not repeated in the refusal: it may be an account all the same.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(Some(Some(text))),
        Value::Null => Ok(Some(None)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(D::Error::custom("write the account as a text, or null"))
        }
    }
}

/// The particulars of an organisation, for whoever acts for it and for those who weigh cases.
#[utoipa::path(
    tag = "organisations", params(("id" = Uuid, Path, description = "The organisation")),
    responses((status = 200, description = "What is on file", body = ParticularsView)),
)]
#[get("/organisations/{id}/particulars")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<OrganisationId>>) -> Result<Answer, Problem> {
    let kept = particulars::read(&mut door.reader().await?, &caller.actor, *id).await?;
    let version = kept.version;
    Ok(Answer::ok(&ParticularsView::from(kept))?.version(version))
}

/// Keep the particulars of an organisation that you act for. Of the account, a fingerprint under a key and its last three digits are kept.
#[utoipa::path(
    tag = "organisations", request_body = ParticularsRequest,
    params(
        ("id" = Uuid, Path, description = "The organisation"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Kept", body = ParticularsView)),
)]
#[put("/organisations/{id}/particulars")]
pub(super) async fn keep(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<OrganisationId>, IfMatch, Body<ParticularsRequest>)>,
) -> Result<Answer, Problem> {
    let ParticularsRequest { address, telephone, website, account } = body.0;
    let account = match account {
        None => WrittenAccount::Left,
        Some(None) => WrittenAccount::None,
        Some(Some(text)) => WrittenAccount::Is(text),
    };
    let (whereabouts, access) = (Whereabouts { address, telephone, website }, door.access.clone());
    door.write(async move |tx| {
        let kept = particulars::keep(tx, &caller.actor, &access, (*id, version), (whereabouts, account)).await?;
        let version = kept.version;
        Ok(Answer::ok(&ParticularsView::from(kept))?.version(version))
    })
    .await
}
