//! A change: what is to be written, always together with the event that says why. Only decisions of this crate make one.

use crate::agenda::AgendaWrite;
use crate::application::{Application, Return};
use crate::assessment::Assessment;
use crate::assessment_step::AssessmentStep;
use crate::assessor::{Declaration, Field, Profile};
use crate::attachment::Attachment;
use crate::award::{Award, Instalment};
use crate::bank_answer::{BankAnswer, Closed, Told};
use crate::bank_order::BankFile;
use crate::basis::Basis;
use crate::batch::Batch;
use crate::calculation::{Answer, Request};
use crate::calendar::Day;
use crate::change_request::{AwardChange, ChangeRequest};
use crate::claim::Claim;
use crate::debarment::Debarment;
use crate::delegation::Delegation;
use crate::duty::Duty;
use crate::event::Event;
use crate::export::ExportOrder;
use crate::feedback::Feedback;
use crate::hold::Hold;
use crate::ids::{
    ApplicationId, AssessmentId, AttachmentId, BankAnswerId, NoticeId, OrganisationId, PanelId, PersonId,
    RecoveryEntryId, RecoveryId,
};
use crate::interest::Override;
use crate::ledger::Posting;
use crate::letter::Letter;
use crate::member::Member;
use crate::movement::Movement;
use crate::obligation::ObligationWrite;
use crate::panel::{Minute, Panel, Ranked, Severity};
use crate::particulars::Particulars;
use crate::payee_account::PayeeAccount;
use crate::permission::Permit;
use crate::person::{Organisation, Person};
use crate::recovery::{Arrangement, Entry, Recovery, WriteOff};
use crate::rehearsal::RehearsalOrder;
use crate::relation::Relation;
use crate::reminder::Reminder;
use crate::reserve_list::ReserveWrite;
use crate::review::Review;
use crate::round::Seal;
use crate::round_extension::Extension;
use crate::route::RouteWrite;
use crate::scheme_draft::SchemeDraft;
use crate::scheme_text::SchemeText;
use crate::signal::Key;
use crate::sitting::SittingWrite;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What is to be written, and the event. It belongs to the permit under which it was decided.
#[derive(Clone, Debug)]
pub struct Change {
    event: Event,
    consequences: Vec<Event>,
    writes: Vec<Write>,
    permit: Permit,
}

/// One thing to be written: the whole new state of a row.
#[derive(Clone, Debug)]
pub enum Write {
    /// A person who is not there yet.
    NewPerson(Person),
    /// A person's new state.
    Person(Person),
    /// A person's new password, hashed.
    Password {
        /// Whose.
        person: PersonId,
        /// As a PHC string.
        hash: String,
    },
    /// The authorities under which a person may approve, all of them.
    Authorities {
        /// Whose.
        person: PersonId,
        /// Their codes.
        authorities: BTreeSet<String>,
    },
    /// An organisation that somebody registers: it comes to be when they have proved that the address is theirs.
    Registration {
        /// Who.
        person: PersonId,
        /// Which, with the id that it will have.
        organisation: Organisation,
    },
    /// An organisation that is not there yet.
    NewOrganisation(Organisation),
    /// Somebody acts for an organisation.
    Membership {
        /// Who.
        person: PersonId,
        /// For which.
        organisation: OrganisationId,
    },
    /// A delegation that is not there yet.
    NewDelegation(Delegation),
    /// A delegation that has been ended.
    DelegationEnded(Delegation),
    /// The hash of a file for a bank that nobody has taken before.
    NewBankFile(BankFile),
    /// A file of a bank, with what it says of payments and what in it matches nothing.
    NewBankAnswer(Box<BankAnswer>),
    /// What somebody has found that a file says of a payment.
    PaymentTold {
        /// Which file.
        answer: BankAnswerId,
        /// What.
        told: Told,
    },
    /// How something that matched nothing was closed.
    UnmatchedItemClosed(Closed),
    /// A payee account that is not there yet.
    NewPayeeAccount(PayeeAccount),
    /// A payee account that is confirmed or ended.
    PayeeAccount(PayeeAccount),
    /// A debarment that is not there yet.
    NewDebarment(Debarment),
    /// A debarment that is confirmed, or whose end is proposed or confirmed.
    Debarment(Debarment),
    /// A hold that is not there yet.
    NewHold(Hold),
    /// A hold that is lifted.
    Hold(Hold),
    /// A field of expertise, new or changed.
    ExpertiseField(Field),
    /// What an assessor knows and when they have time, new or changed.
    AssessorProfile(Profile),
    /// A declaration of interests.
    NewDeclaration(Declaration),
    /// The particulars of an organisation, new or changed.
    Particulars(Particulars),
    /// A relation of organisations that is not there yet.
    NewRelation(Relation),
    /// A relation that has been ended.
    Relation(Relation),
    /// A draft of a text that is not there yet.
    NewSchemeDraft(SchemeDraft),
    /// A draft's new state.
    SchemeDraft(SchemeDraft),
    /// A published text.
    NewSchemeText(SchemeText),
    /// An extension that is granted.
    NewExtension {
        /// The extension.
        extension: Extension,
        /// When the round closes for others, by the text in force.
        closes_at: DateTime<Utc>,
    },
    /// A seal, set or prolonged.
    Seal(Seal),
    /// An export that waits for the worker.
    NewExport(Box<ExportOrder>),
    /// A rehearsal that waits for the worker.
    NewRehearsal(Box<RehearsalOrder>),
    /// An application that is not there yet.
    NewApplication(Application),
    /// An application's new state.
    Application(Application),
    /// A return that is not there yet.
    NewReturn(Return),
    /// A return that has ended.
    Return(Return),
    /// What an application is found by, all of it.
    Keys {
        /// Which application.
        application: ApplicationId,
        /// The keys.
        keys: Vec<Key>,
    },
    /// Another last day of an assessment that is open.
    AssessmentDue {
        /// Which.
        assessment: AssessmentId,
        /// Until when.
        due: Day,
    },
    /// A file of an application, whose bytes have come.
    NewAttachment(Attachment),
    /// A file that is taken away.
    AttachmentGone(AttachmentId),
    /// An invitation to an application.
    NewMember(Member),
    /// What has become of an invitation.
    Member(Member),
    /// A calculation that is kept, so that it can be worked out again.
    Calculation {
        /// Of which application.
        application: ApplicationId,
        /// What was asked, with the history as recorded.
        request: Box<Request>,
        /// What came out.
        answer: Box<Answer>,
    },
    /// A person takes one of the separated duties of a case.
    Duty {
        /// The case.
        application: ApplicationId,
        /// Who.
        person: PersonId,
        /// Which.
        duty: Duty,
    },
    /// Something on the route of an approval.
    OnRoute {
        /// The case.
        application: ApplicationId,
        /// What.
        write: RouteWrite,
    },
    /// Something of a reserve list.
    OnReserve(ReserveWrite),
    /// Something of a sitting of a committee.
    OnSitting {
        /// The case.
        application: ApplicationId,
        /// What.
        write: SittingWrite,
    },
    /// Something of an agenda of a committee.
    OnAgenda(AgendaWrite),
    /// Money that is taken from the limits, or given back: written last of all.
    Movement(Movement),
    /// Lines of the ledger that sum to zero, and leave every limit as it is.
    Posting(Posting),
    /// An assessment that is not there yet.
    NewAssessment(Assessment),
    /// An assessment's new state.
    Assessment(Assessment),
    /// A step before the recommendation that was held.
    NewAssessmentStep(AssessmentStep),
    /// A panel that is not there yet, with what it ranks.
    NewPanel {
        /// The panel.
        panel: Panel,
        /// The proposals in their places.
        ranked: Vec<Ranked>,
        /// How each assessor scores beside the others.
        severities: Vec<Severity>,
    },
    /// A minute of a panel.
    NewMinute(Minute),
    /// Why a decision departs from the rank.
    Departure {
        /// Of which panel.
        panel: PanelId,
        /// The case that is decided.
        application: ApplicationId,
        /// The version of the case that the decision makes.
        version: i32,
        /// Why.
        reason: String,
    },
    /// What the applicant is told of the assessment.
    NewFeedback(Feedback),
    /// An override of conflicts that one officer proposes.
    NewOverride(Override),
    /// An override that another one has confirmed.
    Override(Override),
    /// An award that is not there yet.
    NewAward(Award),
    /// What an amount of an award was decided on.
    AwardBasis(Basis),
    /// An award's new state.
    Award(Award),
    /// A letter that goes out.
    NewLetter(Box<Letter>),
    /// The instalments of a plan.
    Plan {
        /// The case.
        application: ApplicationId,
        /// In their order.
        instalments: Vec<Instalment>,
    },
    /// A change request that is not there yet.
    NewChangeRequest(Box<ChangeRequest>),
    /// A change request's new state.
    ChangeRequest(Box<ChangeRequest>),
    /// A request to look again that is not there yet.
    NewReview(Box<Review>),
    /// Its new state.
    Review(Box<Review>),
    /// A change of an award that is made.
    AwardChanged {
        /// The case.
        application: ApplicationId,
        /// The change.
        change: Box<AwardChange>,
        /// The instalments after it, where the amount has changed.
        plan: Vec<Instalment>,
    },
    /// Something of what is owed on a case.
    OnObligation {
        /// The case.
        application: ApplicationId,
        /// What.
        write: ObligationWrite,
    },
    /// A claim that is not there yet.
    NewClaim(Claim),
    /// A claim's new state.
    Claim(Claim),
    /// The lines of a claim as they are now, where it is made of costs.
    ClaimCosts(Claim),
    /// The last query on a claim, asked or answered.
    ClaimQuery(Claim),
    /// A batch that is not there yet.
    NewBatch(Batch),
    /// A batch's new state.
    Batch(Batch),
    /// A demand of money back that is not there yet.
    NewRecovery(Box<Recovery>),
    /// A demand's new state.
    Recovery(Box<Recovery>),
    /// Something is entered on a demand.
    NewRecoveryEntry {
        /// Which demand.
        recovery: RecoveryId,
        /// The entry.
        entry: Entry,
    },
    /// Somebody asks to write something off.
    NewRecoveryWriteOff {
        /// Of which demand.
        recovery: RecoveryId,
        /// What.
        write_off: WriteOff,
    },
    /// A write-off that is approved.
    RecoveryWriteOff {
        /// It.
        write_off: WriteOff,
        /// The entry that it makes.
        entry: RecoveryEntryId,
    },
    /// An arrangement to pay in parts.
    NewRecoveryArrangement {
        /// Of which demand.
        recovery: RecoveryId,
        /// It.
        arrangement: Arrangement,
    },
    /// A reminder that is given.
    NewReminder {
        /// Of which case.
        application: ApplicationId,
        /// What.
        reminder: Reminder,
    },
    /// A notice that was given up waits again, with all its attempts before it.
    NoticeWaits(NoticeId),
}

impl Change {
    pub(crate) fn new(permit: &Permit, event: Event, writes: Vec<Write>) -> Self {
        Self { event, consequences: Vec::new(), writes, permit: permit.clone() }
    }

    /// The same change with what follows from it in other chains: a released batch pays many cases.
    pub(crate) fn with_consequences(mut self, consequences: Vec<Event>) -> Self {
        self.consequences = consequences;
        self
    }

    /// What follows from it in other chains.
    #[must_use]
    pub fn consequences(&self) -> &[Event] {
        &self.consequences
    }

    /// What happened.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// What is to be written.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Under which permit; `None` where the event is not what the permit allows, which must never be recorded.
    #[must_use]
    pub fn permit(&self) -> Option<&Permit> {
        let fits = self.permit.verb() == self.event.verb() && self.permit.subject() == self.event.subject();
        fits.then_some(&self.permit)
    }
}
