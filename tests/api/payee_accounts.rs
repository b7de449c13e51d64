//! Where organisations are paid, over HTTP and in the database: agreed by two, sealed, held back, stopped by either side, and never shown.

use crate::desk::{Caller, Desk};
use crate::particulars::kept;
use crate::site::{Call, morning, settings};
use crate::world::{Applicant, World, at};
use almoner::access::{Access, SealKeys};
use almoner::actions::payee_accounts;
use almoner::store::audit::verify;
use rules::actor::{Actor, Role};
use rules::calendar::Day;
use rules::payee_account::{Coordinates, PayeeAccount, PayeeAccountKind, Written, in_force};
use serde_json::{Value, json};
use std::process::Command;
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "not_found",
    "payee_account.bank",
    "payee_account.confirmed",
    "payee_account.differs",
    "payee_account.holder",
    "payee_account.in_words",
    "payee_account.number",
    "payee_account.over",
    "payee_account.same_person",
    "payee_account.unchanged",
    "payee_account.under_way",
    "permission.denied",
    "person.own_organisation",
    "request.malformed",
];

const DAY: &str = "2026-02-02";
const NUMBER: &str = "123-456789-001";

fn of(organisation: impl std::fmt::Display) -> String {
    format!("/api/v1/organisations/{organisation}/payee-accounts")
}

fn account(number: &str) -> Value {
    json!({ "kind": "account", "holder": "Harbour Optics Limited", "bank": "004", "number": number })
}

fn checked(number: &str) -> Value {
    let mut body = account(number);
    body["check"] = json!("called back");
    body
}

fn confirms(caller: &Caller<'_>, id: &Value, number: &str) -> Call {
    caller.post(format!("/api/v1/payee-accounts/{}/confirmation", id.as_str().unwrap()), &checked(number))
}

fn ends(caller: &Caller<'_>, id: &Value) -> Call {
    let path = format!("/api/v1/payee-accounts/{}/end", id.as_str().unwrap());
    caller.post(path, &json!({ "reason": "we have moved" }))
}

fn states(caller: &Caller<'_>, path: &str) -> Vec<String> {
    let listed = caller.send(&caller.get(path)).json;
    let line = |line: &Value| format!("{} {}", line["ending"].as_str().unwrap(), line["state"].as_str().unwrap());
    listed.as_array().unwrap().iter().map(line).collect()
}

/// What waits for somebody, and on whose side.
fn waits(caller: &Caller<'_>) -> Vec<Value> {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    work.as_array().unwrap().iter().map(|line| json!([line["act"], line["url"]])).collect()
}

#[tokio::test]
async fn an_account_is_proposed_by_one_confirmed_by_another_used_after_its_wait_and_replaced_by_the_next() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, staff) = (world.applicant().await, world.staff().await);
    let desk = Desk::open(&world, morning(DAY));
    let (own, finance) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.preparer).await);
    let (other, auditor) = (desk.sign_in(&staff.releaser).await, world.person(&[Role::Auditor], &[]).await);
    let path = of(applicant.organisation);
    let first = own.send(&own.post(path.as_str(), &account(NUMBER)));
    assert_eq!((first.told(), first.text("/ending"), first.text("/state")), ((201, ""), "001", "proposed"));
    let act = json!(["payee_account.confirm", path]);
    assert_eq!([waits(&finance), waits(&other), waits(&own)], [vec![act.clone()], vec![act], vec![]]);
    let id = &first.json["id"];
    let confirmed = finance.send(&confirms(&finance, id, "123 456789 001"));
    assert_eq!((confirmed.told(), confirmed.text("/usable_from")), ((200, ""), "2026-02-07"));
    assert_eq!(states(&own, &path), ["001 waiting"]);
    desk.site.clock.set(morning("2026-02-07"));
    let second = finance.send(&finance.post(path.as_str(), &account("987-654321-002")));
    assert_eq!(second.told(), (201, ""));
    assert_eq!(states(&other, &path), ["001 in_force", "002 proposed"]);
    assert_eq!(other.send(&confirms(&other, &second.json["id"], "987654321002")).told(), (200, ""));
    desk.site.clock.set(morning("2026-02-11"));
    assert_eq!(states(&own, &path), ["001 in_force", "002 waiting"]);
    desk.site.clock.set(morning("2026-02-12"));
    let auditor = desk.sign_in(&auditor).await;
    assert_eq!(states(&auditor, &path), ["001 replaced", "002 in_force"]);
    assert_eq!(own.send(&ends(&own, &second.json["id"])).told(), (200, ""));
    // What it had replaced does not come back by one person's word.
    assert_eq!(states(&own, &path), ["001 replaced", "002 ended"]);
    // Neither as it was written nor as digits; nor is its holder.
    let everything = kept(&world).await;
    for secret in [NUMBER, "123456789001", "987654321002", "Harbour Optics Limited"] {
        assert!(!everything.contains(secret), "{secret}");
    }
    assert!(everything.contains("we have moved"), "the search would find it");
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    let told = "SELECT notice::jsonb ->> 'letter' || ' ' || count(*) AS line FROM outbox WHERE notice LIKE '%payee%' GROUP BY notice::jsonb ->> 'letter' ORDER BY 1";
    let letters = ["payee_account_confirmed 2", "payee_account_ended 1", "payee_account_proposed 2"];
    assert_eq!(world.database.lines(told).await, letters);
    desk.told_exactly(&[]);
}

#[tokio::test]
async fn each_thing_that_is_not_in_order_is_refused_and_repeats_nothing_of_an_account() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, stranger, staff) = (world.applicant().await, world.applicant().await, world.staff().await);
    let inside = world.with_roles(&stranger, &[Role::Applicant, Role::FinancePreparer]).await.actor;
    let desk = Desk::open(&world, morning(DAY));
    let (own, finance) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.preparer).await);
    let (officer, insider) = (desk.sign_in(&staff.officer).await, desk.sign_in(&inside).await);
    let path = of(applicant.organisation);
    for (member, value, status, code) in [
        ("kind", json!("123-456789-001"), 400, "request.malformed"),
        ("number", json!(123_456_789_001_u64), 400, "request.malformed"),
        ("number", json!("123-456789-00X"), 422, "payee_account.number"),
        ("bank", json!(null), 422, "payee_account.bank"),
        ("bank", json!("0044"), 422, "payee_account.bank"),
        ("holder", json!(" "), 422, "payee_account.holder"),
    ] {
        let mut body = account(NUMBER);
        body[member] = value;
        let reply = own.refused(&own.post(path.as_str(), &body), status, code).await;
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("456789"), "{}", reply.json);
    }
    officer.refused(&officer.post(path.as_str(), &account(NUMBER)), 403, "permission.denied").await;
    officer.refused(&officer.get(path.as_str()), 403, "permission.denied").await;
    insider.refused(&own.post(of(Uuid::now_v7()), &account(NUMBER)), 403, "permission.denied").await;
    finance.refused(&finance.post(of(Uuid::now_v7()), &account(NUMBER)), 404, "not_found").await;
    let first = finance.send(&finance.post(path.as_str(), &account(NUMBER))).json["id"].clone();
    own.refused(&own.post(path.as_str(), &account("111111")), 409, "payee_account.under_way").await;
    finance.refused(&confirms(&finance, &first, NUMBER), 403, "payee_account.same_person").await;
    own.refused(&confirms(&own, &first, NUMBER), 403, "permission.denied").await;
    let other = desk.sign_in(&staff.releaser).await;
    other.refused(&confirms(&other, &first, "123-456789-002"), 422, "payee_account.differs").await;
    let typed = |member: &str, value: &str| {
        let mut body = checked(NUMBER);
        body[member] = json!(value);
        other.post(format!("/api/v1/payee-accounts/{}/confirmation", first.as_str().unwrap()), &body)
    };
    other.refused(&typed("holder", "Harbour Optcis Limited"), 422, "payee_account.differs").await;
    other.refused(&typed("check", "statement of 123 456789 001 seen"), 422, "payee_account.in_words").await;
    officer.refused(&ends(&officer, &first), 404, "not_found").await;
    let own_side = insider.send(&insider.post(of(stranger.organisation), &account("222222"))).json["id"].clone();
    insider.refused(&confirms(&insider, &own_side, "222222"), 403, "person.own_organisation").await;
    assert_eq!(other.send(&confirms(&other, &first, NUMBER)).told(), (200, ""));
    other.refused(&confirms(&other, &first, NUMBER), 409, "payee_account.confirmed").await;
    own.refused(&own.post(path.as_str(), &account("111111")), 409, "payee_account.under_way").await;
    desk.site.clock.set(morning("2026-02-07"));
    own.refused(&own.post(path.as_str(), &account("123456789001")), 409, "payee_account.unchanged").await;
    assert_eq!(own.send(&ends(&own, &first)).told(), (200, ""));
    finance.refused(&ends(&finance, &first), 409, "payee_account.over").await;
    desk.told_exactly(CODES);
}

pub fn written(number: &str) -> Written {
    let (holder, bank) = ("Harbour Optics Limited".to_owned(), Some("004".to_owned()));
    Written { kind: PayeeAccountKind::Account, holder, bank, number: number.to_owned() }
}

fn coordinates(number: &str) -> Coordinates {
    written(number).read().unwrap()
}

/// Agreed on a day, by these two.
async fn agreed(world: &World, access: &Access, of: &Applicant, by: &Actor, number: &str) -> PayeeAccount {
    let act = world.act(at(DAY, 0), async |tx| {
        let proposed = payee_accounts::propose(tx, &of.actor, access, (of.organisation, &written(number))).await?;
        payee_accounts::confirm(tx, by, access, proposed.id, (&written(number), "seen")).await
    });
    act.await.unwrap()
}

#[tokio::test]
async fn it_opens_where_a_bank_is_told_and_is_sealed_anew_under_another_key() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, staff) = (world.applicant().await, world.staff().await);
    let mut access = Access::new(&settings(&world.database.url(), &[])).unwrap();
    let account = agreed(&world, &access, &applicant, &staff.preparer, NUMBER).await;
    assert_eq!(payee_accounts::open(&access, &account).unwrap(), coordinates(NUMBER));
    let (new, known) = ("5f".repeat(32), SealKeys::of_development());
    access.seal_keys = new.parse().unwrap();
    let told = payee_accounts::open(&access, &account).unwrap_err().to_string();
    assert!(told.contains(known.current()) && told.contains("is missing"), "{told}");
    // The key of development, as digits, stands behind the new one.
    let former = rules::hexadecimal(b"almoner: seals that open to all.");
    let reseal = |keys: &str| {
        let mut almoner = Command::new(env!("CARGO_BIN_EXE_almoner"));
        let almoner = almoner.args(["payee-accounts", "reseal"]).env("DATABASE_URL", world.database.url());
        let output = almoner.env("ALMONER_PAYMENTS__SEAL_KEYS", keys).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let name = new.parse::<SealKeys>().unwrap().current().to_owned();
    let (failed, told) = reseal(&new);
    assert_eq!(failed, Some(1));
    assert!(told.starts_with(&format!("not sealed anew: {}: ", account.id)) && told.contains("is missing"), "{told}");
    let both = format!("{new},{former}");
    for sealed in [1, 0] {
        assert_eq!(reseal(&both), (Some(0), format!("{sealed} sealed anew under {name}\n")));
    }
    access.seal_keys = new.parse().unwrap();
    let mut reader = world.db.reader().await.unwrap();
    let accounts = payee_accounts::list(&mut reader, &staff.preparer, applicant.organisation).await.unwrap();
    let used = in_force(&accounts, Day::parse("2026-02-07").unwrap()).unwrap();
    assert_eq!(payee_accounts::open(&access, used).unwrap(), coordinates(NUMBER));
    // What is put in another's place opens there no more.
    let other = world.applicant().await;
    let mut moved = agreed(&world, &access, &other, &staff.preparer, "654321").await;
    moved.sealed.text.clone_from(&used.sealed.text);
    assert!(payee_accounts::open(&access, &moved).is_err());
    assert_eq!(verify(&mut reader).await.unwrap().1, Vec::new());
}

#[tokio::test]
async fn the_database_holds_an_account_to_its_steps_and_its_two_people() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, staff) = (world.applicant().await, world.staff().await);
    let [own, first, second] = [&applicant.actor, &staff.preparer, &staff.releaser].map(|who| who.person().unwrap());
    let organisation = applicant.organisation;
    let new = |id: u8, more: &str| {
        let (columns, values) = more.split_once('|').unwrap_or_default();
        format!(
            "INSERT INTO payee_accounts (id, organisation_id, kind, ending, fingerprint, seal_key, sealed, proposed_by, proposed_at{columns})
             VALUES ('00000000-0000-7000-8000-00000000000{id}', '{organisation}', 'account', '001', repeat('a', 64), repeat('b', 8),
                     decode(repeat('00', 40), 'hex'), '{first}', '2026-02-02T10:00:00+08:00'{values});"
        )
    };
    let confirm = |by, on: &str| {
        format!(
            "UPDATE payee_accounts SET confirmed_by = '{by}', confirmed_at = '2026-02-02T11:00:00+08:00', checked = 'seen',
               usable_from = '{on}';"
        )
    };
    let end = format!("UPDATE payee_accounts SET ended_by = '{own}', ended_at = now(), end_reason = 'moved';");
    let confirmed = format!("{} {}", new(1, ""), confirm(second, "2026-02-07"));
    let wrong_hand = new(1, ", confirmed_by, confirmed_at, checked, usable_from|, NULL, NULL, NULL, '2026-02-07'");
    for (sql, told) in [
        (confirmed.clone(), None),
        (format!("{confirmed} {end}"), None),
        (format!("{} UPDATE payee_accounts SET seal_key = 'cccccccc';", new(1, "")), None),
        (format!("{} {}", new(1, ""), new(2, "")), Some("payee_accounts_proposed")),
        (format!("{confirmed} {}", new(2, "")), Some("comes beside one that waits")),
        (wrong_hand, Some("payee_accounts_check")),
        (format!("{} {}", new(1, ""), confirm(first, "2026-02-07")), Some("payee_accounts_check")),
        (format!("{} {}", new(1, ""), confirm(own, "2026-02-07")), Some("is of the organisation of")),
        (format!("{} {}", new(1, ""), confirm(second, "2026-02-02")), Some("payee_accounts_check")),
        (format!("{confirmed} {}", confirm(first, "2026-02-08")), Some("stays as it is")),
        (format!("{confirmed} UPDATE payee_accounts SET usable_from = '2026-02-02';"), Some("stays as it is")),
        (format!("{} {end} {}", new(1, ""), confirm(second, "2026-02-07")), Some("stays as it is")),
        (format!("{confirmed} {end} UPDATE payee_accounts SET end_reason = 'x';"), Some("stays as it is")),
        (format!("{confirmed} UPDATE payee_accounts SET fingerprint = repeat('c', 64);"), Some("permission denied")),
        (format!("{confirmed} DELETE FROM payee_accounts;"), Some("permission denied")),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {sql} ROLLBACK")).await.err();
        let as_told = refusal.as_deref().map(|refusal| told.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, told.map(|_| true), "{refusal:?}\n{sql}");
    }
}
