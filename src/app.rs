//! Builds the server from the settings. The command line and the tests call the same function.

use crate::clock::Clock;
use crate::http::{Document, Services, ServicesError, doors, frame, nowhere, paths, queries};
use crate::settings::Settings;
use actix_web::dev::Server;
pub use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// How long the head of a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that listens and does not answer yet.
pub struct Application {
    server: Server,
    address: SocketAddr,
}

/// Why the server cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The services cannot be set up.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// The document of the API cannot be written.
    #[error("the document of the API cannot be written: {0}")]
    Document(#[from] serde_json::Error),
}

impl Application {
    /// Listens. Must be called inside a runtime.
    ///
    /// # Errors
    /// When the address is taken, or the settings cannot be used.
    pub fn build(settings: &Settings) -> Result<Self, StartError> {
        Self::with_clock(settings, &Clock::default())
    }

    /// The same with clocks that something else in this process reads as well.
    ///
    /// # Errors
    /// When the address is taken, or the settings cannot be used.
    pub fn with_clock(settings: &Settings, clock: &Clock) -> Result<Self, StartError> {
        let document = web::Data::new(Document::new(settings.clock.settable)?);
        let services = Services::of_workers(settings, clock)?.into_iter().map(web::Data::new).collect::<Vec<_>>();
        let settable_clock = settings.clock.settable;
        let next = Arc::new(AtomicUsize::new(0));
        let server = HttpServer::new(move || {
            // Each worker takes services of its own, so that no connection is handed from thread to thread.
            let turn = next.fetch_add(1, Ordering::Relaxed).checked_rem(services.len()).unwrap_or(0);
            let mut app = App::new().wrap(from_fn(frame));
            if let Some(services) = services.get(turn) {
                app = app.app_data(services.clone());
            }
            app.app_data(document.clone())
                .app_data(paths())
                .app_data(queries())
                .into_utoipa_app()
                .configure(|config| doors(config, settable_clock))
                .into_app()
                .service(web::redirect("/docs", "/docs/"))
                .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/api/v1/openapi.json")))
                .default_service(web::to(nowhere))
        });
        let http = &settings.http;
        let address = format!("{}:{}", http.host, http.port);
        let server = server
            .workers(http.workers)
            .shutdown_timeout(http.shutdown.as_secs())
            .client_request_timeout(PATIENCE)
            .bind((http.host.as_str(), http.port))
            .map_err(|error| StartError::Listen { address, error })?;
        let address = server.addrs().first().copied().unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], http.port)));
        Ok(Self { server: server.run(), address })
    }

    /// Where it listens; with port 0, which port it got.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it from outside.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Answers until a signal or its handle stops it; requests at work are finished first.
    ///
    /// # Errors
    /// When the system fails.
    pub async fn run(self) -> std::io::Result<()> {
        self.server.await
    }
}
