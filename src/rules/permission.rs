//! The one access policy: who may do what to which subject. It serves list, detail, file, export and search alike.
//!
//! What is not allowed here is denied. Only this file makes a [`Permit`], and nothing is written without one.

mod verb;

pub use verb::Verb;

use crate::actor::{Actor, Role, Who};
use crate::application::{Application, State};
use crate::blind::Identity;
use crate::duty::Duty;
use crate::event::Subject;
use crate::ids::{OrganisationId, PersonId};
use crate::interest::Assessing;
use crate::member::{Member, MemberRole, Tie};
use crate::refusal::{AssessorRefusal, MemberRefusal, Refusal};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Proof that an actor may do one thing to one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    who: Who,
    version: i32,
    verb: Verb,
    subject: Subject,
}

impl Permit {
    /// Who may.
    #[must_use]
    pub const fn who(&self) -> Who {
        self.who
    }

    /// Which person, in which version: whoever has changed since may something else. What somebody does to themselves is left out,
    /// for it changes them, and so is whoever is no person.
    #[must_use]
    pub fn relies_on(&self) -> Option<(PersonId, i32)> {
        match self.who {
            Who::Person(person) if self.subject != Subject::Person(person) => Some((person, self.version)),
            _ => None,
        }
    }

    /// What they may do.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        self.verb
    }

    /// To what.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.subject
    }
}

/// How the actor stands to a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The subject belongs to an organisation that the actor acts for.
    Own,
    /// The actor is a member of the subject.
    Member(MemberRole),
    /// An invitation to the subject is addressed to the actor.
    Addressed,
    /// The subject is the actor.
    Oneself,
    /// The actor has been asked to assess the subject.
    Invited,
    /// The actor assesses the subject.
    Assessor,
    /// Neither.
    None,
}

impl Actor {
    /// May this actor do it to a subject that has no owner, or that does not exist yet?
    ///
    /// # Errors
    /// When the table does not say so.
    pub fn may(&self, verb: Verb, subject: Subject) -> Result<Permit, Refusal> {
        self.permit(verb, subject, Relation::None)
    }

    /// May this actor do it to that person?
    ///
    /// # Errors
    /// When the table does not say so.
    pub fn may_to_person(&self, verb: Verb, person: PersonId) -> Result<Permit, Refusal> {
        let relation = if self.person() == Some(person) { Relation::Oneself } else { Relation::None };
        self.permit(verb, Subject::Person(person), relation)
    }

    /// May this actor create an application for that organisation?
    ///
    /// # Errors
    /// When the table does not say so.
    pub fn may_for_organisation(
        &self,
        verb: Verb,
        subject: Subject,
        organisation: OrganisationId,
    ) -> Result<Permit, Refusal> {
        let relation = if self.organisations.contains(&organisation) { Relation::Own } else { Relation::None };
        self.permit(verb, subject, relation)
    }

    /// May this actor do it to those organisations, and to what they are to each other? `sides` are those that the actor acts for, and
    /// those on the side of whose case the actor is.
    ///
    /// # Errors
    /// When the table does not say so, or the actor is on the side of one of them.
    pub fn may_to_organisations(
        &self,
        verb: Verb,
        subject: Subject,
        (organisations, sides): (&[OrganisationId], &BTreeSet<OrganisationId>),
    ) -> Result<Permit, Refusal> {
        let permit = self.permit(verb, subject, Relation::None)?;
        if !verb.is_for_the_agency() {
            return Ok(permit);
        }
        if organisations.iter().any(|id| self.organisations.contains(id)) {
            return Err(Refusal::OwnOrganisation);
        }
        if organisations.iter().any(|id| sides.contains(id)) { Err(MemberRefusal::OwnCase.into()) } else { Ok(permit) }
    }

    /// May this actor do it to that application? One that the actor may not even look at is reported as absent. `assessing` says
    /// how the actor stands to it as an assessor, `at` is now.
    ///
    /// # Errors
    /// When it is out of the actor's sight, or the table does not say so. Whoever was given it is told what they must do before.
    pub fn may_to_application(
        &self,
        verb: Verb,
        application: &Application,
        assessing: Assessing,
        at: DateTime<Utc>,
    ) -> Result<Permit, Refusal> {
        if self.identity(application) == Identity::Hidden && self.who != Who::Worker {
            return self.may_blindly(verb, application, assessing, at);
        }
        let subject = Subject::Application(application.id);
        if !self.sees(application, assessing, at) && self.who != Who::Worker {
            let undeclared = assessing == Assessing::Undeclared && self.is(Role::Assessor);
            return Err(if undeclared { AssessorRefusal::OwnUndeclared.into() } else { Refusal::NotFound });
        }
        let relation = match assessing {
            Assessing::Accepted => Relation::Assessor,
            Assessing::Invited => Relation::Invited,
            Assessing::No | Assessing::Undeclared => Relation::None,
        };
        let as_assessor = relation != Relation::None && self.allowed(verb, relation);
        let permit = if as_assessor {
            self.permit(verb, subject, relation)?
        } else {
            let otherwise = self.permit(verb, subject, self.relation_to(application));
            // What the assessors may and this one may not yet.
            if otherwise.is_err() && relation == Relation::Invited && self.allowed(verb, Relation::Assessor) {
                return Err(AssessorRefusal::NotAccepted.into());
            }
            otherwise?
        };
        // Asked last: whoever may not do it to any case is told that, and not that this one is their own.
        if verb.is_for_the_agency() && self.organisations.contains(&application.organisation) {
            return Err(Refusal::OwnOrganisation);
        }
        if verb.is_for_the_agency() && self.ties.contains_key(&application.id) {
            return Err(MemberRefusal::OwnCase.into());
        }
        Ok(permit)
    }

    /// The same for somebody who must not know who applies: they do as an assessor what assessors do, and nothing as anybody else.
    fn may_blindly(
        &self,
        verb: Verb,
        application: &Application,
        assessing: Assessing,
        at: DateTime<Utc>,
    ) -> Result<Permit, Refusal> {
        let mut assessor = self.clone();
        assessor.roles.retain(|role| *role == Role::Assessor);
        assessor.ties.remove(&application.id);
        match assessor.may_to_application(verb, application, assessing, at) {
            Err(Refusal::NotPermitted { .. }) if self.allowed(verb, Relation::None) => {
                Err(AssessorRefusal::OwnBlindCase.into())
            }
            told => told,
        }
    }

    /// May this actor, whose address it is, answer that invitation? One to another address is reported as absent.
    ///
    /// # Errors
    /// When it is for somebody else, or the table does not say so.
    pub fn may_answer(&self, verb: Verb, invitation: &Member, email: &str) -> Result<Permit, Refusal> {
        if invitation.email != email {
            return Err(Refusal::NotFound);
        }
        self.permit(verb, Subject::Application(invitation.application), Relation::Addressed)
    }

    fn relation_to(&self, application: &Application) -> Relation {
        match self.ties.get(&application.id) {
            _ if self.organisations.contains(&application.organisation) => Relation::Own,
            Some(Tie::Member(role)) => Relation::Member(*role),
            Some(Tie::Barred | Tie::Blind | Tie::Conflicted) | None => Relation::None,
        }
    }

    /// Of which organisations the actor reads extensions; none where it is all.
    #[must_use]
    pub fn reads_extensions_of(&self) -> Option<&BTreeSet<OrganisationId>> {
        (!self.weighs_cases()).then_some(&self.organisations)
    }

    /// Whether assessments are the actor's business where none is their own.
    pub(crate) fn reads_assessments_of_others(&self) -> bool {
        self.allowed(Verb::AssessmentRead, Relation::None)
    }

    /// As what the actor refuses an application: the committee what is in assessment, the approver what is recommended.
    ///
    /// # Errors
    /// When the actor has no say in that state.
    pub fn rejects_as(&self, state: State) -> Result<Duty, Refusal> {
        match state {
            State::Recommended if self.is(Role::Approver) => Ok(Duty::Approver),
            State::Recommended => Err(Refusal::NotPermitted { verb: Verb::ApplicationReject }),
            _ if self.is(Role::Committee) => Ok(Duty::Recommender),
            _ => Err(Refusal::ApplicationWrongState { state: state.code() }),
        }
    }

    fn permit(&self, verb: Verb, subject: Subject, relation: Relation) -> Result<Permit, Refusal> {
        if self.allowed(verb, relation) {
            Ok(Permit { who: self.who, version: self.version, verb, subject })
        } else {
            Err(Refusal::NotPermitted { verb })
        }
    }

    /// Whether what a decision rests on is their business.
    fn weighs_cases(&self) -> bool {
        [Role::Officer, Role::Committee, Role::Approver, Role::Auditor].iter().any(|role| self.is(*role))
    }

    /// Whether the actor reads, edits and signs what is the applicant's. Whoever acts for the applicant does all of it.
    fn on_the_side_of_the_applicant(&self, relation: Relation) -> (bool, bool, bool) {
        let role = match relation {
            _ if !self.is(Role::Applicant) => None,
            Relation::Own => Some(MemberRole::Sign),
            Relation::Member(role) => Some(role),
            _ => None,
        };
        (role.is_some(), role >= Some(MemberRole::Edit), role >= Some(MemberRole::Sign))
    }

    /// The table.
    #[expect(clippy::too_many_lines, reason = "one line for each verb")]
    fn allowed(&self, verb: Verb, relation: Relation) -> bool {
        let own = relation == Relation::Own && self.is(Role::Applicant);
        let (views, edits, signs) = self.on_the_side_of_the_applicant(relation);
        let assesses = relation == Relation::Assessor && self.is(Role::Assessor);
        let asked = assesses || relation == Relation::Invited && self.is(Role::Assessor);
        let oneself = relation == Relation::Oneself && self.is(Role::Assessor);
        let (officer, weighs) = (self.is(Role::Officer), self.weighs_cases());
        let finance = self.is(Role::FinancePreparer) || self.is(Role::FinanceReleaser);
        match verb {
            Verb::PersonRegister | Verb::PersonRequestPasswordLink | Verb::PersonSetPassword => {
                self.who == Who::Visitor
            }
            Verb::PersonInvite => self.is(Role::Administrator) || self.who == Who::Console,
            Verb::PersonChangeRoles | Verb::PersonGrantAuthorities | Verb::OutboxRead | Verb::OutboxPutBack => {
                self.is(Role::Administrator)
            }
            Verb::PersonRead => self.is(Role::Administrator) || self.is(Role::Auditor) || relation == Relation::Oneself,
            // Whoever gives proposals out must find to whom, and learns no more of people than that.
            Verb::AssessorRead => officer || oneself,
            Verb::AssessorKeep | Verb::InterestDeclare => oneself,
            Verb::ExpertiseRead => officer || self.is(Role::Assessor),
            Verb::ExpertiseKeep | Verb::RelationRecord | Verb::RelationEnd | Verb::ExtensionGrant => officer,
            Verb::DebarmentRecord | Verb::DebarmentConfirm | Verb::DebarmentEnd | Verb::DebarmentConfirmEnd => officer,
            // Whoever finds something odd stops the money; an auditor finds and decides nothing.
            Verb::HoldPlace | Verb::HoldLift => officer || finance,
            Verb::HoldRead => finance || weighs,
            Verb::ParticularsKeep => own,
            // Nobody reads those of their own organisation with the eyes of the staff.
            Verb::ParticularsRead => own || relation != Relation::Own && self.weighs_cases(),
            Verb::PayeeAccountPropose | Verb::PayeeAccountEnd => own || finance,
            Verb::PayeeAccountConfirm => finance,
            Verb::PayeeAccountReseal => self.who == Who::Console,
            Verb::PayeeAccountRead => own || finance || self.is(Role::Auditor),
            Verb::ExtensionRead => self.weighs_cases() || self.is(Role::Applicant),
            // What is not in force yet, and who wrote it. What is published is anybody's to read.
            Verb::SchemeRead | Verb::ConflictRead => officer || self.is(Role::Auditor),
            Verb::SchemeDraft | Verb::SchemePropose | Verb::SchemeReturn | Verb::SchemeRehearse => officer,
            Verb::SchemePublish => officer || self.who == Who::Console,
            Verb::ApplicationCreate => own,
            Verb::ApplicationEdit => edits,
            Verb::ApplicationSubmit
            | Verb::ApplicationResubmit
            | Verb::ApplicationWithdraw
            | Verb::AwardAccept
            | Verb::AwardDecline
            | Verb::ChangeRequest
            | Verb::ChangeAnswer
            | Verb::ReviewRequest
            | Verb::ClaimSubmit
            | Verb::ClaimAnswer
            | Verb::ObligationSubmit
            | Verb::MemberInvite
            | Verb::MemberChangeRole
            | Verb::MemberEnd => signs,
            Verb::MemberLeave => views,
            Verb::MemberAccept => relation == Relation::Addressed && self.is(Role::Applicant),
            Verb::MemberDecline => relation == Relation::Addressed,
            // Whoever is asked to assess sees what tells of a conflict, and the rest when they have said yes.
            Verb::ApplicationLook => views || asked || self.is_staff(),
            Verb::ApplicationRead => views || assesses || self.is_staff(),
            Verb::ApplicationScreen
            | Verb::ApplicationReinstate
            | Verb::ApplicationReturn
            | Verb::ApplicationEndReturn
            | Verb::AssessmentAssign
            | Verb::AwardOffer
            | Verb::ChangeOpen
            | Verb::ChangeReturn
            | Verb::ChangeForward
            | Verb::ClaimReturn
            | Verb::ObligationAccept
            | Verb::ObligationReturn
            | Verb::ClaimCertify => officer,
            Verb::ClaimQuery => officer || finance,
            Verb::AssessmentWithdraw | Verb::ConflictOverridePropose | Verb::ConflictOverrideConfirm => officer,
            Verb::AssessmentAccept | Verb::AssessmentDecline | Verb::AssessmentDeclareConflict => asked,
            Verb::AssessmentScore => assesses,
            Verb::AssessmentRead => self.weighs_cases() || asked,
            Verb::AssessmentStepRecord | Verb::PanelMinute => officer || self.is(Role::Committee),
            Verb::PanelOpen | Verb::FeedbackRelease => officer,
            Verb::PanelRead | Verb::AssessmentStepRead | Verb::ClockRead | Verb::SignalRead => weighs,
            Verb::RelationRead | Verb::ApprovalRead | Verb::DebarmentRead => weighs,
            Verb::FeedbackRead | Verb::HistoryRead | Verb::MemberRead | Verb::ChangeRead | Verb::ReviewRead => {
                views || weighs
            }
            Verb::ChangeDecide => officer || self.is(Role::Approver),
            Verb::ReviewDecide => self.is(Role::Approver),
            Verb::LetterRead => views || self.is_staff(),
            Verb::ApplicationRecommend => self.is(Role::Committee),
            Verb::ApplicationReject => self.is(Role::Committee) || self.is(Role::Approver),
            Verb::ApplicationApprove | Verb::ApplicationSendBack | Verb::ApplicationDefer | Verb::ApprovalReset => {
                self.is(Role::Approver)
            }
            Verb::DelegationRecord | Verb::DelegationEnd => {
                self.is(Role::Administrator) || relation == Relation::Oneself && self.is(Role::Approver)
            }
            Verb::DelegationRead => self.is(Role::Approver) || self.is(Role::Administrator) || self.is(Role::Auditor),
            Verb::SittingConvene => officer,
            Verb::SittingVote | Verb::SittingClose | Verb::ReserveClose => self.is(Role::Approver),
            Verb::RoundDecide => self.is(Role::Approver) || self.is(Role::Committee),
            Verb::RoundRead | Verb::ReserveRead => weighs,
            Verb::AwardLapse | Verb::ReserveMoveUp | Verb::RefusalTell => officer || self.who == Who::Worker,
            Verb::ReminderWrite => self.who == Who::Worker,
            Verb::BatchPrepare => self.is(Role::FinancePreparer),
            Verb::BatchRelease => self.is(Role::FinanceReleaser),
            Verb::BatchDissolve => finance,
            Verb::BankFileTake | Verb::BankAnswerRecord | Verb::UnmatchedItemClose => finance,
            Verb::BatchRead | Verb::BankAnswerRead => finance || self.is(Role::Auditor),
            Verb::RecoveryRaise | Verb::RecoveryConfirm | Verb::RecoveryWithdraw | Verb::RecoveryArrange => {
                officer || finance
            }
            Verb::RecoveryAskWriteOff => officer || finance,
            Verb::RecoveryReceive | Verb::RecoveryCharge | Verb::RecoveryReverse => finance,
            // Whose authority reaches the amount: asked beside the role.
            Verb::RecoveryWriteOff => self.is(Role::Approver) || self.is(Role::FinanceReleaser),
            Verb::RecoveryRead | Verb::StatementRead | Verb::ObligationRead => views || finance || self.weighs_cases(),
            Verb::ReportRead | Verb::ReportExport => finance || officer || self.is(Role::Auditor),
            Verb::AuditRead => self.is(Role::Auditor) || self.who == Who::Console,
        }
    }
}
