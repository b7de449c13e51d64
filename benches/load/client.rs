//! The client: connections that each send a request, wait for its answer, and send the next. No more HTTP than these two
//! servers speak, so that the client takes little of the cores that it shares with them.

use crate::Outcome;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Makes the bytes of a request from a number that no other request has.
pub(crate) type Make = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// A request that has no answer after so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of a load.
#[derive(Default)]
pub(crate) struct Load {
    /// How long each answer took, in microseconds, shortest first.
    pub(crate) took_us: Vec<u64>,
    /// Answers with another status than was expected.
    pub(crate) errors: u64,
}

impl Load {
    /// The time that so many percent of the answers did not exceed.
    pub(crate) fn percentile_us(&self, percent: usize) -> u64 {
        let place = self.took_us.len().saturating_mul(percent).checked_div(100).unwrap_or(0);
        self.took_us.get(place).copied().unwrap_or(0)
    }
}

/// Where a load goes, and for how long.
#[derive(Clone, Copy)]
pub(crate) struct Aim {
    /// On loopback.
    pub(crate) port: u16,
    /// How many at once.
    pub(crate) connections: usize,
    /// After which no new request is sent.
    pub(crate) time: Duration,
    /// Of each answer.
    pub(crate) status: u16,
}

/// Sends requests until the time is over. Each takes the next number.
pub(crate) async fn load(aim: Aim, make: &Make, number: &Arc<AtomicU64>) -> Outcome<Load> {
    let mut connections = JoinSet::new();
    for _ in 0..aim.connections {
        connections.spawn(connection(aim, Arc::clone(make), Arc::clone(number)));
    }
    let mut all = Load::default();
    while let Some(one) = connections.join_next().await {
        let one = one??;
        all.took_us.extend(one.took_us);
        all.errors = all.errors.saturating_add(one.errors);
    }
    all.took_us.sort_unstable();
    Ok(all)
}

async fn connection(aim: Aim, make: Make, number: Arc<AtomicU64>) -> Outcome<Load> {
    let mut stream = TcpStream::connect(("127.0.0.1", aim.port)).await?;
    stream.set_nodelay(true)?;
    let (mut load, mut buffer) = (Load::default(), Vec::new());
    let begun = Instant::now();
    while begun.elapsed() < aim.time {
        let request = make(number.fetch_add(1, Ordering::Relaxed));
        let sent = Instant::now();
        stream.write_all(&request).await?;
        let status = tokio::time::timeout(PATIENCE, answer(&mut stream, &mut buffer)).await??;
        load.took_us.push(u64::try_from(sent.elapsed().as_micros())?);
        load.errors = load.errors.saturating_add(u64::from(status != aim.status));
    }
    Ok(load)
}

/// One request and its whole answer, head and body.
pub(crate) async fn once(port: u16, request: &[u8]) -> Outcome<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(request).await?;
    let mut buffer = Vec::new();
    let status = tokio::time::timeout(PATIENCE, answer(&mut stream, &mut buffer)).await??;
    Ok((status, String::from_utf8(buffer)?))
}

/// Reads an answer to its end and says its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Outcome<u16> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server has hung up".into());
        }
        let Some(head_length) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(buffer.get(..head_length).unwrap_or_default())?;
        let status = head.get(9..12).unwrap_or_default().parse()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let whole = length.unwrap_or("0").parse::<usize>()?.saturating_add(head_length).saturating_add(4);
        while buffer.len() < whole {
            if stream.read_buf(buffer).await? == 0 {
                return Err("the server has hung up within an answer".into());
            }
        }
        return Ok(status);
    }
}
