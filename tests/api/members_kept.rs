//! Whoever is on the side of the applicant does nothing for the agency: by every list and door, on file, in the database, and whoever
//! comes first where two things happen at once.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::members::{CODE, DAY, answered, draft, email, invited};
use crate::site::morning;
use crate::world::{Applicant, Staff, World, at, refused};
use almoner::actions::members;
use almoner::actions::{Error, applications};
use almoner::store::{Fault, people};
use futures_util::future::join_all;
use rules::actor::{Actor, Role};
use rules::decision::Screening;
use rules::ids::{MemberId, PersonId};
use rules::member::{Member, MemberRole, NewMember};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use uuid::Uuid;

async fn actor(world: &World, id: PersonId) -> Actor {
    people::actor(&mut world.db.reader().await.unwrap(), id).await.unwrap().unwrap()
}

/// Somebody invites somebody by the rules: the invitation.
async fn invite(world: &World, case: &Case<'_>, who: &Actor, role: MemberRole) -> Member {
    let id = MemberId(Uuid::now_v7());
    let new = NewMember { id, email: email(world, who).await, role, co_applicant: None };
    world.act(at(DAY, 0), async |tx| members::invite(tx, &case.applicant, case.id, new).await).await.unwrap()
}

async fn accept(world: &World, who: &Actor, id: MemberId) -> Result<Member, Error> {
    world.act(at(DAY, 0), async |tx| members::accept(tx, who, id).await).await
}

/// The applicant invites on behalf of an organisation, and somebody who acts for it says yes.
async fn brings(
    world: &World,
    owner: &Caller<'_>,
    case: &Case<'_>,
    partner: &Applicant,
    member: &Caller<'_>,
) -> String {
    let sql = format!("SELECT ubi || ' ' || name AS line FROM organisations WHERE id = '{}'", partner.organisation);
    let named = world.database.lines(&sql).await.remove(0);
    let (ubi, name) = named.split_once(' ').unwrap();
    let invitation = json!({ "email": email(world, &partner.actor).await, "role": "view",
        "co_applicant": { "ubi": ubi, "name": name } });
    let id = invited(owner, case, &invitation);
    assert_eq!(answered(member, &id, "acceptance")["co_applicant"]["organisation"], json!(partner.organisation));
    id
}

/// A person who is everything and acts for an organisation as well.
async fn colleague_of(world: &World, partner: &Applicant) -> Actor {
    let person = world.person(&Role::ALL, &["assistant_commissioner", "commissioner"]).await.person().unwrap();
    world.database.run(&format!("INSERT INTO memberships VALUES ('{person}', '{}')", partner.organisation)).await;
    actor(world, person).await
}

#[tokio::test]
async fn all_who_act_for_a_co_applicant_see_the_case_nowhere_as_staff_and_do_nothing_on_it_for_the_agency() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (staff, applicant, partner) = (world.staff().await, world.applicant().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let other = draft(&world, &staff, &world.applicant().await).await;
    let (owner, member) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&partner.actor).await);
    let colleague = colleague_of(&world, &partner).await;
    let reads = desk.sign_in(&colleague).await;
    for case in [&case, &other] {
        case.submit(at(DAY, 1)).await.unwrap();
        case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    }
    let path = format!("/api/v1/applications/{}", case.id);
    let seen = |list: &str| {
        let reply = reads.send(&reads.get(format!("/api/v1/{list}")));
        assert_eq!(reply.told(), (200, ""), "{list}");
        assert!(reply.json.to_string().contains(&other.id.to_string()), "{list}: the other case");
        reply.json.to_string().contains(&case.id.to_string())
    };
    let lists = ["applications", "applications?state=in_assessment", "work", "reports/clocks?scheme=ACCELERATOR-PILOT"];
    for list in lists {
        assert!(seen(list), "{list}, before");
    }
    assert_eq!(reads.send(&reads.get(&path)).told(), (200, ""));

    let id = brings(&world, &owner, &case, &partner, &member).await;
    for list in lists {
        assert!(!seen(list), "{list}");
    }
    for part in ["", "/status", "/members", "/attachments", "/calculations", "/audit", "/assessments", "/clocks"] {
        reads.refused(&reads.get(format!("{path}{part}")), 404, "not_found").await;
    }
    let officer = desk.sign_in(&staff.officer).await;
    let ask = officer.post(format!("{path}/assessments"), &json!({ "assessor": colleague.person() }));
    officer.refused(&ask, 422, "assessment.assessor_of_applicant").await;
    assert_eq!(conflicts(&officer, &case, &colleague), ["acts_for_applicant"]);
    // The member sees it as the applicant does, and whoever works for neither as staff.
    assert_eq!(member.send(&member.get(&path)).json["state"], "under_consideration");
    assert_eq!(officer.send(&officer.get(&path)).json["state"], "in_assessment");
    // What somebody has been, they stay: when the co-applicant has left, it is the same.
    answered(&owner, &id, "end");
    member.refused(&member.get(&path), 404, "not_found").await;
    reads.refused(&reads.get(&path), 404, "not_found").await;
    assert_eq!(reads.send(&reads.get(format!("/api/v1/applications/{}", other.id))).told(), (200, ""));
    world.prove().await;
}

/// What speaks against an assessor, as an officer finds it.
fn conflicts(officer: &Caller<'_>, case: &Case<'_>, assessor: &Actor) -> Vec<String> {
    let page = officer.send(&officer.get(format!("/api/v1/applications/{}/candidates", case.id)));
    let id = json!(assessor.person());
    let candidate = page.json["items"].as_array().unwrap().iter().find(|item| item["assessor"]["id"] == id).unwrap();
    let code = |one: &Value| one["code"].as_str().unwrap().to_owned();
    candidate["conflicts"].as_array().unwrap().iter().map(code).collect()
}

#[tokio::test]
async fn members_and_co_applicants_with_their_people_count_among_those_in_whom_an_assessor_has_an_interest() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (staff, applicant, partner) = (world.staff().await, world.applicant().await, world.applicant().await);
    let (case, other) = (draft(&world, &staff, &applicant).await, draft(&world, &staff, &partner).await);
    let (owner, member) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&partner.actor).await);
    let [namesake, beside, free] = &staff.assessors;
    // One assessor has the name of somebody who acts for the co-applicant; another was a member of a case of theirs.
    let second = world.person(&[Role::Applicant], &[]).await.person().unwrap();
    let name =
        format!("UPDATE people SET name = 'Ho Lai Sze' WHERE id IN ('{second}', '{}')", namesake.person().unwrap());
    world.database.run(&name).await;
    world.database.run(&format!("INSERT INTO memberships VALUES ('{second}', '{}')", partner.organisation)).await;
    let roles = format!("INSERT INTO person_roles VALUES ('{}', 'applicant')", beside.person().unwrap());
    world.database.run(&roles).await;
    let beside = actor(&world, beside.person().unwrap()).await;
    let invitation = invite(&world, &other, &beside, MemberRole::View).await;
    accept(&world, &beside, invitation.id).await.unwrap();
    brings(&world, &owner, &case, &partner, &member).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let officer = desk.sign_in(&staff.officer).await;
    assert_eq!(conflicts(&officer, &case, namesake), ["named_person"]);
    assert_eq!(conflicts(&officer, &case, &beside), ["co_application"]);
    assert_eq!(conflicts(&officer, &case, free), Vec::<String>::new());
}

/// What somebody is not told of a case that they are tied to, they do not learn from another case of the same applicant either.
#[tokio::test]
async fn a_hidden_award_of_a_case_that_somebody_is_tied_to_is_in_no_history_that_they_read_as_staff() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let (staff, applicant, partner) = (world.staff().await, world.applicant().await, world.applicant().await);
    let (case, other) = (draft(&world, &staff, &applicant).await, draft(&world, &staff, &applicant).await);
    let (owner, member) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&partner.actor).await);
    brings(&world, &owner, &case, &partner, &member).await;
    other.submit(at(DAY, 1)).await.unwrap();
    case.to_recommended(at(DAY, 1), "20000000.00").await;
    case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    let tied = desk.sign_in(&colleague_of(&world, &partner).await).await;
    let officer = desk.sign_in(&staff.officer).await;
    let checked = |by: &Caller<'_>| by.send(&by.get(format!("/api/v1/applications/{}/pre-check", other.id))).json;
    assert_ne!(checked(&officer)["calculation"], checked(&owner)["calculation"], "the award counts for staff");
    assert_eq!(checked(&tied)["calculation"], checked(&owner)["calculation"]);
}

#[tokio::test]
async fn the_database_lets_nobody_be_a_member_and_have_a_duty_for_the_agency() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant, partner) = (world.staff().await, world.applicant().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let (id, inviter) = (case.id, applicant.actor.person().unwrap());
    let everything = world.with_roles(&partner, &Role::ALL).await;
    let member = invite(&world, &case, &everything.actor, MemberRole::View).await;
    let assessor = world.person(&[Role::Applicant, Role::Assessor], &[]).await;
    let asked = invite(&world, &case, &assessor, MemberRole::Edit).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    case.assign(at(DAY, 1), &assessor).await.unwrap();
    let sets =
        |member: &Member, what: &str| format!("UPDATE application_members SET {what} WHERE id = '{}'", member.id);
    let is = |who: PersonId| format!("state = 'accepted', person_id = '{who}', accepted_at = now()");
    let duty = |who: PersonId| format!("INSERT INTO case_duties VALUES ('{id}', '{who}', 'approver')");
    let new = |email: &str, more: &str| {
        format!(
            "INSERT INTO application_members (id, application_id, email, role, state, invited_by, invited_at, version{})
             VALUES (gen_random_uuid(), '{id}', '{email}', 'view', 'invited', '{inviter}', now(), 1{})",
            if more.is_empty() { "" } else { ", ubi, organisation_name" },
            more
        )
    };
    let (them, assesses) = (everything.actor.person().unwrap(), assessor.person().unwrap());
    let before = [
        (sets(&member, &is(inviter)), "is not the one who was invited"),
        (sets(&asked, &is(assesses)), "has a duty on this case for the agency"),
        (sets(&member, "state = 'ended'"), "is decided and stays"),
        (sets(&member, "email = 'x@y.example'"), "permission denied"),
        (sets(&member, "invited_by = person_id"), "permission denied"),
        (new(&member.email, ""), "application_members_once"),
        (new("UPPER@mail.example", ""), "violates check constraint"),
        (new("x@mail.example", ", '1', 'Peak'"), "violates check constraint"),
        (format!("DELETE FROM application_members WHERE id = '{}'", member.id), "permission denied"),
    ];
    expect_refused(&world, &before).await;
    accept(&world, &everything.actor, member.id).await.unwrap();
    let after = [
        (duty(them), "is on the side of the applicant"),
        (sets(&member, "state = 'declined', person_id = NULL, accepted_at = NULL"), "is decided and stays"),
        (sets(&member, "accepted_at = now()"), "is decided and stays"),
    ];
    expect_refused(&world, &after).await;
    // The owner may not either, and what a member was stays in the way.
    let gone = format!("DELETE FROM application_members WHERE id = '{}'", member.id);
    assert!(world.database.as_owner(&gone).await.unwrap_err().contains("append-only"));
    world.database.as_server(&sets(&member, "state = 'ended'")).await.unwrap();
    expect_refused(
        &world,
        &[(duty(them), "is on the side of the applicant"), (sets(&member, "state = 'accepted'"), "is decided")],
    )
    .await;
    case.withdraw(at(DAY, 2), "other plans").await.unwrap();
    expect_refused(&world, &[(new("late@mail.example", ""), "has ended and takes no more members")]).await;
}

async fn expect_refused(world: &World, tries: &[(String, &str)]) {
    for (sql, told) in tries {
        let refusal = world.database.as_server(sql).await.unwrap_err();
        assert!(refusal.contains(told), "{sql}: {refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_answers_at_once_one_counts() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let colleague = world.person(&[Role::Applicant], &[]).await;
    let invitation = invite(&world, &case, &colleague, MemberRole::View).await;
    let tries = (0..6).map(|_| accept(&world, &colleague, invitation.id));
    let (done, late): (Vec<_>, Vec<_>) = join_all(tries).await.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    assert!(late.into_iter().all(|late| refused(late) == "member.wrong_state"));
    let accepted = case.events().await.into_iter().filter(|event| event == "member.accepted").count();
    assert_eq!(accepted, 1);
    world.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_somebody_accepts_or_is_given_the_case_first_they_are_never_both() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    for _ in 0..4 {
        let case = draft(&world, &staff, &applicant).await;
        case.submit(at(DAY, 1)).await.unwrap();
        case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
        let both = world.person(&[Role::Applicant, Role::Assessor], &[]).await;
        let invitation = invite(&world, &case, &both, MemberRole::View).await;
        let (given, joined) = tokio::join!(case.invite(at(DAY, 1), &both), accept(&world, &both, invitation.id));
        match (given, joined) {
            (Ok(_), Err(joined)) => assert_eq!(refused::<()>(Err(joined)), "member.has_duty"),
            (Err(given), Ok(_)) => assert_eq!(refused::<()>(Err(given)), "assessment.assessor_of_applicant"),
            other => panic!("{other:?}"),
        }
    }
    world.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loses_their_role_while_they_edit_has_not_edited() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant): (Staff, Applicant) = (world.staff().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let colleague = world.person(&[Role::Applicant], &[]).await;
    let invitation = invite(&world, &case, &colleague, MemberRole::Edit).await;
    accept(&world, &colleague, invitation.id).await.unwrap();
    let editor = actor(&world, colleague.person().unwrap()).await;
    let before = case.read().await;
    let (changing, begun) = oneshot::channel();
    let change = world.act(at(DAY, 1), async |tx| {
        members::change_role(tx, &applicant.actor, (invitation.id, 2), MemberRole::View).await?;
        changing.send(()).unwrap();
        world.database.until_waiting(1).await;
        Ok(())
    });
    let edit = async {
        begun.await.unwrap();
        let content = before.content.clone();
        world.act(at(DAY, 1), async |tx| applications::edit(tx, &editor, case.id, 1, content).await).await
    };
    let (changed, edited) = tokio::join!(change, edit);
    changed.unwrap();
    assert!(matches!(edited, Err(Error::Fault(Fault::Outdated))), "{edited:?}");
    assert_eq!(case.read().await, before);
}
