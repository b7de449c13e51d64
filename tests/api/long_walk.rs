//! A long walk of money at random, with failures in between: whatever is tried, in whatever order, what is out of each claim and what has come
//! back of each case is what a second book says that knows of nothing but what went well.
//!
//! `WALK_STEPS=10000 DB_CLUSTER=test scripts/db run cargo test --test api long_walk -- --nocapture` walks further.

use crate::case::Case;
use crate::paying::accounts;
use crate::proposals::{accelerator, accelerator_actual};
use crate::world::{Applicant, Staff, Trouble, World, at};
use almoner::actions::{Error, bank_answers, batches, recoveries};
use almoner::store::{Moment, Tx};
use rules::actor::{Actor, Role};
use rules::bank_answer::{
    AnswerKind, At, BankAnswer, Counts, Detail, Entries, Entry, Part, Report, Side, Statement, StatusLine,
};
use rules::bank_order::payment_reference;
use rules::batch::Batch;
use rules::calendar::Day;
use rules::change_request::ChangeKind;
use rules::ids::{ApplicationId, ClaimId, RecoveryEntryId, RecoveryId, UnmatchedItemId};
use rules::money::Cents;
use rules::recovery::{EntryKind, NewRecovery, Recovery, RecoveryKind};
use rules::release_limit::ReleaseLimit;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

mod set_offs;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
/// What the institution really brought, and what the last instalment then comes to: all, half, and less than was paid already.
const ACTUAL: [(&str, &str); 3] = [("600000.00", "225000.00"), ("300000.00", "75000.00"), ("100000.00", "0.00")];

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, of: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % of.max(1)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.roll(all.len()))
    }

    fn amount(&mut self, most: i64) -> Cents {
        Cents::new(i64::try_from(self.roll(usize::try_from(most).unwrap())).unwrap() + 1)
    }
}

/// Who acts beside the usual staff.
struct Others {
    bookkeeper: Actor,
    finance: Actor,
    director: Actor,
}

/// The second book, and what there is to be acted on.
#[derive(Default)]
struct Book {
    /// What is out of each claim.
    out: BTreeMap<ClaimId, i64>,
    certified: BTreeMap<ClaimId, i64>,
    /// What has come back by demands.
    recovered: i64,
    claimed: Vec<(usize, ClaimId, &'static str)>,
    case_of: BTreeMap<ClaimId, ApplicationId>,
    waiting: Vec<Batch>,
    released: Vec<Batch>,
    demands: Vec<Recovery>,
    credits: Vec<UnmatchedItemId>,
    files: u32,
}

struct Walk<'w> {
    world: &'w World,
    staff: &'w Staff,
    others: &'w Others,
    cases: Vec<Case<'w>>,
    book: Book,
    dice: Dice,
    days: u64,
    /// How often what was tried went well, was refused, or was cut off.
    told: BTreeMap<&'static str, [u32; 3]>,
    /// How many payments have met a demand.
    set_off: u32,
}

type Step = Result<(), Error>;

impl<'w> Walk<'w> {
    fn now(&self) -> Moment {
        at(DAY, self.days)
    }

    async fn begin(&mut self) -> Step {
        let applicant: Applicant = self.world.applicant().await;
        let content = (CODE, accelerator("600000.00", "300000.00"));
        let case = self.world.draft(self.staff, &applicant, content, self.now()).await;
        case.to_accepted(self.now(), "300000.00").await;
        self.cases.push(case);
        Ok(())
    }

    async fn claim(&mut self) -> Step {
        let place = self.dice.roll(self.cases.len());
        let (actual, amount) = ACTUAL[self.dice.roll(3)];
        let (instalment, claimed, certified, actual) = match self.dice.roll(2) {
            0 => ("initial", "75000.00", "75000.00", None),
            _ => ("final", "225000.00", amount, Some(accelerator_actual(actual))),
        };
        let claim = self.cases[place].claim(self.now(), instalment, claimed, actual).await?;
        self.book.claimed.push((place, claim.id, certified));
        self.book.case_of.insert(claim.id, claim.application);
        Ok(())
    }

    async fn judge(&mut self) -> Step {
        let place = self.dice.roll(self.book.claimed.len());
        let Some((case, claim, amount)) = self.book.claimed.get(place).copied() else { return Ok(()) };
        if self.dice.roll(4) == 0 {
            self.cases[case].give_back(self.now(), claim, "an invoice is missing").await?;
        } else {
            let (claim, _) = self.cases[case].certify(self.now(), claim, amount).await?;
            self.book.certified.insert(claim.id, claim.certified.unwrap_or_default().get());
        }
        self.book.claimed.swap_remove(place);
        Ok(())
    }

    async fn prepare(&mut self) -> Step {
        let owed = |(claim, certified): (&ClaimId, &i64)| {
            (self.book.out.get(claim).copied().unwrap_or_default() < *certified).then_some(*claim)
        };
        let owed = self.book.certified.iter().filter_map(owed).collect::<Vec<_>>();
        let from = self.dice.roll(owed.len());
        let chosen = owed.iter().skip(from).take(1 + self.dice.roll(3)).copied().collect::<Vec<_>>();
        if chosen.is_empty() {
            return Ok(());
        }
        let preparer = if self.dice.roll(8) == 0 { &self.others.bookkeeper } else { &self.staff.preparer };
        let set_offs = self.set_offs(&chosen);
        accounts(self.world, &chosen).await;
        let prepare = async |tx: &mut Tx<'_>| batches::prepare(tx, preparer, &chosen, &set_offs).await;
        let batch = self.world.act(self.now(), prepare).await?;
        self.book.waiting.push(batch);
        Ok(())
    }

    async fn decide_batch(&mut self) -> Step {
        let place = self.dice.roll(self.book.waiting.len());
        let Some(id) = self.book.waiting.get(place).map(|batch| batch.id) else { return Ok(()) };
        match self.dice.roll(6) {
            0 => drop(self.world.dissolve(self.now(), &self.staff.preparer, id).await?),
            1 => drop(self.world.release(self.now(), &self.staff.preparer, id).await?),
            _ => {
                let batch = self.world.release(self.now(), &self.staff.releaser, id).await?;
                for payment in &batch.payments {
                    *self.book.out.entry(payment.claim).or_default() += payment.amount.get();
                }
                self.note_set_offs(&batch).await;
                self.book.released.push(batch);
            }
        }
        self.book.waiting.swap_remove(place);
        Ok(())
    }

    /// What a file has brought back, and what in it waits.
    fn note(&mut self, answer: &BankAnswer) {
        for told in &answer.told {
            *self.book.out.entry(told.claim).or_default() -= told.returned.get();
        }
        let credits = answer.items.iter().filter(|item| item.side == Side::Credit);
        self.book.credits.extend(credits.map(|item| item.id));
    }

    fn file(&mut self) -> (String, String) {
        self.book.files += 1;
        (format!("{:064x}", self.book.files), format!("M-{}", self.book.files))
    }

    async fn report(&mut self) -> Step {
        let Some(batch) = self.dice.one_of(&self.book.released).cloned() else { return Ok(()) };
        let line = |place: usize, status: usize| StatusLine {
            line: 1,
            payment: payment_reference(&batch.reference, place),
            status: Some(["ACSC", "RJCT", "ACSP", "ACSC"][status].to_owned()),
            ..StatusLine::default()
        };
        let lines = (0..batch.payments.len()).map(|place| line(place, self.dice.roll(4))).collect();
        let (hash, message) = self.file();
        let report = Report {
            kind: AnswerKind::StatusReport,
            message: Some(message),
            batch: At { line: 1, is: batch.reference.clone() },
            counts: Counts::default(),
            parts: vec![Part { lines, ..Part::default() }],
        };
        let recorder = &self.others.bookkeeper;
        let record = async || {
            let given = (hash.clone(), report.clone());
            self.world
                .act(self.now(), async |tx| bank_answers::record_report(tx, recorder, batch.id, given).await)
                .await
        };
        let answer = record().await?;
        // Whoever did not hear that it went well sends it again.
        assert!(record().await.is_err(), "a file is recorded once");
        self.note(&answer);
        Ok(())
    }

    async fn statement(&mut self) -> Step {
        let returned = self.dice.roll(2) == 0;
        let batch = self.dice.one_of(&self.book.released).cloned().filter(|_| returned);
        let payment = batch.as_ref().map(|batch| {
            let place = self.dice.roll(batch.payments.len());
            (payment_reference(&batch.reference, place), batch.payments[place].amount.get())
        });
        let (hash, message) = self.file();
        let most = payment.as_ref().map_or(9_000_000, |(_, amount)| *amount);
        let entry = Entry {
            line: 1,
            side: Side::Credit,
            is_reversal: false,
            is_booked: true,
            amount: self.dice.amount(most),
            currency: "HKD".to_owned(),
            on: Some(Day::in_hong_kong(self.now().now)),
            bank_reference: Some(message.clone()),
            details: vec![Detail { line: 1, payment: payment.map(|(payment, _)| payment), ..Detail::default() }],
        };
        let accounts = vec![Entries { entries: vec![entry], ..Entries::default() }];
        let statement = Statement { kind: AnswerKind::Statement, message: Some(message), accounts };
        let recorder = &self.others.bookkeeper;
        let recorded = self
            .world
            .act(self.now(), async |tx| bank_answers::record_statement(tx, recorder, (hash, statement)).await)
            .await?;
        self.note(&recorded);
        Ok(())
    }

    async fn demand(&mut self) -> Step {
        let case = self.whose();
        let kind = [RecoveryKind::Unspent, RecoveryKind::Misspent, RecoveryKind::Overpaid][self.dice.roll(3)];
        let (id, principal) = (RecoveryId(Uuid::now_v7()), Some(self.dice.amount(4_000_000)));
        let reason = "as the accounts say".to_owned();
        let interest = (kind == RecoveryKind::Misspent).then(|| {
            let rate = rules::money::Share { numerator: 1, denominator: 10 };
            (rate, Day::in_hong_kong(at(DAY, 0).now), "12".to_owned())
        });
        let new = NewRecovery { id, serial: 0, kind, principal, reason, due_on: None, interest, income: None };
        let raise = async |tx: &mut Tx<'_>| recoveries::raise(tx, &self.staff.officer, case, (new, 30)).await;
        let raised = self.world.act(self.now(), raise).await?;
        self.book.demands.push(raised);
        Ok(())
    }

    /// Something is entered on a demand, and what that did is noted.
    async fn enter(&mut self) -> Step {
        let place = self.dice.roll(self.book.demands.len());
        let Some(demand) = self.book.demands.get(place).cloned() else { return Ok(()) };
        let (world, now, finance, id) = (self.world, self.now(), &self.others.finance, demand.id);
        let schemes = &world.schemes;
        let before = demand.recovered().unwrap().get();
        let after = match self.dice.roll(8) {
            0 | 1 => world.act(now, async |tx| recoveries::confirm(tx, finance, schemes, id).await).await?,
            2..=4 => {
                let Some(item) = self.dice.one_of(&self.book.credits).copied() else { return Ok(()) };
                let amount = Some(self.dice.amount(2_000_000)).filter(|_| place.is_multiple_of(2));
                world.act(now, async |tx| recoveries::receive(tx, finance, id, (item, amount)).await).await?
            }
            5 => {
                let entries = demand.standing().filter(|entry| entry.kind != EntryKind::WriteOff);
                let entries = entries.map(|entry| entry.id).collect::<Vec<_>>();
                let entry = self.dice.one_of(&entries).copied().unwrap_or(RecoveryEntryId(Uuid::nil()));
                world
                    .act(now, async |tx| recoveries::reverse(tx, finance, schemes, (id, entry), "it bounced").await)
                    .await?
            }
            6 => world.act(now, async |tx| recoveries::charge(tx, finance, id, None).await).await?,
            _ => {
                let amount = self.dice.amount(50_000);
                let (officer, director) = (&self.staff.officer, &self.others.director);
                let asked =
                    world.act(now, async |tx| recoveries::ask_write_off(tx, officer, id, (amount, "gone")).await);
                let asked = asked.await?.write_offs.last().unwrap().id;
                let limits = [ReleaseLimit { authority: "finance_director".to_owned(), total: None }];
                world.act(now, async |tx| recoveries::write_off(tx, director, (id, asked), &limits).await).await?
            }
        };
        self.book.recovered += after.recovered().unwrap().get() - before;
        self.book.demands[place] = after;
        Ok(())
    }

    async fn change(&mut self) -> Step {
        let case = &self.cases[self.dice.roll(self.cases.len())];
        let kind = [ChangeKind::Suspension, ChangeKind::Resumption, ChangeKind::Resumption][self.dice.roll(3)];
        case.change(at(DAY, self.days), kind, json!({})).await.map(drop)
    }

    /// One thing is tried; now and then it is cut off before it is committed.
    async fn step(&mut self) {
        let trouble = [Trouble::RollsBack, Trouble::Dies, Trouble::None][self.dice.roll(30).min(2)];
        self.days += u64::from(self.days < 60 && self.dice.roll(12) == 0);
        let what = self.dice.roll(100);
        // What goes before the last of many acts is none of its own.
        self.world.meets(if what < 3 { Trouble::None } else { trouble });
        let (name, done) = match what {
            0..3 => ("begin", self.begin().await),
            3..15 => ("claim", self.claim().await),
            15..28 => ("judge", self.judge().await),
            28..42 => ("prepare", self.prepare().await),
            42..57 => ("decide a batch", self.decide_batch().await),
            57..66 => ("report", self.report().await),
            66..77 => ("statement", self.statement().await),
            77..82 => ("demand", self.demand().await),
            82..97 => ("enter", self.enter().await),
            _ => ("change", self.change().await),
        };
        self.world.meets(Trouble::None);
        let told = self.told.entry(name).or_default();
        match done {
            Ok(()) => told[0] += 1,
            Err(Error::Refused(_)) if trouble == Trouble::None => told[1] += 1,
            // The connection that died is only found dead by whoever has it next.
            Err(Error::Fault(fault)) if format!("{fault:?}").contains("connection closed") => told[2] += 1,
            Err(error) if trouble == Trouble::None => panic!("{name}: {error:?}"),
            Err(_) => told[2] += 1,
        }
    }

    /// The books of the house say what the second one says.
    async fn compare(&self) {
        let out = "SELECT concat_ws(' ', id, claim_out_cents(id)::bigint) AS line FROM claims WHERE claim_out_cents(id) <> 0 ORDER BY id";
        let ours = self.book.out.iter().filter(|(_, cents)| **cents != 0);
        let ours = ours.map(|(claim, cents)| format!("{claim} {cents}")).collect::<Vec<_>>();
        assert_eq!(self.world.database.lines(out).await, ours);
        for (claim, out) in &self.book.out {
            assert!((0..=self.book.certified[claim]).contains(out), "{claim}: {out}");
        }
        let sums = "SELECT concat_ws(' ', coalesce(sum(amount_cents) FILTER (WHERE account = 'paid'), 0),
                      coalesce(-sum(amount_cents) FILTER (WHERE account = 'recovered'), 0)) AS line FROM ledger_entries";
        let paid = self.book.out.values().sum::<i64>();
        assert_eq!(self.world.database.lines(sums).await, [format!("{paid} {}", self.book.recovered)]);
        self.world.prove().await;
    }
}

#[tokio::test]
async fn whatever_is_tried_and_cut_off_no_payment_is_made_twice_and_none_is_lost() {
    let steps = std::env::var("WALK_STEPS").map_or(400, |steps| steps.parse::<u32>().unwrap());
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let others = Others {
        bookkeeper: world.person(&[Role::FinancePreparer], &[]).await,
        finance: world.person(&[Role::FinancePreparer, Role::FinanceReleaser], &[]).await,
        director: world.person(&[Role::Approver], &["finance_director"]).await,
    };
    let (book, dice) = (Book::default(), Dice(20_261_130));
    let mut walk = Walk {
        world: &world,
        staff: &staff,
        others: &others,
        cases: vec![],
        book,
        dice,
        days: 1,
        told: BTreeMap::new(),
        set_off: 0,
    };
    for _ in 0..3 {
        walk.begin().await.unwrap();
    }
    for step in 1..=steps {
        walk.step().await;
        if step % 250 == 0 {
            walk.compare().await;
        }
    }
    walk.compare().await;
    println!("{:?}; {} cases, {} set off, {:?}", walk.told, walk.cases.len(), walk.set_off, walk.book.recovered);
    assert!(walk.set_off > 0, "something was set off");
    assert!(walk.told.values().all(|[done, ..]| *done > 0) && walk.told.len() == 10, "{:?}", walk.told);
    assert!(walk.told.values().map(|[.., cut]| cut).sum::<u32>() > 0, "{:?}", walk.told);
}
