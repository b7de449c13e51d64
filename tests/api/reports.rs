//! Reports say what the ledger says: which rows, which totals, and who may read them.

use crate::case::Case;
use crate::proposals::{nias, nifs, tvp, tvp_actual};
use crate::world::{Staff, World, at, cents, refused, text_of};
use almoner::actions::schemes::Schemes;
use almoner::actions::{Error, reports};
use almoner::store::{Fault, Moment};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use rules::actor::{Actor, Role};
use rules::calendar::Day;
use rules::dated::Known;
use rules::money::Cents;
use rules::report::{Disbursement, Envelope, Filter, FinancialYear, Totals};
use serde_json::{Value, json};

/// What a spreadsheet would run, were it let.
pub const HOSTILE: &str = "=cmd|' /C calc'!A0, \"quoted\"";
/// A line break, and a character of four bytes that Cantonese uses every day.
pub const TWO_LINES: &str = "升降機(𨋢)系統\r\nsecond line";

/// A moment told to the second.
fn moment(text: &str) -> Moment {
    let now = text.parse().unwrap();
    Moment { now, recorded_at: now }
}

fn titled(mut proposal: Value, title: &str) -> Value {
    proposal["title"] = json!(title);
    proposal
}

/// Two vouchers, paid in one batch on the last second of a financial year, and one of them again on the first second of the next;
/// a production line paid once, with a second batch that nobody has released; a line that is approved; one that was declined.
pub async fn year<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let (shop, factory) = (world.applicant().await, world.applicant().await);
    world.database.run("UPDATE organisations SET name = '@SUM(1+9) 示例有限公司'").await;
    let begins = "2022-06-01";
    let first = world.draft(staff, &shop, ("TVP", titled(tvp("100000.01", "75000.00"), HOSTILE)), at(begins, 0)).await;
    let second =
        world.draft(staff, &factory, ("TVP", titled(tvp("80000.00", "60000.00"), TWO_LINES)), at(begins, 0)).await;
    let mut claims = Vec::new();
    for (case, award, part) in [(&first, "75000.00", "18750.00"), (&second, "60000.00", "15000.00")] {
        case.to_accepted(at(begins, 1), award).await;
        let claim = case.claim(at(begins, 10), "initial", part, None).await.unwrap();
        case.certify(at(begins, 11), claim.id, part).await.unwrap();
        claims.push(claim.id);
    }
    let batch = world.prepare(at(begins, 12), &staff.preparer, &claims).await.unwrap();
    world.release(moment("2023-03-31T23:59:59+08:00"), &staff.releaser, batch.id).await.unwrap();
    first.pay(moment("2023-04-01T00:00:00+08:00"), "final", "56250.00", Some(tvp_actual("100000.01"))).await;

    let line = world.draft(staff, &factory, ("NIAS", nias()), at("2025-02-05", 0)).await;
    line.to_accepted(at("2025-02-05", 1), "200000000.00").await;
    line.pay(at("2025-02-05", 30), "initial", "50000000.00", None).await;

    let noodles = world.draft(staff, &shop, ("NIFS", nifs()), at("2025-03-03", 0)).await;
    noodles.to_recommended(at("2025-03-03", 1), "15000000.00").await;
    noodles.approve(at("2025-03-03", 2), &staff.commissioner).await.unwrap();
    let given_back = world.draft(staff, &factory, ("NIFS", nifs()), at("2025-03-03", 0)).await;
    given_back.to_recommended(at("2025-03-03", 1), "14000000.00").await;
    given_back.approve(at("2025-03-03", 2), &staff.commissioner).await.unwrap();
    given_back.offer(at("2025-03-03", 3)).await.unwrap();
    given_back.decline(at("2025-03-03", 4), "we found another way").await.unwrap();

    let remainder = second.claim(at("2025-03-03", 5), "final", "45000.00", Some(tvp_actual("80000.00"))).await.unwrap();
    second.certify(at("2025-03-03", 6), remainder.id, "45000.00").await.unwrap();
    world.prepare(at("2025-03-03", 7), &staff.preparer, &[remainder.id]).await.unwrap();
    world.prove().await;
    line
}

pub async fn world() -> World {
    World::with(&["TVP", "NIAS", "NIFS"], at("2022-06-01", 0)).await
}

pub async fn disbursements(world: &World, actor: &Actor, filter: Filter) -> Result<(Vec<Disbursement>, Totals), Error> {
    let mut report = reports::disbursements(world.db.reader().await?, actor, filter).await?;
    let mut rows = Vec::new();
    while let Some(part) = report.try_next().await? {
        rows.extend(part);
    }
    Ok((rows, report.totals().unwrap()))
}

/// What the ledger says was paid, asked of the database itself.
pub async fn ledger(world: &World, filter: &Filter) -> Cents {
    let window = filter.window().unwrap();
    let instant = |at: Option<DateTime<Utc>>, open: &str| at.map_or_else(|| open.to_owned(), |at| at.to_rfc3339());
    let scheme = filter.scheme.as_ref().map_or_else(|| "true".to_owned(), |code| format!("scheme_code = '{code}'"));
    let sql = format!(
        "SELECT coalesce(sum(amount_cents), 0)::text AS line FROM ledger_entries JOIN applications ON id = application_id
          WHERE account = 'paid' AND posted_at >= '{}' AND posted_at < '{}' AND {scheme}",
        instant(window.from, "-infinity"),
        instant(window.until, "infinity")
    );
    Cents::new(world.database.lines(&sql).await[0].parse().unwrap())
}

/// The texts in force, and a day on which the report is asked for.
fn on(world: &World) -> (&Schemes, Day) {
    (&world.schemes, Day::parse("2025-03-10").unwrap())
}

#[tokio::test]
async fn the_report_of_any_filter_is_what_the_ledger_has_paid() {
    let world = world().await;
    let staff = world.staff().await;
    year(&world, &staff).await;
    let day = |text| Some(Day::parse(text).unwrap());
    let year = |text| Some(FinancialYear::parse(text).unwrap());
    let all = Filter::default;
    let tvp = || Some("TVP".to_owned());
    for (filter, paid) in [
        (all(), ["18750.00", "15000.00", "56250.00", "50000000.00"].as_slice()),
        (Filter { scheme: tvp(), ..all() }, &["18750.00", "15000.00", "56250.00"]),
        (Filter { scheme: Some("NIAS".into()), ..all() }, &["50000000.00"]),
        (Filter { scheme: Some("NIFS".into()), ..all() }, &[]),
        (Filter { financial_year: year("2022-23"), ..all() }, &["18750.00", "15000.00"]),
        (Filter { financial_year: year("2023-24"), ..all() }, &["56250.00"]),
        (Filter { financial_year: year("2022-23"), scheme: Some("NIAS".into()), ..all() }, &[]),
        (Filter { to: day("2023-03-31"), ..all() }, &["18750.00", "15000.00"]),
        (Filter { from: day("2023-04-01"), ..all() }, &["56250.00", "50000000.00"]),
        (Filter { from: day("2023-04-01"), to: day("2023-04-01"), scheme: tvp(), ..all() }, &["56250.00"]),
        (Filter { from: day("2023-04-02"), to: day("2025-03-06"), ..all() }, &[]),
    ] {
        let (rows, totals) = disbursements(&world, &staff.preparer, filter.clone()).await.unwrap();
        // Two were released at once: their order is that of their ids, which sort by time.
        let found = rows.iter().map(|row| row.paid.to_string()).collect::<Vec<_>>();
        assert_eq!(found, paid, "{filter:?}");
        let sum = Cents::sum(paid.iter().map(|amount| cents(amount))).unwrap();
        assert_eq!(totals, Totals { rows: u64::try_from(paid.len()).unwrap(), amount: sum }, "{filter:?}");
        assert_eq!(ledger(&world, &filter).await, sum, "{filter:?}");
    }
}

#[tokio::test]
async fn an_envelope_says_what_is_promised_paid_and_left() {
    let world = world().await;
    let staff = world.staff().await;
    year(&world, &staff).await;
    let mut reader = world.db.reader().await.unwrap();
    let envelopes = reports::envelopes(&mut reader, &staff.officer, on(&world), None).await.unwrap();
    let limit_of = |code: &str| envelopes.iter().find(|envelope| envelope.scheme == code).unwrap().limit.clone();
    let expected = |scheme: &str, committed, paid, awards| Envelope {
        scheme: scheme.to_owned(),
        limit: limit_of(scheme),
        committed: cents(committed),
        reserved: cents("0.00"),
        paid: cents(paid),
        awards,
    };
    assert_eq!(
        envelopes,
        [
            expected("NIAS", "150000000.00", "50000000.00", 1),
            expected("NIFS", "15000000.00", "0.00", 1),
            expected("TVP", "45000.00", "90000.00", 2)
        ]
    );
    for envelope in &envelopes {
        let filter = Filter { scheme: Some(envelope.scheme.clone()), ..Filter::default() };
        assert_eq!(ledger(&world, &filter).await, envelope.paid);
        let held = envelope.committed.plus(envelope.paid).unwrap();
        assert_eq!(world.committed(&envelope.scheme).await, held.get());
        assert_eq!(envelope.left(), envelope.limit().map(|limit| limit.less(held)));
    }
    let one = reports::envelopes(&mut reader, &staff.officer, on(&world), Some("NIFS")).await.unwrap();
    assert_eq!(one.iter().map(|envelope| envelope.scheme.as_str()).collect::<Vec<_>>(), ["NIFS"]);
}

#[tokio::test]
async fn the_limit_of_an_envelope_is_what_the_text_in_force_says_today_whatever_was_approved() {
    let world = World::with(&["NIAS", "TVP"], at("2024-09-15", 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, ("NIAS", nias()), at("2025-02-05", 0)).await;
    case.to_accepted(at("2025-02-05", 1), "200000000.00").await;
    let mut reader = world.db.reader().await.unwrap();
    let mut told = async |day: &str, scheme: Option<&str>| {
        let on = (&world.schemes, Day::parse(day).unwrap());
        let told = reports::envelopes(&mut reader, &staff.officer, on, scheme).await.unwrap();
        told.into_iter()
            .map(|envelope| (envelope.limit.clone(), envelope.committed, envelope.left()))
            .collect::<Vec<_>>()
    };
    let (given, nothing) = (cents("200000000.00"), cents("0.00"));
    let nias = |limit: Known<Cents>, left: Option<&str>| (limit, given, left.map(cents));
    let is = |amount: &str| Known::Is(cents(amount));
    // One of which nothing was ever approved is in the report, on its own and among the others.
    let both = told("2025-02-10", None).await;
    assert_eq!(both[0], nias(is("10000000000.00"), Some("9800000000.00")));
    assert_eq!((both.len(), both[1].1), (2, nothing));
    assert_eq!(told("2025-02-10", Some("TVP")).await, both[1..]);
    world.publish(text_with("9000000000.00"), at("2025-02-11", 0)).await;
    assert_eq!(told("2025-02-11", Some("NIAS")).await, [nias(is("9000000000.00"), Some("8800000000.00"))]);
    assert_eq!(told("2024-09-15", Some("NIAS")).await, [nias(Known::Unknown, None)], "before the first entry");
    for (written, limit) in [("unknown", Known::Unknown), ("none", Known::None)] {
        world.publish(text_with(written), at("2025-02-12", 0)).await;
        assert_eq!(told("2025-02-12", Some("NIAS")).await, [nias(limit, None)]);
    }
}

/// NIAS with another limit of its envelope.
fn text_with(limit: &str) -> String {
    text_of("NIAS").replace("is = \"10000000000.00\"", &format!("is = \"{limit}\""))
}

#[tokio::test]
async fn a_report_that_disagrees_with_the_ledger_breaks_off() {
    let world = world().await;
    let staff = world.staff().await;
    let case = year(&world, &staff).await;
    let false_posting = format!(
        "SET session_replication_role = replica;
         INSERT INTO ledger_entries SELECT gen_random_uuid(), account, '{}', amount, '2025-03-01Z'
           FROM (VALUES ('commitment', -1), ('paid', 1)) line (account, amount)",
        case.id
    );
    world.database.run(&false_posting).await;
    let report = disbursements(&world, &staff.preparer, Filter::default()).await;
    let Err(Error::Fault(Fault::Corrupt(message))) = report else { panic!("{report:?}") };
    assert!(message.contains("50090000.00") && message.contains("50090000.01"), "{message}");
    // A year that the false posting is not in still agrees; no commitment of the envelope was touched.
    let before = Filter { to: Some(Day::parse("2023-04-01").unwrap()), ..Filter::default() };
    assert!(disbursements(&world, &staff.preparer, before).await.is_ok());
    let one_more = "SET session_replication_role = replica;
         UPDATE envelopes SET committed_cents = committed_cents + 1 WHERE scheme_code = 'TVP'";
    world.database.run(one_more).await;
    let envelopes = reports::envelopes(&mut world.db.reader().await.unwrap(), &staff.officer, on(&world), None).await;
    assert!(
        matches!(&envelopes, Err(Error::Fault(Fault::Corrupt(message))) if message.contains("TVP")),
        "{envelopes:?}"
    );
}

#[tokio::test]
async fn reports_are_for_finance_officers_and_auditors() {
    let world = world().await;
    for role in Role::ALL {
        let actor = world.person(&[role], &[]).await;
        let may = [Role::Officer, Role::FinancePreparer, Role::FinanceReleaser, Role::Auditor].contains(&role);
        let rows = disbursements(&world, &actor, Filter::default()).await;
        let mut reader = world.db.reader().await.unwrap();
        let envelopes = reports::envelopes(&mut reader, &actor, on(&world), None).await;
        if may {
            assert_eq!(rows.unwrap(), (Vec::new(), Totals::default()), "{role:?}");
            assert!(envelopes.unwrap().iter().all(|envelope| envelope.awards == 0), "{role:?}");
        } else {
            assert_eq!([refused(rows), refused(envelopes)], ["permission.denied"; 2], "{role:?}");
        }
    }
}

#[tokio::test]
async fn a_slip_of_the_pen_does_not_look_like_a_year_without_payments() {
    let world = world().await;
    let auditor = world.person(&[Role::Auditor], &[]).await;
    let day = |text| Some(Day::parse(text).unwrap());
    let unknown = Filter { scheme: Some("NIAZ".into()), ..Filter::default() };
    assert_eq!(refused(disbursements(&world, &auditor, unknown).await), "scheme.not_published");
    let mut reader = world.db.reader().await.unwrap();
    assert_eq!(
        refused(reports::envelopes(&mut reader, &auditor, on(&world), Some("NIAZ")).await),
        "scheme.not_published"
    );
    let backwards = Filter { from: day("2025-02-02"), to: day("2025-02-01"), ..Filter::default() };
    assert_eq!(refused(disbursements(&world, &auditor, backwards).await), "report.period_empty");
}
