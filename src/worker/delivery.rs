//! One attempt at one notice: to whom, about what, in which words, and off it goes.

use super::letters::{Matter, Occasion};
use super::mail::{Addressee, Trouble, Undelivered};
use super::{Worker, facts, later};
use crate::actions::{Error, people as accounts, reminders};
use crate::store::outbox::{self, Claimed};
use crate::store::{Fault, Moment, Tx, applications, members, people};
use rules::event::Event;
use rules::ids::{ApplicationId, MemberId, PersonId};
use rules::notification::{Letter, Notice, Recipient};

/// Why a notice has not been sent.
#[derive(Debug)]
pub(super) struct Setback {
    /// What to do about it.
    pub(super) then: Then,
    /// Fit for the log.
    pub(super) kind: Cause,
    /// For the administrator.
    pub(super) detail: String,
}

/// What to do about a notice that has not been sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// Try again, while attempts are left.
    TryAgain,
    /// Tell the administrator: trying again is of no use.
    GiveUp,
    /// Nothing: nobody misses it.
    Drop,
}

/// What kept a notice from being sent, without a name.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error("{0}")]
    Mail(Trouble),
    #[error("the database failed")]
    Database,
    #[error("there is nobody to write to")]
    Nobody,
    #[error("the notice cannot be made a letter of")]
    Unreadable,
    #[error("what it reminds of is over")]
    Over,
    #[error("somebody else has it by now")]
    Taken,
}

impl Setback {
    fn for_good(kind: Cause, detail: impl Into<String>) -> Self {
        Self { then: Then::GiveUp, kind, detail: detail.into() }
    }
}

impl From<Undelivered> for Setback {
    fn from(undelivered: Undelivered) -> Self {
        let Undelivered { for_good, kind, detail } = undelivered;
        Self { then: if for_good { Then::GiveUp } else { Then::TryAgain }, kind: Cause::Mail(kind), detail }
    }
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Corrupt(detail) => Self::for_good(Cause::Unreadable, detail),
            fault => Self { then: Then::TryAgain, kind: Cause::Database, detail: fault.to_string() },
        }
    }
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        match error {
            Error::Fault(fault) => fault.into(),
            error => Self::for_good(Cause::Unreadable, error.to_string()),
        }
    }
}

impl From<minijinja::Error> for Setback {
    fn from(error: minijinja::Error) -> Self {
        Self::for_good(Cause::Unreadable, error.to_string())
    }
}

impl Worker {
    pub(super) async fn attempt(&self, claimed: &Claimed, moment: Moment) -> Result<(), Setback> {
        let unreadable = || Setback::for_good(Cause::Unreadable, "the notice is of a kind that is not known here");
        let notice = self.address(claimed, claimed.notice.ok_or_else(unreadable)?, moment).await?;
        let reader = self.reader(notice).await?;
        self.must_still_stand(claimed, notice.letter, moment).await?;
        let matter = match notice.letter {
            Letter::PasswordLink => self.password_link(claimed, &reader, moment).await?,
            Letter::MemberInvited => {
                let mut connection = self.db.reader().await?;
                facts::member_invited(&mut connection, &self.schemes, claimed, &reader).await?
            }
            letter => {
                let mut connection = self.db.reader().await?.at(moment);
                facts::gather(&mut connection, &self.schemes, claimed, letter, reader.language).await?
            }
        };
        let letter = self.letters.write(reader.language, &reader.name, &matter)?;
        let mail = self.mailer.compose(claimed.id, &reader, letter, moment.recorded_at)?;
        Ok(self.mailer.send(&mail).await?)
    }

    /// Nobody is reminded of what they owe no more, however late the letter goes out.
    async fn must_still_stand(&self, claimed: &Claimed, letter: Letter, moment: Moment) -> Result<(), Setback> {
        if !letter.is_reminder() {
            return Ok(());
        }
        let mut connection = self.db.reader().await?.at(moment);
        let (event, _) = facts::event(&mut connection, claimed).await?;
        let Event::ReminderWritten { application, reminder } = event else { return Ok(()) };
        let stands = reminders::still_stands(&mut connection, &self.schemes, moment, (application, &reminder)).await?;
        let over = Setback { then: Then::Drop, kind: Cause::Over, detail: Cause::Over.to_string() };
        if stands { Ok(()) } else { Err(over) }
    }

    /// A notice to all who act for an applicant becomes one for each of them, this one for the first.
    async fn address(&self, claimed: &Claimed, notice: Notice, moment: Moment) -> Result<Notice, Setback> {
        let each = match notice.to {
            Recipient::Person(_) | Recipient::Invited(_) => return Ok(notice),
            Recipient::Applicants(application) => self.applicants(application).await?,
            Recipient::Members(organisation) => people::members(&mut self.db.reader().await?, organisation).await?,
        };
        let each = each.into_iter();
        let mut each = each.map(|person| Notice { to: Recipient::Person(person), ..notice });
        let nobody = || Setback::for_good(Cause::Nobody, "nobody whose account is open acts for the applicant");
        let first = each.next().ok_or_else(nobody)?;
        let others = each.collect::<Vec<_>>();
        let held =
            self.db.write(moment, async |tx: &mut Tx<'_>| outbox::address(tx, claimed, &first, &others).await).await?;
        if held { Ok(first) } else { Err(Setback { then: Then::TryAgain, kind: Cause::Taken, detail: String::new() }) }
    }

    /// Those who act for the applicant, and the members, each once.
    async fn applicants(&self, id: ApplicationId) -> Result<Vec<PersonId>, Fault> {
        let mut reader = self.db.reader().await?;
        let application = applications::find(&mut reader, id).await?;
        let application = application.ok_or_else(|| Fault::Corrupt("the application of a notice is missing".into()))?;
        members::applicants(&mut reader, (id, application.organisation)).await
    }

    async fn reader(&self, notice: Notice) -> Result<Addressee, Setback> {
        let id = match notice.to {
            Recipient::Person(id) => id,
            Recipient::Invited(member) => return self.invited(member).await,
            _ => return Err(Setback::for_good(Cause::Nobody, "the notice is addressed to nobody in particular")),
        };
        let person = people::find(&mut self.db.reader().await?, id).await?.map(|stored| stored.person);
        let closed = || Setback::for_good(Cause::Nobody, "the account has been closed");
        person.filter(|person| person.active).map(Addressee::from).ok_or_else(closed)
    }

    /// Whoever has the address that was invited. One that nobody has registered is written to in the language of the inviter.
    async fn invited(&self, id: MemberId) -> Result<Addressee, Setback> {
        let mut reader = self.db.reader().await?;
        let nobody = |what: &str| Setback::for_good(Cause::Nobody, what);
        let member = members::find(&mut reader, id).await?.ok_or_else(|| nobody("the invitation is missing"))?;
        if let Some((known, _)) = people::find_by_email(&mut reader, &member.email).await? {
            let person = Some(known.person).filter(|person| person.active);
            return person.map(Addressee::from).ok_or_else(|| nobody("the account has been closed"));
        }
        let inviter = people::find(&mut reader, member.invited_by).await?;
        let language = inviter.ok_or_else(|| nobody("the inviter is missing"))?.person.language;
        Ok(Addressee { person: None, email: member.email, name: String::new(), language })
    }

    /// The token is made here and nowhere else, anew for each attempt: what is stored of it is a hash.
    async fn password_link(&self, claimed: &Claimed, reader: &Addressee, moment: Moment) -> Result<Matter, Setback> {
        let (event, _) = facts::event(&mut self.db.reader().await?, claimed).await?;
        let (occasion, proves) = match event {
            Event::PersonRegistered { organisation: None, .. } => (Occasion::RegisteredAlone, None),
            Event::PersonRegistered { organisation, .. } => (Occasion::Registered, organisation),
            Event::PersonInvited { .. } => (Occasion::Invited, None),
            _ => (Occasion::Requested, None),
        };
        let nobody = || Setback::for_good(Cause::Nobody, "a link is for nobody in particular");
        let (person, lifetime) = (reader.person.ok_or_else(nobody)?, self.link_lifetime);
        let token = self
            .db
            .write(moment, async |tx: &mut Tx<'_>| accounts::new_password_token(tx, person, proves, lifetime).await)
            .await?;
        let link = format!("{}#{token}", self.link_page);
        Ok(Matter::PasswordLink { occasion, link, holds_until: later(moment.recorded_at, lifetime) })
    }
}
