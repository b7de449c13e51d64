use super::*;
use crate::actor::{Actor, Role, Who};
use crate::permission::Verb;
use crate::sample::{application, instant, nobody, person};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const PARTNER: OrganisationId = OrganisationId(Uuid::from_u128(5));

fn applicant() -> Actor {
    let organisations = BTreeSet::from([application(State::Draft).organisation]);
    let roles = BTreeSet::from([Role::Applicant]);
    Actor { who: Who::Person(person(1)), roles, organisations, ..Actor::visitor() }
}

fn permit(verb: Verb) -> Permit {
    let case = application(State::Draft);
    applicant().may_to_application(verb, &case, crate::interest::Assessing::No, instant("2025-02-06")).unwrap()
}

fn asked(verb: Verb, member: &Member) -> Permit {
    let actor = Actor { who: Who::Person(person(4)), organisations: BTreeSet::new(), ..applicant() };
    actor.may_answer(verb, member, &member.email).unwrap()
}

fn new(email: &str, co_applicant: Option<(&str, &str)>) -> NewMember {
    let co_applicant = co_applicant.map(|(ubi, name)| (ubi.to_owned(), name.to_owned()));
    NewMember { id: MemberId(Uuid::from_u128(8)), email: email.to_owned(), role: MemberRole::View, co_applicant }
}

fn invite(state: State, there: &[Member], new: NewMember) -> Result<(Change, Member), Refusal> {
    let by = (person(1), "own@harbour.example", 0);
    application(state).invite(&permit(Verb::MemberInvite), by, there, (new, instant("2025-02-06")))
}

fn invited(co_applicant: Option<(&str, &str)>) -> Member {
    invite(State::Draft, &[], new(" Ho@Peak.example ", co_applicant)).unwrap().1
}

fn accept(state: State, member: Member, acts_for: &[Organisation], duties: &Duties) -> Result<Member, Refusal> {
    let accepting = Accepting { person: person(4), acts_for, duties, at: instant("2025-02-07") };
    let permit = asked(Verb::MemberAccept, &member);
    let (change, member) = member.accept(&permit, &application(state), accepting)?;
    assert!(change.permit().is_some());
    Ok(member)
}

fn accepted() -> Member {
    accept(State::Draft, invited(None), &[], &nobody()).unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn an_address_is_invited_once_as_it_is_looked_for_and_never_ones_own() {
    let (change, member) = invite(State::Draft, &[], new(" Ho@Peak.example ", None)).unwrap();
    assert!(change.permit().is_some());
    assert_eq!((member.email.as_str(), member.state), ("ho@peak.example", MemberState::Invited));
    assert!(!serde_json::to_string(change.event()).unwrap().contains("peak.example"), "the audit keeps no address");
    let again = |there: &[Member]| invite(State::Draft, there, new("HO@peak.example", None));
    assert_eq!(code(again(std::slice::from_ref(&member))), "member.invited_already");
    assert_eq!(code(again(&[accepted()])), "member.invited_already");
    let declined = Member { state: MemberState::Declined, ..member.clone() };
    assert_eq!(code(again(std::slice::from_ref(&declined))), "member.invited_today");
    let declined = Member { invited_at: instant("2025-02-05"), ..declined };
    assert!(again(std::slice::from_ref(&declined)).is_ok(), "it was another day");
    for (lately, told) in [(INVITATIONS_MAX - 1, None), (INVITATIONS_MAX, Some("member.invited_many"))] {
        let by = (person(1), "own@harbour.example", lately);
        let new = (new("x@peak.example", None), instant("2025-02-06"));
        let tried = application(State::Draft).invite(&permit(Verb::MemberInvite), by, &[], new);
        assert_eq!(tried.err().map(|refusal| refusal.code()), told);
    }
    assert_eq!(code(again(&vec![declined.clone(); MEMBERS_MAX])), "member.too_many");
    assert!(again(&vec![declined; MEMBERS_MAX - 1]).is_ok());
    assert_eq!(code(invite(State::Draft, &[], new("OWN@harbour.example", None))), "member.oneself");
    for no_address in ["", "ho", "ho@peak", "ho@peak.example@x", "ho ho@peak.example"] {
        assert_eq!(
            code(invite(State::Draft, &[], new(no_address, None))),
            "person.email_not_an_address",
            "{no_address}"
        );
    }
}

#[test]
fn a_co_applicant_is_named_whole_and_is_another_than_the_applicant() {
    let named = |ubi: &str, name: &str| invite(State::Draft, &[], new("ho@peak.example", Some((ubi, name))));
    assert_eq!(code(named("1", "Peak")), "organisation.ubi_not_eight_digits");
    assert_eq!(code(named("00000005", " ")), "person.name_not_usable");
    assert_eq!(code(named("00000002", "Organisation 2")), "member.of_applicant");
    let co_applicant = named("00000005", " Peak ").unwrap().1.co_applicant.unwrap();
    assert_eq!((co_applicant.name.as_str(), co_applicant.organisation), ("Peak", None));
}

#[test]
fn only_somebody_who_acts_for_the_named_organisation_accepts_for_it() {
    let partner = Organisation { id: PARTNER, name: "Peak".to_owned(), ubi: "00000005".to_owned() };
    let other = Organisation { id: OrganisationId(Uuid::from_u128(6)), ubi: "00000006".to_owned(), ..partner.clone() };
    let try_for =
        |acts_for: &[Organisation]| accept(State::Draft, invited(Some(("00000005", "Peak"))), acts_for, &nobody());
    assert_eq!(code(try_for(&[])), "member.other_organisation");
    assert_eq!(code(try_for(std::slice::from_ref(&other))), "member.other_organisation");
    let member = try_for(&[other, partner]).unwrap();
    assert_eq!(member.co_applicant.unwrap().organisation, Some(PARTNER));
}

#[test]
fn nobody_becomes_a_member_who_has_worked_on_the_case_for_the_agency() {
    for duty in Duty::ALL {
        let duties =
            Duties { held: BTreeMap::from([(person(4), duty), (person(5), Duty::Approver)]), ..Duties::default() };
        let tried = accept(State::Submitted, invited(None), &[], &duties).map_err(|refusal| refusal.code());
        assert_eq!(tried.err(), (duty != Duty::Author).then_some("member.has_duty"), "{duty:?}");
    }
}

#[test]
fn what_has_been_answered_or_has_ended_stays_so() {
    let states = MemberState::ALL.map(|state| Member { state, ..accepted() });
    for member in states {
        let (state, case) = (member.state, application(State::Draft));
        let tries = [
            ("accept", accept(State::Draft, member.clone(), &[], &nobody()).map(|member| member.state)),
            ("decline", member.clone().decline(&asked(Verb::MemberDecline, &member)).map(|done| done.1.state)),
            ("end", member.clone().end(&permit(Verb::MemberEnd)).map(|done| done.1.state)),
            ("leave", member.clone().leave(&permit(Verb::MemberLeave)).map(|done| done.1.state)),
            (
                "role",
                member.change_role(&permit(Verb::MemberChangeRole), &case, MemberRole::Sign).map(|done| done.1.state),
            ),
        ];
        for (what, done) in tries {
            let expected = match (what, state) {
                ("accept", MemberState::Invited) => Some(MemberState::Accepted),
                ("decline", MemberState::Invited) => Some(MemberState::Declined),
                ("end", MemberState::Invited) => Some(MemberState::Withdrawn),
                ("end" | "leave", MemberState::Accepted) => Some(MemberState::Ended),
                ("role", MemberState::Invited | MemberState::Accepted) => Some(state),
                _ => None,
            };
            assert_eq!(done.as_ref().ok(), expected.as_ref(), "{what} when {state:?}");
            assert!(done.is_ok() || code(done) == "member.wrong_state");
        }
    }
}

#[test]
fn a_case_that_has_ended_takes_nobody_and_lets_everybody_go() {
    for state in State::ALL {
        let ended = ENDED.contains(&state);
        let told = |code: Option<&'static str>| assert_eq!(code, ended.then_some("member.case_ended"), "{state:?}");
        told(invite(state, &[], new("ho@peak.example", None)).err().map(|refusal| refusal.code()));
        told(accept(state, invited(None), &[], &nobody()).err().map(|refusal| refusal.code()));
        let role = accepted().change_role(&permit(Verb::MemberChangeRole), &application(state), MemberRole::Edit);
        told(role.err().map(|refusal| refusal.code()));
    }
    assert!(accepted().leave(&permit(Verb::MemberLeave)).is_ok());
}

#[test]
fn each_role_may_what_those_before_it_may_and_none_anything_for_the_agency() {
    let case = application(State::Draft);
    let may = |tie: Tie, roles: &[Role], verb: Verb| {
        let roles = roles.iter().copied().collect();
        let actor =
            Actor { who: Who::Person(person(4)), roles, ties: BTreeMap::from([(case.id, tie)]), ..Actor::visitor() };
        let permit = actor.may_to_application(verb, &case, crate::interest::Assessing::No, instant("2025-02-06"));
        permit.map(drop).map_err(|refusal| refusal.code())
    };
    let from = [
        (Verb::ApplicationRead, MemberRole::View),
        (Verb::FeedbackRead, MemberRole::View),
        (Verb::MemberRead, MemberRole::View),
        (Verb::MemberLeave, MemberRole::View),
        (Verb::ApplicationEdit, MemberRole::Edit),
        (Verb::ApplicationSubmit, MemberRole::Sign),
        (Verb::ApplicationWithdraw, MemberRole::Sign),
        (Verb::AwardAccept, MemberRole::Sign),
        (Verb::AwardDecline, MemberRole::Sign),
        (Verb::ClaimSubmit, MemberRole::Sign),
        (Verb::MemberInvite, MemberRole::Sign),
        (Verb::MemberChangeRole, MemberRole::Sign),
        (Verb::MemberEnd, MemberRole::Sign),
    ];
    for (verb, needed) in from {
        for role in MemberRole::ALL {
            let expected = if role >= needed { Ok(()) } else { Err("permission.denied") };
            assert_eq!(may(Tie::Member(role), &[Role::Applicant], verb), expected, "{role:?} {verb:?}");
        }
        assert_eq!(may(Tie::Barred, &Role::ALL, verb), Err("not_found"), "{verb:?}");
    }
    for verb in
        [Verb::ApplicationScreen, Verb::ApplicationApprove, Verb::AwardOffer, Verb::AuditRead, Verb::BatchRelease]
    {
        assert_eq!(may(Tie::Member(MemberRole::Sign), &Role::ALL, verb), Err("member.own_case"), "{verb:?}");
        assert_eq!(may(Tie::Barred, &Role::ALL, verb), Err("not_found"), "{verb:?}");
    }
}

#[test]
fn an_invitation_is_answered_by_whoever_has_its_address_and_can_apply() {
    let member = invited(None);
    let actor = |role: Role| Actor { who: Who::Person(person(4)), roles: BTreeSet::from([role]), ..Actor::visitor() };
    let may =
        |role, verb, email| actor(role).may_answer(verb, &member, email).map(drop).map_err(|refusal| refusal.code());
    assert_eq!(may(Role::Applicant, Verb::MemberAccept, "ho@peak.example"), Ok(()));
    assert_eq!(may(Role::Applicant, Verb::MemberAccept, "other@peak.example"), Err("not_found"));
    assert_eq!(may(Role::Officer, Verb::MemberAccept, "ho@peak.example"), Err("permission.denied"));
    assert_eq!(may(Role::Officer, Verb::MemberDecline, "ho@peak.example"), Ok(()));
}
