//! Signals over HTTP: what is the same behind several applicants is shown to those who weigh the case, with why, and decides nothing.

use crate::attaching::attach;
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::{nias, raise_plus};
use crate::world::{Applicant, Staff, World, at, text_of};
use almoner::actions::members;
use almoner::store::people;
use rules::actor::{Actor, Role};
use rules::ids::MemberId;
use rules::member::{MemberRole, NewMember};
use serde_json::{Value, json};

pub const CODES: &[&str] = &["not_found", "permission.denied", "person.own_organisation"];

const DAY: &str = "2025-02-05";
const CODE: &str = "NIAS";

fn path(case: &Case<'_>) -> String {
    format!("/api/v1/applications/{}/signals", case.id)
}

/// A proposal with who works on it and who quotes for it, and an amount that nobody else asks for.
fn with(requested: &str, people: Value, quotations: Value) -> Value {
    let mut content = nias();
    content["request"]["requested"] = json!(requested);
    content["request"]["project"]["stages"][0]["costs"] = json!([{ "category": "equipment", "amount": "600000000.00" }, { "category": "equipment", "amount": requested }]);
    content["people"] = people;
    content["quotations"] = quotations;
    content
}

async fn submitted<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant, content: Value) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, content), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case
}

/// Each signal: its kind, the English sentence, and the references and names that it points to.
fn told(caller: &Caller<'_>, case: &Case<'_>) -> Vec<(String, String, Vec<String>)> {
    let reply = caller.send(&caller.get(path(case)));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let signal = |signal: &Value| {
        assert!(signal["because"]["zh-Hant"].as_str().unwrap().ends_with('。'));
        let cases = signal["applications"].as_array().unwrap().iter().map(|case| text(&case["reference"]));
        let names = signal["organisations"].as_array().unwrap().iter().map(|one| text(&one["name"]));
        (text(&signal["kind"]), text(&signal["because"]["en"]), cases.chain(names).collect())
    };
    reply.json.as_array().unwrap().iter().map(signal).collect()
}

fn kinds(told: &[(String, String, Vec<String>)]) -> Vec<&str> {
    told.iter().map(|(kind, ..)| kind.as_str()).collect()
}

async fn keep(desk: &Desk<'_>, applicant: &Applicant, particulars: &Value) {
    let caller = desk.sign_in(&applicant.actor).await;
    let path = format!("/api/v1/organisations/{}/particulars", applicant.organisation);
    assert_eq!(caller.send(&caller.put(path, particulars, 1)).told(), (200, ""));
}

async fn name(world: &World, applicant: &Applicant) -> String {
    let sql = format!("SELECT name AS line FROM organisations WHERE id = '{}'", applicant.organisation);
    world.database.lines(&sql).await.remove(0)
}

#[tokio::test]
async fn what_is_written_alike_in_two_applications_is_told_of_both_and_of_no_draft() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    let people = |name: &str| json!([{ "name": name, "part": "leader", "email": "lead@optics.example.hk" }]);
    let case = world.draft(&staff, &one, (CODE, nias()), at(DAY, 0)).await;
    let again = world.draft(&staff, &other, (CODE, nias()), at(DAY, 0)).await;
    for (case, name) in [(&case, "Chan Tai Man"), (&again, "CHAN, Tai-man")] {
        let mut content = nias();
        content["people"] = people(name);
        case.edit(at(DAY, 0), content).await.unwrap();
        attach(case, at(DAY, 0), "plan.txt").await;
    }
    case.submit(at(DAY, 1)).await.unwrap();
    assert_eq!(told(&officer, &case), [], "a draft of others is nobody's business");
    again.submit(at(DAY, 1)).await.unwrap();
    let found = told(&officer, &case);
    assert_eq!(kinds(&found), ["shared_domain", "named_person", "same_document", "same_amount", "same_costs"]);
    let (reference, name) = (again.read().await.reference, name(&world, &other).await);
    assert!(found.iter().all(|(_, said, to)| *to == [reference.as_str()] && said.contains(&name)), "{found:?}");
    assert!(found[1].1.starts_with("Chan Tai Man is named here"), "{found:?}");
    assert!(found[3].1.contains("HK$200,000,000.00"), "{found:?}");
    assert_eq!(kinds(&told(&officer, &again)), kinds(&found), "it is the same from the other side");
    // One's own other applications are no signal, and neither is what is somewhat like another.
    let third = submitted(&world, &staff, &world.applicant().await, with("199999999.99", json!([]), json!([]))).await;
    assert_eq!(told(&officer, &third), []);
    let before = world.database.state().await;
    told(&officer, &case);
    assert_eq!(world.database.state().await, before, "nothing is kept of a signal");
}

#[tokio::test]
async fn what_organisations_share_and_who_quotes_is_told() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one) = (world.staff().await, world.applicant().await);
    let (neighbour, sister, twin) = (world.applicant().await, world.applicant().await, world.applicant().await);
    world.relate(&staff.officer, (&one, &sister), ("2024-01-01", None), at(DAY, 0)).await;
    let person = one.actor.person().unwrap();
    let join = format!(
        "INSERT INTO memberships VALUES ('{person}', '{}');
         UPDATE people SET email = 'a@optics.example.hk' WHERE id = '{person}';
         UPDATE people SET email = 'b@optics.example.hk' WHERE id = '{}'",
        twin.organisation,
        neighbour.actor.person().unwrap()
    );
    world.database.run(&join).await;
    let quotes = |supplier: &str| json!({ "category": "equipment", "supplier": supplier, "amount": "1000.00" });
    let names = [name(&world, &one).await, name(&world, &sister).await, name(&world, &neighbour).await];
    let quotations = json!([quotes(&names[0]), quotes(&names[1]), quotes(&names[2]), quotes("A stranger")]);
    let case = submitted(&world, &staff, &one, with("100000000.00", json!([]), quotations)).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let account = |account: &str, telephone: &str| json!({ "address": "12 Harbour Road, Wan Chai", "telephone": telephone, "account": account });
    keep(&desk, &one, &account("004-123-456789-001", "2345 6789")).await;
    keep(&desk, &neighbour, &account("004 123 456789 001", "+852 23456789")).await;
    let officer = desk.sign_in(&staff.officer).await;
    let found = told(&officer, &case);
    let expected = [
        "shared_person",
        "shared_address",
        "shared_telephone",
        "shared_account",
        "shared_domain",
        "own_quotation",
        "related_quotation",
        "linked_quotation",
    ];
    // The person whose organisation the twin is has an address elsewhere; that of who acts for both is of one domain with themselves.
    assert_eq!(kinds(&found), expected, "{found:?}");
    let twins = name(&world, &twin).await;
    assert_eq!(found[0].2, [twins.as_str()]);
    for place in [1, 2, 3] {
        assert_eq!(found[place].2, [names[2].as_str()], "{found:?}");
    }
    assert!(found[3].1.ends_with("the one that ends in 001."), "{found:?}");
    assert!(found[4].2.contains(&names[2]) && found[4].1.contains("optics.example.hk"), "{found:?}");
    assert!(found[6].1.contains("related_company"), "{found:?}");
    let fingerprints = world.database.lines("SELECT account_fingerprint AS line FROM organisation_particulars").await;
    assert_eq!(fingerprints[0], fingerprints[1], "one account has one fingerprint however it is written");
    let reply = officer.send(&officer.get(path(&case)));
    assert!(!String::from_utf8_lossy(&reply.bytes).contains(&fingerprints[0]));
    // Another number is another account, though it ends alike.
    let elsewhere = world.applicant().await;
    keep(&desk, &elsewhere, &json!({ "account": "004-123-456788-001" })).await;
    assert_eq!(told(&officer, &case)[3].2, [names[2].as_str()]);
}

#[tokio::test]
async fn a_member_of_two_applications_is_told_of_and_what_is_not_sent_is_not() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let chan = json!([{ "name": "Chan Tai Man", "part": "adviser", "organisation": "A", "email": "a@gmail.com" }]);
    let named = |requested: &str| with(requested, chan.clone(), json!([]));
    let nobody = |requested: &str| with(requested, json!([]), json!([]));
    let case = world.draft(&staff, &one, (CODE, nobody("100000001.00")), at(DAY, 0)).await;
    let again = world.draft(&staff, &other, (CODE, named("100000002.00")), at(DAY, 0)).await;
    let helper = world.person(&[Role::Applicant], &[]).await;
    for case in [&case, &again] {
        join(&world, case, &helper, None).await;
        case.submit(at(DAY, 1)).await.unwrap();
    }
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    for (case, with) in [(&case, &other), (&again, &one)] {
        let found = told(&officer, case);
        assert_eq!(kinds(&found), ["shared_person"], "{found:?}");
        assert_eq!(found[0].2, [name(&world, with).await]);
    }
    // What is written and attached in answer to a return, on either side of a signal.
    case.give_back_for(at(DAY, 2), &["/people", "/documents"], "2025-02-20").await.unwrap();
    again.give_back_for(at(DAY, 2), &["/documents"], "2025-02-20").await.unwrap();
    case.edit(at(DAY, 3), named("100000001.00")).await.unwrap();
    attach(&case, at(DAY, 3), "plan.txt").await;
    attach(&again, at(DAY, 3), "plan.txt").await;
    assert_eq!(kinds(&told(&officer, &case)), ["shared_person"]);
    case.resubmit(at(DAY, 4)).await.unwrap();
    assert_eq!(kinds(&told(&officer, &case)), ["shared_person", "named_person"]);
    assert_eq!(kinds(&told(&officer, &again)), ["shared_person", "named_person"]);
    again.resubmit(at(DAY, 4)).await.unwrap();
    assert_eq!(kinds(&told(&officer, &case)), ["shared_person", "named_person", "same_document"]);
}

#[tokio::test]
async fn a_file_is_of_a_return_by_what_was_recorded_and_not_by_when_it_came() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let desk = Desk::open(&world, at(DAY, 4).now);
    let officer = desk.sign_in(&staff.officer).await;
    let drafted = async |applicant, amount: &str| {
        let content = with(amount, json!([]), json!([]));
        world.draft(&staff, applicant, (CODE, content), at(DAY, 0)).await
    };
    let (case, again) = (drafted(&one, "199999999.99").await, drafted(&other, "199999999.98").await);
    let now = at(DAY, 2);
    // Sent with the application, and in the very instant in which it was returned.
    for case in [&case, &again] {
        attach(case, now, "plan.txt").await;
        case.submit(now).await.unwrap();
    }
    case.give_back_for(now, &["/summary", "/documents"], "2025-02-20").await.unwrap();
    again.give_back_for(now, &["/documents"], "2025-02-20").await.unwrap();
    let of_file =
        |case: &Case<'_>| kinds(&told(&officer, case)).iter().filter(|kind| **kind == "same_document").count();
    assert_eq!([of_file(&case), of_file(&again)], [1, 1], "what was sent stays sent");
    // In answer, by a clock that is behind the one of the return.
    let third = drafted(&world.applicant().await, "199999999.97").await;
    attach(&third, now, "budget.txt").await;
    third.submit(now).await.unwrap();
    attach(&again, at(DAY, 1), "budget.txt").await;
    assert_eq!(of_file(&third), 0, "an answer that is not sent is nobody's business");
    again.resubmit(at(DAY, 3)).await.unwrap();
    assert_eq!(of_file(&third), 1);
}

/// Somebody becomes a member, and perhaps on behalf of an organisation.
async fn join(world: &World, case: &Case<'_>, who: &Actor, partner: Option<&Applicant>) {
    let person = who.person().unwrap();
    let email = format!("SELECT email AS line FROM people WHERE id = '{person}'");
    let email = world.database.lines(&email).await.remove(0);
    let mut co_applicant = None;
    if let Some(partner) = partner {
        let ubi = format!("SELECT ubi AS line FROM organisations WHERE id = '{}'", partner.organisation);
        co_applicant = Some((world.database.lines(&ubi).await.remove(0), name(world, partner).await));
    }
    let id = MemberId(uuid::Uuid::now_v7());
    let new = NewMember { id, email, role: MemberRole::View, co_applicant };
    world.act(at(DAY, 0), async |tx| members::invite(tx, &case.applicant, case.id, new).await).await.unwrap();
    // What they are has changed with the case before.
    let who = people::actor(&mut world.db.reader().await.unwrap(), person).await.unwrap().unwrap();
    world.act(at(DAY, 0), async |tx| members::accept(tx, &who, id).await).await.unwrap();
}

#[tokio::test]
async fn what_a_co_applicant_shares_with_others_is_told_of_the_co_applicant() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one) = (world.staff().await, world.applicant().await);
    let (partner, other) = (world.applicant().await, world.applicant().await);
    let case = world.draft(&staff, &one, (CODE, with("100000000.00", json!([]), json!([]))), at(DAY, 0)).await;
    let own = world.draft(&staff, &partner, (CODE, with("100000001.00", json!([]), json!([]))), at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let found_at = |digits: &str| json!({ "address": format!("{digits} Peak Road"), "telephone": format!("2345 67{digits}"), "account": format!("004-123-4567{digits}-001") });
    keep(&desk, &one, &found_at("11")).await;
    keep(&desk, &partner, &found_at("22")).await;
    keep(&desk, &other, &found_at("22")).await;
    let helper = world.person(&[Role::Applicant, Role::Officer], &[]).await;
    join(&world, &own, &helper, None).await;
    own.submit(at(DAY, 1)).await.unwrap();
    join(&world, &case, &partner.actor, Some(&partner)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    let officer = desk.sign_in(&staff.officer).await;
    let shared = |caller: &Caller<'_>| {
        let mut found = told(caller, &case);
        found.retain(|(kind, ..)| ["shared_address", "shared_telephone", "shared_account"].contains(&kind.as_str()));
        found
    };
    let (partners, others) = (name(&world, &partner).await, name(&world, &other).await);
    let found = shared(&officer);
    assert_eq!(found.len(), 3, "{found:?}");
    for (_, said, with) in found {
        assert!(said.starts_with(&partners) && with == [others.as_str()], "{said}");
    }
    let helper = desk.sign_in(&helper).await;
    assert_eq!(shared(&helper), [], "somebody on the side of another case of the co-applicant");
}

#[tokio::test]
async fn signals_are_for_those_who_weigh_the_case_and_say_nothing_of_ones_own() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let case = submitted(&world, &staff, &one, nias()).await;
    let again = submitted(&world, &staff, &other, nias()).await;
    case.screen(at(DAY, 1), rules::decision::Screening::Eligible).await.unwrap();
    case.assign(at(DAY, 1), &staff.assessors[0]).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 2).now);
    for who in [&staff.officer, &staff.committee, &staff.commissioner, &world.person(&[Role::Auditor], &[]).await] {
        assert_eq!(kinds(&told(&desk.sign_in(who).await, &case)), ["same_amount", "same_costs"]);
    }
    for who in [&one.actor, &staff.assessors[0], &staff.preparer] {
        let caller = desk.sign_in(who).await;
        caller.refused(&caller.get(path(&case)), 403, "permission.denied").await;
    }
    for who in [&other.actor, &staff.assessors[1], &world.person(&[Role::Administrator], &[]).await] {
        let caller = desk.sign_in(who).await;
        caller.refused(&caller.get(path(&case)), 404, "not_found").await;
    }
    let insider = world.with_roles(&other, &[Role::Applicant, Role::Officer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    insider.refused(&insider.get(path(&again)), 403, "person.own_organisation").await;
    assert_eq!(told(&insider, &case), [], "nothing is said of a case of their own, not even from another one");
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn a_signal_points_to_twenty_and_says_that_there_are_more_and_a_sealed_case_is_never_named() {
    let world = World::with(&["NIAS"], at("2024-09-16", 0)).await;
    let window = "opens_on  = \"2024-09-06\"\ncloses_on = \"2024-10-31\"\n";
    let sealed = text_of("RAISE-PLUS").replacen(window, &format!("{window}sealed = true\n"), 1);
    assert_ne!(sealed, text_of("RAISE-PLUS"));
    world.publish(sealed, at("2024-09-16", 0)).await;
    let (staff, one, university) = (world.staff().await, world.applicant().await, world.applicant().await);
    let people = json!([{ "name": "Chan Tai Man", "part": "leader", "email": "chan@gmail.com" }]);
    let content = |mut content: Value| {
        content["people"] = people.clone();
        content
    };
    let day = "2024-09-20";
    let case = world.draft(&staff, &one, (CODE, content(nias())), at(day, 0)).await;
    case.submit(at(day, 0)).await.unwrap();
    let secret = world.draft(&staff, &university, ("RAISE-PLUS", content(raise_plus())), at(day, 0)).await;
    secret.submit(at(day, 0)).await.unwrap();
    let desk = Desk::open(&world, at(day, 1).now);
    let officer = desk.sign_in(&staff.officer).await;
    assert_eq!(told(&officer, &case), []);
    desk.site.clock.set(at("2024-11-01", 0).now);
    assert_eq!(kinds(&told(&officer, &case)), ["named_person"]);

    for _ in 0..21 {
        let other = world.draft(&staff, &world.applicant().await, (CODE, nias()), at(day, 0)).await;
        other.submit(at(day, 0)).await.unwrap();
    }
    let reply = officer.send(&officer.get(path(&case)));
    let more = |kind: &str| {
        let signals = reply.json.as_array().unwrap();
        let signal = signals.iter().find(|signal| signal["kind"] == kind).unwrap();
        (signal["applications"].as_array().unwrap().len(), signal["more"].as_bool().unwrap())
    };
    assert_eq!((more("same_amount"), more("named_person")), ((20, true), (1, false)));
}
