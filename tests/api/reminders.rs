//! Reminders: once before the day and once when it is late, to whoever still owes it, in their own language.

use crate::case::Case;
use crate::post::{Mail, mails, worker};
use crate::proposals::accelerator;
use crate::until::until;
use crate::world::{Applicant, Staff, World, at};
use almoner::actions::{assessments, extensions, members};
use almoner::sink::Sink;
use almoner::store::Moment;
use almoner::store::audit::verify;
use almoner::worker::reminders;
use rules::actor::{Actor, Role};
use rules::decision::Screening;
use rules::ids::{ExtensionId, MemberId};
use rules::member::{MemberRole, NewMember};
use rules::reminder::Ahead;
use rules::round_extension::NewExtension;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;
use uuid::Uuid;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AHEAD: Ahead = Ahead { assessment_days: 3, return_days: 3, award_days: 7, round_days: 7 };

async fn world() -> (World, Staff, Applicant) {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    (world, staff, applicant)
}

async fn draft<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    world.draft(staff, applicant, (CODE, accelerator("2000000.00", "1000000.00")), at(DAY, 0)).await
}

/// In assessment, with two assessors who have said yes; until 25 February.
async fn assessed<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = draft(world, staff, applicant).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    for assessor in staff.assessors.iter().take(2) {
        case.assign(at(DAY, 2), assessor).await.unwrap();
    }
    case
}

/// Offered until 5 March.
async fn offered<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = draft(world, staff, applicant).await;
    case.to_recommended(at(DAY, 1), "1000000.00").await;
    case.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    case.offer(at(DAY, 1)).await.unwrap();
    case
}

async fn tick(world: &World, moment: Moment) -> usize {
    reminders::tick(&world.db, &world.schemes, AHEAD, moment).await.unwrap()
}

/// Everything that waits, sent; without what was told before the reminders.
async fn delivered(world: &World, moment: Moment) -> Vec<Mail> {
    let sink = Sink::start(0).await.unwrap();
    let worker = worker(&world.database, sink.address.port(), &[]).unwrap();
    while worker.deliver_next(&|| moment).await.unwrap() {}
    mails(&sink)
}

async fn email(world: &World, who: &Actor) -> String {
    let sql = format!("SELECT email AS line FROM people WHERE id = '{}'", who.person().unwrap());
    world.database.lines(&sql).await.remove(0)
}

async fn written(world: &World) -> Vec<String> {
    world.database.lines("SELECT concat_ws(' ', kind, count(*)) AS line FROM reminders GROUP BY kind ORDER BY 1").await
}

#[tokio::test]
async fn an_assessor_is_reminded_once_before_the_day_and_once_after_it() {
    let (world, staff, applicant) = world().await;
    let case = assessed(&world, &staff, &applicant).await;
    delivered(&world, at(DAY, 2)).await;
    for (days, given) in [(19, 0), (20, 2), (20, 0), (23, 0), (24, 2), (25, 0), (60, 0)] {
        assert_eq!(tick(&world, at(DAY, days)).await, given, "{days} days later");
    }
    assert_eq!(written(&world).await, ["assessment_due 2", "assessment_late 2"]);
    let told = delivered(&world, at(DAY, 60)).await;
    let reference = case.read().await.reference;
    for assessor in staff.assessors.iter().take(2) {
        let to = [email(&world, assessor).await];
        let mut own = told.iter().filter(|mail| mail.to == to).map(|mail| mail.subject()).collect::<Vec<_>>();
        own.sort();
        let due = format!("Your assessment of {reference} is due on 25 February 2026");
        assert_eq!(own, [due, format!("Your assessment of {reference} is late")]);
    }
    assert_eq!(told.len(), 4, "nobody else is written to");
    let title = case.read().await.content.title;
    assert!(told.iter().all(|mail| !mail.text().contains(&title)), "what is confidential is not mailed");
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
}

#[tokio::test]
async fn whoever_owes_nothing_any_more_is_not_reminded() {
    let (world, staff, applicant) = world().await;
    let [first, second, third] = &staff.assessors;
    let case = assessed(&world, &staff, &applicant).await;
    let sql = |who: &Actor| {
        format!("SELECT id::text AS line FROM assessments WHERE assessor_id = '{}'", who.person().unwrap())
    };
    let id = world.database.lines(&sql(first)).await[0].parse().unwrap();
    let declining = async |tx: &mut almoner::store::Tx<'_>| {
        assessments::decline(tx, first, rules::ids::AssessmentId(id), "no time").await
    };
    world.act(at(DAY, 3), declining).await.unwrap();
    world.database.run(&format!("UPDATE people SET active = false WHERE id = '{}'", second.person().unwrap())).await;
    let late = case.assign(at(DAY, 10), third).await.unwrap();
    assert_eq!(tick(&world, at(DAY, 24)).await, 0, "one has declined, one is gone, one has time");
    case.score(at(DAY, 24), third, &late, 8).await.unwrap();
    assert_eq!(tick(&world, at(DAY, 60)).await, 0, "what is scored is not late");

    world.database.run("UPDATE people SET active = true").await;
    // What somebody must not read any more does not wait for them.
    let again = assessed(&world, &staff, &world.applicant().await).await;
    let refused = format!(
        "UPDATE assessments SET state = 'withdrawn', reason = 'x' WHERE assessor_id = '{}'",
        second.person().unwrap()
    );
    world.database.run(&refused).await;
    let join = format!(
        "INSERT INTO memberships VALUES ('{}', (SELECT organisation_id FROM applications WHERE id = '{}'))",
        first.person().unwrap(),
        again.id
    );
    world.database.run(&join).await;
    assert_eq!(tick(&world, at(DAY, 24)).await, 0, "they act for the applicant by now");
    assert_eq!(written(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_done_before_the_letter_goes_out_is_not_told() {
    let (world, staff, applicant) = world().await;
    let case = assessed(&world, &staff, &applicant).await;
    delivered(&world, at(DAY, 2)).await;
    assert_eq!(tick(&world, at(DAY, 20)).await, 2);
    let first = &staff.assessors[0];
    let sql = format!("SELECT id::text AS line FROM assessments WHERE assessor_id = '{}'", first.person().unwrap());
    let id = rules::ids::AssessmentId(world.database.lines(&sql).await[0].parse().unwrap());
    let all =
        almoner::store::assessments::of_application(&mut world.db.reader().await.unwrap(), case.id).await.unwrap();
    let own = all.into_iter().find(|assessment| assessment.id == id).unwrap();
    case.score(at(DAY, 20), first, &own, 8).await.unwrap();
    let told = delivered(&world, at(DAY, 21)).await;
    let to = [email(&world, &staff.assessors[1]).await];
    assert_eq!(told.iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), [to]);
    let unsent = "SELECT concat_ws(': ', state, last_error) AS line FROM outbox WHERE state NOT IN ('sent', 'waiting')";
    assert_eq!(world.database.lines(unsent).await, ["dropped: what it reminds of is over"]);
}

#[tokio::test]
async fn an_applicant_is_reminded_of_an_offer_and_everybody_who_acts_for_it_in_their_language() {
    let (world, staff, applicant) = world().await;
    let second = world.applicant().await.actor.person().unwrap();
    let join = format!(
        "UPDATE memberships SET organisation_id = '{}' WHERE person_id = '{second}';
         UPDATE people SET language = 'zh-Hant', email = 'second@example.hk' WHERE id = '{second}'",
        applicant.organisation
    );
    world.database.run(&join).await;
    let case = offered(&world, &staff, &applicant).await;
    let answered = offered(&world, &staff, &world.applicant().await).await;
    answered.accept(at(DAY, 2)).await.unwrap();
    let nobody = world.applicant().await;
    offered(&world, &staff, &nobody).await;
    let closed = format!("UPDATE people SET active = false WHERE id = '{}'", nobody.actor.person().unwrap());
    world.database.run(&closed).await;
    delivered(&world, at(DAY, 2)).await;
    for (days, given) in [(23, 0), (24, 1), (24, 0), (31, 0), (32, 0)] {
        assert_eq!(tick(&world, at(DAY, days)).await, given, "{days} days later");
    }
    let mut told = delivered(&world, at(DAY, 24)).await;
    told.sort_by_key(|mail| mail.to == ["second@example.hk"]);
    let reference = case.read().await.reference;
    assert_eq!(
        told.iter().map(|mail| mail.subject()).collect::<Vec<_>>(),
        [
            format!("Application {reference}: the offer waits for your answer until 5 March 2026"),
            format!("申請 {reference}：資助要約尚待答覆（有效至2026年3月5日）"),
        ]
    );
}

#[tokio::test]
async fn an_applicant_is_reminded_once_of_what_was_asked_of_them_until_they_have_sent_it() {
    let (world, staff, applicant) = world().await;
    let mut returned = Vec::new();
    for _ in 0..2 {
        let case = draft(&world, &staff, &applicant).await;
        case.submit(at(DAY, 1)).await.unwrap();
        case.give_back_for(at(DAY, 2), &["/summary"], "2026-02-20").await.unwrap();
        returned.push(case);
    }
    returned[1].withdraw(at(DAY, 3), "other plans").await.unwrap();
    delivered(&world, at(DAY, 3)).await;
    for (days, given) in [(14, 0), (15, 1), (15, 0), (18, 0), (19, 0)] {
        assert_eq!(tick(&world, at(DAY, days)).await, given, "{days} days later");
    }
    let told = delivered(&world, at(DAY, 15)).await;
    let reference = returned[0].read().await.reference;
    let subject = format!("Application {reference}: your answer is due by 20 February 2026");
    assert_eq!(told.iter().map(|mail| mail.subject()).collect::<Vec<_>>(), [subject]);
}

#[tokio::test]
async fn an_applicant_is_reminded_of_a_draft_before_the_open_round_closes() {
    let (world, staff, applicant) = world().await;
    let case = draft(&world, &staff, &applicant).await;
    let (submitted, withdrawn) = (draft(&world, &staff, &applicant).await, draft(&world, &staff, &applicant).await);
    submitted.submit(at(DAY, 1)).await.unwrap();
    withdrawn.withdraw(at(DAY, 1), "a mistake").await.unwrap();
    let extended = world.applicant().await;
    draft(&world, &staff, &extended).await;
    let new = NewExtension {
        id: ExtensionId(Uuid::now_v7()),
        round: "round.1".to_owned(),
        organisation: extended.organisation,
        until: "2026-05-20T12:00:00+08:00".parse().unwrap(),
        reason: "A typhoon.".to_owned(),
    };
    let granting =
        async |tx: &mut almoner::store::Tx<'_>| extensions::grant(tx, &staff.officer, &world.schemes, CODE, new).await;
    world.act(at(DAY, 1), granting).await.unwrap();
    delivered(&world, at(DAY, 2)).await;
    for (day, given) in [("2026-04-23", 0), ("2026-04-24", 1), ("2026-04-24", 0), ("2026-04-30", 0), ("2026-05-01", 0)]
    {
        assert_eq!(tick(&world, at(day, 0)).await, given, "{day}");
    }
    let told = delivered(&world, at("2026-04-24", 0)).await;
    assert_eq!(told.len(), 1);
    let reference = case.read().await.reference;
    assert_eq!(told[0].subject(), format!("Application {reference}: First round closes soon"));
    assert!(told[0].text().contains("before 00:00 on 1 May 2026 (Hong Kong time)"), "{}", told[0].text());
}

#[tokio::test]
async fn a_member_is_reminded_where_nobody_is_left_who_acts_for_the_applicant() {
    let (world, staff, applicant) = world().await;
    let case = draft(&world, &staff, &applicant).await;
    let member = world.person(&[Role::Applicant], &[]).await;
    let id = MemberId(Uuid::now_v7());
    let new = NewMember { id, email: email(&world, &member).await, role: MemberRole::Edit, co_applicant: None };
    world.act(at(DAY, 1), async |tx| members::invite(tx, &applicant.actor, case.id, new).await).await.unwrap();
    world.act(at(DAY, 1), async |tx| members::accept(tx, &member, id).await).await.unwrap();
    delivered(&world, at(DAY, 2)).await;
    let close = format!("UPDATE people SET active = false WHERE id = '{}'", applicant.actor.person().unwrap());
    world.database.run(&close).await;
    assert_eq!(tick(&world, at("2026-04-24", 0)).await, 1);
    let told = delivered(&world, at("2026-04-24", 0)).await;
    assert_eq!(told.iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), [[email(&world, &member).await]]);
}

#[tokio::test]
async fn workers_that_look_at_once_remind_once() {
    let (world, staff, applicant) = world().await;
    assessed(&world, &staff, &applicant).await;
    offered(&world, &staff, &world.applicant().await).await;
    draft(&world, &staff, &applicant).await;
    for moment in [at(DAY, 24), at("2026-04-24", 0)] {
        let tick = || tick(&world, moment);
        let given = tokio::join!(tick(), tick(), tick());
        assert!(given.0 + given.1 + given.2 > 0);
    }
    assert_eq!(written(&world).await, ["assessment_late 2", "award_expires 1", "round_closes 1"]);
    let sql = "SELECT count(*)::text AS line FROM outbox WHERE notice LIKE '%assessment_late%' OR notice LIKE '%award_expires%'
                  OR notice LIKE '%round_closes%'";
    assert_eq!(world.database.lines(sql).await, ["4"]);
}

#[tokio::test]
async fn the_worker_reminds_by_itself_as_far_ahead_as_the_settings_say() {
    let (world, staff, applicant) = world().await;
    assessed(&world, &staff, &applicant).await;
    let sink = Sink::start(0).await.unwrap();
    let changed = [("worker.poll_s", "1"), ("worker.calendar_s", "1"), ("reminders.assessment_days", "10")];
    let worker = worker(&world.database, sink.address.port(), &changed).unwrap();
    let (stop, stopped) = watch::channel(false);
    let moment = Moment { recorded_at: at(DAY, 14).recorded_at, ..at(DAY, 14) };
    let work = tokio::spawn(worker.run(move || moment, stopped));
    let due = || mails(&sink).iter().filter(|mail| mail.subject().contains("is due on 25 February 2026")).count();
    until("two reminders", async || due() == 2).await;
    stop.send_replace(true);
    timeout(Duration::from_secs(20), work).await.unwrap().unwrap();
    assert_eq!(due(), 2);
}

#[tokio::test]
async fn the_database_takes_no_second_reminder_of_the_same_and_forgets_none() {
    let (world, staff, applicant) = world().await;
    let case = assessed(&world, &staff, &applicant).await;
    assert_eq!(tick(&world, at(DAY, 24)).await, 2);
    let again = "INSERT INTO reminders SELECT application_id, kind, about, now() FROM reminders";
    let made_up = format!("INSERT INTO reminders VALUES ('{}', 'letter', 'x', now())", case.id);
    for (statement, told) in [
        (again, "reminders_pkey"),
        (made_up.as_str(), "kind_check"),
        ("DELETE FROM reminders", "permission denied"),
        ("UPDATE reminders SET about = 'x'", "permission denied"),
    ] {
        let refused = world.database.as_server(statement).await;
        assert!(refused.as_ref().is_err_and(|said| said.contains(told)), "{statement}: {refused:?}");
    }
    let refused = world.database.as_owner("DELETE FROM reminders").await.unwrap_err();
    assert!(refused.contains("is append-only"), "{refused}");
}
