//! `almoner demo`: server, worker and mail server in one process, and the story that is played against them.

use super::admin::{self, NotCreated};
use super::{not_understood, refused, signal_to_stop, wait_for};
use crate::actions;
use crate::actions::people::Introduction;
use crate::app::{Application, ServerHandle};
use crate::clock::Clock;
use crate::demo::{Administrator, Script, Trouble};
use crate::settings::{Environment, MailTls, Settings};
use crate::store::{Db, Fault, Tx, outbox, people};
use crate::worker::Worker;
use crate::{store, telemetry};
use clap::Args;
use rules::person::Language;
use rules::refusal::Refusal;
use secrecy::ExposeSecret;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

/// Nobody else must reach accounts whose password is published.
const LOOPBACK: &str = "127.0.0.1";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// End after the last report instead of staying up.
    #[arg(long)]
    once: bool,
    /// The port of the API [default: that of the settings or, where it is taken, any that is free].
    #[arg(long)]
    port: Option<u16>,
    /// The folder for reports, letters and calls.
    #[arg(long, default_value = "out")]
    out: PathBuf,
    /// The folder with the story.
    #[arg(long, default_value = "seeds/demo")]
    story: PathBuf,
}

pub(super) fn run(settings: Settings, schemes: &Path, arguments: &Arguments) -> ExitCode {
    if settings.environment == Environment::Production || !settings.clock.settable {
        return not_understood(
            "the demonstration makes up people with a published password and moves the clock: not here",
        );
    }
    let script = match Script::open(&arguments.story, schemes, &arguments.out) {
        Ok(script) => script,
        Err(trouble) => return not_understood(trouble),
    };
    let settings = match prepared(settings, &script, arguments.port) {
        Ok(settings) => settings,
        Err(message) => return not_understood(message),
    };
    if let Err(error) = telemetry::open(&settings.log) {
        return refused(error);
    }
    if let Err(fault) = store::migrate(settings.database.url.expose_secret()) {
        return refused(fault);
    }
    let once = arguments.once;
    wait_for(async move { perform(&settings, script, once).await.map(|()| String::new()) })
}

/// The settings of the demonstration: on loopback, with its own mail server, and quiet.
fn prepared(mut settings: Settings, script: &Script, port: Option<u16>) -> Result<Settings, String> {
    let (wanted, fixed) = (port.unwrap_or(settings.http.port), port.is_some());
    let free = match TcpListener::bind((LOOPBACK, wanted)) {
        Err(error) if fixed => return Err(format!("port {wanted} of {LOOPBACK}: {error}")),
        Err(_) => TcpListener::bind((LOOPBACK, 0)).and_then(|listener| listener.local_addr()),
        Ok(listener) => listener.local_addr(),
    };
    let port = free.map_err(|error| format!("{LOOPBACK}: {error}"))?.port();
    let unusable = |_| format!("{LOOPBACK}:{port} makes no address");
    settings.http.host = LOOPBACK.to_owned();
    settings.http.port = port;
    settings.http.public_url = format!("http://{LOOPBACK}:{port}").parse().map_err(unusable)?;
    settings.passwords.link_page = format!("http://{LOOPBACK}:{port}/docs/").parse().map_err(unusable)?;
    settings.mail.host = script.mail().ip().to_string();
    settings.mail.port = script.mail().port();
    settings.mail.tls = MailTls::None;
    settings.mail.account = None;
    // People of the story wait for their letters, and for an offer to lapse.
    settings.worker.poll = Duration::from_millis(200);
    settings.worker.calendar = Duration::from_secs(1);
    // What the server logs would stand between the lines of the story; only what goes wrong does. That a server which is told to
    // stop has no workers left for the story's next call is not.
    "error,actix_server=off".clone_into(&mut settings.log.filter);
    Ok(settings)
}

async fn perform(settings: &Settings, script: Script, once: bool) -> Result<(), String> {
    let signalled = signal_to_stop()?;
    let clock = Clock::default();
    if let Some(day) = script.first_day() {
        clock.set(day.begins_at());
    }
    let administrator = script.administrator().ok_or("the story has no staff")?;
    let db = Db::new(settings.database.url.expose_secret(), 1).map_err(|fault| fault.to_string())?;
    must_be_ours(&db, &administrator).await?;
    // The worker of an earlier run has ended, perhaps with letters in its hands.
    let let_go = db.write(clock.moment(), async |tx: &mut Tx<'_>| outbox::let_go(tx).await);
    let_go.await.map_err(|fault| fault.to_string())?;
    let link = first_administrator(settings, &clock, administrator).await?;
    let application = Application::with_clock(settings, &clock).map_err(|error| error.to_string())?;
    let (address, handle) = (format!("http://{}", application.address()), application.handle());
    let worker = Worker::new(settings).map_err(|error| error.to_string())?;
    let (stop_worker, stopped) = watch::channel(false);
    let its_clock = clock.clone();
    let work = tokio::spawn(worker.run(move || its_clock.moment(), stopped));
    let (said, mut ended) = oneshot::channel::<Result<(), Trouble>>();
    let here = Handle::current();
    thread::spawn(move || {
        let letters_wait = || here.block_on(letters_wait(&db)).map_err(|fault| fault.to_string());
        said.send(script.play(&address, link.as_deref(), &letters_wait))
    });
    let mut server = Box::pin(application.run());
    let result = tokio::select! {
        // First: the same signal stops the server, which the story would take for trouble.
        biased;
        () = signalled => stop(server, handle).await.and(Err(INTERRUPTED.to_owned())),
        stopped = &mut server => stopped.map_err(|error| error.to_string()).and(Err(INTERRUPTED.to_owned())),
        played = &mut ended => match played {
            // Until a signal comes.
            Ok(Ok(())) if !once => server.await.map_err(|error| error.to_string()),
            Ok(Ok(())) => stop(server, handle).await,
            Ok(Err(trouble)) => {
                stop(server, handle).await.and(Err(format!("{trouble}\nThe same command goes on from here.")))
            }
            Err(_) => Err("the story broke off".to_owned()),
        },
    };
    // A letter that is under way is finished first.
    stop_worker.send_replace(true);
    work.await.map_err(|error| error.to_string()).and(result)
}

/// Lets the server finish what is under way. It stops only while it is being driven.
async fn stop(server: impl Future<Output = io::Result<()>>, handle: ServerHandle) -> Result<(), String> {
    tokio::join!(server, handle.stop(true)).0.map_err(|error| error.to_string())
}

const INTERRUPTED: &str = "interrupted; the same command goes on from here";

/// A database with other people in it is not for made-up ones with a published password.
async fn must_be_ours(db: &Db, administrator: &Administrator) -> Result<(), String> {
    let mut reader = db.reader().await.map_err(|fault| fault.to_string())?;
    let first = people::page(&mut reader, None, 1).await.map_err(|fault| fault.to_string())?;
    match first.first() {
        Some(stored) if stored.person.email != administrator.email => {
            Err("this database has people in it who are not of the demonstration: give it an empty one in DATABASE_URL"
                .to_owned())
        }
        _ => Ok(()),
    }
}

/// How many letters have not come yet.
async fn letters_wait(db: &Db) -> Result<i64, Fault> {
    outbox::waiting(&mut db.reader().await?).await
}

/// Makes the first administrator as `almoner admin create` does, and returns what it prints; nothing where there is one.
async fn first_administrator(
    settings: &Settings,
    clock: &Clock,
    Administrator { name, email }: Administrator,
) -> Result<Option<String>, String> {
    let introduction = Introduction { email, name, language: Language::English };
    match admin::create(settings, clock, introduction, None).await {
        Ok(link) => Ok(Some(link)),
        Err(NotCreated::Refused(actions::Error::Refused(Refusal::AlreadyRegistered))) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}
