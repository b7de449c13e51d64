//! `almoner serve`: the server, until a signal comes.

use super::{refused, wait_for};
use crate::app::Application;
use crate::settings::Settings;
use crate::telemetry;
use std::process::ExitCode;

pub(super) fn run(settings: Settings) -> ExitCode {
    if let Err(error) = telemetry::open(&settings.log) {
        return refused(error);
    }
    wait_for(async move {
        let application = Application::build(&settings).map_err(|error| error.to_string())?;
        tracing::info!(address = %application.address(), environment = ?settings.environment, "listening");
        application.run().await.map(|()| String::new()).map_err(|error| error.to_string())
    })
}
