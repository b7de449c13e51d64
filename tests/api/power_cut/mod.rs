//! The power goes, at each step of the main job: `almoner demo` and PostgreSQL are killed together, PostgreSQL starts again, and
//! the same command goes on.
//!
//! A commit is stopped on the line to PostgreSQL, so that the power goes in the middle of a transaction, where everything is written
//! but for the last word, or just after it, where it has happened and nobody knows.
//!
//! The story is a short one, and each kind of step is cut off once or twice. `scripts/power-cut` plays all of seeds/demo, or
//! another story, and cuts off every step.

mod cluster;
mod line;
mod remains;

use cluster::Cluster;
use line::{Line, Place, Stop};
use remains::remains;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The story that is played instead.
const ANOTHER_STORY: &str = "ALMONER_POWER_CUT_STORY";

/// How long a run may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test]
async fn a_power_cut_at_any_step_leaves_a_state_from_which_the_same_command_goes_on() {
    let another = std::env::var(ANOTHER_STORY).ok();
    let story = another.as_deref().unwrap_or("tests/api/power_cut/story");
    let cluster = Cluster::made_anew().await;
    let folder = Folder::made_anew();

    cluster.create("undisturbed").await;
    let line = Line::to(&cluster.socket(), BTreeSet::new());
    let undisturbed = Play { story, database: "undisturbed", out: folder.0.join("undisturbed") };
    assert_eq!(undisturbed.run(&line, &cluster), None);
    let steps = told_by_the_story(line.done());
    let wanted = remains(&cluster, &undisturbed).await;

    let stops = stops(&steps, another.is_some());
    let line = Line::to(&cluster.socket(), stops.clone());
    let cut = Play { story, database: "almoner", out: folder.0.join("cut") };
    let mut stopped = Vec::new();
    while let Some(stop) = cut.run(&line, &cluster) {
        if another.is_some() {
            eprintln!("{} of {}: {stop:?}", stopped.len() + 1, stops.len());
        }
        stopped.push(stop);
        cluster.start();
        line.repair();
    }
    let found = remains(&cluster, &cut).await;
    found.must_be_as_if_nothing_had_happened(&wanted);
    must_have_been_stopped(&steps, &stopped);
}

/// Without nothing, and without reminders and what becomes of them: whether there are any depends on when the worker looks.
fn told_by_the_story(mut steps: BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    const WHEN_THE_WORKER_LOOKS: [&str; 2] = ["reminder.written", "(outbox.attempts)"];
    steps.retain(|deed, _| !deed.is_empty() && !WHEN_THE_WORKER_LOOKS.contains(&deed.as_str()));
    steps
}

/// Where the power goes: once at each step that the audit tells of, before or after its commit, and where money moves both; of the
/// rest, at the first of each kind. `all` or not, the first of each kind is among them.
fn stops(steps: &BTreeMap<String, usize>, all: bool) -> BTreeSet<Stop> {
    const MONEY: [&str; 4] = ["application.approved", "award.lapsed", "claim.certified", "batch."];
    let count = |deed: &str, count| if all && !deed.starts_with('(') { count } else { 1 };
    let each = steps.iter().flat_map(|(deed, &times)| (0..count(deed, times)).map(move |number| (deed, number)));
    let places = |(turn, (deed, number)): (usize, (&String, usize))| {
        let both = MONEY.iter().any(|begin| deed.starts_with(begin));
        let before = (both || turn % 2 == 0).then(|| (deed.clone(), number, Place::BeforeCommit));
        let after = (both || turn % 2 == 1).then(|| (deed.clone(), number, Place::AfterCommit));
        [before, after].into_iter().flatten()
    };
    each.enumerate().flat_map(places).collect()
}

/// Every kind of step of the story was cut off.
fn must_have_been_stopped(steps: &BTreeMap<String, usize>, stopped: &[Stop]) {
    let missed = steps.keys().filter(|deed| !stopped.iter().any(|(stopped, ..)| stopped == *deed));
    assert_eq!(missed.collect::<Vec<_>>(), Vec::<&String>::new(), "{stopped:?}");
}

/// A story that is played in a database.
struct Play<'a> {
    story: &'a str,
    database: &'a str,
    out: PathBuf,
}

impl Play<'_> {
    /// Runs the command until it has ended well, or until the line stops it, when the power goes: then says where.
    fn run(&self, line: &Line, cluster: &Cluster) -> Option<Stop> {
        let mut process = self.start(line);
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(stop) = line.stopped() {
                cluster.cut(&mut process.0);
                return Some(stop);
            }
            if let Some(status) = process.0.try_wait().unwrap() {
                assert!(status.success(), "{status}: {}", self.said());
                return None;
            }
            assert!(Instant::now() < until, "it does not end: {}", self.said());
            sleep(Duration::from_millis(5));
        }
    }

    fn start(&self, line: &Line) -> Process {
        let said = File::create(self.out.with_extension("log")).unwrap();
        let url = format!("postgres://almoner@{}/{}", line.address, self.database);
        let mut command = self.almoner(&url);
        command.args(["demo", "--once", "--port", "0", "--story", self.story, "--out"]).arg(&self.out);
        Process(command.stdout(said.try_clone().unwrap()).stderr(said).spawn().unwrap())
    }

    fn almoner(&self, url: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
        command.env_clear().env("DATABASE_URL", url).current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    }

    /// What the run has said so far.
    fn said(&self) -> String {
        fs::read_to_string(self.out.with_extension("log")).unwrap_or_default()
    }
}

/// A process that ends with this value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A folder that is deleted with this value.
struct Folder(PathBuf);

impl Folder {
    fn made_anew() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("power-cut");
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a run that failed has said is worth keeping until the next one.
        if !std::thread::panicking() {
            fs::remove_dir_all(&self.0).ok();
        }
    }
}
