//! The audit: a chain of hashes for each subject, and its verification.

use super::schema::{audit_entries, audit_heads};
use super::{Connected, Fault, Moment, Reader};
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use diesel::prelude::*;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use futures_util::TryStreamExt;
use rules::actor::Who;
use rules::event::{Event, Subject};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the first entry of a chain follows.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The last link of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub sequence: i32,
    /// Its hash.
    pub hash: String,
}

/// One entry, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable, Serialize)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// The case, person or text.
    pub subject_id: Uuid,
    /// Counted from 1 in its chain.
    pub sequence: i32,
    /// The noun of the subject.
    pub subject: String,
    /// What happened, as canonical JSON.
    pub event: String,
    /// Who did it, as canonical JSON.
    pub who: String,
    /// On the business clock.
    pub happened_at: DateTime<Utc>,
    /// On the system clock.
    pub recorded_at: DateTime<Utc>,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// SHA-256 over the canonical JSON of all of this.
    pub hash: String,
}

/// What is hashed.
#[derive(Serialize)]
struct Link<'a> {
    subject: &'a str,
    subject_id: Uuid,
    sequence: i32,
    event: &'a str,
    who: &'a str,
    happened_at: String,
    recorded_at: String,
    previous_hash: &'a str,
}

impl Entry {
    /// The entry that follows a head, or the first one.
    pub(super) fn next(
        subject: Subject,
        head: Option<&Head>,
        event: &Event,
        who: Who,
        moment: Moment,
    ) -> Result<Self, Fault> {
        let mut entry = Self {
            subject_id: subject.id(),
            sequence: head.map_or(1, |head| head.sequence.saturating_add(1)),
            subject: subject.noun().to_owned(),
            event: canonical(event)?,
            who: canonical(&who)?,
            // The database keeps microseconds; what is hashed must be what is kept.
            happened_at: moment.now.trunc_subsecs(6),
            recorded_at: moment.recorded_at.trunc_subsecs(6),
            previous_hash: head.map_or_else(|| GENESIS.to_owned(), |head| head.hash.clone()),
            hash: String::new(),
        };
        entry.hash = entry.own_hash()?;
        Ok(entry)
    }

    fn own_hash(&self) -> Result<String, Fault> {
        let instant = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Micros, true);
        let link = Link {
            subject: &self.subject,
            subject_id: self.subject_id,
            sequence: self.sequence,
            event: &self.event,
            who: &self.who,
            happened_at: instant(self.happened_at),
            recorded_at: instant(self.recorded_at),
            previous_hash: &self.previous_hash,
        };
        let bytes = serde_json_canonicalizer::to_vec(&link).map_err(|error| Fault::Corrupt(error.to_string()))?;
        Ok(rules::hexadecimal(&Sha256::digest(&bytes)))
    }

    /// The event.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn event(&self) -> Result<Event, Fault> {
        serde_json::from_str(&self.event).map_err(|error| Fault::Corrupt(error.to_string()))
    }
}

fn canonical(value: &impl Serialize) -> Result<String, Fault> {
    serde_json_canonicalizer::to_string(value).map_err(|error| Fault::Corrupt(error.to_string()))
}

/// What the verification finds: which row, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The chain.
    pub subject_id: Uuid,
    /// The row in it.
    pub sequence: i32,
    /// What is wrong.
    pub kind: FindingKind,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The row is not what was hashed.
    Changed,
    /// The row agrees with its own hash, but the next one follows another: it was changed and hashed anew, or the next one was.
    Rehashed,
    /// The row is missing.
    Deleted,
    /// The row does not belong to the chain.
    Added,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { subject_id, sequence, kind } = self;
        match kind {
            FindingKind::Changed => write!(formatter, "entry {sequence} of {subject_id} was changed"),
            FindingKind::Rehashed => {
                let next = sequence.saturating_add(1);
                write!(
                    formatter,
                    "entry {sequence} of {subject_id} is not the one that entry {next} follows: one of them was changed and hashed anew"
                )
            }
            FindingKind::Deleted => write!(formatter, "entry {sequence} of {subject_id} was deleted"),
            FindingKind::Added => write!(formatter, "entry {sequence} of {subject_id} was added"),
        }
    }
}

/// All chains as they are at one moment, however long it takes to walk them.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0";

/// Walks every chain and names each row that was changed, deleted or added. Reads row by row: memory does not grow.
///
/// # Errors
/// When the database fails.
pub async fn verify(reader: &mut Reader) -> Result<(u64, Vec<Finding>), Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let walked = walk(connection).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    walked
}

async fn walk(connection: &mut AsyncPgConnection) -> Result<(u64, Vec<Finding>), Fault> {
    let query = audit_entries::table
        .left_join(audit_heads::table.on(audit_heads::subject_id.eq(audit_entries::subject_id)))
        .order((audit_entries::subject_id, audit_entries::sequence))
        .select((Entry::as_select(), (audit_heads::sequence, audit_heads::hash).nullable()));
    let mut walk = Walk::default();
    {
        let mut rows = query.load_stream::<(Entry, Option<(i32, String)>)>(connection).await?;
        while let Some((entry, head)) = rows.try_next().await? {
            walk.step(entry, head.map(|(sequence, hash)| Head { sequence, hash }))?;
        }
        walk.close();
    }
    let entries = audit_entries::table.filter(audit_entries::subject_id.eq(audit_heads::subject_id));
    let empty = audit_heads::table
        .filter(diesel::dsl::not(diesel::dsl::exists(entries)))
        .select((audit_heads::subject_id, audit_heads::sequence));
    for (subject_id, sequence) in empty.load::<(Uuid, i32)>(connection).await? {
        (1..=sequence).for_each(|sequence| walk.find(subject_id, sequence, FindingKind::Deleted));
    }
    Ok((walk.seen, walk.findings))
}

/// The verification between two rows.
#[derive(Default)]
struct Walk {
    seen: u64,
    findings: Vec<Finding>,
    chain: Option<Chain>,
}

/// The chain that is being walked.
struct Chain {
    subject_id: Uuid,
    /// The row before, and whether it has been named.
    last: Head,
    named: bool,
    /// Where the chain should end.
    head: Option<Head>,
}

impl Walk {
    fn find(&mut self, subject_id: Uuid, sequence: i32, kind: FindingKind) {
        self.findings.push(Finding { subject_id, sequence, kind });
    }

    fn step(&mut self, entry: Entry, head: Option<Head>) -> Result<(), Fault> {
        self.seen = self.seen.saturating_add(1);
        let going_on = self.chain.take_if(|chain| chain.subject_id == entry.subject_id);
        let chain = going_on.unwrap_or_else(|| {
            self.close();
            let last = Head { sequence: 0, hash: GENESIS.to_owned() };
            Chain { subject_id: entry.subject_id, last, named: false, head }
        });
        let Chain { subject_id, last, named, head } = chain;
        let due = last.sequence.saturating_add(1);
        (due..entry.sequence).for_each(|sequence| self.find(subject_id, sequence, FindingKind::Deleted));
        let follows = entry.sequence > due || entry.previous_hash == last.hash;
        let is_whole = entry.own_hash()? == entry.hash;
        let finding = if head.as_ref().is_none_or(|head| entry.sequence > head.sequence) {
            Some((entry.sequence, FindingKind::Added))
        } else if !is_whole || (!follows && last.sequence == 0) {
            Some((entry.sequence, FindingKind::Changed))
        } else if !follows && !named {
            Some((last.sequence, FindingKind::Rehashed))
        } else {
            None
        };
        if let Some((sequence, kind)) = finding {
            self.find(subject_id, sequence, kind);
        }
        let named = finding.is_some_and(|(sequence, _)| sequence == entry.sequence);
        let last = Head { sequence: entry.sequence, hash: entry.hash };
        self.chain = Some(Chain { subject_id, last, named, head });
        Ok(())
    }

    fn close(&mut self) {
        let Some(Chain { subject_id, last, named, head: Some(head) }) = self.chain.take() else { return };
        (last.sequence.saturating_add(1)..=head.sequence)
            .for_each(|sequence| self.find(subject_id, sequence, FindingKind::Deleted));
        if last.sequence == head.sequence && last.hash != head.hash && !named {
            self.find(subject_id, last.sequence, FindingKind::Changed);
        }
    }
}

/// One entry of a chain.
///
/// # Errors
/// When the database fails.
pub async fn find(reader: &mut impl Connected, subject_id: Uuid, sequence: i32) -> Result<Option<Entry>, Fault> {
    let entry = audit_entries::table.find((subject_id, sequence)).select(Entry::as_select());
    Ok(entry.first(reader.connection()).await.optional()?)
}

/// The entries of one chain after a number, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_subject(
    reader: &mut impl Connected,
    subject_id: Uuid,
    after: i32,
    limit: i64,
) -> Result<Vec<Entry>, Fault> {
    let entries = audit_entries::table
        .filter(audit_entries::subject_id.eq(subject_id).and(audit_entries::sequence.gt(after)))
        .order(audit_entries::sequence)
        .limit(limit);
    Ok(entries.select(Entry::as_select()).load(reader.connection()).await?)
}
