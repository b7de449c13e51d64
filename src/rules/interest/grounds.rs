//! Each ground on which somebody must not assess a case, and the sentence that says why it fired.

use super::names::{domain, same_domain, same_organisation, same_person};
use super::{Assessor, Case, Named, Party, Related, Supplier};
use crate::assessor::{Interest, Tie};
use crate::ids::PersonId;
use crate::person::written_email;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Why somebody must not assess a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// They act for an organisation that applies, or are a member of the application.
    ActsForApplicant,
    /// They have declared a conflict on this very case.
    DeclaredOnCase,
    /// They have declared that they work for the applicant.
    Employment,
    /// They have declared that they are a director of the applicant.
    Directorship,
    /// They have declared another interest in the applicant, or one in an organisation for which somebody works whom it names.
    DeclaredOrganisation,
    /// They have declared an interest in somebody on the side of the applicant.
    DeclaredPerson,
    /// The applicant is related to an organisation that they act for, or in which they have declared an interest.
    RelatedOrganisation,
    /// They have written an application for an organisation that applies, or together with somebody who has written this one; to be a
    /// member of one counts alike.
    CoApplication,
    /// Their address is of the same domain as one on the side of the applicant.
    EmailDomain,
    /// Somebody on the side of the applicant, or whom the application names, has their name, or has their address.
    NamedPerson,
    /// They act for an organisation that the application names as a supplier, or for which somebody works whom it names; or they have
    /// declared an interest in such a supplier.
    NamedOrganisation,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 11] = [
        Self::ActsForApplicant,
        Self::DeclaredOnCase,
        Self::Employment,
        Self::Directorship,
        Self::DeclaredOrganisation,
        Self::DeclaredPerson,
        Self::RelatedOrganisation,
        Self::CoApplication,
        Self::EmailDomain,
        Self::NamedPerson,
        Self::NamedOrganisation,
    ];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ActsForApplicant => "acts_for_applicant",
            Self::DeclaredOnCase => "declared_on_case",
            Self::Employment => "employment",
            Self::Directorship => "directorship",
            Self::DeclaredOrganisation => "declared_organisation",
            Self::DeclaredPerson => "declared_person",
            Self::RelatedOrganisation => "related_organisation",
            Self::CoApplication => "co_application",
            Self::EmailDomain => "email_domain",
            Self::NamedPerson => "named_person",
            Self::NamedOrganisation => "named_organisation",
        }
    }

    /// Whether two officers may say that somebody assesses all the same: never who acts for the applicant, and nobody against their
    /// own word on the case.
    #[must_use]
    pub const fn can_be_overridden(self) -> bool {
        !matches!(self, Self::ActsForApplicant | Self::DeclaredOnCase)
    }
}

/// One ground, and why it fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which ground.
    pub ground: Ground,
    /// Why it fired, as a sentence.
    pub because: Text,
    /// Whether two officers have said that it does not matter here.
    pub overridden: bool,
}

impl Conflict {
    fn new(ground: Ground, [en, zh_hant, zh_hans]: [String; 3]) -> Self {
        Self { ground, because: Text { en, zh_hant, zh_hans }, overridden: false }
    }
}

/// What the assessor has said on the case itself.
pub(super) fn declared_on_case() -> Conflict {
    let because = [
        "The assessor has declared a conflict of interest on this case.",
        "評審員已就本個案申報利益衝突。",
        "评审员已就本个案申报利益冲突。",
    ];
    Conflict::new(Ground::DeclaredOnCase, because.map(str::to_owned))
}

/// Every ground on file, each once for each thing that it fires on.
pub(super) fn found(person: PersonId, assessor: &Assessor, case: &Case) -> Vec<Conflict> {
    let mut found = Vec::new();
    for Party { name, .. } in case.parties().filter(|party| acts_for(assessor, party)) {
        let because = [
            format!("The assessor acts for {name}, which applies."),
            format!("評審員代表申請機構{name}行事。"),
            format!("评审员代表申请机构{name}行事。"),
        ];
        found.push(Conflict::new(Ground::ActsForApplicant, because));
    }
    if case.members.contains(&person) {
        let because = [
            "The assessor is, or was, a member of this application.",
            "評審員是或曾是本申請的成員。",
            "评审员是或曾是本申请的成员。",
        ];
        found.push(Conflict::new(Ground::ActsForApplicant, because.map(str::to_owned)));
    }
    for interest in assessor.declared.iter().flatten() {
        found.extend(declared(interest, case));
    }
    found.extend(related(assessor, case));
    found.extend(wrote(assessor, case));
    found.extend(of_one_domain(person, assessor, case));
    found.extend(of_one_name(person, assessor, case));
    for own in assessor.acts_for.iter().filter(|own| case.parties().all(|party| party.id != own.id)) {
        found.extend(employs(own, case));
        found.extend(supplies(own, case));
    }
    // The same line may have been declared twice in a year.
    found.dedup();
    found
}

/// What a line of a declaration says of a case.
fn declared(interest: &Interest, case: &Case) -> Option<Conflict> {
    if let Some(named) = &interest.person {
        let people = case.people.values().map(|person| &person.name);
        let mut people = people.chain(case.named.iter().map(|person| &person.name));
        let (name, tie) = (people.find(|name| same_person(name, named))?, interest.tie.code());
        let because = [
            format!("The assessor has declared an interest in {name} ({tie}), who is on the side of the applicant."),
            format!("評審員已申報與申請一方的{name}有利益關係（{tie}）。"),
            format!("评审员已申报与申请一方的{name}有利益关系（{tie}）。"),
        ];
        return Some(Conflict::new(Ground::DeclaredPerson, because));
    }
    if let Some(Party { name, .. }) = case.parties().find(|party| names(interest, party)) {
        let tie = interest.tie.code();
        let ground = match interest.tie {
            Tie::Employment => Ground::Employment,
            Tie::Directorship => Ground::Directorship,
            Tie::Ownership | Tie::Family | Tie::Professional | Tie::Other => Ground::DeclaredOrganisation,
        };
        let because = [
            format!("The assessor has declared an interest in {name} ({tie}), which applies."),
            format!("評審員已申報與申請機構{name}有利益關係（{tie}）。"),
            format!("评审员已申报与申请机构{name}有利益关系（{tie}）。"),
        ];
        return Some(Conflict::new(ground, because));
    }
    let Some(related) = case.related.iter().find(|related| names(interest, &related.party)) else {
        return works_for(interest, case).or_else(|| declared_supplier(interest, case));
    };
    let Related { party: Party { name, .. }, group, to: applicant } = related;
    let because = [
        format!("The assessor has declared an interest in {name}, to which {applicant} is related ({group})."),
        format!("評審員已申報與{name}有利益關係，而申請機構{applicant}與其有關連（{group}）。"),
        format!("评审员已申报与{name}有利益关系，而申请机构{applicant}与其有关连（{group}）。"),
    ];
    Some(Conflict::new(Ground::RelatedOrganisation, because))
}

/// What a line says of those whom the application names as working for others than the applicant.
fn works_for(interest: &Interest, case: &Case) -> Option<Conflict> {
    let meant = interest.organisation.as_deref()?;
    let works = |named: &Named| named.organisation.as_deref().is_some_and(|name| same_organisation(meant, name));
    let name = &case.named.iter().find(|named| works(named))?.name;
    let tie = interest.tie.code();
    let because = [
        format!(
            "The assessor has declared an interest in {meant} ({tie}), for which {name} works, whom the application names."
        ),
        format!("評審員已申報與{meant}有利益關係（{tie}），而申請書所列的{name}任職於該機構。"),
        format!("评审员已申报与{meant}有利益关系（{tie}），而申请书所列的{name}任职于该机构。"),
    ];
    Some(Conflict::new(Ground::DeclaredOrganisation, because))
}

/// What a line says of those who supply.
fn declared_supplier(interest: &Interest, case: &Case) -> Option<Conflict> {
    let means = |supplier: &&Supplier| match (&interest.ubi, &supplier.ubi, &interest.organisation) {
        (Some(meant), Some(ubi), _) => meant == ubi,
        (_, _, Some(meant)) => same_organisation(meant, &supplier.name),
        (_, _, None) => false,
    };
    let (name, tie) = (&case.suppliers.iter().find(means)?.name, interest.tie.code());
    let because = [
        format!("The assessor has declared an interest in {name} ({tie}), which the application names as a supplier."),
        format!("評審員已申報與{name}有利益關係（{tie}），而申請書將其列為供應商。"),
        format!("评审员已申报与{name}有利益关系（{tie}），而申请书将其列为供应商。"),
    ];
    Some(Conflict::new(Ground::NamedOrganisation, because))
}

/// Whether the assessor acts for an organisation.
fn acts_for(assessor: &Assessor, party: &Party) -> bool {
    assessor.acts_for.iter().any(|own| own.id == party.id)
}

/// An organisation of the assessor's own for which somebody works whom the application names.
fn employs(Party { name, .. }: &Party, case: &Case) -> Option<Conflict> {
    let works = |named: &&Named| named.organisation.as_deref().is_some_and(|other| same_organisation(name, other));
    let who = &case.named.iter().find(works)?.name;
    let because = [
        format!("The assessor acts for {name}, for which {who} works, whom the application names."),
        format!("評審員代表{name}行事，而申請書所列的{who}任職於該機構。"),
        format!("评审员代表{name}行事，而申请书所列的{who}任职于该机构。"),
    ];
    Some(Conflict::new(Ground::NamedOrganisation, because))
}

/// One that the application names as a supplier: by its identifier where it is written, and by its name otherwise.
fn supplies(Party { name, ubi, .. }: &Party, case: &Case) -> Option<Conflict> {
    let is = |supplier: &&Supplier| match &supplier.ubi {
        Some(written) => written == ubi,
        None => same_organisation(name, &supplier.name),
    };
    case.suppliers.iter().find(is)?;
    let because = [
        format!("The assessor acts for {name}, which the application names as a supplier."),
        format!("評審員代表{name}行事，而申請書將其列為供應商。"),
        format!("评审员代表{name}行事，而申请书将其列为供应商。"),
    ];
    Some(Conflict::new(Ground::NamedOrganisation, because))
}

/// Whether a line means this organisation: by its identifier where both are known, and by its name otherwise.
fn names(interest: &Interest, party: &Party) -> bool {
    match (&interest.ubi, &interest.organisation) {
        (Some(ubi), _) => *ubi == party.ubi,
        (None, Some(name)) => same_organisation(name, &party.name),
        (None, None) => false,
    }
}

/// An organisation of the assessor's own to which the applicant is related.
fn related(assessor: &Assessor, case: &Case) -> Option<Conflict> {
    let Related { party, group, to } = case.related.iter().find(|related| acts_for(assessor, &related.party))?;
    let (applicant, name) = (to, &party.name);
    let because = [
        format!("The assessor acts for {name}, to which {applicant} is related ({group})."),
        format!("評審員代表{name}行事，而申請機構{applicant}與其有關連（{group}）。"),
        format!("评审员代表{name}行事，而申请机构{applicant}与其有关连（{group}）。"),
    ];
    Some(Conflict::new(Ground::RelatedOrganisation, because))
}

/// Applications that were written for the applicant, or with its people.
fn wrote(assessor: &Assessor, case: &Case) -> Option<Conflict> {
    if let Some(Party { name, .. }) = case.parties().find(|party| assessor.wrote_for.contains(&party.id)) {
        let because = [
            format!("The assessor has written an application for {name}."),
            format!("評審員曾為{name}撰寫申請。"),
            format!("评审员曾为{name}撰写申请。"),
        ];
        return Some(Conflict::new(Ground::CoApplication, because));
    }
    let with = case.authors.iter().find(|author| assessor.wrote_with.contains(*author))?;
    let with = case.people.get(with).map_or("", |person| person.name.as_str());
    let because = [
        format!("The assessor has written an application together with {with}, who has written this one."),
        format!("評審員曾與本申請的撰寫人{with}共同撰寫申請。"),
        format!("评审员曾与本申请的撰写人{with}共同撰写申请。"),
    ];
    Some(Conflict::new(Ground::CoApplication, because))
}

fn of_one_domain(person: PersonId, assessor: &Assessor, case: &Case) -> Option<Conflict> {
    let own = domain(&assessor.email)?;
    let others = case.people.iter().filter(|(id, _)| **id != person);
    let others = others.map(|(_, other)| (other.email.as_str(), &other.name));
    let named = case.named.iter().filter_map(|named| Some((named.email.as_deref()?, &named.name)));
    let same = |email: &str| domain(email).is_some_and(|domain| same_domain(&own, &domain));
    let (_, name) = others.chain(named).find(|(email, _)| same(email))?;
    let because = [
        format!("The assessor has an address at {own}, and so has {name}, who is on the side of the applicant."),
        format!("評審員與申請一方的{name}同用 {own} 的電郵地址。"),
        format!("评审员与申请一方的{name}同用 {own} 的电邮地址。"),
    ];
    Some(Conflict::new(Ground::EmailDomain, because))
}

fn of_one_name(person: PersonId, assessor: &Assessor, case: &Case) -> Option<Conflict> {
    let own = written_email(&assessor.email);
    let has_address = |named: &&Named| named.email.as_deref().is_some_and(|email| written_email(email) == own);
    if let Some(Named { name, .. }) = case.named.iter().find(has_address) {
        let because = [
            format!("The application names {name} with the address of the assessor."),
            format!("申請書所列的{name}使用評審員的電郵地址。"),
            format!("申请书所列的{name}使用评审员的电邮地址。"),
        ];
        return Some(Conflict::new(Ground::NamedPerson, because));
    }
    let others = case.people.iter().filter(|(id, _)| **id != person).map(|(_, other)| &other.name);
    let mut others = others.chain(case.named.iter().map(|named| &named.name));
    let name = others.find(|name| same_person(name, &assessor.name))?;
    let because = [
        format!("Somebody on the side of the applicant has the name of the assessor: {name}."),
        format!("申請一方有人與評審員同名：{name}。"),
        format!("申请一方有人与评审员同名：{name}。"),
    ];
    Some(Conflict::new(Ground::NamedPerson, because))
}
