//! Two approvals at the same moment for the last of an envelope, and what becomes of whoever is refused; and the offer that
//! lapses and makes room.

use super::Trouble;
use super::assess::field;
use super::case::approval;
use super::client::{Call, Reply};
use super::data::{CaseData, Entry, Race};
use super::stage::{Known, Outcome, Part, Stage};
use super::story::amount_at;
use chrono::{DateTime, Utc};
use rules::calculation::money;
use rules::calendar::Day;
use rules::money::Cents;
use serde_json::{Value, json};
use std::thread::{scope, sleep};
use std::time::Duration;

/// How long the worker may take to notice that an offer has expired.
const PATIENCE_TRIES: u32 = 100;

impl<'a> Stage<'a> {
    /// Everybody who is still to be approved, at the same moment.
    pub(super) fn race(&mut self, race: &'a Race, again: bool) -> Result<(), Trouble> {
        let (mut waiting, mut before) = (Vec::new(), Vec::new());
        for entry in &race.entries {
            let case = self.data(&entry.case)?;
            let known = self.known(case)?;
            let recommended = self.look(case, &known)?.text("/state")? == "recommended";
            if recommended { waiting.push((entry, case, known)) } else { before.push((entry, case, known)) }
        }
        for (entry, case, known) in &before {
            // Of two approvals one came on the day of the race, the other when there was room again.
            let decided_on = self.decided_on(known)?;
            match (again, decided_on == race.on) {
                (false, true) | (true, false) => self.tell_entry(entry, case, known, &Outcome::Before)?,
                (false, false) => {
                    self.tell_entry(entry, case, known, &Outcome::Refused("an earlier run was.".to_owned()))?
                }
                (true, true) => {}
            }
        }
        if !again && !before.is_empty() && self.room_for(&waiting)? {
            // An earlier run was refused here and has gone on: the room was made later, and is for later.
            for (entry, case, known) in &waiting {
                self.tell_entry(entry, case, known, &Outcome::Refused("an earlier run was.".to_owned()))?;
            }
            return Ok(());
        }
        let replies = self.approve_at_once(&waiting, if again { "again" } else { "race" })?;
        for ((entry, case, known), reply) in waiting.iter().zip(replies) {
            match reply.clone().done() {
                Ok(_) => self.tell_entry(entry, case, known, &Outcome::Done)?,
                Err(trouble) if again => return Err(trouble),
                Err(_) => self.tell_entry(entry, case, known, &Outcome::Refused(reply.refused("ceiling.exceeded")?))?,
            }
        }
        Ok(())
    }

    /// The day on which a case was approved.
    fn decided_on(&self, known: &Known) -> Result<Day, Trouble> {
        let text = self.award(known)?.text("/award/decided_at")?;
        let instant = text.parse::<DateTime<Utc>>();
        instant.map(Day::in_hong_kong).map_err(|error| Trouble::Story(format!("{text} is no instant: {error}")))
    }

    /// Whether the envelope has room for one of these.
    fn room_for(&self, waiting: &[(&Entry, &CaseData, Known)]) -> Result<bool, Trouble> {
        let Some((_, case, _)) = waiting.first() else { return Ok(false) };
        let left = self.envelope(&case.scheme)?.and_then(|line| amount_at(&line, "/left_hkd"));
        Ok(left.is_some_and(|left| case.request.requested.is_some_and(|asked| left >= asked)))
    }

    /// The calls go out together, each over a connection of its own.
    fn approve_at_once(&self, entries: &[(&Entry, &CaseData, Known)], name: &str) -> Result<Vec<Reply>, Trouble> {
        let mut calls = Vec::new();
        for (entry, case, known) in entries {
            let person = self.cast.get(&entry.by)?;
            self.must_wait_for(person, "application.approve", &known.reference)?;
            let call = Call::post(format!("/applications/{}/approval", known.id), approval(case));
            calls.push((person, call.once(&format!("{}/{name}", case.key))));
        }
        scope(|scope| {
            let runners = calls.into_iter().map(|(person, call)| scope.spawn(move || self.api.call(person, call)));
            let runners = runners.collect::<Vec<_>>();
            let ended = |_| Trouble::Story("an approval of the race broke off".to_owned());
            runners.into_iter().map(|runner| runner.join().map_err(ended)?).collect()
        })
    }

    fn tell_entry(
        &mut self,
        entry: &Entry,
        case: &'a CaseData,
        known: &Known,
        outcome: &Outcome,
    ) -> Result<(), Trouble> {
        let name = self.cast.get(&entry.by)?.name.clone();
        let asked = money(case.request.requested.unwrap_or_default());
        let told = match outcome {
            Outcome::Refused(detail) => format!("would approve {asked} at the same moment, and cannot: {detail}"),
            Outcome::Done | Outcome::Before => self.told_approval(case, known)?,
        };
        self.story.tell(&known.reference, &format!("{name} {told}{}", outcome.remark()))?;
        if matches!(outcome, Outcome::Done) { self.tell_decision(&entry.by, known) } else { Ok(()) }
    }

    /// An offer that was not answered in time: the worker lets it lapse, and what was committed goes back.
    pub(super) fn lapse(&mut self, part: Part<'a>) -> Result<(), Trouble> {
        let known = self.known(part.case)?;
        let mut who = "The worker".to_owned();
        let mut tries = 0_u32;
        while self.look(part.case, &known)?.text("/state")? == "offered" {
            if tries == PATIENCE_TRIES {
                let officer = self.cast.get("officer")?;
                who.clone_from(&officer.name);
                let call = Call::post(format!("/applications/{}/lapse", known.id), json!({})).once(&part.key(""));
                self.attempt(officer, call, None)?;
            }
            tries = tries.saturating_add(1);
            sleep(Duration::from_millis(100));
        }
        let award = self.award(&known)?;
        let amount = amount_at(&award.json, "/award/amount").unwrap_or_default();
        let expired = award.text("/award/expires_on")?;
        self.figures.released(part.case);
        let text = format!("{who} lets the offer lapse: it was not answered by {expired}. {} go back.", money(amount));
        self.story.tell(&known.reference, &text)?;
        self.tell_envelope(&part.case.scheme)?;
        self.tell_status(part.case, &known)
    }

    /// What is left of a scheme's money.
    pub(super) fn tell_envelope(&mut self, scheme: &str) -> Result<(), Trouble> {
        let line = self.envelope(scheme)?.unwrap_or_default();
        let amount = |name: &str| amount_at(&line, name);
        let given = [amount("/committed_hkd"), amount("/paid_hkd")].into_iter().flatten();
        let given = Cents::sum(given).unwrap_or_default();
        let left =
            amount("/left_hkd").map_or("there is no limit".to_owned(), |left| format!("{} are left", money(left)));
        self.story.because(&format!("· {scheme}: {} are committed or paid, {left}.", money(given)))
    }

    fn envelope(&self, scheme: &str) -> Result<Option<Value>, Trouble> {
        let report = self.api.call(self.cast.get("officer")?, Call::get("/reports/envelopes"))?.done()?;
        Ok(report.items("/rows")?.into_iter().find(|line| field(line, "scheme") == scheme))
    }
}
