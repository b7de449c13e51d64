//! Starts both servers, loads them in turns, and says what came of it.

use crate::Outcome;
use crate::client::{Aim, Load, load, once};
use crate::data::{Data, ISSUER, LIFETIME};
use crate::process::{Server, memory, used, used_by_all, used_by_family};
use crate::scenario::{Scenario, scenarios, sign_in};
use crate::table::{self, Measured, Memory};
use std::env;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 32;
/// Each server has its turn so often, for so long.
const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_secs(3);
/// Before the first turn: caches fill, connections open, statements are prepared.
const WARM_UP: Duration = Duration::from_secs(1);
/// The storm of sign-ins.
const STORM_CONNECTIONS: usize = 200;
const STORM: Duration = Duration::from_secs(6);
/// A server must answer after so long.
const START_PATIENCE: Duration = Duration::from_secs(10);

/// Everything.
pub(crate) async fn all() -> Outcome<()> {
    let url = env::var("DATABASE_URL")?;
    let data = Arc::new(Data::read(&url).await?);
    let floor = start(Command::new(env::current_exe()?).arg("floor"), &data.key, "floor").await?;
    let ours = start(Command::new(env!("CARGO_BIN_EXE_almoner")).arg("serve"), &data.key, "ours").await?;
    let servers = [&floor, &ours];
    let at_rest = memory(ours.id())?;
    let number = Arc::new(AtomicU64::new(1));
    let chosen = env::args().skip(1).find(|argument| !argument.starts_with("--"));
    println!("{}", table::HEAD);
    for scenario in scenarios(&data) {
        if chosen.as_ref().is_some_and(|chosen| !scenario.name.contains(chosen.as_str())) {
            continue;
        }
        alike(&servers, &scenario, &number).await?;
        let mut measured = [Vec::new(), Vec::new()];
        for server in servers {
            turn(server, &scenario, &number, &data, WARM_UP).await?;
        }
        for _ in 0..ROUNDS {
            for (server, measured) in servers.iter().zip(&mut measured) {
                measured.push(turn(server, &scenario, &number, &data, TURN).await?);
            }
        }
        println!("{}", table::rows(&scenario, &measured));
    }
    let loaded = [memory(floor.id())?, memory(ours.id())?];
    let storm = sign_in();
    let stormed = aimed(&ours, &storm, STORM_CONNECTIONS, STORM);
    let begun = Instant::now();
    let came = load(stormed, &storm.make, &number).await?;
    let after_storm = memory(ours.id())?;
    println!("\n{}", table::memory(&Memory { at_rest, loaded, after_storm }));
    println!("\n{}", table::storm(&came, begun.elapsed()));
    Ok(())
}

fn aimed(server: &Server, scenario: &Scenario, connections: usize, time: Duration) -> Aim {
    Aim { port: server.port, connections, time, status: scenario.status }
}

/// Starts a server on a port that is free, with the settings that both have, and waits until it answers.
pub(crate) async fn start(command: &mut Command, key: &str, name: &str) -> Outcome<Server> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    command
        .env("ALMONER_TOKENS__SIGNING_KEY", key)
        .env("ALMONER_TOKENS__LIFETIME_S", LIFETIME.as_secs().to_string())
        .env("ALMONER_HTTP__PUBLIC_URL", ISSUER)
        .env("ALMONER_SIGN_IN__TRIES_PER_MINUTE", "100000")
        .env("ALMONER_LOG__FORMAT", "json");
    let server = Server::start(command, port, &format!("{}/load-{name}.log", env!("CARGO_TARGET_TMPDIR")))?;
    let (begun, ready) = (Instant::now(), b"GET /health/live HTTP/1.1\r\nHost: almoner.example\r\n\r\n");
    while once(port, ready).await.is_err() {
        if begun.elapsed() > START_PATIENCE {
            return Err(format!("{name} does not answer").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(server)
}

/// Both servers must give answers of the same shape and of nearly the same length, or the comparison is worth nothing.
async fn alike(servers: &[&Server; 2], scenario: &Scenario, number: &Arc<AtomicU64>) -> Outcome<()> {
    let mut lengths = Vec::new();
    for server in servers {
        let request = (scenario.make)(number.load(std::sync::atomic::Ordering::Relaxed));
        let (status, answer) = once(server.port, &request).await?;
        if status != scenario.status {
            return Err(format!("{}: {status} instead of {}:\n{answer}", scenario.name, scenario.status).into());
        }
        lengths.push(answer.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len()));
    }
    match lengths.as_slice() {
        [floor, ours] if floor.abs_diff(*ours) <= 2 => Ok(()),
        _ => Err(format!("{}: the answers are of {lengths:?} bytes", scenario.name).into()),
    }
}

/// One turn of one server.
async fn turn(
    server: &Server,
    scenario: &Scenario,
    number: &Arc<AtomicU64>,
    data: &Data,
    time: Duration,
) -> Outcome<Measured> {
    let now = || -> Outcome<[Duration; 4]> {
        Ok([used_by_all()?, used(server.id())?, used_by_family(data.postmaster)?, used(std::process::id())?])
    };
    let (before, begun) = (now()?, Instant::now());
    let came: Load = load(aimed(server, scenario, CONNECTIONS, time), &scenario.make, number).await?;
    let (after, took) = (now()?, begun.elapsed());
    let [all, server, postgres, client] = [0, 1, 2, 3].map(|place| -> Duration {
        let of = |all: &[Duration; 4]| all.get(place).copied().unwrap_or_default();
        of(&after).saturating_sub(of(&before))
    });
    let others = all.saturating_sub(server).saturating_sub(postgres).saturating_sub(client);
    Ok(Measured::of(&came, took, [server, postgres, client, others]))
}
