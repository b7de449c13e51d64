//! The only way to write: the rows of a change, its audit entry and its notices, together or not at all.

use super::schema::{application_calculations, audit_entries, audit_heads, outbox};
use super::{Fault, Tx, applications, audit, people, scheme_texts};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::change::{Change, Write};
use rules::event::Subject;
use rules::notification::notices;
use uuid::Uuid;

impl Tx<'_> {
    /// Writes a change.
    ///
    /// # Errors
    /// When the change does not fit its permit, or the database refuses any part of it; the transaction must then be undone.
    pub async fn record(&mut self, change: &Change) -> Result<(), Fault> {
        let event = change.event();
        let permit = change.permit().ok_or_else(|| Fault::Unpermitted(format!("{event:?}")))?;
        let subject = event.subject();
        let begins = change.writes().iter().any(begins);
        let head = if begins { None } else { self.lock_head(subject).await? };
        for write in change.writes() {
            self.write_row(write).await?;
        }
        let entry = audit::Entry::next(subject, head.as_ref(), event, permit.who(), self.moment)?;
        self.append(&entry, begins).await?;
        let notices = notices(event);
        self.post(&entry, &notices).await
    }

    async fn lock_head(&mut self, subject: Subject) -> Result<Option<audit::Head>, Fault> {
        let head =
            audit_heads::table.find(subject.id()).select((audit_heads::sequence, audit_heads::hash)).for_update();
        let head: Option<(i32, String)> = head.first(self.connection).await.optional()?;
        Ok(head.map(|(sequence, hash)| audit::Head { sequence, hash }))
    }

    async fn append(&mut self, entry: &audit::Entry, begins: bool) -> Result<(), Fault> {
        diesel::insert_into(audit_entries::table).values(entry).execute(self.connection).await?;
        let head = (audit_heads::sequence.eq(entry.sequence), audit_heads::hash.eq(&entry.hash));
        if begins || entry.sequence == 1 {
            let new = (audit_heads::subject_id.eq(entry.subject_id), head.0, head.1);
            diesel::insert_into(audit_heads::table).values(new).execute(self.connection).await?;
        } else {
            diesel::update(audit_heads::table.find(entry.subject_id)).set(head).execute(self.connection).await?;
        }
        Ok(())
    }

    async fn post(&mut self, entry: &audit::Entry, notices: &[rules::notification::Notice]) -> Result<(), Fault> {
        for notice in notices {
            let notice = serde_json::to_string(notice).map_err(|error| Fault::Corrupt(error.to_string()))?;
            let row = (
                outbox::id.eq(Uuid::now_v7()),
                outbox::subject_id.eq(entry.subject_id),
                outbox::sequence.eq(entry.sequence),
                outbox::notice.eq(notice),
                outbox::state.eq("waiting"),
                outbox::attempts.eq(0),
                outbox::due_at.eq(self.moment.recorded_at),
                outbox::created_at.eq(self.moment.recorded_at),
            );
            diesel::insert_into(outbox::table).values(row).execute(self.connection).await?;
        }
        Ok(())
    }

    async fn write_row(&mut self, write: &Write) -> Result<(), Fault> {
        match write {
            Write::NewPerson(person) => people::insert(self, person).await,
            Write::Person(person) => people::update(self, person).await,
            Write::Password { person, hash } => people::set_password(self, *person, hash).await,
            Write::NewOrganisation(organisation) => people::insert_organisation(self, organisation).await,
            Write::Membership { person, organisation } => people::join(self, *person, *organisation).await,
            Write::NewSchemeText(text) => scheme_texts::insert(self, text).await,
            Write::NewApplication(application) => applications::insert(self, application).await,
            Write::Application(application) => applications::update(self, application).await,
            Write::Calculation { application, request, answer } => {
                let written =
                    |value: serde_json::Result<String>| value.map_err(|error| Fault::Corrupt(error.to_string()));
                let row = (
                    application_calculations::application_id.eq(application.0),
                    application_calculations::sequence.eq(1),
                    application_calculations::request.eq(written(serde_json::to_string(request))?),
                    application_calculations::answer.eq(written(serde_json::to_string(answer))?),
                    application_calculations::created_at.eq(self.moment.now),
                );
                diesel::insert_into(application_calculations::table).values(row).execute(self.connection).await?;
                Ok(())
            }
        }
    }
}

/// Whether a write begins the subject of its event, so that there is no chain to lock yet.
const fn begins(write: &Write) -> bool {
    matches!(write, Write::NewPerson(_) | Write::NewSchemeText(_) | Write::NewApplication(_))
}
