//! Particulars of an organisation: kept by whoever acts for it, read by them and by those who weigh cases.

use super::{Error, must_be_current};
use crate::access::Access;
use crate::store::{Reader, Tx, particulars, people};
use rules::actor::Actor;
use rules::event::Subject;
use rules::ids::OrganisationId;
use rules::particulars::{AccountNumber, NewAccount, NewParticulars, Particulars};
use rules::permission::Verb;
use rules::refusal::Refusal;

/// The particulars of an organisation.
///
/// # Errors
/// When the actor may not, or there is no such organisation.
pub async fn read(reader: &mut Reader, actor: &Actor, id: OrganisationId) -> Result<Particulars, Error> {
    actor.may_for_organisation(Verb::ParticularsRead, Subject::Organisation(id), id)?;
    people::organisation(reader, id).await?.ok_or(Refusal::NotFound)?;
    Ok(particulars::find(reader, id).await?)
}

/// What somebody writes of the account of their organisation.
pub enum WrittenAccount {
    /// Nothing: it stays what it is.
    Left,
    /// That there is none.
    None,
    /// Which it is.
    Is(String),
}

impl WrittenAccount {
    /// What is kept of it. What was written goes no further than this.
    fn under(self, access: &Access) -> Result<NewAccount, Error> {
        Ok(match self {
            Self::Left => NewAccount::AsItIs,
            Self::None => NewAccount::None,
            Self::Is(text) => {
                let number = AccountNumber::read(&text)?;
                NewAccount::Is(number.under(access.account_key.fingerprint(number.digits())))
            }
        })
    }
}

/// What somebody writes of where their organisation is found.
pub struct Whereabouts {
    /// Where it is.
    pub address: Option<String>,
    /// Where it is called.
    pub telephone: Option<String>,
    /// Where it is found on the net.
    pub website: Option<String>,
}

/// Somebody who acts for an organisation keeps its particulars, which must still be as they were read.
///
/// # Errors
/// When the actor does not act for it, somebody else has changed them since, or one of them is none.
pub async fn keep(
    tx: &mut Tx<'_>,
    actor: &Actor,
    access: &Access,
    (id, version): (OrganisationId, i32),
    (whereabouts, account): (Whereabouts, WrittenAccount),
) -> Result<Particulars, Error> {
    let permit = actor.may_for_organisation(Verb::ParticularsKeep, Subject::Organisation(id), id)?;
    let before = particulars::lock(tx, id).await?;
    must_be_current(version, before.version)?;
    let Whereabouts { address, telephone, website } = whereabouts;
    let new = NewParticulars { address, telephone, website, account: account.under(access)? };
    let (change, kept) = before.keep(&permit, new)?;
    tx.record(&change).await?;
    Ok(kept)
}
