//! What the doors share: the database, the clocks, access, the schemes that have been read, the brakes and the measurements.

use super::answer::Answer;
use super::problem::Problem;
use crate::access::{Access, AccessError, Rate};
use crate::actions::Error;
use crate::actions::schemes::Schemes;
use crate::clock::Clock;
use crate::files::{self, Files};
use crate::press::Press;
use crate::settings::Settings;
use crate::store::{Db, Fault, Moment, Reader, Tx};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use prometheus::{HistogramOpts, HistogramVec, Registry, TextEncoder};
use rules::bank_order::Payer;
use rules::release_limit::ReleaseLimit;
use secrecy::ExposeSecret;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tracing::Instrument;

/// What the doors of one worker share. The database is the worker's own; everything else belongs to the whole process.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// Both clocks.
    pub clock: Clock,
    /// Who somebody is, proved.
    pub access: Arc<Access>,
    /// Schemes that have been read.
    pub schemes: Schemes,
    /// Whose turn it is to have an allocation worked out: one at a time, since it takes a core and memory.
    pub allocations: Arc<Semaphore>,
    /// How often an address may try to sign in, register or ask for a link.
    pub visits: Arc<Rate>,
    /// Where the files of applications lie.
    pub files: Files,
    /// The longest file that is taken, in bytes.
    pub file_bytes_max: u64,
    /// How long a file may take to arrive.
    pub upload_time_max: Duration,
    /// Whose turn it is to send a file: so many at once in all, since each holds a part of it in memory and of the scanner.
    pub uploads: Arc<Semaphore>,
    /// Who pays, as banks are told.
    pub payer: Arc<Payer>,
    /// Up to which total whom of finance may release a batch.
    pub release_limits: Arc<[ReleaseLimit]>,
    /// Up to which amount whom may write off.
    pub write_off_limits: Arc<[ReleaseLimit]>,
    /// How many days a debtor has, where a demand names no day.
    pub recovery_days: u32,
    /// Sets letters as PDF.
    pub press: Press,
    /// What is measured.
    pub metrics: Metrics,
    /// The longest body that is read.
    pub body_bytes_max: usize,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
    /// Addresses whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpAddr]>,
    /// Addresses that may read what is measured.
    pub metrics_readers: Arc<[IpAddr]>,
    /// Whether people reach it over TLS.
    pub https: bool,
}

/// Why the services cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ServicesError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] Fault),
    /// Access cannot be set up.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The place of files cannot be used.
    #[error(transparent)]
    Files(#[from] files::Fault),
    /// A measurement cannot be set up.
    #[error("the measurements cannot be set up: {0}")]
    Metrics(#[from] prometheus::Error),
}

impl Services {
    /// The services of as many workers as the settings say, with the clocks of the process.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn of_workers(settings: &Settings, clock: &Clock) -> Result<Vec<Self>, ServicesError> {
        let connections = settings.database.connections.div_ceil(settings.http.workers.max(1));
        let url = settings.database.url.expose_secret();
        let first = Self {
            db: Db::new(url, connections)?,
            clock: clock.clone(),
            access: Arc::new(Access::new(settings)?),
            schemes: Schemes::of_agency(settings.agency.name.clone()),
            allocations: Arc::new(Semaphore::new(1)),
            visits: Arc::new(Rate::per_minute(settings.sign_in.tries_per_minute)),
            files: Files::open(&settings.files)?,
            file_bytes_max: settings.files.bytes_max,
            upload_time_max: settings.files.upload_time_max,
            uploads: Arc::new(Semaphore::new(settings.files.uploads_max)),
            payer: Arc::new(settings.payments.payer.clone()),
            release_limits: settings.payments.release_limits.as_slice().into(),
            write_off_limits: settings.payments.write_off_limits.as_slice().into(),
            recovery_days: settings.payments.recovery_days,
            press: Press::new(&settings.letters),
            metrics: Metrics::new()?,
            body_bytes_max: settings.http.body_bytes_max,
            body_time_max: settings.http.body_time_max,
            trusted_proxies: settings.http.trusted_proxies.as_slice().into(),
            metrics_readers: settings.http.metrics_readers.as_slice().into(),
            https: settings.http.public_url.as_str().starts_with("https://"),
        };
        let others = (1..settings.http.workers).map(|_| Ok(Self { db: Db::new(url, connections)?, ..first.clone() }));
        std::iter::once(Ok(first.clone())).chain(others).collect()
    }
}

/// The methods that are measured by name.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// What is measured: how many requests, and how long they took.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
}

impl Metrics {
    fn new() -> Result<Self, prometheus::Error> {
        let options = HistogramOpts::new("http_request_duration_seconds", "How long requests took");
        let steps = vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let requests = HistogramVec::new(options.buckets(steps), &["method", "route", "status"])?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        Ok(Self { registry, requests })
    }

    /// A request has been answered.
    pub fn answered(&self, method: &actix_web::http::Method, route: &str, status: StatusCode, took: Duration) {
        // Methods that somebody makes up must not each become a series, wherever they lead.
        let method = METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other");
        self.requests.with_label_values(&[method, route, status.as_str()]).observe(took.as_secs_f64());
    }

    /// Everything measured, in the text format of Prometheus.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn written(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// What a handler acts through: the services, at the one moment of its request.
pub(super) struct Door {
    services: web::Data<Services>,
    /// Both clocks, as read when the request came.
    pub moment: Moment,
}

impl FromRequest for Door {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl std::ops::Deref for Door {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl Door {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let services = request.app_data::<web::Data<Services>>().cloned();
        let moment = request.extensions().get::<Moment>().copied();
        match (services, moment) {
            (Some(services), Some(moment)) => Ok(Self { services, moment }),
            _ => Err(Problem::failed("a request came in past the frame")),
        }
    }

    /// The services, for work that outlives the request.
    #[must_use]
    pub(super) fn services(&self) -> web::Data<Services> {
        self.services.clone()
    }

    /// A connection for queries.
    ///
    /// # Errors
    /// When none can be had.
    pub(super) async fn reader(&self) -> Result<Reader, Problem> {
        Ok(self.db.reader().await?.at(self.moment))
    }

    /// A connection for a report, which may be read slowly.
    ///
    /// # Errors
    /// When none can be had, or as many reports are being read as may be.
    pub(super) async fn long_reader(&self) -> Result<Reader, Problem> {
        let others = "Others are reading reports at this moment: try again shortly.";
        self.db.long_reader().await?.ok_or_else(|| Problem::unavailable(others))
    }

    /// Runs an act in one transaction and in a task of its own: once begun it runs to its end, even if the client goes away.
    ///
    /// # Errors
    /// The act's own.
    pub(super) async fn write(
        &self,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Answer, Problem> + 'static,
    ) -> Result<Answer, Problem> {
        let (db, moment) = (self.db.clone(), self.moment);
        self.to_the_end(async move { db.write(moment, act).await }).await
    }

    /// Runs something to its end, even if the client goes away.
    ///
    /// # Errors
    /// Its own.
    pub(super) async fn to_the_end<E: Into<Problem> + 'static, T: 'static>(
        &self,
        work: impl Future<Output = Result<T, E>> + 'static,
    ) -> Result<T, Problem> {
        match actix_web::rt::spawn(work.in_current_span()).await {
            Ok(result) => result.map_err(Into::into),
            Err(error) => Err(Problem::failed(&error.to_string())),
        }
    }

    /// Runs an act in one transaction without waiting for it. What fails is only logged.
    pub(super) fn without_waiting(&self, act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<(), Error> + 'static) {
        let (db, moment) = (self.db.clone(), self.moment);
        let work = async move {
            if let Err(error) = db.write(moment, act).await {
                tracing::error!(%error, "what was to be done without waiting failed");
            }
        };
        // Dropping the handle lets the task go on.
        drop(actix_web::rt::spawn(work.in_current_span()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::Method;

    #[test]
    fn methods_that_somebody_makes_up_share_one_series_whatever_the_answer_is() {
        let metrics = Metrics::new().unwrap();
        for number in 0..100 {
            for status in [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED] {
                let method = Method::from_bytes(format!("MADEUP{number}").as_bytes()).unwrap();
                metrics.answered(&method, "none", status, Duration::from_millis(1));
            }
        }
        metrics.answered(&Method::GET, "none", StatusCode::NOT_FOUND, Duration::from_millis(1));
        let written = metrics.written().unwrap();
        assert_eq!(written.lines().filter(|line| line.contains("_count{")).count(), 3, "{written}");
        assert!(written.contains("method=\"GET\"") && written.contains("method=\"other\""));
        assert!(!written.contains("MADEUP"));
    }
}
