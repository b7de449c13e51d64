//! Members of an application: people who are invited to this one case by their address, each with a role.
//!
//! Somebody comes as a colleague of the applicant, or on behalf of a co-applicant. Whoever has said yes is on the side of the applicant
//! from then on, and with them all who act for the co-applicant: none of them works on the case for the agency, not even afterwards.

#[cfg(test)]
mod tests;

use crate::application::{Application, State};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::{ApplicationId, MemberId, OrganisationId, PersonId};
use crate::permission::Permit;
use crate::person::{Organisation, usable_email, usable_organisation};
use crate::refusal::{MemberRefusal, Refusal};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most invitations of one application, those that have ended among them: each has sent a letter to somebody.
pub const MEMBERS_MAX: usize = 100;
/// How many invitations one person sends in twenty-four hours.
pub const INVITATIONS_MAX: usize = 50;

/// What a member may do. Each may what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Reads the application and what its applicant is told.
    View,
    /// Edits the draft and its files.
    Edit,
    /// Submits, withdraws, answers the offer, claims, and invites.
    Sign,
}

impl MemberRole {
    /// Every role, the narrowest first.
    pub const ALL: [Self; 3] = [Self::View, Self::Edit, Self::Sign];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
            Self::Sign => "sign",
        }
    }

    /// The role with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What somebody is to a single case that is not one of their own organisation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// They were asked to assess it, and a conflict of interest is in the way: they see nothing by that, and never as staff.
    Conflicted,
    /// They were asked to assess it without being told who applies: they see it as that, and never as staff.
    Blind,
    /// They act for a co-applicant, or were a member: they see nothing by that, and do nothing for the agency.
    Barred,
    /// They are a member.
    Member(MemberRole),
}

impl Tie {
    /// Whether they are on the side of the applicant.
    #[must_use]
    pub const fn is_beside(self) -> bool {
        matches!(self, Self::Barred | Self::Member(_))
    }
}

/// Where an invitation stands, and what has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    /// Not answered yet.
    Invited,
    /// Somebody is a member.
    Accepted,
    /// They said no.
    Declined,
    /// Taken back before it was answered.
    Withdrawn,
    /// They were a member: they have left, or were taken off.
    Ended,
}

impl MemberState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Invited, Self::Accepted, Self::Declined, Self::Withdrawn, Self::Ended];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it stands: the same address is not invited beside it.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Invited | Self::Accepted)
    }
}

/// An organisation that applies together with the applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoApplicant {
    /// Its Unique Business Identifier, as it was invited.
    pub ubi: String,
    /// Its name, as it was invited.
    pub name: String,
    /// Which it is, once somebody who acts for it has accepted.
    pub organisation: Option<OrganisationId>,
}

/// An invitation to an application, and the member that came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Identity.
    pub id: MemberId,
    /// To which application.
    pub application: ApplicationId,
    /// The address that was invited, in lower case.
    pub email: String,
    /// What they may do, or would.
    pub role: MemberRole,
    /// Where it stands.
    pub state: MemberState,
    /// On whose behalf; none for a colleague of the applicant.
    pub co_applicant: Option<CoApplicant>,
    /// Who accepted, and when.
    pub accepted: Option<(PersonId, DateTime<Utc>)>,
    /// Who invited.
    pub invited_by: PersonId,
    /// When.
    pub invited_at: DateTime<Utc>,
    /// Counted up with every change.
    pub version: i32,
}

/// Somebody to be invited.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Identity.
    pub id: MemberId,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: MemberRole,
    /// On whose behalf: business identifier and name.
    pub co_applicant: Option<(String, String)>,
}

/// Whoever accepts.
#[derive(Clone, Copy, Debug)]
pub struct Accepting<'a> {
    /// Who.
    pub person: PersonId,
    /// The organisations that they act for.
    pub acts_for: &'a [Organisation],
    /// Who has had which duty on the case.
    pub duties: &'a Duties,
    /// Now.
    pub at: DateTime<Utc>,
}

/// The states in which a case takes no more members.
const ENDED: [State; 6] =
    [State::Rejected, State::Declined, State::Lapsed, State::Withdrawn, State::Terminated, State::Completed];

impl Application {
    /// Whether it takes members.
    #[must_use]
    pub fn takes_members(&self) -> bool {
        !ENDED.contains(&self.state)
    }

    fn must_take_members(&self) -> Result<(), Refusal> {
        if self.takes_members() { Ok(()) } else { Err(MemberRefusal::CaseEnded.into()) }
    }

    /// Invites an address; `lately` is how many the inviter has invited in the last twenty-four hours. Nothing is asked of whose it is: the answer is the same for one that nobody has.
    ///
    /// # Errors
    /// When the case has ended, the address, the name or the identifier cannot be used, it is the inviter's own address or the applicant,
    /// somebody with it is invited already or was today, or there are too many of the application or of the inviter.
    pub fn invite(
        &self,
        permit: &Permit,
        (by, own_email, lately): (PersonId, &str, usize),
        there: &[Member],
        (new, at): (NewMember, DateTime<Utc>),
    ) -> Result<(Change, Member), Refusal> {
        self.must_take_members()?;
        let email = usable_email(&new.email)?;
        let named = new.co_applicant.map(|(ubi, name)| usable_organisation(&ubi, &name)).transpose()?;
        if email == own_email {
            return Err(MemberRefusal::Oneself.into());
        }
        if named.as_ref().is_some_and(|(ubi, _)| *ubi == self.organisation_ubi) {
            return Err(MemberRefusal::OfApplicant.into());
        }
        if there.iter().any(|other| other.state.stands() && other.email == email) {
            return Err(MemberRefusal::InvitedAlready.into());
        }
        if there.len() >= MEMBERS_MAX {
            return Err(MemberRefusal::TooMany.into());
        }
        // Each sends a letter, whatever has become of it.
        let today = |other: &Member| Day::in_hong_kong(other.invited_at) == Day::in_hong_kong(at);
        if there.iter().any(|other| other.email == email && today(other)) {
            return Err(MemberRefusal::InvitedToday.into());
        }
        if lately >= INVITATIONS_MAX {
            return Err(MemberRefusal::InvitedMany.into());
        }
        let member = Member {
            id: new.id,
            application: self.id,
            email,
            role: new.role,
            state: MemberState::Invited,
            co_applicant: named.map(|(ubi, name)| CoApplicant { ubi, name, organisation: None }),
            accepted: None,
            invited_by: by,
            invited_at: at,
            version: 1,
        };
        // The address stays out of the audit: it may be nobody's whom the house knows.
        let ubi = member.co_applicant.as_ref().map(|organisation| organisation.ubi.clone());
        let event = Event::MemberInvited { application: self.id, member: member.id, role: member.role, ubi };
        Ok((Change::new(permit, event, vec![Write::NewMember(member.clone())]), member))
    }
}

impl Member {
    /// The invited person says yes.
    ///
    /// # Errors
    /// When it has been answered, the case has ended, they have worked on it for the agency, or act for another organisation than the
    /// one that is invited.
    pub fn accept(
        mut self,
        permit: &Permit,
        application: &Application,
        accepting: Accepting<'_>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(MemberState::Invited)?;
        application.must_take_members()?;
        let Accepting { person, acts_for, duties, at } = accepting;
        // Told to whoever has the duty, and never to the inviter: an applicant does not learn who assesses.
        if let Some(held) = duties.held.get(&person).filter(|held| **held != Duty::Author) {
            return Err(MemberRefusal::HasDuty { held: *held }.into());
        }
        if let Some(invited) = &mut self.co_applicant {
            let found = acts_for.iter().find(|organisation| organisation.ubi == invited.ubi);
            let other = || MemberRefusal::OtherOrganisation { ubi: invited.ubi.clone() };
            invited.organisation = Some(found.ok_or_else(other)?.id);
        }
        self.accepted = Some((person, at));
        let organisation = self.co_applicant.as_ref().and_then(|invited| invited.organisation);
        let event = Event::MemberAccepted { application: self.application, member: self.id, person, organisation };
        Ok(self.changed(permit, MemberState::Accepted, event))
    }

    /// The invited person says no.
    ///
    /// # Errors
    /// When it has been answered.
    pub fn decline(self, permit: &Permit) -> Result<(Change, Self), Refusal> {
        self.must_be(MemberState::Invited)?;
        let event = Event::MemberDeclined { application: self.application, member: self.id };
        Ok(self.changed(permit, MemberState::Declined, event))
    }

    /// Somebody who may sign gives another role.
    ///
    /// # Errors
    /// When it does not stand any more, or the case has ended.
    pub fn change_role(
        mut self,
        permit: &Permit,
        application: &Application,
        role: MemberRole,
    ) -> Result<(Change, Self), Refusal> {
        self.must_stand()?;
        application.must_take_members()?;
        self.role = role;
        let (event, state) =
            (Event::MemberRoleChanged { application: self.application, member: self.id, role }, self.state);
        Ok(self.changed(permit, state, event))
    }

    /// Somebody who may sign takes an invitation back, or ends that somebody is a member.
    ///
    /// # Errors
    /// When it does not stand any more.
    pub fn end(self, permit: &Permit) -> Result<(Change, Self), Refusal> {
        self.must_stand()?;
        let (application, member) = (self.application, self.id);
        let (event, state) = if self.state == MemberState::Invited {
            (Event::MemberWithdrawn { application, member }, MemberState::Withdrawn)
        } else {
            (Event::MemberEnded { application, member }, MemberState::Ended)
        };
        Ok(self.changed(permit, state, event))
    }

    /// A member leaves.
    ///
    /// # Errors
    /// When they are none any more.
    pub fn leave(self, permit: &Permit) -> Result<(Change, Self), Refusal> {
        self.must_be(MemberState::Accepted)?;
        let event = Event::MemberLeft { application: self.application, member: self.id };
        Ok(self.changed(permit, MemberState::Ended, event))
    }

    /// The member, once they have said yes.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.accepted.map(|(person, _)| person)
    }

    fn must_be(&self, state: MemberState) -> Result<(), Refusal> {
        if self.state == state { Ok(()) } else { Err(MemberRefusal::WrongState { state: self.state.code() }.into()) }
    }

    fn must_stand(&self) -> Result<(), Refusal> {
        if self.state.stands() { Ok(()) } else { Err(MemberRefusal::WrongState { state: self.state.code() }.into()) }
    }

    fn changed(mut self, permit: &Permit, state: MemberState, event: Event) -> (Change, Self) {
        self.state = state;
        self.version = self.version.saturating_add(1);
        (Change::new(permit, event, vec![Write::Member(self.clone())]), self)
    }
}
