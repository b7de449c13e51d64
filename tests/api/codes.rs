//! Every code with which the API says no is told over HTTP by a test, which has asserted that it was told exactly these.

use crate::{
    agendas, allocations, approvals, assessors, attachments, award_letters, bank_answers, bank_files, blind_reviews,
    books, change_requests, clocks, committee_changes, conflicts, contention, debarments, delegations, dissolutions,
    doors, dues, extensions, forms, holds, invitations, members, narrowing, outages, outbox, panels, particulars,
    payee_accounts, recoveries, refusals, refused_decisions, refused_money, registering, registrations, rehearsals,
    relations, release_limits, repeats, reserve_lists, returns, reviews, round_decisions, scanning, schedules,
    scheme_drafts, sessions, shapes, signals, sittings, versions,
};
use almoner::http::Code;
use rules::refusal::Refusal;
use std::collections::BTreeSet;

const TOLD: &[&[&str]] = &[
    agendas::OF_LISTS,
    agendas::OF_ONE_LINE,
    allocations::CODES,
    reserve_lists::OF_LISTS,
    reserve_lists::OF_PLACES,
    round_decisions::CODES,
    round_decisions::OF_LINES,
    approvals::OF_FIGURES,
    approvals::OF_ORDER,
    approvals::OF_RESTS,
    assessors::CODES,
    award_letters::OF_AGREEMENTS,
    award_letters::OF_DOORS,
    bank_answers::OF_FILES,
    bank_answers::OF_ITEMS,
    bank_files::OF_ACCOUNTS,
    bank_files::OF_FILES,
    committee_changes::OF_ENDS,
    committee_changes::OF_SEATS,
    change_requests::OF_ASKING,
    change_requests::OF_DECIDING,
    change_requests::OF_MONEY,
    recoveries::OF_DEMANDS,
    recoveries::OF_ENTRIES,
    reviews::OF_ASKING,
    reviews::OF_DECIDING,
    debarments::OF_MONEY,
    debarments::OF_RECORDS,
    debarments::OF_STEPS,
    debarments::OF_SUBMISSIONS,
    delegations::OF_ABSENCES,
    delegations::OF_ENDS,
    dissolutions::CODES,
    sittings::OF_CHECKS,
    sittings::OF_MOTIONS,
    sittings::OF_PAPERS,
    sittings::OF_SEATS,
    sittings::OF_VOTES,
    attachments::OF_DOCUMENTS,
    attachments::OF_FILES,
    attachments::OF_ROOM,
    attachments::OF_TURNS,
    blind_reviews::CODES,
    books::CODES,
    clocks::CODES,
    schedules::CODES,
    conflicts::CODES,
    holds::CODES,
    &conflicts::OF_STAFF,
    contention::CODES,
    invitations::CODES,
    narrowing::CODES,
    doors::CODES,
    dues::CODES,
    members::CODES,
    extensions::CODES,
    forms::OF_FORMS,
    outages::OF_HASTE,
    outages::OF_OUTAGES,
    outbox::CODES,
    panels::OF_FEEDBACK,
    panels::OF_MANY,
    panels::OF_OPENING,
    panels::OF_RANKS,
    panels::OF_STEPS,
    particulars::CODES,
    payee_accounts::CODES,
    refusals::OF_DRAFTS,
    refusals::OF_PEOPLE,
    refusals::OF_QUOTAS,
    refusals::OF_SCHEMES,
    refused_decisions::OF_ASSESSMENTS,
    refused_decisions::OF_DECISIONS,
    refused_decisions::OF_LIMITS,
    refused_money::OF_BATCHES,
    refused_money::OF_CLAIMS,
    refused_money::OF_OFFERS,
    registering::CODES,
    registrations::OF_PASSWORDS,
    registrations::OF_REGISTERING,
    rehearsals::CODES,
    relations::CODES,
    release_limits::CODES,
    repeats::OF_REPEATS,
    repeats::OF_WORK,
    returns::OF_MANY,
    returns::OF_RETURNS,
    scanning::CODES,
    scheme_drafts::CODES,
    sessions::OF_SIGNING_IN,
    shapes::OF_BODIES,
    shapes::OF_PARTS,
    shapes::OF_PATHS,
    shapes::OF_PIECES,
    signals::CODES,
    versions::CODES,
];

/// Codes that nobody can be told over HTTP, and why.
const OUT_OF_REACH: &[(&str, &str)] = &[
    (
        "amount.too_large",
        "no sum of fewer than ninety thousand amounts, each the largest that is read, is too large to hold",
    ),
    (
        "request.refused",
        "for what a later framework may refuse by itself; this one sends all it does not know to the house",
    ),
];

#[test]
fn every_code_is_told_over_http_by_a_test() {
    let told = TOLD.iter().copied().flatten().copied().collect::<BTreeSet<_>>();
    let out_of_reach = OUT_OF_REACH.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>();
    let doors = Code::ALL.iter().map(|code| code.text());
    let every = doors.chain(Refusal::codes().map(|(code, ..)| code)).collect::<BTreeSet<_>>();
    assert!(told.is_disjoint(&out_of_reach));
    assert_eq!(told.union(&out_of_reach).copied().collect::<BTreeSet<_>>(), every);
}
