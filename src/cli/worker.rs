//! `almoner worker`: mails what the outbox holds and lets offers lapse, until a signal comes.

use super::{refused, signal_to_stop, wait_for};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::telemetry;
use crate::worker::Worker;
use std::process::ExitCode;
use tokio::sync::watch;

pub(super) fn run(settings: Settings) -> ExitCode {
    if let Err(error) = telemetry::open(&settings.log) {
        return refused(error);
    }
    wait_for(async move {
        let worker = Worker::new(&settings).map_err(|error| error.to_string())?;
        let signalled = signal_to_stop()?;
        let (stop, stopped) = watch::channel(false);
        let clock = Clock::default();
        tracing::info!(environment = ?settings.environment, "working");
        let mut work = tokio::spawn(worker.run(move || clock.moment(), stopped));
        tokio::select! {
            () = signalled => {}
            _ = &mut work => return Err("the worker has ended by itself".to_owned()),
        }
        tracing::info!("stopping: what is under way is finished first");
        stop.send_replace(true);
        work.await.map(|()| String::new()).map_err(|error| error.to_string())
    })
}
