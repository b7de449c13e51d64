//! The balances that keep the limits: of the scheme, of a round, of a year, and of an applicant.

use super::lines;
use crate::store::schema::{applicant_balances, envelopes, ledger_entries, round_balances, year_balances};
use crate::store::together::{Statement, Together};
use crate::store::{Fault, Tx, people, scheme_texts};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use rules::ledger::{Balance, Balances, Posting};
use rules::money::Cents;
use rules::movement::{Limits, Movement};
use rules::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A movement of money that is recorded, and the person with the version on which its permit relies.
pub(in crate::store) type Recorded = (Movement, Option<(PersonId, i32)>);

/// A row of a balance.
type Row = (Option<i64>, i64, i64);

/// That of a scheme, with the last day on which its limit was set.
type Dated = (Row, Option<NaiveDate>);

/// Money for which the limits leave no room.
#[derive(Clone, Debug)]
pub struct Unmet {
    /// Of which case.
    pub application: Option<ApplicationId>,
    /// Why.
    pub refusal: Refusal,
}

impl Tx<'_> {
    /// Meets the money that was recorded with the limits: locks each, asks the rules, and writes. Called when all else is written, so that
    /// the limits, for which many wait, are kept from others no longer than they must be. Applicants are locked before rounds and schemes,
    /// and each in their order.
    pub(in crate::store) async fn meet_the_limits(&mut self) -> Result<(), Fault> {
        self.meet_in_turn().await?.map_err(|unmet| Fault::Refused(unmet.refusal))
    }

    /// The same where whoever acts must know which case it is that the limits do not leave room for: called as the last thing that an act
    /// does. What is given back makes room for what is taken; else they are met in the order in which they were recorded, one scheme
    /// after the other.
    ///
    /// # Errors
    /// When the database fails, or what somebody may do has changed.
    pub async fn meet_in_turn(&mut self) -> Result<Result<(), Unmet>, Fault> {
        let mut recorded = std::mem::take(&mut self.movements);
        // One is what there almost always is, and locks its applicant itself.
        if recorded.len() > 1 {
            let applicants = recorded.iter().map(|(movement, _)| (movement.scheme.clone(), movement.organisation.0));
            let mut by_scheme: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
            for (scheme, organisation) in applicants {
                by_scheme.entry(scheme).or_default().insert(organisation);
            }
            for (scheme, organisations) in by_scheme {
                lock_applicants(self, &scheme, &organisations.into_iter().collect::<Vec<_>>()).await?;
            }
            recorded.sort_by_key(|(movement, _)| (movement.scheme.clone(), movement.limits.is_some()));
        }
        for (movement, relies_on) in recorded {
            match self.meet(&movement, relies_on).await {
                Err(Fault::Refused(refusal)) => {
                    let application = <[_]>::first(&movement.postings).map(|posting: &Posting| posting.application);
                    return Ok(Err(Unmet { application, refusal }));
                }
                met => met?,
            }
        }
        Ok(Ok(()))
    }

    async fn meet(&mut self, movement: &Movement, relies_on: Option<(PersonId, i32)>) -> Result<(), Fault> {
        let (balances, limit_on) = lock(self, movement).await?;
        self.must_rely_on_what_holds(relies_on).await?;
        if let Some(limits) = &movement.limits {
            self.must_be_of_now(&movement.scheme, limits, limit_on).await?;
        }
        let after = movement.on(balances).map_err(Fault::Refused)?;
        write(self, movement, &after).await
    }

    /// Asked with all locks held: what was taken from somebody while they, or whoever acts in their absence, waited for one is not theirs any
    /// more.
    pub(in crate::store) async fn must_rely_on_what_holds(&mut self, by: Option<(PersonId, i32)>) -> Result<(), Fault> {
        let read = self.absent.iter().copied().chain(by).collect::<BTreeSet<_>>();
        if !read.is_empty() && !people::are_in_version(self, &read).await? {
            return Err(Fault::Outdated);
        }
        Ok(())
    }

    /// Asked with the limits locked: the text in force, and the day, have not changed since the limits were read, or else an older limit
    /// would be put in the place of the one that holds.
    async fn must_be_of_now(
        &mut self,
        scheme: &str,
        limits: &Limits,
        limit_on: Option<NaiveDate>,
    ) -> Result<(), Fault> {
        let (Some(on), hash) = &limits.of else { return Ok(()) };
        let in_force = scheme_texts::in_force(self, scheme, *on).await?;
        if limit_on.is_some_and(|later| on.date() < later) || in_force.is_some_and(|(_, now)| now != *hash) {
            return Err(Fault::Unavailable("the limits have changed while this waited for them".to_owned()));
        }
        Ok(())
    }
}

/// Locks what applicants may have of a scheme, in the order in which they are given, which must be that of their ids. Rows that are not
/// there yet are made.
///
/// # Errors
/// When the database fails.
pub(super) async fn lock_applicants(tx: &mut Tx<'_>, scheme: &str, organisations: &[Uuid]) -> Result<(), Fault> {
    let new = organisations.iter().map(|organisation| {
        (
            applicant_balances::scheme_code.eq(scheme),
            applicant_balances::organisation_id.eq(*organisation),
            applicant_balances::committed_cents.eq(0),
        )
    });
    let insert = diesel::insert_into(applicant_balances::table).values(new.collect::<Vec<_>>());
    if insert.on_conflict_do_nothing().execute(tx.connection).await? == organisations.len() {
        return Ok(()); // ours until the transaction ends, and nobody else's
    }
    let rows = applicant_balances::table
        .filter(applicant_balances::scheme_code.eq(scheme))
        .filter(applicant_balances::organisation_id.eq_any(organisations))
        .order(applicant_balances::organisation_id)
        .select(applicant_balances::organisation_id)
        .for_update();
    rows.execute(tx.connection).await?;
    Ok(())
}

/// Locks the applicant's part, then the scheme's envelope with what there is of it for the round, and for the year. Rows that are not there
/// yet are made.
async fn lock(tx: &mut Tx<'_>, movement: &Movement) -> Result<(Balances, Option<NaiveDate>), Fault> {
    let (scheme, organisation) = (movement.scheme.as_str(), movement.organisation.0);
    let applicant = match find_applicant(tx, scheme, organisation).await? {
        Some(row) => row,
        None => {
            lock_applicants(tx, scheme, &[organisation]).await?;
            find_applicant(tx, scheme, organisation).await?.ok_or_else(|| missing("applicant_balances"))?
        }
    };
    let round = movement.round.as_deref();
    let ((envelope, limit_on), round) = match find_shared(tx, scheme, round).await? {
        Some(rows) => rows,
        None => {
            make_shared(tx, scheme, round).await?;
            find_shared(tx, scheme, round).await?.ok_or_else(|| missing("envelopes"))?
        }
    };
    let year = match movement.year {
        Some(year) => lock_year(tx, scheme, year).await?,
        None => Balance::default(),
    };
    let balances = Balances {
        envelope: balance(envelope),
        round: round.map(balance).unwrap_or_default(),
        year,
        applicant: balance(applicant),
    };
    Ok((balances, limit_on))
}

async fn find_applicant(tx: &mut Tx<'_>, scheme: &str, organisation: Uuid) -> Result<Option<Row>, Fault> {
    let row = applicant_balances::table
        .find((scheme, organisation))
        .select((
            applicant_balances::limit_cents,
            applicant_balances::committed_cents,
            applicant_balances::reserved_cents,
        ))
        .for_update();
    Ok(row.first(tx.connection).await.optional()?)
}

/// The envelope with the last day on which its limit was set, and the balance of a round where there is one: both locked by one statement,
/// for which many wait.
async fn find_shared(
    tx: &mut Tx<'_>,
    scheme: &str,
    round: Option<&str>,
) -> Result<Option<(Dated, Option<Row>)>, Fault> {
    let envelope =
        ((envelopes::limit_cents, envelopes::committed_cents, envelopes::reserved_cents), envelopes::limit_on);
    let Some(round) = round else {
        let row = envelopes::table.find(scheme).select(envelope).for_update();
        let row: Option<Dated> = row.first(tx.connection).await.optional()?;
        return Ok(row.map(|row| (row, None)));
    };
    let of_round = (round_balances::limit_cents, round_balances::committed_cents, round_balances::reserved_cents);
    let rows = envelopes::table
        .inner_join(round_balances::table.on(round_balances::scheme_code.eq(envelopes::scheme_code)))
        .filter(envelopes::scheme_code.eq(scheme).and(round_balances::round.eq(round)))
        .select((envelope, of_round))
        .for_update();
    let rows: Option<(Dated, Row)> = rows.first(tx.connection).await.optional()?;
    Ok(rows.map(|(envelope, round)| (envelope, Some(round))))
}

async fn make_shared(tx: &mut Tx<'_>, scheme: &str, round: Option<&str>) -> Result<(), Fault> {
    let new = (envelopes::scheme_code.eq(scheme), envelopes::committed_cents.eq(0));
    diesel::insert_into(envelopes::table).values(new).on_conflict_do_nothing().execute(tx.connection).await?;
    if let Some(round) = round {
        let new = (
            round_balances::scheme_code.eq(scheme),
            round_balances::round.eq(round),
            round_balances::committed_cents.eq(0),
        );
        diesel::insert_into(round_balances::table).values(new).on_conflict_do_nothing().execute(tx.connection).await?;
    }
    Ok(())
}

/// The money of a year: few schemes have any.
async fn lock_year(tx: &mut Tx<'_>, scheme: &str, year: Day) -> Result<Balance, Fault> {
    if let Some(row) = find_year(tx, scheme, year).await? {
        return Ok(balance(row));
    }
    let new = (
        year_balances::scheme_code.eq(scheme),
        year_balances::year_from.eq(year.date()),
        year_balances::committed_cents.eq(0),
    );
    diesel::insert_into(year_balances::table).values(new).on_conflict_do_nothing().execute(tx.connection).await?;
    find_year(tx, scheme, year).await?.map(balance).ok_or_else(|| missing("year_balances"))
}

async fn find_year(tx: &mut Tx<'_>, scheme: &str, year: Day) -> Result<Option<Row>, Fault> {
    let row = year_balances::table
        .find((scheme, year.date()))
        .select((year_balances::limit_cents, year_balances::committed_cents, year_balances::reserved_cents))
        .for_update();
    Ok(row.first(tx.connection).await.optional()?)
}

fn missing(table: &str) -> Fault {
    Fault::Corrupt(format!("a row of {table} that was just made"))
}

fn balance((limit, committed, reserved): Row) -> Balance {
    Balance { limit: limit.map(Cents::new), committed: Cents::new(committed), reserved: Cents::new(reserved) }
}

/// The balances after a movement and its lines in the ledger, in one statement.
async fn write(tx: &mut Tx<'_>, movement: &Movement, after: &Balances) -> Result<(), Fault> {
    let scheme = movement.scheme.as_str();
    let Balances { envelope, round, year, applicant } = after;
    let mut statements: Vec<Statement<'_>> = Vec::new();
    if let Some(path) = movement.round.as_deref() {
        let set = (
            round_balances::limit_cents.eq(round.limit.map(Cents::get)),
            round_balances::committed_cents.eq(round.committed.get()),
            round_balances::reserved_cents.eq(round.reserved.get()),
        );
        statements.push(Box::new(diesel::update(round_balances::table.find((scheme, path))).set(set)));
    }
    if let Some(from) = movement.year {
        let set = (
            year_balances::limit_cents.eq(year.limit.map(Cents::get)),
            year_balances::committed_cents.eq(year.committed.get()),
            year_balances::reserved_cents.eq(year.reserved.get()),
        );
        statements.push(Box::new(diesel::update(year_balances::table.find((scheme, from.date()))).set(set)));
    }
    let set = (
        applicant_balances::limit_cents.eq(applicant.limit.map(Cents::get)),
        applicant_balances::committed_cents.eq(applicant.committed.get()),
        applicant_balances::reserved_cents.eq(applicant.reserved.get()),
    );
    let row = applicant_balances::table.find((scheme, movement.organisation.0));
    statements.push(Box::new(diesel::update(row).set(set)));
    let lines = movement.postings.iter().flat_map(|posting| lines(posting, tx.moment)).collect::<Vec<_>>();
    if !lines.is_empty() {
        statements.push(Box::new(diesel::insert_into(ledger_entries::table).values(lines)));
    }
    let limit_on = movement.limits.as_ref().and_then(|limits| limits.of.0).map(Day::date);
    let set = (
        envelopes::limit_cents.eq(envelope.limit.map(Cents::get)),
        envelopes::committed_cents.eq(envelope.committed.get()),
        envelopes::reserved_cents.eq(envelope.reserved.get()),
        limit_on.map(|day| envelopes::limit_on.eq(day)),
    );
    statements.push(Box::new(diesel::update(envelopes::table.find(scheme)).set(set)));
    Together(statements).execute(tx.connection).await?;
    Ok(())
}
