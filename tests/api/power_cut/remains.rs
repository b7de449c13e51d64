//! What is left of a story when it is over: in the database and in its files, without what may differ between two runs of it, which
//! are ids, instants of the system, and the numbers in references (PostgreSQL skips some after a crash).

use super::Play;
use super::cluster::Cluster;
use crate::database::lines;
use calamine::{Reader, Xlsx, open_workbook};
use mail_parser::MessageParser;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What happened to each case, batch and text, in its order, by whom, on which day of the business clock, and which letters told
/// of it. When an award was decided is left out: of two approvals at the same moment either may come first. So are reminders: whether
/// somebody is reminded depends on when the worker looks.
const EVENTS: &str = "
  SELECT concat_ws(' ', coalesce(title, scheme_texts.code, scheme_drafts.code, batches.total_cents::text),
                   (SELECT count(*) FROM audit_entries e WHERE e.subject_id = audit_entries.subject_id AND e.sequence <= audit_entries.sequence
                       AND e.event::json->>'event' <> 'reminder.written'), event::json->>'event', CASE WHEN who::json->>'person' IS NULL THEN who END, people.email,
                   CASE WHEN event::json->>'event' <> 'application.approved' THEN happened_at::date END,
                   (SELECT string_agg(concat_ws(' ', notice::json->>'letter', to_whom.email), ', ' ORDER BY to_whom.email)
                      FROM outbox LEFT JOIN people to_whom ON to_whom.id::text = notice::json->'to'->>'person'
                     WHERE (outbox.subject_id, outbox.sequence) = (audit_entries.subject_id, audit_entries.sequence))) AS line
    FROM audit_entries LEFT JOIN people ON people.id::text = who::json->>'person'
    LEFT JOIN applications ON applications.id = subject_id LEFT JOIN scheme_texts ON scheme_texts.id = subject_id LEFT JOIN scheme_drafts ON scheme_drafts.id = subject_id
    LEFT JOIN batches ON batches.id = subject_id
   WHERE subject <> 'person' AND event::json->>'event' <> 'reminder.written' ORDER BY line";

/// Who there is, and what happened to them. Whoever lost the way to a password asks for another link: any number of them will do.
const PEOPLE: &str = "
  SELECT DISTINCT concat_ws(' ', email, (SELECT string_agg(role, ',' ORDER BY role) FROM person_roles WHERE person_id = people.id),
                   (SELECT string_agg(name, ',') FROM memberships JOIN organisations ON organisations.id = organisation_id
                     WHERE person_id = people.id), event::json->>'event') AS line
    FROM people JOIN audit_entries ON subject_id = people.id
   WHERE event::json->>'event' <> 'person.password_link_requested' ORDER BY line";

/// Money: what was awarded, planned, claimed, paid, posted and committed.
const MONEY: &str = "
  SELECT concat_ws(' ', 'award', title, awards.state, amount_cents, authority, offered_at::date, expires_on, accepted_at::date,
                   settled_cents, settled_on) AS line FROM awards JOIN applications ON id = application_id
  UNION ALL SELECT concat_ws(' ', 'case', title, state, submitted_on, requested_cents, allowed_cents, recommended_cents) FROM applications
  UNION ALL SELECT concat_ws(' ', 'instalment', title, code, amount_cents) FROM instalments JOIN applications ON id = application_id
  UNION ALL SELECT concat_ws(' ', 'claim', title, instalment, claims.state, claimed_cents, certified_cents)
              FROM claims JOIN applications ON applications.id = application_id
  UNION ALL SELECT concat_ws(' ', 'payment', title, instalment, amount_cents, batches.state, total_cents, released_at::date)
              FROM payments JOIN claims ON claims.id = claim_id JOIN batches ON batches.id = batch_id
              JOIN applications ON applications.id = payments.application_id
  UNION ALL SELECT concat_ws(' ', 'posting', title, account, amount_cents) FROM ledger_entries JOIN applications ON applications.id = application_id
  UNION ALL SELECT concat_ws(' ', 'envelope', scheme_code, limit_cents, committed_cents) FROM envelopes
  UNION ALL SELECT concat_ws(' ', 'balance', scheme_code, name, limit_cents, committed_cents)
              FROM applicant_balances JOIN organisations ON id = organisation_id
  ORDER BY line";

/// Cases whose postings do not sum to zero, instalments that were paid more than once, and notices that were not sent.
const WRONG: &str = "
  SELECT concat('postings of ', application_id, ' sum to ', sum(amount_cents)) AS line
    FROM ledger_entries GROUP BY application_id HAVING sum(amount_cents) <> 0
  UNION ALL SELECT concat('paid twice: ', claims.application_id, ' ', instalment) FROM payments JOIN claims ON claims.id = claim_id
             GROUP BY claims.application_id, instalment HAVING count(*) > 1
  UNION ALL SELECT concat('notice ', id, ' is ', state, ' ', last_error) FROM outbox
             WHERE state NOT IN ('sent', 'dropped') OR leased_until IS NOT NULL";

/// What is left.
#[derive(Debug, PartialEq, Eq)]
pub struct Remains {
    database: Vec<String>,
    disbursements: Vec<String>,
    workbook: Vec<String>,
    envelopes: Value,
}

/// Reads it, and looks whether it is sound in itself.
pub async fn remains(cluster: &Cluster, play: &Play<'_>) -> Remains {
    let url = cluster.url(play.database);
    assert_eq!(lines(&url, WRONG).await, Vec::<String>::new());
    let verified = play.almoner(&url).args(["audit", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    letters_must_be_those_of(
        &lines(&url, "SELECT id::text AS line FROM outbox WHERE state = 'sent'").await,
        &play.out.join("mail"),
    );
    files_must_be_whole(&play.out);

    let mut database = Vec::new();
    for sql in [EVENTS, PEOPLE, MONEY] {
        database.extend(lines(&url, sql).await);
    }
    let references = "SELECT reference AS line FROM applications UNION ALL SELECT reference FROM batches ORDER BY line";
    let numbered = lines(&url, references).await;
    let numbered = numbered.iter().enumerate().map(|(number, reference)| (reference.clone(), format!("#{number}")));
    let numbered = numbered.collect::<BTreeMap<_, _>>();
    let csv = fs::read_to_string(play.out.join("disbursements.csv")).unwrap();
    let mut envelopes: Value = serde_json::from_slice(&fs::read(play.out.join("envelopes.json")).unwrap()).unwrap();
    envelopes.as_object_mut().unwrap().remove("made_at");
    Remains {
        database,
        disbursements: csv.lines().map(|line| with_numbers(line, ',', &numbered)).collect(),
        workbook: workbook(&play.out.join("disbursements.xlsx"))
            .iter()
            .map(|line| with_numbers(line, '\t', &numbered))
            .collect(),
        envelopes,
    }
}

impl Remains {
    pub fn must_be_as_if_nothing_had_happened(&self, undisturbed: &Self) {
        // Line by line, so that a difference can be seen.
        for (found, wanted) in [
            (&self.database, &undisturbed.database),
            (&self.disbursements, &undisturbed.disbursements),
            (&self.workbook, &undisturbed.workbook),
        ] {
            let more = found.iter().filter(|line| !wanted.contains(line)).collect::<Vec<_>>();
            let less = wanted.iter().filter(|line| !found.contains(line)).collect::<Vec<_>>();
            assert!(more.is_empty() && less.is_empty(), "found: {more:#?}\nwanted: {less:#?}");
        }
        assert_eq!(self, undisturbed);
    }
}

/// Every notice was mailed, and nothing was mailed that is not a notice: a letter tells of nothing that was then lost.
fn letters_must_be_those_of(notices: &[String], folder: &Path) {
    let mut mailed = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let letter = fs::read(entry.unwrap().path()).unwrap();
        let letter = MessageParser::default().parse(&letter).unwrap();
        mailed.insert(letter.message_id().unwrap().split_once('@').unwrap().0.to_owned());
    }
    assert_eq!(mailed, notices.iter().cloned().collect());
}

fn files_must_be_whole(out: &Path) {
    for line in fs::read_to_string(out.join("calls.jsonl")).unwrap().lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    let files = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (letters, others): (Vec<_>, Vec<_>) = files.partition(|name| name.ends_with(".pdf"));
    let (orders, mut others): (Vec<_>, Vec<_>) = others.into_iter().partition(|name| name.ends_with(".xml"));
    others.sort();
    assert_eq!(
        others,
        ["calls.jsonl", "disbursements.csv", "disbursements.xlsx", "envelopes.json", "mail", "story.txt"]
    );
    assert_eq!((letters.len(), orders.len()), (2, 1), "{letters:?} {orders:?}");
    for letter in letters {
        let pdf = fs::read(out.join(&letter)).unwrap();
        assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{letter}");
    }
}

/// The cells of the first sheet, a line for each row.
fn workbook(path: &Path) -> Vec<String> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("\t")).collect()
}

/// A line with the order of the references instead of themselves.
fn with_numbers(line: &str, between: char, numbered: &BTreeMap<String, String>) -> String {
    let cells = line.split(between).map(|cell| numbered.get(cell).map_or(cell, String::as_str));
    cells.collect::<Vec<_>>().join(&between.to_string())
}
