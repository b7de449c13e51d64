//! Approvals by 32 approvers at once, on one envelope and on as many, in turns with the same statements run by pgbench; and what
//! happens where an envelope runs out.

use crate::Outcome;
use crate::client::{Aim, Make, load, once};
use crate::data::key_and_tokens;
use crate::measure::start;
use crate::process::{Server, parent, used, used_by_family};
use crate::scenario::post;
use crate::statements::{Case, procedure, script};
use crate::table::{hundredths, median, per, thousandths};
use almoner::clock::Clock;
use almoner::store::{Connected, Db};
use diesel::sql_types::{BigInt, Integer, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use futures_util::future::try_join_all;
use rules::ids::PersonId;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use uuid::Uuid;

const APPROVERS: usize = 32;
const ROUNDS: u64 = 5;
const TURN_S: u64 = 3;
/// Of each case, in cents.
const AMOUNT_CENTS: i64 = 500_000;
/// Each kind of case has so many numbers.
const KIND: u64 = 1_000_000;
/// What one turn of pgbench takes of them at most.
const TURN_CASES: u64 = 7_680;
/// A procedure is planned by each connection that calls it: as many as the server has, for long enough that this does not show.
const PROCEDURE_CONNECTIONS: u64 = 8;
const PROCEDURE_S: u64 = 10;
/// Where its cases begin, beyond those of the server: of the turn with what the database checks, and of the one without.
const PROCEDURE_CASES: [u64; 2] = [12_000, 20_000];

#[derive(QueryableByName)]
struct Approver {
    #[diesel(sql_type = SqlUuid)]
    session: Uuid,
    #[diesel(sql_type = SqlUuid)]
    person: Uuid,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    id: i32,
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

/// What is measured on.
struct Bench {
    url: String,
    key: String,
    tokens: Vec<String>,
    log: PathBuf,
    postmaster: u32,
}

/// One turn: how many in a second, and what PostgreSQL and the other party used for each, in microseconds.
#[derive(Clone, Copy)]
struct Turn {
    per_second: u64,
    postgres_us: u64,
    other_us: u64,
    p99_us: u64,
    errors: u64,
}

/// Everything.
pub(crate) async fn all() -> Outcome<()> {
    let bench = Bench::open().await?;
    println!(
        "| 32 approvers | run by | approvals/s | of pgbench | PostgreSQL CPU ms | server CPU ms | p99 ms | errors |\n|---|---|---|---|---|---|---|---|"
    );
    let mut scripts = Vec::new();
    for (name, kind) in [("on one envelope", 0), ("on 32 envelopes", 2)] {
        let script = bench.capture(kind).await?;
        scripts.push(script.clone());
        let ours = bench.serve(&bench.url).await?;
        let number = Arc::new(AtomicU64::new(kind * KIND + 64));
        let (mut theirs, mut mine) = (Vec::new(), Vec::new());
        bench.turn(&ours, &number, Duration::from_millis(500)).await?;
        for round in 0..ROUNDS {
            theirs.push(bench.pgbench(&script, Turns::of_script((kind + 1) * KIND + round * TURN_CASES))?);
            mine.push(bench.turn(&ours, &number, Duration::from_secs(TURN_S)).await?);
        }
        println!("{}", rows(name, &theirs, &mine));
    }
    let ours = bench.serve(&bench.url).await?;
    for (kind, many, room) in [(4, 1000, 500), (5, 64, 20)] {
        println!("\n{}", bench.runs_out(&ours, kind, (many, room)).await?);
    }
    drop(ours);
    // Last, for what checks nothing leaves books that do not agree.
    let one_envelope = scripts.as_slice().first().ok_or("no script")?;
    println!("\n| 8 connections, one envelope | approvals/s | PostgreSQL CPU ms |\n|---|---|---|");
    println!("{}", bench.procedures(one_envelope).await?);
    Ok(())
}

/// How pgbench is run.
#[derive(Clone, Copy)]
struct Turns {
    first: u64,
    connections: u64,
    seconds: u64,
    options: &'static str,
}

impl Turns {
    /// A turn beside one of the server.
    const fn of_script(first: u64) -> Self {
        Self { first, connections: 32, seconds: TURN_S, options: "role=almoner_app" }
    }
}

impl Bench {
    async fn open() -> Outcome<Self> {
        let url = env::var("DATABASE_URL")?;
        let (key, tokens) = key_and_tokens()?;
        let now = Clock::default().moment().recorded_at;
        let mut reader = Db::new(&url, 1)?.reader().await?;
        let sql = "SELECT s.id AS session, s.person_id AS person FROM sessions s JOIN person_roles r USING (person_id) WHERE r.role = 'approver'";
        let approvers: Vec<Approver> = sql_query(sql).load(reader.connection()).await?;
        let tokens = approvers.iter().map(|one| tokens.issue(PersonId(one.person), one.session, now));
        let tokens = tokens.collect::<Result<Vec<_>, _>>()?;
        let backend: Backend = sql_query("SELECT pg_backend_pid() AS id").get_result(reader.connection()).await?;
        let (log, postmaster) = (PathBuf::from(env::var("PGLOG")?), parent(u32::try_from(backend.id)?)?);
        Ok(Self { url, key, tokens, log, postmaster })
    }

    async fn serve(&self, url: &str) -> Outcome<Server> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
        start(command.arg("serve").env("DATABASE_URL", url), &self.key, "approvals").await
    }

    fn make(&self) -> Make {
        let tokens = self.tokens.clone();
        Arc::new(move |number| approve(&tokens, number))
    }

    /// What the second approval of a kind says to PostgreSQL, by a server that has everything at hand, as a script.
    async fn capture(&self, kind: u64) -> Outcome<PathBuf> {
        let told = format!("{}&options=-c%20log_statement%3Dall%20-c%20log_min_duration_statement%3D-1", self.url);
        let server = self.serve(&told).await?;
        let first = kind * KIND;
        // The others warm each of its threads up, and the first the balances: they are of one scheme, 32 numbers apart.
        let others = (0..8).map(|place| first + 1 + place);
        for number in others.chain([first]) {
            self.approved(&server, number).await?;
        }
        let since_s = u64::try_from(Clock::default().moment().recorded_at.timestamp())?;
        let before = fs::read_to_string(&self.log)?.len();
        let number = first + 32;
        self.approved(&server, number).await?;
        let log = fs::read_to_string(&self.log)?.get(before..).unwrap_or_default().to_owned();
        drop(server);
        let mut others = Vec::new();
        let scheme = if kind == 0 { "BENCH-00" } else { "BENCH-01" };
        if kind != 0 {
            others.push((scheme.to_owned(), "concat('BENCH-', lpad((1 + :client_id::int)::text, 2, '0'))".to_owned()));
            others.push((id(9, 1), "bench_id(9, 1 + :client_id)".to_owned()));
        }
        let case = Case {
            application: id(3, number).parse()?,
            organisation: id(2, number).parse()?,
            key: format!("approve-{number}"),
            others,
            committed: self.committed(scheme).await?,
            amount: AMOUNT_CENTS,
            since_s,
        };
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("approval-{kind}.sql"));
        fs::write(&path, script(&log, &case)?)?;
        Ok(path)
    }

    async fn approved(&self, server: &Server, number: u64) -> Outcome<()> {
        match once(server.port, &approve(&self.tokens, number)).await? {
            (200, _) => Ok(()),
            (status, answer) => Err(format!("case {number}: {status}\n{answer}").into()),
        }
    }

    async fn committed(&self, scheme: &str) -> Outcome<i64> {
        let mut reader = Db::new(&self.url, 1)?.reader().await?;
        let sql = format!("SELECT committed_cents AS cents FROM envelopes WHERE scheme_code = '{scheme}'");
        let sum: Sum = sql_query(sql).get_result(reader.connection()).await?;
        Ok(sum.cents)
    }

    /// One turn of ours.
    async fn turn(&self, server: &Server, number: &Arc<AtomicU64>, time: Duration) -> Outcome<Turn> {
        let now = || -> Outcome<_> { Ok((used_by_family(self.postmaster)?, used(server.id())?)) };
        let (before, begun) = (now()?, Instant::now());
        let aim = Aim { port: server.port, connections: APPROVERS, time, status: 200 };
        let came = load(aim, &self.make(), number).await?;
        let (after, took) = (now()?, begun.elapsed());
        let many = u128::try_from(came.took_us.len())?;
        Ok(Turn {
            per_second: per(many.saturating_mul(1_000_000), took.as_micros()),
            postgres_us: per(after.0.saturating_sub(before.0).as_micros(), many),
            other_us: per(after.1.saturating_sub(before.1).as_micros(), many),
            p99_us: came.percentile_us(99),
            errors: came.errors,
        })
    }

    /// One turn of pgbench.
    fn pgbench(&self, script: &Path, turns: Turns) -> Outcome<Turn> {
        let before = used_by_family(self.postmaster)?;
        let Turns { first, connections, seconds, options } = turns;
        let output = Command::new(env::var("PGBENCH")?)
            .args(["-n", "-M", "prepared", "-j", "2", "-D", "done=0"])
            .args(["-c", &connections.to_string(), "-T", &seconds.to_string(), "-D", &format!("first={first}")])
            .arg("-f")
            .arg(script)
            .arg(&self.url)
            .env("PGOPTIONS", format!("-c plan_cache_mode=force_generic_plan -c {options}"))
            .stdin(Stdio::null())
            .output()?;
        let said = String::from_utf8(output.stdout)?;
        let of = |name: &str| {
            said.lines()
                .find_map(|line| line.strip_prefix(name)?.split([' ', '/']).find_map(|word| word.parse::<u64>().ok()))
        };
        let many = of("number of transactions actually processed: ").filter(|_| output.status.success());
        let many = many.ok_or_else(|| format!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)))?;
        let used = used_by_family(self.postmaster)?.saturating_sub(before);
        Ok(Turn {
            per_second: many.checked_div(seconds).unwrap_or(0),
            postgres_us: per(used.as_micros(), many.into()),
            other_us: 0,
            p99_us: 0,
            errors: of("number of failed transactions: ").unwrap_or(0),
        })
    }

    /// What a stored procedure could do that writes the same rows and decides nothing: with what the database checks, and without its
    /// triggers and foreign keys.
    async fn procedures(&self, script: &Path) -> Outcome<String> {
        let (make, call) = procedure(&fs::read_to_string(script)?, PROCEDURE_CONNECTIONS);
        let path = script.with_file_name("procedure.sql");
        fs::write(&path, call)?;
        let mut writer = Db::new(&self.url, 1)?.reader().await?;
        // The program may not make functions; whoever has started the cluster may.
        sql_query("RESET ROLE").execute(writer.connection()).await?;
        sql_query(make).execute(writer.connection()).await?;
        drop(writer);
        let turn = |first, options| Turns { first, connections: PROCEDURE_CONNECTIONS, seconds: PROCEDURE_S, options };
        let [checked, unchecked] = PROCEDURE_CASES;
        let mut rows = Vec::new();
        for (name, turns) in [
            ("a procedure that writes the same rows", turn(checked, "role=almoner_app")),
            ("without triggers and foreign keys", turn(unchecked, "session_replication_role=replica")),
        ] {
            let came = self.pgbench(&path, turns)?;
            rows.push(format!("| {name} | {} | {} |", came.per_second, thousandths(came.postgres_us)));
        }
        Ok(rows.join("\n"))
    }

    /// All cases of a scheme that has room for some, each on a connection of its own.
    async fn runs_out(&self, server: &Server, kind: u64, (many, room): (u64, usize)) -> Outcome<String> {
        let requests = (0..many).map(|place| approve(&self.tokens, kind * KIND + place)).collect::<Vec<_>>();
        let begun = Instant::now();
        let answers = try_join_all(requests.iter().map(|request| once(server.port, request))).await?;
        let took = begun.elapsed();
        let with = |status: u16| answers.iter().filter(|(answer, _)| *answer == status).count();
        let committed = self.committed(&format!("BENCH-{}", kind + 29)).await?;
        let exact = usize::try_from(committed.checked_div(AMOUNT_CENTS).unwrap_or(0))? == room;
        if (with(200), with(422), exact) != (room, answers.len().saturating_sub(room), true) {
            return Err(format!("of {many}: {} done, {} refused, {committed} committed", with(200), with(422)).into());
        }
        Ok(format!(
            "{many} approvals at once with room for {room}: {room} done, {} refused, in {} ms.",
            with(422),
            took.as_millis()
        ))
    }
}

fn approve(tokens: &[String], number: u64) -> Vec<u8> {
    let token = usize::try_from(number).ok().and_then(|number| tokens.get(number.checked_rem(tokens.len())?));
    let headers = format!(
        "Authorization: Bearer {}\r\nIdempotency-Key: \"approve-{number}\"\r\n",
        token.map_or("", String::as_str)
    );
    post(&format!("/api/v1/applications/{}/approval", id(3, number)), &headers, r#"{"amount":"5000.00"}"#)
}

/// As `bench_id` of approvals.sql.
fn id(kind: u64, number: u64) -> String {
    let stamp = format!("{:012x}", 1_451_606_400_000_u64.saturating_add(number));
    let (high, low) = stamp.split_at(8);
    format!("{high}-{low}-7{kind:03x}-8000-{number:012x}")
}

fn rows(name: &str, theirs: &[Turn], mine: &[Turn]) -> String {
    let ratio = median(
        theirs
            .iter()
            .zip(mine)
            .map(|(theirs, mine)| per(u128::from(mine.per_second).saturating_mul(100), theirs.per_second.into())),
    );
    let row = |name: &str, by: &str, turns: &[Turn], ratio: &str| {
        let errors = turns.iter().map(|turn| turn.errors).sum::<u64>();
        format!(
            "| {name} | {by} | {} | {ratio} | {} | {} | {} | {errors} |",
            median(turns.iter().map(|turn| turn.per_second)),
            thousandths(median(turns.iter().map(|turn| turn.postgres_us))),
            thousandths(median(turns.iter().map(|turn| turn.other_us))),
            thousandths(median(turns.iter().map(|turn| turn.p99_us))),
        )
    };
    format!(
        "{}\n{}",
        row(name, "pgbench", theirs, ""),
        row("", "ours", mine, &format!("**{}** (≥ 0.60)", hundredths(ratio)))
    )
}
