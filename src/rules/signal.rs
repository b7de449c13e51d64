//! Signals for those who weigh a case: what is the same behind several applicants, and may be no accident. They are shown with the facts
//! and decide nothing; a signal is worked out when somebody asks, and kept nowhere.

mod because;
mod keys;

pub use keys::{Key, KeyKind, keys};

use crate::application::{Application, Quotation};
use crate::attachment::Attachment;
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use crate::interest::names::{domain, same_organisation};
use crate::interest::{Case, Party};
use crate::particulars::Particulars;
use crate::text::Sentence;
use keys::named;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many cases, and how many organisations, one signal points to.
pub const SHOWN_MAX: usize = 20;

/// What is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Somebody is on the side of several applicants.
    SharedPerson,
    /// Several applicants have one address.
    SharedAddress,
    /// Several applicants have one telephone number.
    SharedTelephone,
    /// Several applicants have one bank account.
    SharedAccount,
    /// One domain stands behind several applicants.
    SharedDomain,
    /// Somebody is named in applications of several applicants.
    NamedPerson,
    /// A file has the same content as one of another applicant.
    SameDocument,
    /// Another applicant asks for the same amount.
    SameAmount,
    /// Another applicant has the same lines of cost.
    SameCosts,
    /// The applicant quotes to itself.
    OwnQuotation,
    /// A related organisation quotes.
    RelatedQuotation,
    /// An organisation quotes that shares something with the applicant.
    LinkedQuotation,
}

/// What an organisation shares with the applicant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// Somebody who is on the side of both, with what they are called.
    Person(PersonId, String),
    /// The address.
    Address,
    /// The telephone number.
    Telephone,
    /// The bank account.
    Account,
    /// A domain.
    Domain(String),
}

impl Shared {
    const fn kind(&self) -> SignalKind {
        match self {
            Self::Person(..) => SignalKind::SharedPerson,
            Self::Address => SignalKind::SharedAddress,
            Self::Telephone => SignalKind::SharedTelephone,
            Self::Account => SignalKind::SharedAccount,
            Self::Domain(_) => SignalKind::SharedDomain,
        }
    }
}

/// An organisation that shares something with one that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What.
    pub shared: Shared,
    /// Which of those that apply: the applicant or a co-applicant.
    pub of: OrganisationId,
    /// Which organisation.
    pub with: Party,
}

/// A submitted case of another applicant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OtherCase {
    /// Which.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// What its applicant is called.
    pub organisation_name: String,
}

/// Everything that was loaded for one case. Of each look-up there is at most one more than is shown, which tells that there are more.
#[derive(Clone, Debug)]
pub struct OnFile {
    /// The applicant, with whom it is related to and who is on its side.
    pub case: Case,
    /// Its particulars.
    pub particulars: Particulars,
    /// Those of its co-applicants.
    pub of_co_applicants: Vec<Particulars>,
    /// The files of the application.
    pub attachments: Vec<Attachment>,
    /// The organisations that share something with the applicant, or with a co-applicant.
    pub links: Vec<Link>,
    /// The cases of others that have a key of this one.
    pub matches: Vec<(Key, OtherCase)>,
    /// The cases of others that have a file with the content of one of this one, by its hash.
    pub documents: Vec<(String, OtherCase)>,
}

/// Something that may be no accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// What is the same.
    pub kind: SignalKind,
    /// Why it fired.
    pub because: Sentence,
    /// The cases that it points to.
    pub applications: Vec<OtherCase>,
    /// The organisations that it points to.
    pub organisations: Vec<(OrganisationId, String)>,
    /// Whether there are more than it points to.
    pub more: bool,
}

/// The domains that stand behind the applicant: of its site, of those on its side, and of those who are named as working for it.
#[must_use]
pub fn domains(application: &Application, case: &Case, particulars: &Particulars) -> BTreeSet<String> {
    let named = named(application).into_iter().filter(|(key, _)| key.kind == KeyKind::Domain);
    let own = case.people.values().filter_map(|person| domain(&person.email));
    own.chain(named.map(|(_, domain)| domain)).chain(particulars.domain()).collect()
}

/// What is the same behind this case and behind others. Of what is not on file, nothing is known.
#[must_use]
pub fn signals(application: &Application, on_file: &OnFile) -> Vec<Signal> {
    let mut signals = shared(application, on_file);
    signals.extend(of_keys(application, on_file));
    signals.extend(of_documents(on_file));
    let quotations = application.content.quotations.iter();
    signals.extend(quotations.filter_map(|quotation| of_quotation(quotation, on_file)));
    signals.sort_by(|one, other| (one.kind, &one.because.en).cmp(&(other.kind, &other.because.en)));
    signals.dedup();
    signals
}

/// No more than is shown, each once, and whether there are more.
fn cut<T: Ord>(found: impl IntoIterator<Item = T>) -> (Vec<T>, bool) {
    let mut found = found.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let more = found.len() > SHOWN_MAX;
    found.truncate(SHOWN_MAX);
    (found, more)
}

impl OnFile {
    /// One of those that apply: what it is called, and its particulars.
    fn applying(&self, id: OrganisationId) -> (&str, &Particulars) {
        let co_applicant = self.case.co_applicants.iter().find(|party| party.id == id);
        let particulars = self.of_co_applicants.iter().find(|particulars| particulars.organisation == id);
        let of = co_applicant.map(|party| party.name.as_str()).zip(particulars);
        of.unwrap_or((&self.case.applicant.name, &self.particulars))
    }
}

/// What organisations share with the applicant or a co-applicant, each thing once with all who share it.
fn shared(application: &Application, on_file: &OnFile) -> Vec<Signal> {
    let mut by_what = BTreeMap::<(&Shared, OrganisationId), Vec<&Party>>::new();
    for Link { shared, of, with } in &on_file.links {
        by_what.entry((shared, *of)).or_default().push(with);
    }
    let domains = domains(application, &on_file.case, &on_file.particulars).into_iter().map(Shared::Domain);
    let domains = domains.collect::<Vec<_>>();
    for domain in &domains {
        by_what.entry((domain, on_file.case.applicant.id)).or_default();
    }
    let signal = |((what, of), parties): ((&Shared, OrganisationId), Vec<&Party>)| {
        let by_id = parties.into_iter().map(|party| (party.id, party)).collect::<BTreeMap<_, _>>();
        let more = by_id.len() > SHOWN_MAX;
        let parties = by_id.into_values().take(SHOWN_MAX).cloned().collect::<Vec<Party>>();
        let key = if let Shared::Domain(domain) = what { Some(Key::of_domain(domain)) } else { None };
        let cases = on_file.matches.iter().filter(|(found, _)| Some(found) == key.as_ref());
        let (cases, more_cases) = cut(cases.map(|(_, case)| case.clone()));
        let more = more || more_cases;
        if parties.is_empty() && cases.is_empty() {
            return None;
        }
        let (applying, particulars) = on_file.applying(of);
        let fact = match what {
            Shared::Person(_, name) => name,
            Shared::Address => particulars.address.as_deref().unwrap_or_default(),
            Shared::Telephone => particulars.telephone.as_deref().unwrap_or_default(),
            Shared::Account => particulars.account.as_ref().map_or("", |account| account.ending.as_str()),
            Shared::Domain(domain) => domain,
        };
        Some(Signal {
            kind: what.kind(),
            because: because::shared((what, fact), applying, (&parties, &cases), more),
            applications: cases,
            organisations: parties.into_iter().map(|party| (party.id, party.name)).collect(),
            more,
        })
    };
    by_what.into_iter().filter_map(signal).collect()
}

/// What is written alike in applications of others.
fn of_keys(application: &Application, on_file: &OnFile) -> Vec<Signal> {
    let signal = |(key, fact): (Key, String)| {
        let (cases, more) =
            cut(on_file.matches.iter().filter(|(found, _)| *found == key).map(|(_, case)| case.clone()));
        let (kind, because) = match key.kind {
            // Told with the organisations that share it.
            KeyKind::Domain => return None,
            _ if cases.is_empty() => return None,
            KeyKind::Person => (SignalKind::NamedPerson, because::named_person(&fact, &cases, more)),
            KeyKind::Amount => (SignalKind::SameAmount, because::same_amount(&fact, &cases, more)),
            KeyKind::Costs => (SignalKind::SameCosts, because::same_costs(&cases, more)),
        };
        Some(Signal { kind, because, applications: cases, organisations: Vec::new(), more })
    };
    named(application).into_iter().filter_map(signal).collect()
}

/// Files with the content of a file of others.
fn of_documents(on_file: &OnFile) -> Vec<Signal> {
    let signal = |attachment: &Attachment| {
        let found = on_file.documents.iter().filter(|(sha256, _)| *sha256 == attachment.sha256);
        let (cases, more) = cut(found.map(|(_, case)| case.clone()));
        if cases.is_empty() {
            return None;
        }
        let because = because::same_document(&attachment.name, &cases, more);
        Some(Signal { kind: SignalKind::SameDocument, because, applications: cases, organisations: Vec::new(), more })
    };
    on_file.attachments.iter().filter_map(signal).collect()
}

/// What a quotation says of who supplies.
fn of_quotation(quotation: &Quotation, on_file: &OnFile) -> Option<Signal> {
    let amount = crate::calculation::money(quotation.amount);
    let supplier = (quotation.supplier.as_str(), amount.as_str());
    let signal = |kind, because, with: &Party| Signal {
        kind,
        because,
        applications: Vec::new(),
        organisations: vec![(with.id, with.name.clone())],
        more: false,
    };
    if let Some(party) = on_file.case.parties().find(|party| supplies(quotation, party)) {
        let because = because::own_quotation(supplier.0, supplier.1);
        return Some(signal(SignalKind::OwnQuotation, because, party));
    }
    if let Some(related) = on_file.case.related.iter().find(|related| supplies(quotation, &related.party)) {
        let because = because::related_quotation(supplier, &related.to, &related.group);
        return Some(signal(SignalKind::RelatedQuotation, because, &related.party));
    }
    let link = on_file.links.iter().find(|link| supplies(quotation, &link.with))?;
    let because = because::linked_quotation(supplier, on_file.applying(link.of).0, &link.shared);
    Some(signal(SignalKind::LinkedQuotation, because, &link.with))
}

/// Whether a quotation means this organisation: by its identifier where it names one, and by its name otherwise.
fn supplies(quotation: &Quotation, party: &Party) -> bool {
    match quotation.supplier_ubi.as_deref().map(str::trim) {
        Some(ubi) if !ubi.is_empty() => ubi == party.ubi,
        _ => same_organisation(&quotation.supplier, &party.name),
    }
}

#[cfg(test)]
mod tests;
