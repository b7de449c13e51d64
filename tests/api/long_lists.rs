//! What is long stays quick: a list reads about as many rows as it shows, however many there are beside them.

use crate::database::TestDatabase;
use almoner::store::applications::{Filter, page};
use almoner::store::clocks::{Waits, waiting};
use almoner::store::work::{Before, Narrowed, Whom, cases, claimed, owed_assessments, owed_feedback};
use almoner::store::{Connected, Db, Fault, Moment, Tx, applications, awards, outbox};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::assessment::AssessmentState;
use rules::calendar::Day;
use rules::claim::ClaimState;
use rules::clock::Step;
use rules::ids::{ApplicationId, OrganisationId, PersonId, SchemeTextId};
use rules::interest::Assessing;
use rules::sight::{Scope, StatesMeant};
use rules::work::{Span, Wanted};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Thousands of cases, and a few that somebody looks for: always the oldest, where a list from the newest on comes last.
const MANY: &str = "
  SET session_replication_role = replica;
  CREATE FUNCTION id(kind integer, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
  INSERT INTO organisations (id, name, ubi, created_at)
  SELECT id(2, n), 'Made up ' || n, lpad(n::text, 8, '0'), '2020-01-01Z' FROM generate_series(1, 24000) n;
  INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, submitted_by, submitted_at,
                            submitted_on, scheme_text_id, round, requested_cents, allowed_cents, created_at, version, told_version, state_since, revised_by, revised_at, submitted_revision)
  SELECT id(1, n), 'R-' || n, CASE WHEN n <= 10 THEN 'NIFS' ELSE 'NIAS' END, id(2, CASE WHEN n % 50 = 0 THEN 1 ELSE n END), id(3, 1),
         CASE WHEN n > 20000 THEN 'draft' WHEN n <= 20 THEN 'approved' WHEN n <= 30 THEN 'in_assessment'
           ELSE (ARRAY['rejected', 'ineligible', 'withdrawn', 'accepted', 'declined', 'lapsed', 'completed'])[1 + n % 7] END, 'Made up',
         '{\"title\": \"Made up\", \"request\": {\"project\": {\"stages\": []}}}', CASE WHEN n <= 20000 THEN id(3, 1) END,
         CASE WHEN n <= 20000 THEN timestamptz '2020-01-01Z' END, CASE WHEN n <= 20000 THEN date '2020-01-01' END,
         CASE WHEN n <= 20000 THEN id(4, 1) END, CASE WHEN n <= 20 THEN 'round.1' WHEN n <= 20000 THEN 'round.2' END, CASE WHEN n <= 20000 THEN 1 END, CASE WHEN n <= 20000 THEN 1 END, '2020-01-01Z', 1, 1, '2020-01-01Z',
         id(3, 1), '2020-01-01Z', CASE WHEN n <= 20000 THEN 1 END
    FROM generate_series(1, 24000) n;
  INSERT INTO assessments (id, application_id, assessor_id, state, marks, comment, score, created_at, due_on, changed_at)
  SELECT id(5, n), id(1, n), id(3, CASE WHEN n <= 30 THEN 1 ELSE 2 + n % 9 END), CASE WHEN n % 3 = 0 THEN 'accepted' ELSE 'scored' END,
         '{}', '', CASE WHEN n % 3 = 0 THEN NULL ELSE 1 END, '2020-01-01Z', '2020-01-22', '2020-01-01Z' FROM generate_series(1, 4000) n;
  INSERT INTO awards (application_id, scheme_code, organisation_id, amount_cents, current_cents, authority, counts_as, state, decided_at, offered_at,
                      expires_on, accepted_at)
  SELECT id(1, n), 'NIAS', id(2, n), 1, 1, 'commissioner', 'lifetime', CASE WHEN n <= 5 THEN 'offered' ELSE 'accepted' END, '2020-01-01Z',
         '2020-01-01Z', '2020-02-01', CASE WHEN n > 5 THEN timestamptz '2020-01-01Z' END FROM generate_series(1, 4000) n;
  INSERT INTO award_stages SELECT application_id, 1, 'project', amount_cents FROM awards;
  INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, certified_cents, created_at)
  SELECT id(6, n), id(1, n), 'initial', CASE WHEN n > 3990 THEN 'certified' WHEN n % 9 = 0 THEN 'submitted' WHEN n % 9 = 1 THEN 'returned' ELSE 'paid' END, 1, '',
         CASE WHEN n > 3990 OR n % 9 > 1 THEN 1 END, '2020-01-01Z'
    FROM generate_series(1, 4000) n;
  INSERT INTO batches (id, reference, state, prepared_by, prepared_at, released_by, released_at, total_cents)
  VALUES (id(7, 1), 'PAY-2020-000001', 'released', id(3, 1), '2020-01-01Z', id(3, 2), '2020-01-01Z', 3990),
         (id(7, 2), 'PAY-2020-000002', 'prepared', id(3, 1), '2020-01-01Z', NULL, NULL, 5);
  INSERT INTO payments SELECT id(6, n), id(7, CASE WHEN n > 3990 THEN 2 ELSE 1 END), id(1, n), 1 FROM generate_series(1, 3995) n;
  INSERT INTO outbox (id, subject_id, sequence, notice, state, attempts, due_at, created_at, settled_at)
  SELECT id(8, n), id(1, n), 1, '{}', CASE WHEN n <= 5 THEN 'dead' WHEN n > 3990 THEN 'waiting' ELSE 'sent' END, 0, '2020-01-01Z',
         '2020-01-01Z', CASE WHEN n <= 3990 THEN timestamptz '2020-01-01Z' END FROM generate_series(1, 4000) n;
  ANALYZE";

fn id(kind: u32, n: u64) -> Uuid {
    Uuid::parse_str(&format!("{kind:08x}-0000-7000-8000-{n:012x}")).unwrap()
}

#[derive(QueryableByName)]
struct Read {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// How many rows this transaction has read so far.
async fn read(tx: &mut Tx<'_>) -> i64 {
    let sql = "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint AS rows FROM pg_stat_xact_user_tables";
    sql_query(sql).get_result::<Read>(tx.connection()).await.unwrap().rows
}

/// Does something that should find so many, and fails if it reads many more.
async fn reads_little(db: &Db, what: &str, wanted: usize, act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<usize, Fault>) {
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    let checked = db.write(Moment { now, recorded_at: now }, async |tx| {
        let before = read(tx).await;
        let found = act(tx).await?;
        let rows = read(tx).await - before;
        assert_eq!(found, wanted, "{what}");
        assert!(rows <= 150, "{what}: {rows} rows were read to find {found}");
        Ok::<_, Fault>(())
    });
    checked.await.unwrap();
}

#[tokio::test]
async fn a_list_of_applications_reads_no_more_than_it_shows() {
    let database = TestDatabase::migrated().await;
    database.run(MANY).await;
    let db = Db::new(&database.url(), 1).unwrap();
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    let staff = Scope { submitted: true, ..Scope::default() };
    let one = Scope { organisations: vec![OrganisationId(id(2, 1))], ..Scope::default() };
    let two = Scope { organisations: vec![OrganisationId(id(2, 7)), OrganisationId(id(2, 8))], ..Scope::default() };
    let assessed = (1..=30).map(|n| (ApplicationId(id(1, n)), Assessing::Accepted)).collect();
    let assessor = Scope { assessed, ..Scope::default() };
    // A member of twenty cases beside the many of their own organisation.
    let shared = (1..=20).map(|n| ApplicationId(id(1, n))).collect::<Vec<_>>();
    let member = Scope { shared: shared.clone(), tied: shared.clone(), ..one.clone() };
    let only_member = Scope { shared: shared.clone(), ..Scope::default() };
    let tied = Scope { tied: shared, ..staff.clone() };
    let all = Filter::default;
    let of = |scheme: &str| Filter { scheme: Some(scheme.to_owned()), ..all() };
    let of_round = |round: &str| Filter { round: Some(round.to_owned()), ..of("NIAS") };
    let states = |state| Some(StatesMeant { staff: vec![state], public: vec![state] });
    let in_state = |state| Filter { states: states(state), ..all() };
    for (what, scope, filter, wanted) in [
        ("staff, all", &staff, all(), 51),
        ("staff, far in", &staff, Filter { after: Some(ApplicationId(id(1, 900))), ..all() }, 51),
        ("staff, a rare scheme", &staff, of("NIFS"), 10),
        ("staff, a scheme that there is not", &staff, of("NONE"), 0),
        ("staff, a rare state", &staff, in_state(State::Approved), 20),
        ("staff, a rare round of a scheme", &staff, of_round("round.1"), 10),
        ("staff, a round that there is not", &staff, of_round("round.3"), 0),
        ("staff, drafts", &staff, in_state(State::Draft), 0),
        ("staff, a rare state of a scheme", &staff, Filter { states: states(State::Approved), ..of("NIAS") }, 10),
        ("an applicant, all", &one, all(), 51),
        ("an applicant, far in", &one, Filter { after: Some(ApplicationId(id(1, 900))), ..all() }, 18),
        ("an applicant of two", &two, all(), 2),
        ("an applicant of two, in a state", &two, in_state(State::Approved), 2),
        ("an assessor, all", &assessor, all(), 30),
        ("an assessor, in a state", &assessor, in_state(State::Approved), 20),
        ("a member, all", &member, all(), 51),
        ("a member, far in", &member, Filter { after: Some(ApplicationId(id(1, 40))), ..all() }, 20),
        ("a member, in a state", &only_member, in_state(State::Approved), 20),
        ("staff who are tied to some", &tied, all(), 51),
        ("staff who are tied to all in a state", &tied, in_state(State::Approved), 0),
        ("somebody who sees none", &Scope::default(), all(), 0),
    ] {
        reads_little(&db, what, wanted, async |tx| Ok(page(tx, scope, &filter, (now, 51)).await?.len())).await;
    }
}

#[tokio::test]
async fn what_waits_is_found_without_reading_what_is_done() {
    let database = TestDatabase::migrated().await;
    database.run(MANY).await;
    let db = Db::new(&database.url(), 1).unwrap();
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    let today = Day::in_hong_kong(now);
    let organisations = BTreeSet::new();
    let whom = Whom { person: PersonId(id(3, 1)), organisations: &organisations, tied: &[], now, duty: None };
    reads_little(&db, "cases to be offered", 20, async |tx| {
        Ok(cases(tx, whom, State::Approved, Narrowed::No).await?.len())
    })
    .await;
    // Of what has ended, thousands were asked for more, overridden, and told why.
    let between = "SET session_replication_role = replica;
        UPDATE applications SET state = 'returned' WHERE id IN (id(1, 19), id(1, 20));
        UPDATE applications SET feedback_owed = true WHERE id IN (id(1, 900), id(1, 19999));
        UPDATE applications SET state = 'refused', reason = 'x', embargo_until = '2020-02-01' WHERE id IN (id(1, 5001), id(1, 5002));
        INSERT INTO application_returns (application_id, number, from_state, revision, fields, reason, answer_by, returned_by, returned_at,
                                         unanswered, ended_by, ended_at)
        SELECT id(1, n), 1, 'submitted', 1, '{/summary}', 'x', '2020-01-01', id(3, 1), '2020-01-01Z', x, y, z
          FROM generate_series(19, 4000) n, LATERAL (SELECT CASE WHEN n > 20 THEN 'x' END, CASE WHEN n > 20 THEN id(3, 1) END,
               CASE WHEN n > 20 THEN timestamptz '2020-01-01Z' END) ended (x, y, z);
        INSERT INTO conflict_overrides (id, application_id, assessor_id, grounds, reason, proposed_by, proposed_at)
        SELECT id(9, n), id(1, n), id(3, 7), '[\"employment\"]', 'x', id(3, 8), '2020-01-01Z' FROM generate_series(25, 4000) n;
        ANALYZE";
    database.run(between).await;
    for (what, wanted, state, narrowed) in [
        ("returns that are late", 2, State::Returned, Narrowed::IsUnanswered(today)),
        ("overrides to be confirmed", 6, State::InAssessment, Narrowed::IsToBeConfirmed),
        ("refusals to be told by somebody", 2, State::Refused, Narrowed::IsToBeTold(today)),
        ("cases under no embargo", 18, State::Approved, Narrowed::IsUnderNoEmbargo(today)),
    ] {
        reads_little(&db, what, wanted, async |tx| Ok(cases(tx, whom, state, narrowed).await?.len())).await;
    }
    let wanted = Wanted { assessors: 1, steps: BTreeSet::from(["interview".to_owned()]), panel: true };
    let wanted = [(SchemeTextId(id(4, 1)), Span { from: None, until: None, holds: wanted })];
    for (what, found, before) in [
        ("what is to be ranked", 6, Before::Panel),
        ("what is to be interviewed", 6, Before::Step),
        ("what is to be decided", 0, Before::Decision),
    ] {
        let narrowed = Narrowed::IsScored(&wanted, before);
        reads_little(&db, what, found, async |tx| Ok(cases(tx, whom, State::InAssessment, narrowed).await?.len()))
            .await;
    }
    reads_little(&db, "feedback owed", 2, async |tx| Ok(owed_feedback(tx, whom).await?.len())).await;
    reads_little(&db, "assessments owed", 4, async |tx| {
        Ok(owed_assessments(tx, whom, AssessmentState::Accepted).await?.len())
    })
    .await;
    reads_little(&db, "claims to be paid", 5, async |tx| Ok(claimed(tx, whom, ClaimState::Certified).await?.len()))
        .await;
    reads_little(&db, "offers that have expired", 5, async |tx| Ok(awards::expired(tx, today, 100).await?.len())).await;
    reads_little(&db, "refusals to be told", 2, async |tx| {
        Ok(applications::refusals_to_tell(tx, today, 100).await?.len())
    })
    .await;
    reads_little(&db, "notices given up", 5, async |tx| Ok(outbox::dead(tx, None, 100).await?.len())).await;
    reads_little(&db, "how many notices wait", 10, async |tx| Ok(outbox::waiting(tx).await?.try_into().unwrap())).await;
    reads_little(&db, "notices to be sent", 10, async |tx| {
        let until = "2026-11-24T01:00:00Z".parse().unwrap();
        Ok(outbox::claim(tx, until, 20).await?.len())
    })
    .await;
}

#[tokio::test]
async fn what_has_waited_longest_is_found_without_reading_what_waits_beside_it() {
    let database = TestDatabase::migrated().await;
    database.run(MANY).await;
    // Fifteen thousand wait, in the reverse of the order in which they came.
    let wait = "SET session_replication_role = replica;
        UPDATE applications SET state = 'recommended', waits_from = date '2026-11-24' - right(reference, -2)::integer
         WHERE submitted_at IS NOT NULL AND right(reference, -2)::integer > 5000;
        ANALYZE";
    database.run(wait).await;
    let db = Db::new(&database.url(), 1).unwrap();
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    let texts = [(SchemeTextId(id(4, 1)), Span { from: None, until: None, holds: None })];
    let hidden_from = BTreeSet::from([OrganisationId(id(2, 19_999))]);
    let waits = Waits { step: Step::Approval, texts: &texts, hidden_from: &hidden_from, tied: &[], now, limit: 20 };
    reads_little(&db, "what waits longest", 20, async |tx| {
        let found = waiting(tx, waits).await?;
        assert_eq!((found[0].reference.as_str(), found[1].reference.as_str()), ("R-20000", "R-19998"));
        Ok(found.len())
    })
    .await;
}
