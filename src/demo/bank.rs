//! Where the applicants are paid, and what the bank is told: an account is agreed by two, and each batch becomes a file.

use super::Trouble;
use super::assess::field;
use super::client::Call;
use super::stage::{Part, Stage};
use serde_json::{Value, json};

/// A bank of whose accounts all here are made up.
const BANK: &str = "004";

impl<'a> Stage<'a> {
    /// The applicant says where it is paid, once, and somebody of finance confirms it.
    pub(super) fn account(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let (applicant, finance) = (self.cast.get(&part.case.applicant)?, self.cast.get("preparer")?);
        let Some((organisation, name)) = &applicant.organisation else { return Ok(()) };
        let path = format!("/organisations/{organisation}/payee-accounts");
        let on_file = self.api.call(applicant, Call::get(&*path))?.done()?.items("")?;
        let live = |account: &&Value| field(account, "state") != "ended";
        let known = on_file.iter().find(live);
        if known.is_some_and(|account| field(account, "state") != "proposed") {
            return Ok(());
        }
        // Made of the identity, so that every run types in the same digits.
        let number = organisation.bytes().filter(u8::is_ascii_digit).take(9).map(char::from).collect::<String>();
        let mut body = json!({ "kind": "account", "holder": name, "bank": BANK, "number": format!("{number:0<9}") });
        let account = match known {
            Some(account) => account.clone(),
            None => {
                let call = Call::post(&*path, body.clone()).once(&part.key("-account"));
                self.api.call(applicant, call)?.done()?.json
            }
        };
        self.must_wait_for(finance, "payee_account.confirm", name)?;
        if let Some(members) = body.as_object_mut() {
            members.insert("check".to_owned(), json!("Called back on the number on file; the bank's letter seen."));
        }
        let path = format!("/payee-accounts/{}/confirmation", field(&account, "id"));
        let confirmed = self.api.call(finance, Call::post(path, body).once(&part.key("-account-check")))?.done()?;
        let (ending, from) = (field(&account, "ending"), confirmed.text("/usable_from")?);
        let text = format!(
            "· {} says where {name} is paid, an account ending in {ending}; {} types it in again. It is used from {from}.",
            applicant.name, finance.name,
        );
        self.story.because(&text)
    }

    /// What the bank is told of a batch that was released.
    pub(super) fn bank_file(&self, batch: &str) -> Result<Vec<u8>, Trouble> {
        let call = Call::post(format!("/batches/{batch}/bank-file"), json!({ "format": "pain.001.001.09" }));
        Ok(self.api.call(self.cast.get("releaser")?, call)?.done()?.bytes)
    }
}
