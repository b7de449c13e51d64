//! A site in front of a world, where people are signed in and refused; it notes the codes that it was told.

use crate::site::{Call, Reply, Site};
use crate::world::World;
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// A site in front of a world.
pub struct Desk<'w> {
    pub world: &'w World,
    pub site: Site,
    told: Mutex<BTreeSet<String>>,
}

/// Somebody who has signed in.
pub struct Caller<'d> {
    desk: &'d Desk<'d>,
    pub token: String,
}

impl<'w> Desk<'w> {
    /// A site whose business clock shows a moment.
    pub fn open(world: &'w World, now: DateTime<Utc>) -> Self {
        Self::with(world, now, &[])
    }

    /// The same with other settings.
    pub fn with(world: &'w World, now: DateTime<Utc>, changed: &[(&str, &str)]) -> Self {
        let site = Site::open(&world.database, changed);
        site.clock.set(now);
        Self { world, site, told: Mutex::default() }
    }

    pub async fn sign_in<'d>(&'d self, who: &Actor) -> Caller<'d> {
        Caller { desk: self, token: self.site.token(who).await }
    }

    /// Sends a call; what it is told is noted.
    pub fn send(&self, call: &Call) -> Reply {
        self.noted(self.site.send(call))
    }

    /// Notes what was told.
    pub fn noted(&self, reply: Reply) -> Reply {
        let (_, code) = reply.told();
        if !code.is_empty() {
            self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(code.to_owned());
        }
        reply
    }

    /// Sends what must be refused, and looks whether that has changed anything.
    pub async fn refuses(&self, call: &Call, told: (u16, &str)) -> Reply {
        let before = self.world.database.state().await;
        let reply = self.send(call);
        assert_eq!(reply.refused(), told, "{call:?}: {}", reply.json);
        call.holds(&reply);
        assert_eq!(self.world.database.state().await, before, "{call:?} has changed something");
        reply
    }

    /// All these codes were told, and no others.
    #[track_caller]
    pub fn told_exactly(&self, codes: &[&str]) {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(*self.told.lock().unwrap_or_else(PoisonError::into_inner), codes);
    }
}

impl Caller<'_> {
    pub fn get(&self, path: impl Into<String>) -> Call {
        Call::get(path).with(&self.token)
    }

    /// With a key of its own.
    pub fn post(&self, path: impl Into<String>, body: &Value) -> Call {
        Call::post(path, body).with(&self.token).key(&Uuid::now_v7().to_string())
    }

    pub fn put(&self, path: impl Into<String>, body: &Value, version: i64) -> Call {
        Call::put(path, body).with(&self.token).if_match(version)
    }

    pub fn send(&self, call: &Call) -> Reply {
        self.desk.send(call)
    }

    /// Sends what must be refused.
    pub async fn refused(&self, call: &Call, status: u16, code: &str) -> Reply {
        self.desk.refuses(call, (status, code)).await
    }
}
