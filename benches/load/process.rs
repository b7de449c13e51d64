//! What processes have used, from /proc: time on a core, and memory.

use crate::Outcome;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Linux counts in hundredths of a second, whatever the kernel's own tick is.
const TICK_MS: u64 = 10;

/// A server that ends with its owner.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Server {
    /// Starts a command that listens on a port, with its log in a file.
    pub(crate) fn start(command: &mut Command, port: u16, log: &str) -> Outcome<Self> {
        let log = fs::File::create(log)?;
        let child = command.env("ALMONER_HTTP__PORT", port.to_string()).stdin(Stdio::null()).stderr(log).spawn()?;
        Ok(Self { child, port })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Time on a core that a process has used.
pub(crate) fn used(process: u32) -> Outcome<Duration> {
    let fields = stat(&process.to_string())?;
    Ok(ticks(&fields, 11..13))
}

/// Time on a core that a PostgreSQL and all its processes have used, those that have ended included.
pub(crate) fn used_by_family(postmaster: u32) -> Outcome<Duration> {
    let mut used = ticks(&stat(&postmaster.to_string())?, 11..15);
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        // It may have ended since it was listed.
        let Ok(fields) = stat(&name) else { continue };
        if fields.get(1).is_some_and(|parent| *parent == postmaster.to_string()) {
            used = used.saturating_add(ticks(&fields, 11..13));
        }
    }
    Ok(used)
}

/// The process that started another.
pub(crate) fn parent(process: u32) -> Outcome<u32> {
    let fields = stat(&process.to_string())?;
    Ok(fields.get(1).ok_or("a process without a parent")?.parse()?)
}

/// Time on a core that everything on this machine has used.
pub(crate) fn used_by_all() -> Outcome<Duration> {
    let all = fs::read_to_string("/proc/stat")?;
    let line = all.lines().next().ok_or("/proc/stat is empty")?;
    let fields = line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>();
    // user, nice, system; then idle and waiting for disks; then interrupts.
    Ok(ticks(&fields, 0..3).saturating_add(ticks(&fields, 5..7)))
}

/// Memory of a process in kB: the most it has had, and what it has.
pub(crate) fn memory(process: u32) -> Outcome<(u64, u64)> {
    let status = fs::read_to_string(PathBuf::from("/proc").join(process.to_string()).join("status"))?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    Ok((of("VmHWM:"), of("VmRSS:")))
}

/// The fields of a process from its state on: what comes before, its name, may hold anything.
fn stat(process: &str) -> Outcome<Vec<String>> {
    let line = fs::read_to_string(PathBuf::from("/proc").join(process).join("stat"))?;
    let (_, rest) = line.rsplit_once(')').ok_or("a process without a name")?;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}

fn ticks(fields: &[String], range: std::ops::Range<usize>) -> Duration {
    let sum = fields.get(range).unwrap_or_default().iter().filter_map(|field| field.parse::<u64>().ok()).sum::<u64>();
    Duration::from_millis(sum.saturating_mul(TICK_MS))
}
