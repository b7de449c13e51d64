//! What the database refuses by itself of debarments and because of them, and who comes first where two act at once.

use crate::case::{Case, NOTHING_MORE};
use crate::debarring::{Two, against_organisation};
use crate::proposals::accelerator;
use crate::world::{Applicant, Staff, World, at, cents, refused};
use almoner::actions::{approvals, debarments};
use rules::application::State;
use rules::approval::Approve;
use tokio::sync::oneshot;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AMOUNT: &str = "1000000.00";

async fn draft<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    world.draft(staff, applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, 0)).await
}

#[tokio::test]
async fn of_a_confirmation_and_an_approval_at_once_the_second_sees_the_first() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, two) = (world.staff().await, Two::of(&world).await);
    let (applicant, other) = (world.applicant().await, world.applicant().await);
    let now = at(DAY, 2);
    let case = draft(&world, &staff, &applicant).await;
    case.to_recommended(at(DAY, 1), AMOUNT).await;
    let id = two.record(against_organisation(&applicant, DAY), now).await;
    let (confirming, begun) = oneshot::channel();
    let confirm = world.act(now, async |tx| {
        debarments::confirm(tx, &two.second, id).await?;
        confirming.send(()).unwrap();
        world.database.until_waiting(1).await;
        Ok(())
    });
    let approve = async {
        begun.await.unwrap();
        case.approve(now, &staff.commissioner).await
    };
    let (confirmed, approved) = tokio::join!(confirm, approve);
    confirmed.unwrap();
    assert_eq!(refused(approved), "debarment.organisation");
    assert_eq!(case.read().await.state, State::Recommended);

    let case = draft(&world, &staff, &other).await;
    case.to_recommended(at(DAY, 1), AMOUNT).await;
    let id = two.record(against_organisation(&other, DAY), now).await;
    let (approving, begun) = oneshot::channel();
    let approve = world.act(now, async |tx| {
        let asked = Approve { amount: cents(AMOUNT), ..NOTHING_MORE };
        approvals::approve(tx, &staff.commissioner, &world.schemes, case.id, &asked).await?;
        approving.send(()).unwrap();
        world.database.until_waiting(1).await;
        Ok(())
    });
    let confirm = async {
        begun.await.unwrap();
        two.confirm(id, now).await
    };
    let (approved, confirmed) = tokio::join!(approve, confirm);
    approved.unwrap();
    confirmed.unwrap();
    // It was awarded before, and is not accepted after.
    case.offer(now).await.unwrap();
    assert_eq!(refused(case.accept(now).await), "debarment.organisation");
    world.prove().await;
}

/// The officers and the debarment of the statements below.
struct Known {
    of: String,
    first: String,
    second: String,
}

const ID: &str = "00000000-0000-7000-8000-000000000007";

impl Known {
    fn record(&self, kind: &str, from: &str, until: &str, scheme: &str) -> String {
        let Self { of, first, .. } = self;
        format!(
            "INSERT INTO debarments (id, organisation_id, kind, from_on, until_on, scheme_code, authority, ground, recorded_by, recorded_at)
             VALUES ('{ID}', '{of}', '{kind}', '{from}', {until}, {scheme}, 'ICAC', 'bribes', '{first}', now());"
        )
    }

    fn confirm(&self) -> String {
        format!("UPDATE debarments SET confirmed_by = '{}', confirmed_at = now();", self.second)
    }

    fn end(&self, until: &str) -> String {
        let by = &self.first;
        format!("UPDATE debarments SET end_on = '{until}', end_reason = 'appeal', end_by = '{by}', end_at = now();")
    }

    fn confirm_end(&self, by: &str) -> String {
        format!("UPDATE debarments SET end_confirmed_by = '{by}', end_confirmed_at = '2026-02-02T10:00:00+08:00';")
    }
}

async fn known(world: &World, applicant: &Applicant) -> Known {
    let Two { first, second, .. } = Two::of(world).await;
    let id = |who: rules::actor::Actor| who.person().unwrap().to_string();
    Known { of: applicant.organisation.to_string(), first: id(first), second: id(second) }
}

async fn told(world: &World, sql: &str, expected: Option<&str>) {
    let refusal = world.database.as_server(&format!("BEGIN; {sql}; ROLLBACK")).await.err();
    let as_told = refusal.as_deref().map(|refusal| expected.is_some_and(|told| refusal.contains(told)));
    assert_eq!(as_told, expected.map(|_| true), "{refusal:?}\n{sql}");
}

#[tokio::test]
async fn the_database_by_itself_submits_awards_and_pays_nothing_to_whom_is_debarred_on_the_day_of_the_row() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let [unsent, recommended, offered, certified, batched] = [
        draft(&world, &staff, &applicant).await,
        draft(&world, &staff, &applicant).await,
        draft(&world, &staff, &applicant).await,
        draft(&world, &staff, &applicant).await,
        draft(&world, &staff, &applicant).await,
    ];
    recommended.to_recommended(at(DAY, 1), AMOUNT).await;
    offered.to_recommended(at(DAY, 1), AMOUNT).await;
    offered.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    offered.offer(at(DAY, 1)).await.unwrap();
    let mut claims = Vec::new();
    for case in [&certified, &batched] {
        case.to_accepted(at(DAY, 1), AMOUNT).await;
        let claim = case.claim(at(DAY, 1), "initial", "250000.00", None).await.unwrap().id;
        case.certify(at(DAY, 1), claim, "250000.00").await.unwrap();
        claims.push(claim);
    }
    let batch = world.prepare(at(DAY, 1), &staff.preparer, &[claims[1]]).await.unwrap().id;
    let known = known(&world, &applicant).await;
    let (by, of, claim) = (applicant.actor.person().unwrap(), applicant.organisation, claims[0]);
    let (preparer, releaser) = (staff.preparer.person().unwrap(), staff.releaser.person().unwrap());
    let award = format!(
        "INSERT INTO awards (application_id, scheme_code, organisation_id, amount_cents, authority, state, decided_at, counts_as)
         VALUES ('{}', '{CODE}', '{of}', 100000000, 'commissioner', 'decided', '2026-02-03T23:59:59+08:00', 'lifetime')",
        recommended.id
    );
    let acts = [
        format!(
            "UPDATE applications SET submitted_by = '{by}', submitted_at = '2026-02-03T10:00:00+08:00', submitted_on = '2026-02-03' WHERE id = '{}'",
            unsent.id
        ),
        award.clone(),
        format!(
            "UPDATE awards SET state = 'accepted', accepted_at = '2026-02-03T10:00:00+08:00' WHERE application_id = '{}'",
            offered.id
        ),
        format!(
            "INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
             VALUES ('{ID}', 'PAY-2026-999999', 'prepared', '{preparer}', '2026-02-03T10:00:00+08:00', 25000000);
             INSERT INTO payments VALUES ('{claim}', '{ID}', '{}', 25000000, 1, (SELECT id FROM payee_accounts LIMIT 1))",
            certified.id
        ),
        format!(
            "UPDATE batches SET state = 'released', released_by = '{releaser}', released_at = '2026-02-03T10:00:00+08:00', pay_on = '2026-02-03' WHERE id = '{batch}'"
        ),
    ];
    let in_the_way = Some("stands in the way");
    let whole = known.record("debarred", "2026-02-03", "NULL", "NULL") + &known.confirm();
    for act in &acts {
        told(&world, &format!("{whole} {act}"), in_the_way).await;
    }
    let record = |kind, from, until, scheme| known.record(kind, from, until, scheme) + &known.confirm();
    let ended = |until| record("debarred", DAY, "NULL", "NULL") + &known.end(until);
    for (what, debarment, expected) in [
        ("its last day", record("debarred", DAY, "'2026-02-04'", "'ACCELERATOR-PILOT'"), in_the_way),
        ("over", record("debarred", DAY, "'2026-02-03'", "NULL"), None),
        ("ahead", record("debarred", "2026-02-04", "NULL", "NULL"), None),
        ("of another scheme", record("debarred", DAY, "NULL", "'NIAS'"), None),
        ("adverse", record("adverse", DAY, "NULL", "NULL"), None),
        ("unconfirmed", known.record("debarred", DAY, "NULL", "NULL"), None),
        ("its end proposed", ended("2026-02-03"), in_the_way),
        ("ended", ended("2026-02-03") + &known.confirm_end(&known.second), None),
        ("ended later", ended("2026-02-04") + &known.confirm_end(&known.second), in_the_way),
    ] {
        println!("{what}");
        told(&world, &format!("{debarment} {award}"), expected).await;
    }
}

#[tokio::test]
async fn the_database_by_itself_holds_a_debarment_to_its_steps_and_to_two_officers_who_are_not_of_its_side() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let applicant = world.applicant().await;
    let known = known(&world, &applicant).await;
    let inside = applicant.actor.person().unwrap();
    let recorded = known.record("debarred", DAY, "'2026-06-01'", "NULL");
    let confirmed = format!("{recorded} {}", known.confirm());
    let proposed = format!("{confirmed} {}", known.end("2026-03-01"));
    let ended = format!("{proposed} {}", known.confirm_end(&known.second));
    let (first, second, inside) = (&*known.first, &*known.second, &*inside.to_string());
    let by =
        |who: &str| format!("UPDATE debarments SET confirmed_by = '{who}', confirmed_at = '2026-02-03T10:00:00+08:00'");
    let of_person = |person: &str, by: &str| {
        recorded.replace("organisation_id", "person_id").replace(first, by).replace(&known.of, person)
    };
    for (sql, expected) in [
        (ended.clone(), None),
        (format!("{recorded} {}", known.end(DAY)), None),
        (of_person(inside, first), None),
        (of_person(inside, inside), Some("is of the organisation of")),
        (of_person(first, first), Some("check constraint")),
        (recorded.replace(first, inside), Some("is of the organisation of")),
        (recorded.replace("'2026-06-01'", &format!("'{DAY}'")), Some("check constraint")),
        (format!("{recorded} {}", by(first)), Some("check constraint")),
        (format!("{recorded} {}", by(inside)), Some("is of the organisation of")),
        (format!("{} {}", of_person(second, first), by(second)), Some("check constraint")),
        (format!("{recorded} {}", known.end("2026-03-01")), Some("check constraint")),
        (format!("{recorded} {} {}", known.end(DAY), known.confirm()), Some("stays as it is")),
        (format!("{recorded} {}", known.confirm_end(second)), Some("check constraint")),
        (format!("{confirmed} {}", by(second)), Some("stays as it is")),
        (format!("{confirmed} {}", known.end("2026-06-01")), Some("check constraint")),
        (format!("{confirmed} {}", known.end("2026-02-01")), Some("check constraint")),
        (format!("{proposed} {}", known.confirm_end(first)), Some("check constraint")),
        (format!("{proposed} {}", known.end("2026-04-01")), None),
        (format!("{ended} {}", known.end("2026-04-01")), Some("stays as it is")),
        (
            format!(
                "{proposed} UPDATE debarments SET end_on = '2026-02-15', end_confirmed_by = '{}', end_confirmed_at = now()",
                second
            ),
            Some("is ended by two"),
        ),
        (format!("{confirmed} UPDATE debarments SET ground = 'x'"), Some("permission denied")),
        (format!("{confirmed} DELETE FROM debarments"), Some("permission denied")),
    ] {
        told(&world, &sql, expected).await;
    }
    for sql in ["DELETE FROM debarments", "TRUNCATE debarments"] {
        assert!(world.database.as_owner(sql).await.unwrap_err().contains("append-only"), "{sql}");
    }
}
