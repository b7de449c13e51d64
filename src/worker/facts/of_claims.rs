//! What letters say of claims, of their payments, and of what is owed beside them.

use super::missing;
use crate::actions::Error;
use crate::store::{Fault, Reader, claims};
use crate::worker::letters::Met;
use rules::batch::SetOff;
use rules::claim::Claim;
use rules::ids::{ApplicationId, ClaimId};
use rules::money::Cents;
use rules::person::Language;
use rules::scheme::Scheme;

/// What the instalment of a claim is called.
pub(super) async fn instalment_of(
    reader: &mut Reader,
    (application, claim): (ApplicationId, ClaimId),
    (scheme, language): (&Scheme, Language),
) -> Result<String, Error> {
    let claim = claim_of(reader, application, claim).await?;
    Ok(instalment_name(scheme, &claim.instalment, language))
}

pub(super) async fn claim_of(reader: &mut Reader, application: ApplicationId, id: ClaimId) -> Result<Claim, Fault> {
    let claims = claims::of_application(reader, application).await?;
    claims.into_iter().find(|claim| claim.id == id).ok_or_else(|| missing("claim"))
}

/// What of a payment was set off, and what is left of it. By which demand the organisation owes it is told to those alone who act for it, and not by
/// mail, which all who see the case have.
pub(super) fn set_off(paid: Cents, set_off: Option<SetOff>) -> Option<Met> {
    let SetOff { amount, .. } = set_off?;
    Some(Met { amount, transferred: Some(paid.less(amount)).filter(|rest| *rest > Cents::ZERO) })
}

pub(super) fn instalment_name(scheme: &Scheme, code: &str, language: Language) -> String {
    let name = scheme.file.payment.as_ref().and_then(|payment| payment.name_of_planned(code));
    name.map_or_else(|| code.to_owned(), |name| name.of(language).to_owned())
}

pub(super) fn obligation_name(scheme: &Scheme, code: &str, language: Language) -> String {
    scheme.file.owed(code).map_or_else(|| code.to_owned(), |(name, _)| name.of(language).to_owned())
}
