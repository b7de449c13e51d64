//! Approvals at once: 64 where there is room for 20, the same with the server killed in the middle, and as many as go in ten seconds on
//! one envelope and on 32. `benches/load/approvals` sets everything up.

use crate::Outcome;
use crate::client::{Aim, Make, load, once};
use crate::data::{key, tokens};
use crate::measure::start;
use almoner::clock::Clock;
use almoner::store::{Connected, Db};
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use rules::ids::PersonId;
use std::env;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// How many approve.
const APPROVERS: usize = 32;
const TIME: Duration = Duration::from_secs(10);
/// The server is killed when so many have been answered.
const KILLED_AFTER: usize = 20;

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = SqlUuid)]
    session: Uuid,
    #[diesel(sql_type = SqlUuid)]
    person: Uuid,
}

#[derive(QueryableByName)]
struct Case {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Who approves, and where.
struct House {
    key: String,
    approvers: Vec<String>,
    url: String,
}

impl House {
    async fn read() -> Outcome<Self> {
        let (url, (key, signing)) = (env::var("DATABASE_URL")?, key()?);
        let (tokens, now) = (tokens(signing)?, Clock::default().moment().recorded_at);
        let mut reader = Db::new(&url, 1)?.reader().await?;
        let sql = "SELECT s.id AS session, s.person_id AS person FROM sessions s JOIN person_roles r USING (person_id)
                    WHERE r.role = 'approver' ORDER BY s.person_id";
        let sessions: Vec<Session> = sql_query(sql).load(reader.connection()).await?;
        let signed = |one: &Session| tokens.issue(PersonId(one.person), one.session, now);
        Ok(Self { key, approvers: sessions.iter().map(signed).collect::<Result<_, _>>()?, url })
    }

    /// The cases that wait under these schemes, those of many schemes in turns.
    async fn waiting(&self, schemes: &str) -> Outcome<Vec<Case>> {
        let sql = format!(
            "SELECT id, recommended_cents AS cents FROM applications WHERE scheme_code LIKE '{schemes}' AND state = 'recommended'
              ORDER BY row_number() OVER (PARTITION BY scheme_code ORDER BY id), scheme_code"
        );
        let mut reader = Db::new(&self.url, 1)?.reader().await?;
        Ok(sql_query(sql).load(reader.connection()).await?)
    }

    async fn line(&self, sql: &str) -> Outcome<String> {
        let mut reader = Db::new(&self.url, 1)?.reader().await?;
        let one: Line = sql_query(format!("SELECT ({sql})::text AS line")).get_result(reader.connection()).await?;
        Ok(one.line)
    }

    fn request(&self, cases: &[Case], number: u64) -> Vec<u8> {
        let at = |of: usize| usize::try_from(number).unwrap_or(0).checked_rem(of).unwrap_or(0);
        let token = self.approvers.get(at(APPROVERS)).map_or("", String::as_str);
        let Some(case) = cases.get(at(cases.len())) else { return Vec::new() };
        let (whole, rest) = (case.cents / 100, case.cents % 100);
        let body = format!("{{\"amount\":\"{whole}.{rest:02}\"}}");
        format!(
            "POST /api/v1/applications/{}/approval HTTP/1.1\r\nHost: almoner.example\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {token}\r\nIdempotency-Key: \"approval {}\"\r\nContent-Length: {}\r\n\r\n{body}",
            case.id,
            case.id,
            body.len()
        )
        .into_bytes()
    }
}

/// What is asked for by its name.
pub(crate) async fn measure(what: &str) -> Outcome<()> {
    let house = Arc::new(House::read().await?);
    match what {
        "full" => full(&house, false).await,
        "killed" => full(&house, true).await,
        "one" => throughput(&house, "one envelope", "BENCH-ONE").await,
        "many" => throughput(&house, "32 envelopes", "BENCH-S-%").await,
        other => Err(format!("{other} is full, killed, one or many").into()),
    }
}

/// 64 at once where there is room for 20.
async fn full(house: &Arc<House>, killed: bool) -> Outcome<()> {
    let cases = Arc::new(house.waiting("BENCH-SMALL").await?);
    let serve = || Command::new(env!("CARGO_BIN_EXE_almoner"));
    let mut server = start(serve().arg("serve"), &house.key, "approvals").await?;
    let begun = Instant::now();
    let (mut answered, mut broken) = (Vec::new(), 0_u32);
    let mut all = at_once(house, &cases, server.port);
    while let Some(one) = all.join_next().await {
        match one? {
            Ok(answer) => answered.push(answer),
            Err(_) => broken = broken.saturating_add(1),
        }
        if killed && answered.len() == KILLED_AFTER {
            drop(server);
            server = start(serve().arg("serve"), &house.key, "approvals-again").await?;
        }
    }
    let took = begun.elapsed();
    if killed {
        // Whoever was not answered asks again with the same key; whoever was is told the same again.
        answered.clear();
        let mut all = at_once(house, &cases, server.port);
        while let Some(one) = all.join_next().await {
            answered.push(one??);
        }
    }
    let count = |status: u16| answered.iter().filter(|(told, _)| *told == status).count();
    let left = answered.iter().filter(|(_, body)| body.contains("ceiling.exceeded")).count();
    let committed = house.line("SELECT committed_cents FROM envelopes WHERE scheme_code = 'BENCH-SMALL'").await?;
    println!(
        "64 at once{}: {} approved, {} refused, of them {left} told what is left; {broken} broken off; {} ms; committed {committed} of 18000000000",
        if killed { ", the server killed after 20 answers" } else { "" },
        count(200),
        count(422),
        took.as_millis()
    );
    Ok(())
}

type Answered = Outcome<(u16, String)>;

fn at_once(house: &Arc<House>, cases: &Arc<Vec<Case>>, port: u16) -> JoinSet<Answered> {
    let mut all = JoinSet::new();
    for number in 0..64 {
        let (house, cases) = (Arc::clone(house), Arc::clone(cases));
        all.spawn(async move { once(port, &house.request(&cases, number)).await });
    }
    all
}

/// As many as go.
async fn throughput(house: &Arc<House>, name: &str, schemes: &str) -> Outcome<()> {
    let cases = house.waiting(schemes).await?;
    let many = cases.len();
    let server = start(Command::new(env!("CARGO_BIN_EXE_almoner")).arg("serve"), &house.key, "approvals").await?;
    let of = Arc::clone(house);
    let make: Make = Arc::new(move |number| of.request(&cases, number));
    let aim = Aim { port: server.port, connections: APPROVERS, time: TIME, status: 200 };
    let number = Arc::new(AtomicU64::new(0));
    // Caches fill, connections open, statements are prepared.
    load(Aim { time: Duration::from_secs(1), ..aim }, &make, &number).await?;
    let begun = Instant::now();
    let came = load(aim, &make, &number).await?;
    let took = begun.elapsed();
    if number.load(std::sync::atomic::Ordering::Relaxed) >= u64::try_from(many)? {
        return Err("there were too few cases: some were approved twice".into());
    }
    let rate = f64::from(u32::try_from(came.took_us.len())?) / took.as_secs_f64();
    println!(
        "{name}: {rate:.0} approvals/s, p50 {} us, p99 {} us, {} errors",
        came.percentile_us(50),
        came.percentile_us(99),
        came.errors
    );
    Ok(())
}
