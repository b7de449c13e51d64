//! What the people of a case are told: every letter, from the events of real cases, to each in their own language.

use crate::board::Board;
use crate::desk::Desk;
use crate::post::{Mail, mails, worker};
use crate::proposals::{accelerator, accelerator_actual};
use crate::site::Reply;
use crate::sittings::{approve, with_committee};
use crate::world::{Applicant, Staff, World, at};
use almoner::actions::{change_requests, extensions};
use almoner::sink::{Manner, Sink};
use almoner::store::{Moment, Tx};
use almoner::worker::clocks;
use rules::actor::Role;
use rules::application::State;
use rules::change_request::ChangeKind;
use rules::decision::Screening;
use rules::ids::ExtensionId;
use rules::round_extension::NewExtension;
use serde_json::json;
use uuid::Uuid;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

struct Scene {
    world: World,
    staff: Staff,
    applicant: Applicant,
    sink: Sink,
}

impl Scene {
    /// An organisation with two people, one of whom reads Traditional Chinese.
    async fn open() -> Self {
        let world = World::with(&[CODE], at(DAY, 0)).await;
        let (staff, applicant) = (world.staff().await, world.applicant().await);
        let second = world.applicant().await.actor.person().unwrap();
        let join = format!(
            "UPDATE memberships SET organisation_id = '{}' WHERE person_id = '{second}';
             UPDATE people SET language = 'zh-Hant', email = 'second@example.hk' WHERE id = '{second}'",
            applicant.organisation
        );
        world.database.run(&join).await;
        let scene = Self { world, staff, applicant, sink: Sink::start(0).await.unwrap() };
        scene.deliver(at(DAY, 0)).await;
        scene
    }

    async fn deliver(&self, moment: Moment) {
        let worker = worker(&self.world.database, self.sink.address.port(), &[]).unwrap();
        let moment = Moment { recorded_at: moment.recorded_at + chrono::TimeDelta::hours(12), ..moment };
        while worker.deliver_next(&|| moment).await.unwrap() {}
    }

    async fn draft(&self) -> crate::case::Case<'_> {
        let proposal = accelerator("60000000.00", "30000000.00");
        self.world.draft(&self.staff, &self.applicant, (CODE, proposal), at(DAY, 0)).await
    }

    /// The letters about cases, in both languages; each must have come in both.
    fn letters(&self) -> Vec<(Mail, Mail)> {
        let about_cases = mails(&self.sink).into_iter().filter(|mail| mail.subject().contains(CODE));
        let (mut chinese, mut english) = (Vec::new(), Vec::new());
        for mail in about_cases.filter(|mail| !mail.subject().contains("for your assessment")) {
            if mail.to == ["second@example.hk"] { chinese.push(mail) } else { english.push(mail) }
        }
        assert_eq!(chinese.len(), english.len());
        english.into_iter().zip(chinese).collect()
    }
}

/// Whether a letter says all of it.
fn says(mail: &Mail, all: &[&str]) {
    let text = format!("{}\n{}", mail.subject(), mail.text());
    for said in all {
        assert!(text.contains(said), "\"{said}\" is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_case_that_comes_to_nothing_is_told_step_by_step() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Ineligible("No start-ups.\nNo plan.".to_owned())).await.unwrap();
    case.reinstate(at(DAY, 3), "There is a plan.").await.unwrap();
    case.screen(at(DAY, 4), Screening::Eligible).await.unwrap();
    for assessor in scene.staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 5), assessor).await.unwrap();
        case.score(at(DAY, 6), assessor, &assessment, 2).await.unwrap();
    }
    case.reject(at(DAY, 7), &scene.staff.committee, "Others were better.").await.unwrap();
    let other = scene.draft().await;
    other.withdraw(at(DAY, 8), "A mistake.").await.unwrap();
    scene.deliver(at(DAY, 8)).await;

    let letters = scene.letters();
    let title = case.read().await.content.title;
    let expected: [(&[&str], &[&str]); 5] = [
        (
            &["has been received", "3 February 2026", "HK$30,000,000.00", &title],
            &["已經收悉", "2026年2月3日", "HK$30,000,000.00", &title],
        ),
        (&["result of screening", "No start-ups.\nNo plan."], &["初步審核結果", "No start-ups.\nNo plan."]),
        (&["has been reinstated", "There is a plan."], &["已獲恢復處理", "There is a plan."]),
        (
            &["not successful", "Others were better.", "a default of the agency, not a rule of the scheme"],
            &["未獲批准", "Others were better.", "為本處的預設值，並非計劃本身的規則"],
        ),
        (&["has been withdrawn", "10 February 2026", "A mistake."], &["已經撤回", "2026年2月10日", "A mistake."]),
    ];
    assert_eq!(letters.len(), expected.len());
    for ((english, chinese), (in_english, in_chinese)) in letters.iter().zip(expected) {
        says(english, in_english);
        says(chinese, in_chinese);
    }
    let assessors = mails(&scene.sink).into_iter().filter(|mail| mail.subject().contains("for your assessment"));
    let assessors = assessors.collect::<Vec<_>>();
    assert_eq!(assessors.len(), 2);
    says(&assessors[0], &[&case.read().await.reference, "declare a conflict", "are confidential"]);
    assert!(!assessors[0].text().contains(&title), "what is confidential is not mailed");
}

#[tokio::test]
async fn a_letter_that_has_waited_names_no_day_that_is_over() {
    let scene = Scene::open().await;
    for (days, names_it) in [(32, true), (33, false)] {
        let (found, refused) = (scene.draft().await, scene.draft().await);
        found.submit(at(DAY, 1)).await.unwrap();
        found.screen(at(DAY, 2), Screening::Ineligible("No plan.".to_owned())).await.unwrap();
        refused.to_recommended(at(DAY, 1), "20000000.00").await;
        refused.reject(at(DAY, 2), &scene.staff.assistant, "Too dear.").await.unwrap();
        let before = scene.letters().len();
        scene.deliver(at(DAY, days)).await;
        let told = scene.letters().split_off(before).into_iter().filter(|(english, _)| {
            ["result of screening", ": result"].iter().any(|result| english.subject().ends_with(result))
        });
        let told = told.collect::<Vec<_>>();
        assert_eq!(told.len(), 2);
        for (english, chinese) in told {
            assert_eq!(english.text().contains("until the end of 6 March 2026"), names_it, "{}", english.text());
            assert_eq!(chinese.text().contains("2026年3月6日或之前"), names_it, "{}", chinese.text());
        }
    }
}

#[tokio::test]
async fn a_refusal_that_was_kept_back_is_mailed_when_it_is_told_and_says_when_it_was_decided() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.to_recommended(at(DAY, 1), "20000000.00").await;
    scene.deliver(at(DAY, 2)).await;
    let before = scene.letters().len();
    case.refuse(at(DAY, 2), &scene.staff.assistant, ("Too dear.", Some("2026-02-10"))).await.unwrap();
    scene.deliver(at(DAY, 7)).await;
    assert_eq!(scene.letters().len(), before, "nothing is mailed before it is told");
    assert_eq!(clocks::tell(&scene.world.db, &scene.world.schemes, at(DAY, 8)).await.unwrap(), 1);
    scene.deliver(at(DAY, 8)).await;
    let mailed = scene.letters().split_off(before);
    let [(english, chinese)] = &mailed[..] else { panic!("{}", mailed.len()) };
    says(english, &["not successful", "4 February 2026", "Too dear.", "until the end of 12 March 2026"]);
    says(chinese, &["未獲批准", "2026年2月4日", "Too dear.", "2026年3月12日或之前"]);
}

#[tokio::test]
async fn whoever_is_asked_no_more_to_sit_or_to_act_for_somebody_is_told() {
    let scene = Scene::open().await;
    let (world, staff, deputy) =
        (&scene.world, &scene.staff, scene.world.person(&[Role::Approver], &["commissioner"]).await);
    world.publish(with_committee(true), at(DAY, 0)).await;
    let case = scene.draft().await;
    case.to_recommended(at(DAY, 1), "20000000.00").await;
    let board = Board::of(world, 3).await;
    let desk = Desk::open(world, at(DAY, 2).now);
    let (officer, members) = (desk.sign_in(&staff.officer).await, board.sign_in(&desk).await);
    let sittings = format!("/api/v1/applications/{}/sittings", case.id);
    let done = |reply: Reply| assert!(reply.status.is_success(), "{}", reply.json);
    done(officer.send(&officer.post(&*sittings, &board.meeting(approve("20000000.00")))));
    let conflict = json!({ "vote": "conflict", "reason": "my brother" });
    done(members[2].send(&members[2].post(format!("{sittings}/1/votes"), &conflict)));
    done(officer.send(&officer.post(format!("{sittings}/1/giving-up"), &json!({ "reason": "Peak is my client." }))));
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let absence =
        json!({ "to": deputy.person().unwrap(), "from": "2026-02-04", "until": "2026-02-11", "reason": "leave" });
    let recorded = commissioner.send(&commissioner.post("/api/v1/delegations", &absence));
    let id = recorded.text("/id").to_owned();
    done(commissioner.send(&commissioner.post(format!("/api/v1/delegations/{id}/end"), &json!({ "reason": "back" }))));
    scene.deliver(desk.site.clock.moment()).await;
    let all = mails(&scene.sink);
    let given_up = all.iter().filter(|mail| mail.subject().contains("is given up")).collect::<Vec<_>>();
    // Whoever has declared a conflict of interest was asked no more before.
    assert_eq!(given_up.len(), 2);
    for mail in given_up {
        says(mail, &[&case.read().await.reference, "nothing to vote on any more"]);
        assert!(!mail.text().contains("client"), "the reason may name somebody");
    }
    let ended = all.iter().filter(|mail| mail.subject().ends_with("no more")).collect::<Vec<_>>();
    assert_eq!(ended.len(), 1);
    says(ended[0], &["ended before its time"]);
}

#[tokio::test]
async fn a_case_that_is_paid_is_told_step_by_step() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let claim = case.claim(at(DAY, 10), "initial", "7500000.00", None).await.unwrap();
    case.give_back(at(DAY, 11), claim.id, "The invoices are missing.").await.unwrap();
    case.pay(at(DAY, 12), "initial", "7500000.00", None).await;
    let actual = accelerator_actual("50000000.00");
    let claim = case.claim(at(DAY, 800), "final", "22500000.00", Some(actual)).await.unwrap();
    case.certify(at(DAY, 801), claim.id, "17500000.00").await.unwrap();
    scene.deliver(at(DAY, 802)).await;

    let letters = scene.letters();
    let default = "a default of the agency, not a rule of the scheme";
    let expected: [(&[&str], &[&str]); 5] = [
        (&["has been received"], &["已經收悉"]),
        (
            &["offer of a grant until 5 March 2026", "HK$30,000,000.00", "30 days", default],
            &["資助要約（有效至2026年3月5日）", "HK$30,000,000.00", "30 天"],
        ),
        (
            &["has been accepted", "On acceptance of the offer: HK$7,500,000.00", "HK$22,500,000.00", default],
            &["已獲接納", "接納資助時：HK$7,500,000.00", "HK$22,500,000.00"],
        ),
        (
            &["a claim has been returned", "HK$7,500,000.00", "\"On acceptance of the offer\"", "invoices are missing"],
            &["申領已予退回", "「接納資助時」", "invoices are missing"],
        ),
        (
            &["a payment has been released", "HK$7,500,000.00", "14 February 2026", "in the batch"],
            &["款項已經發放", "HK$7,500,000.00", "2026年2月14日"],
        ),
    ];
    assert_eq!(letters.len(), expected.len());
    for ((english, chinese), (in_english, in_chinese)) in letters.iter().zip(expected) {
        says(english, in_english);
        says(chinese, in_chinese);
    }
}

#[tokio::test]
async fn a_change_is_told_with_its_figures_and_so_is_what_the_agency_takes_back() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.to_accepted(at(DAY, 1), "20000000.00").await;
    let before = scene.letters().len();
    case.change(at(DAY, 2), ChangeKind::Amount, json!({ "amount": "15000000.00" })).await.unwrap();
    case.change(at(DAY, 3), ChangeKind::Dates, json!({ "ends_on": "2029-01-31" })).await.unwrap();
    let officer = &scene.staff.officer;
    let opened = case.ask_for_change_as(at(DAY, 4), officer, (ChangeKind::Suspension, json!({}))).await.unwrap();
    let of = (case.id, opened.number);
    let takes_back = async |tx: &mut Tx<'_>| change_requests::withdraw(tx, officer, of, "The report\nhas come.").await;
    scene.world.act(at(DAY, 5), takes_back).await.unwrap();
    // What the applicant takes back is told to nobody.
    let asked = case.ask_for_change(at(DAY, 6), (ChangeKind::People, json!({ "text": "Dr Chan" }))).await.unwrap();
    let of = (case.id, asked.number);
    let takes_back = async |tx: &mut Tx<'_>| change_requests::withdraw(tx, &case.applicant, of, "x").await;
    scene.world.act(at(DAY, 6), takes_back).await.unwrap();
    scene.deliver(at(DAY, 6)).await;

    let letters = scene.letters().split_off(before + 3);
    let expected: [(&[&str], &[&str]); 4] = [
        (
            &[
                "decision on a change",
                "The award was HK$20,000,000.00 and is HK$15,000,000.00 from now on.",
                "as agreed",
            ],
            &["資助額由 HK$20,000,000.00 改為 HK$15,000,000.00。", "as agreed"],
        ),
        (&["The last day of the project is now 31 January 2029."], &["項目最後一日現為2029年1月31日。"]),
        (&["considers a change", "a suspension of the award"], &["正考慮更改閣下的資助", "暫停撥款"]),
        (
            &["no longer considers a change", "7 February 2026", "a suspension", "The report\nhas come."],
            &["不再考慮更改閣下的資助", "2026年2月7日", "The report\nhas come."],
        ),
    ];
    assert_eq!(letters.len(), expected.len());
    for ((english, chinese), (in_english, in_chinese)) in letters.iter().zip(expected) {
        says(english, in_english);
        says(chinese, in_chinese);
    }
    assert!(!letters[1].0.text().contains("HK$"), "{}", letters[1].0.text());
}

#[tokio::test]
async fn an_offer_that_nobody_accepts_lapses_when_its_last_day_is_over_and_that_is_told() {
    let scene = Scene::open().await;
    let (case, accepted) = (scene.draft().await, scene.draft().await);
    case.to_recommended(at(DAY, 1), "20000000.00").await;
    case.approve(at(DAY, 1), &scene.staff.commissioner).await.unwrap();
    case.offer(at(DAY, 1)).await.unwrap();
    assert_eq!(clocks::tick(&scene.world.db, at(DAY, 31)).await.unwrap(), 0, "the last day is not over");
    assert_eq!(case.read().await.state, State::Offered);
    assert_eq!(scene.world.committed(CODE).await, 2_000_000_000);
    assert_eq!(clocks::tick(&scene.world.db, at(DAY, 32)).await.unwrap(), 1);
    assert_eq!(case.read().await.state, State::Lapsed);
    assert_eq!(scene.world.committed(CODE).await, 0);
    assert_eq!(clocks::tick(&scene.world.db, at(DAY, 33)).await.unwrap(), 0, "it lapses once");
    accepted.to_accepted(at(DAY, 33), "20000000.00").await;
    assert_eq!(clocks::tick(&scene.world.db, at(DAY, 99)).await.unwrap(), 0, "what was accepted stays");
    scene.deliver(at(DAY, 99)).await;
    let lapsed = scene.letters().into_iter().find(|(english, _)| english.subject().contains("lapsed")).unwrap();
    says(&lapsed.0, &["HK$20,000,000.00", "until the end of 5 March 2026", "has been given back"]);
    says(&lapsed.1, &["HK$20,000,000.00", "有效至2026年3月5日", "現已失效"]);
    scene.world.prove().await;
}

#[tokio::test]
async fn two_workers_that_look_at_the_calendar_at_once_let_an_offer_lapse_once() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.to_recommended(at(DAY, 1), "20000000.00").await;
    case.approve(at(DAY, 1), &scene.staff.commissioner).await.unwrap();
    case.offer(at(DAY, 1)).await.unwrap();
    let tick = || clocks::tick(&scene.world.db, at(DAY, 40));
    let lapsed = tokio::join!(tick(), tick(), tick());
    assert_eq!([lapsed.0, lapsed.1, lapsed.2].map(Result::unwrap).iter().sum::<usize>(), 1);
    scene.world.prove().await;
}

#[tokio::test]
async fn a_letter_to_two_people_is_tried_for_each_on_its_own() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.submit(at(DAY, 1)).await.unwrap();
    let before = mails(&scene.sink).len();
    scene.sink.mailbox.behave([Manner::Mail(451)]);
    scene.deliver(at(DAY, 1)).await;
    assert_eq!(mails(&scene.sink).len(), before + 1, "one has it");
    scene.deliver(at(DAY, 2)).await;
    let both = &mails(&scene.sink)[before..];
    assert_eq!(both.len(), 2);
    assert_ne!(both[0].to, both[1].to);
    assert_ne!(both[0].id(), both[1].id());
}

#[tokio::test]
async fn a_letter_to_an_organisation_without_people_is_given_up_at_once() {
    let scene = Scene::open().await;
    let case = scene.draft().await;
    case.submit(at(DAY, 1)).await.unwrap();
    scene.world.database.run("UPDATE people SET active = false").await;
    scene.deliver(at(DAY, 1)).await;
    let dead = scene.world.database.lines("SELECT last_error AS line FROM outbox WHERE state = 'dead'").await;
    assert_eq!(dead, ["nobody whose account is open acts for the applicant"]);
}

#[tokio::test]
async fn an_extension_is_told_to_all_who_act_for_its_applicant() {
    let scene = Scene::open().await;
    let new = NewExtension {
        id: ExtensionId(Uuid::now_v7()),
        round: "round.1".to_owned(),
        organisation: scene.applicant.organisation,
        until: "2026-05-04T12:00:00+08:00".parse().unwrap(),
        reason: "A typhoon.\nNobody could travel.".to_owned(),
    };
    let (officer, schemes) = (&scene.staff.officer, &scene.world.schemes);
    let granted =
        scene.world.act(at(DAY, 1), async |tx| extensions::grant(tx, officer, schemes, CODE, new).await).await;
    granted.unwrap();
    let before = mails(&scene.sink).len();
    scene.deliver(at(DAY, 1)).await;
    let mut told = mails(&scene.sink).split_off(before);
    told.sort_by_key(|mail| mail.to == ["second@example.hk"]);
    assert_eq!(told.len(), 2);
    says(&told[0], &["First round", "12:00 on 4 May 2026", "A typhoon.\nNobody could travel."]);
    says(&told[1], &["第一輪申請", "2026年5月4日12時00分", "A typhoon.\nNobody could travel."]);
}
