//! The line between a server and its database, on which a test can stop any commit: just before PostgreSQL gets it, or just
//! after it is done and before anybody hears of it. Nothing passes any more from then on, on any connection.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where on its way a commit is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Everything is written but for the last word, and comes to nothing.
    BeforeCommit,
    /// It has happened, and whoever asked for it does not know.
    AfterCommit,
}

/// What a transaction does: the events of the audit that it writes; where there are none, the tables, with the first column of
/// what it updates, in brackets; nothing where nothing is written.
pub type Deed = String;

/// A commit to be stopped: the one after so many of its kind.
pub type Stop = (Deed, usize, Place);

#[derive(Default)]
struct State {
    /// One stop has been chosen.
    stopping: AtomicBool,
    /// Nothing passes any more.
    dark: AtomicBool,
    /// How many transactions of each kind have been committed.
    done: Mutex<BTreeMap<Deed, usize>>,
    wanted: Mutex<BTreeSet<Stop>>,
    stopped: Mutex<Option<Stop>>,
}

/// A line. It ends with this value.
pub struct Line {
    pub address: SocketAddr,
    state: Arc<State>,
    cut_for_good: Arc<AtomicBool>,
}

impl Line {
    /// A line to the PostgreSQL whose socket is in a folder; these commits are to be stopped on it, each once.
    pub fn to(folder: &Path, wanted: BTreeSet<Stop>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State { wanted: Mutex::new(wanted), ..State::default() });
        let cut_for_good = Arc::new(AtomicBool::new(false));
        let (socket, shared, end) = (folder.join(".s.PGSQL.5432"), Arc::clone(&state), Arc::clone(&cut_for_good));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok).take_while(|_| !end.load(Ordering::Relaxed)) {
                connect(client, &socket, &shared).ok();
            }
        });
        Self { address, state, cut_for_good }
    }

    /// The commit that has just been stopped, if one has.
    pub fn stopped(&self) -> Option<Stop> {
        self.state.stopped.lock().unwrap().clone()
    }

    /// There is power again.
    pub fn repair(&self) {
        self.state.stopped.lock().unwrap().take();
        self.state.dark.store(false, Ordering::SeqCst);
        self.state.stopping.store(false, Ordering::SeqCst);
    }

    /// How many transactions of each kind have been committed.
    pub fn done(&self) -> BTreeMap<Deed, usize> {
        self.state.done.lock().unwrap().clone()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cut_for_good.store(true, Ordering::Relaxed);
        // Wakes the listener, which then ends.
        TcpStream::connect(self.address).ok();
    }
}

/// A `COMMIT` that is under way on a connection.
type Committing = Arc<Mutex<Option<(Deed, Option<Stop>)>>>;

fn connect(client: TcpStream, socket: &PathBuf, state: &Arc<State>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let server = UnixStream::connect(socket)?;
    let committing = Committing::default();
    let (its_client, its_server) = (client.try_clone()?, server.try_clone()?);
    let (its_state, its_committing) = (Arc::clone(state), Arc::clone(&committing));
    thread::spawn(move || {
        questions(&its_client, &its_server, &its_state, &its_committing).ok();
        its_server.shutdown(Shutdown::Both).ok();
    });
    let state = Arc::clone(state);
    thread::spawn(move || {
        answers(&server, &client, &state, &committing).ok();
        client.shutdown(Shutdown::Both).ok();
    });
    Ok(())
}

/// From the client to PostgreSQL.
fn questions(client: &TcpStream, mut server: &UnixStream, state: &State, committing: &Committing) -> io::Result<()> {
    let mut from = BufReader::new(client);
    let mut statements = BTreeMap::new();
    let mut written = Written::default();
    // The first message has no kind.
    server.write_all(&rest_of_message(&mut from, Vec::new())?)?;
    loop {
        let message = message(&mut from)?;
        match message[0] {
            b'P' => {
                let mut parts = message[5..].split(|byte| *byte == 0).map(String::from_utf8_lossy);
                statements.insert(parts.next().unwrap().into_owned(), parts.next().unwrap().into_owned());
            }
            b'B' => {
                let name = message[5..].split(|byte| *byte == 0).nth(1).map(String::from_utf8_lossy).unwrap();
                written.note(&statements[name.as_ref()], &message);
            }
            b'Q' => match String::from_utf8_lossy(&message[5..]).trim_end_matches('\0') {
                "BEGIN" | "ROLLBACK" => written = Written::default(),
                "COMMIT" => {
                    let deed = std::mem::take(&mut written).deed();
                    let stop = state.to_be_stopped(&deed);
                    match &stop {
                        Some((.., Place::BeforeCommit)) => {
                            state.dark.store(true, Ordering::SeqCst);
                            *state.stopped.lock().unwrap() = stop;
                        }
                        _ => {
                            let now = stop.is_some();
                            *committing.lock().unwrap() = Some((deed, stop));
                            state.dark.fetch_or(now, Ordering::SeqCst);
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
        if state.dark.load(Ordering::SeqCst) && !is_to_be_stopped(committing) {
            return until_the_end(from);
        }
        server.write_all(&message)?;
    }
}

/// From PostgreSQL to the client.
fn answers(server: &UnixStream, mut client: &TcpStream, state: &State, committing: &Committing) -> io::Result<()> {
    let mut from = BufReader::new(server);
    loop {
        let message = message(&mut from)?;
        // Anything but this is an error, or says that the transaction had failed.
        let said = if message[0] == b'C' || message[0] == b'E' { committing.lock().unwrap().take() } else { None };
        if let Some((deed, stop)) = said
            && message[5..] == *b"COMMIT\0"
        {
            *state.done.lock().unwrap().entry(deed).or_default() += 1;
            if stop.is_some() {
                *state.stopped.lock().unwrap() = stop;
            }
        }
        if !state.dark.load(Ordering::SeqCst) {
            client.write_all(&message)?;
        } else if !is_to_be_stopped(committing) {
            return until_the_end(from);
        }
    }
}

/// Whether the commit that is under way is the one that is stopped when it is done: the only thing that still happens in the dark.
fn is_to_be_stopped(committing: &Committing) -> bool {
    committing.lock().unwrap().as_ref().is_some_and(|(_, stop)| stop.is_some())
}

/// Holds the connection, and lets nothing through, until the other side is gone.
fn until_the_end(mut from: impl Read) -> io::Result<()> {
    io::copy(&mut from, &mut io::sink()).map(drop)
}

impl State {
    /// Whether the commit of a deed is to be stopped; one is until there is power again.
    fn to_be_stopped(&self, deed: &Deed) -> Option<Stop> {
        let before = self.done.lock().unwrap().get(deed).copied().unwrap_or_default();
        let mut wanted = self.wanted.lock().unwrap();
        let stop = [Place::BeforeCommit, Place::AfterCommit].map(|place| (deed.clone(), before, place));
        let stop = stop.into_iter().find(|stop| wanted.contains(stop))?;
        if self.stopping.swap(true, Ordering::SeqCst) { None } else { wanted.take(&stop) }
    }
}

/// What a transaction has written so far.
#[derive(Default)]
struct Written {
    events: Vec<String>,
    tables: BTreeSet<String>,
}

impl Written {
    /// A statement with its values; it may be several in one. An event is found by its name, whichever value it is in.
    fn note(&mut self, sql: &str, bind: &[u8]) {
        let words = sql.split_whitespace().map(|word| word.trim_matches(['"', '('])).collect::<Vec<_>>();
        for words in words.windows(4) {
            let (table, column) = match words {
                ["INSERT" | "DELETE", "INTO" | "FROM", table, ..] => (*table, None),
                ["UPDATE", table, "SET", column] => (*table, Some(*column)),
                _ => continue,
            };
            self.tables.insert(column.map_or_else(|| table.to_owned(), |column| format!("{table}.{column}")));
            if table == "audit_entries" {
                let values = String::from_utf8_lossy(bind);
                let event = values.split_once("\"event\":\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
                self.events.push(event.to_owned());
            }
        }
    }

    fn deed(self) -> Deed {
        match (self.events.as_slice(), self.tables.into_iter().collect::<Vec<_>>().as_slice()) {
            ([], []) => String::new(),
            ([], tables) => format!("({})", tables.join(" + ")),
            (events, _) => events.join(" + "),
        }
    }
}

/// A message: its kind, its length, and what it says.
fn message(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut kind = [0];
    from.read_exact(&mut kind)?;
    rest_of_message(from, kind.to_vec())
}

fn rest_of_message(from: &mut impl Read, mut message: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    message.extend(length);
    // The length counts itself.
    let rest = u64::from(u32::from_be_bytes(length)) - 4;
    let read = from.take(rest).read_to_end(&mut message)?;
    if u64::try_from(read).unwrap() == rest { Ok(message) } else { Err(ErrorKind::UnexpectedEof.into()) }
}
