//! Everything that can happen. An event is what the audit keeps and what notifications are made from.

mod subject;
mod verb;

pub use subject::Subject;

use crate::actor::Role;
use crate::assessor::Interest;
use crate::attachment::Pinned;
use crate::batch::SetOff;
use crate::calendar::Day;
use crate::change_request::{ChangeDecision, ChangeKind, Terms, Wanted};
use crate::claim::Line;
use crate::debarment::DebarmentKind;
use crate::ids::{
    AgendaId, ApplicationId, AssessmentId, AttachmentId, BankAnswerId, BatchId, ClaimId, DebarmentId, DeclarationId,
    DelegationId, ExportId, ExtensionId, HoldId, MemberId, NoticeId, OrganisationId, OverrideId, PanelId,
    PayeeAccountId, PersonId, RecoveryEntryId, RecoveryId, RehearsalId, RelationId, SchemeDraftId, SchemeTextId,
    UnmatchedItemId, WriteOffId,
};
use crate::interest::Ground;
use crate::letter::LetterKind;
use crate::member::MemberRole;
use crate::money::Cents;
use crate::particulars::Particular;
use crate::payee_account::PayeeAccountKind;
use crate::recovery::RecoveryKind;
use crate::reminder::Reminder;
use crate::review::ReviewDecision;
use crate::sitting::{Motion, Tally, Vote, Way};
use crate::text::Text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "event")]
#[rustfmt::skip] // a table: most events are one line
#[expect(missing_docs, reason = "each is a noun and a past participle, with what a reader of the audit must see")]
pub enum Event {
    #[serde(rename = "person.registered")]
    PersonRegistered {
        person: PersonId,
        /// None where somebody came because they were invited.
        #[serde(default, skip_serializing_if = "Option::is_none")] organisation: Option<OrganisationId>,
    },
    #[serde(rename = "organisation.registered")] OrganisationRegistered { person: PersonId, organisation: OrganisationId },
    #[serde(rename = "person.invited")] PersonInvited { person: PersonId, roles: BTreeSet<Role> },
    #[serde(rename = "person.roles_changed")] PersonRolesChanged { person: PersonId, roles: BTreeSet<Role>, active: bool },
    #[serde(rename = "person.authorities_granted")] PersonAuthoritiesGranted { person: PersonId, authorities: BTreeSet<String> },
    #[serde(rename = "person.password_link_requested")] PersonPasswordLinkRequested { person: PersonId },
    #[serde(rename = "person.password_set")] PersonPasswordSet { person: PersonId },
    #[serde(rename = "delegation.recorded")]
    DelegationRecorded { person: PersonId, delegation: DelegationId, to: PersonId, from: Day, until: Day, scheme: Option<String>, reason: String },
    #[serde(rename = "delegation.ended")]
    DelegationEnded {
        person: PersonId, delegation: DelegationId, reason: String,
        /// Whose it was, and who is told; none where it ended before that was told.
        #[serde(default, skip_serializing_if = "Option::is_none")] to: Option<PersonId>,
    },
    #[serde(rename = "expertise.kept")] ExpertiseKept { code: String, name: Text, in_use: bool },
    #[serde(rename = "assessor.profile_kept")]
    AssessorProfileKept { person: PersonId, expertise: BTreeSet<String>, from: Option<Day>, until: Option<Day>, proposals_max: Option<u32> },
    #[serde(rename = "assessor.interests_declared")]
    InterestsDeclared { person: PersonId, declaration: DeclarationId, from: Day, until: Day, interests: Vec<Interest> },
    #[serde(rename = "particulars.kept")] ParticularsKept { organisation: OrganisationId, changed: BTreeSet<Particular> },
    #[serde(rename = "payee_account.proposed")]
    PayeeAccountProposed { account: PayeeAccountId, organisation: OrganisationId, kind: PayeeAccountKind, ending: String },
    #[serde(rename = "payee_account.confirmed")]
    PayeeAccountConfirmed { account: PayeeAccountId, organisation: OrganisationId, ending: String, usable_from: Day, check: String },
    #[serde(rename = "payee_account.resealed")]
    PayeeAccountResealed { account: PayeeAccountId, organisation: OrganisationId, key: String },
    #[serde(rename = "payee_account.ended")]
    PayeeAccountEnded { account: PayeeAccountId, organisation: OrganisationId, ending: String, reason: String },
    #[serde(rename = "hold.placed")]
    HoldPlaced { hold: HoldId, application: Option<ApplicationId>, organisation: Option<OrganisationId>, scheme: Option<String>, reason: String, review_on: Option<Day> },
    #[serde(rename = "hold.lifted")] HoldLifted { hold: HoldId, reason: String },
    #[serde(rename = "relation.recorded")]
    RelationRecorded { relation: RelationId, organisations: [OrganisationId; 2], group: String, from: Day, until: Option<Day>, evidence: String },
    #[serde(rename = "relation.ended")] RelationEnded { relation: RelationId, until: Day, reason: String },
    #[serde(rename = "debarment.recorded")]
    DebarmentRecorded {
        /// Of the organisation or of the person.
        debarment: DebarmentId, organisation: Option<OrganisationId>, person: Option<PersonId>, kind: DebarmentKind, from: Day, until: Option<Day>,
        scheme: Option<String>, authority: String, ground: String,
    },
    #[serde(rename = "debarment.confirmed")] DebarmentConfirmed { debarment: DebarmentId },
    #[serde(rename = "debarment.set_aside")] DebarmentSetAside { debarment: DebarmentId, reason: String },
    #[serde(rename = "debarment.end_proposed")] DebarmentEndProposed { debarment: DebarmentId, until: Day, reason: String },
    #[serde(rename = "debarment.ended")] DebarmentEnded { debarment: DebarmentId, until: Day },
    #[serde(rename = "extension.granted")]
    ExtensionGranted {
        extension: ExtensionId, scheme: String, round: String, organisation: OrganisationId, #[schemars(with = "String")] until: DateTime<Utc>,
        reason: String,
    },
    #[serde(rename = "scheme_draft.created")] SchemeDraftCreated { draft: SchemeDraftId, hash: String },
    #[serde(rename = "scheme_draft.edited")] SchemeDraftEdited { draft: SchemeDraftId, hash: String },
    #[serde(rename = "scheme_draft.discarded")] SchemeDraftDiscarded { draft: SchemeDraftId },
    #[serde(rename = "scheme_draft.proposed")] SchemeDraftProposed { draft: SchemeDraftId, code: String, hash: String, from: Day },
    #[serde(rename = "scheme_draft.returned")] SchemeDraftReturned { draft: SchemeDraftId, reason: String },
    #[serde(rename = "scheme_draft.rehearsed")] SchemeDraftRehearsed { draft: SchemeDraftId, rehearsal: RehearsalId, hash: String },
    #[serde(rename = "scheme_draft.published")] SchemeDraftPublished { draft: SchemeDraftId, text: SchemeTextId },
    #[serde(rename = "scheme.published")] SchemePublished { text: SchemeTextId, code: String, hash: String, from: Day },
    #[serde(rename = "application.created")] ApplicationCreated { application: ApplicationId, reference: String, organisation: OrganisationId },
    #[serde(rename = "application.edited")] ApplicationEdited { application: ApplicationId, content: String },
    #[serde(rename = "application.submitted")]
    ApplicationSubmitted {
        application: ApplicationId, rules: String, trace: String, grant: Cents,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] files: Vec<Pinned>,
    },
    #[serde(rename = "attachment.added")]
    AttachmentAdded { application: ApplicationId, attachment: AttachmentId, document: Option<String>, sha256: String },
    #[serde(rename = "attachment.removed")] AttachmentRemoved { application: ApplicationId, attachment: AttachmentId, sha256: String },
    #[serde(rename = "member.invited")] MemberInvited { application: ApplicationId, member: MemberId, role: MemberRole, ubi: Option<String> },
    #[serde(rename = "member.accepted")]
    MemberAccepted { application: ApplicationId, member: MemberId, person: PersonId, organisation: Option<OrganisationId> },
    #[serde(rename = "member.declined")] MemberDeclined { application: ApplicationId, member: MemberId },
    #[serde(rename = "member.role_changed")] MemberRoleChanged { application: ApplicationId, member: MemberId, role: MemberRole },
    #[serde(rename = "member.withdrawn")] MemberWithdrawn { application: ApplicationId, member: MemberId },
    #[serde(rename = "member.ended")] MemberEnded { application: ApplicationId, member: MemberId },
    #[serde(rename = "member.left")] MemberLeft { application: ApplicationId, member: MemberId },
    #[serde(rename = "application.withdrawn")] ApplicationWithdrawn { application: ApplicationId, reason: String },
    #[serde(rename = "application.returned")]
    ApplicationReturned { application: ApplicationId, fields: BTreeSet<String>, reason: String, answer_by: Day },
    #[serde(rename = "application.resubmitted")]
    ApplicationResubmitted {
        application: ApplicationId, changed: BTreeSet<String>,
        /// Where the figures have changed.
        trace: Option<String>, grant: Option<Cents>, files: Vec<Pinned>,
    },
    #[serde(rename = "application.return_ended")] ApplicationReturnEnded { application: ApplicationId, reason: String },
    #[serde(rename = "application.screened")] ApplicationScreened { application: ApplicationId },
    #[serde(rename = "application.found_ineligible")]
    ApplicationFoundIneligible {
        application: ApplicationId, reason: String,
        /// SHA-256 of the letter that tells it; none of a finding from before there were any.
        #[serde(default, skip_serializing_if = "Option::is_none")] letter: Option<String>,
    },
    #[serde(rename = "application.reinstated")] ApplicationReinstated { application: ApplicationId, reason: String },
    #[serde(rename = "assessment.assigned")]
    AssessmentAssigned {
        application: ApplicationId, assessment: AssessmentId, assessor: PersonId,
        /// What was given before invitations had none.
        #[serde(default, skip_serializing_if = "Option::is_none")] due: Option<Day>,
    },
    #[serde(rename = "assessment.accepted")] AssessmentAccepted { application: ApplicationId, assessment: AssessmentId },
    #[serde(rename = "assessment.declined")] AssessmentDeclined { application: ApplicationId, assessment: AssessmentId, reason: String },
    #[serde(rename = "assessment.withdrawn")]
    AssessmentWithdrawn { application: ApplicationId, assessment: AssessmentId, assessor: PersonId, reason: String },
    #[serde(rename = "conflict.override_proposed")]
    ConflictOverrideProposed { application: ApplicationId, conflict_override: OverrideId, assessor: PersonId, grounds: BTreeSet<Ground>, reason: String },
    #[serde(rename = "conflict.override_confirmed")]
    ConflictOverrideConfirmed { application: ApplicationId, conflict_override: OverrideId, assessor: PersonId },
    #[serde(rename = "assessment.conflict_declared")]
    AssessmentConflictDeclared { application: ApplicationId, assessment: AssessmentId, reason: String },
    #[serde(rename = "assessment.scored")] AssessmentScored { application: ApplicationId, assessment: AssessmentId, score: u32 },
    #[serde(rename = "assessment_step.recorded")] AssessmentStepRecorded { application: ApplicationId, step: String, held_on: Day, minutes: String },
    #[serde(rename = "reminder.written")] ReminderWritten { application: ApplicationId, reminder: Reminder },
    #[serde(rename = "panel.opened")]
    PanelOpened {
        panel: PanelId, scheme: String,
        /// None where it ranks all of the scheme.
        #[serde(default, skip_serializing_if = "Option::is_none")] round: Option<String>, cases: u32,
    },
    #[serde(rename = "panel.minuted")] PanelMinuted { panel: PanelId, application: Option<ApplicationId>, text: String },
    #[serde(rename = "feedback.released")] FeedbackReleased { application: ApplicationId, assessments: Vec<AssessmentId> },
    #[serde(rename = "application.recommended")] ApplicationRecommended { application: ApplicationId, amount: Cents, mean: u32 },
    #[serde(rename = "application.rejected")]
    ApplicationRejected {
        application: ApplicationId, reason: String,
        /// In whose absence, where an approver acts under a delegation.
        #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
        /// SHA-256 of the letter that tells it; none of a refusal from before there were any.
        #[serde(default, skip_serializing_if = "Option::is_none")] letter: Option<String>,
    },
    /// The same, which its applicant is told from a day on.
    #[serde(rename = "application.refused")]
    ApplicationRefused {
        application: ApplicationId, reason: String, embargo_until: Day, #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
    },
    /// Its applicant is told of it: when it was decided, and by a letter with this SHA-256.
    #[serde(rename = "refusal.told")] RefusalTold { application: ApplicationId, decided_on: Day, reason: String, letter: String },
    /// It was never told, and is not any more.
    #[serde(rename = "refusal.taken_back")] RefusalTakenBack { application: ApplicationId, reason: String },
    #[serde(rename = "approval.given")]
    ApprovalGiven {
        application: ApplicationId, part: String, amount: Cents, authority: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
        /// What is void by it, since it relied on another amount.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] void: Vec<String>,
    },
    #[serde(rename = "approval.reset")]
    ApprovalReset {
        application: ApplicationId, part: String, reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
    },
    #[serde(rename = "sitting.convened")]
    SittingConvened {
        application: ApplicationId, sitting: u32,
        /// Of which agenda it is a line; none where it is by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")] agenda: Option<AgendaId>,
        part: String, committee: String, way: Way, held_on: Day, chair: PersonId, members: Vec<PersonId>, motion: Motion,
    },
    #[serde(rename = "sitting.voted")]
    SittingVoted {
        application: ApplicationId, sitting: u32, vote: Vote, #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<String>,
    },
    #[serde(rename = "sitting.closed")]
    SittingClosed {
        application: ApplicationId, sitting: u32, tally: Tally,
        /// Who was asked and did not vote.
        absent: BTreeSet<PersonId>,
    },
    #[serde(rename = "sitting.given_up")]
    SittingGivenUp {
        application: ApplicationId, sitting: u32, reason: String,
        /// Who was asked, and is told; none where it was given up before that was told, or with an agenda.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] members: Vec<PersonId>,
    },
    #[serde(rename = "agenda.convened")]
    AgendaConvened {
        agenda: AgendaId, scheme: String, round: Option<String>, committee: String, way: Way, held_on: Day, chair: PersonId,
        /// Who sits on any line of it.
        members: BTreeSet<PersonId>, lines: u32,
    },
    /// Of some lines nothing is decided, since they could not be closed.
    #[serde(rename = "agenda.closed")] AgendaClosed { agenda: AgendaId, carried: u32, lost: u32, left: u32 },
    #[serde(rename = "agenda.given_up")] AgendaGivenUp { agenda: AgendaId, reason: String },
    #[serde(rename = "application.sent_back")]
    ApplicationSentBack {
        application: ApplicationId, reason: String, void: Vec<String>, #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
    },
    #[serde(rename = "application.deferred")]
    ApplicationDeferred {
        application: ApplicationId, until: Day, reason: String, #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
    },
    #[serde(rename = "application.taken_up")]
    ApplicationTakenUp { application: ApplicationId, #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId> },
    #[serde(rename = "application.approved")]
    ApplicationApproved {
        application: ApplicationId, amount: Cents, authority: String,
        /// The part with which it was; none where it was before routes were kept.
        #[serde(default, skip_serializing_if = "Option::is_none")] part: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>, trace: String,
    },
    #[serde(rename = "application.put_on_reserve")]
    ApplicationPutOnReserve {
        application: ApplicationId,
        /// What is approved for when money frees up, and how: none of it where its applicant reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")] amount: Option<Cents>,
        #[serde(default, skip_serializing_if = "Option::is_none")] part: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")] authority: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")] on_behalf_of: Option<PersonId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] position: Option<u32>, until: Day,
    },
    #[serde(rename = "reserve.moved_up")]
    ReserveMovedUp {
        application: ApplicationId, amount: Cents, authority: String,
        /// The route that has approved it, and who has passed its last step.
        route: u32, approved_by: PersonId, position: u32, trace: String,
    },
    #[serde(rename = "reserve.passed_over")]
    ReservePassedOver {
        application: ApplicationId, position: u32,
        /// The code of the refusal that its award met.
        code: String,
    },
    /// It was passed over, and waits for money again.
    #[serde(rename = "reserve.waits_again")]
    ReserveWaitsAgain { application: ApplicationId, position: u32 },
    #[serde(rename = "award.offered")]
    AwardOffered {
        application: ApplicationId, amount: Cents, expires_on: Day,
        /// SHA-256 of the letters that came with it, by their kind; none of an offer from before there were any.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")] letters: BTreeMap<LetterKind, String>,
    },
    #[serde(rename = "award.accepted")]
    AwardAccepted {
        application: ApplicationId, amount: Cents,
        /// SHA-256 of the agreement that was accepted; none of an offer from before there were any.
        #[serde(default, skip_serializing_if = "Option::is_none")] agreement: Option<String>,
    },
    #[serde(rename = "award.declined")] AwardDeclined { application: ApplicationId, amount: Cents, reason: String },
    #[serde(rename = "award.lapsed")] AwardLapsed { application: ApplicationId, amount: Cents },
    #[serde(rename = "change.requested")]
    ChangeRequested { application: ApplicationId, number: i32, change: ChangeKind, by_agency: bool, wanted: Box<Wanted>, reason: String },
    #[serde(rename = "change.withdrawn")]
    ChangeWithdrawn {
        application: ApplicationId, number: i32, by_agency: bool, reason: String,
        /// What kind of change; none of a withdrawal from before that was told.
        #[serde(default, skip_serializing_if = "Option::is_none")] change: Option<ChangeKind>,
    },
    #[serde(rename = "change.returned")] ChangeReturned { application: ApplicationId, number: i32, change: ChangeKind, question: String },
    #[serde(rename = "change.answered")] ChangeAnswered { application: ApplicationId, number: i32, answer: String },
    #[serde(rename = "change.forwarded")] ChangeForwarded { application: ApplicationId, number: i32 },
    #[serde(rename = "change.granted")]
    ChangeGranted {
        application: ApplicationId, number: i32, before: Box<Terms>, after: Box<Terms>,
        /// SHA-256 of the letter that tells it; none of a grant from before there were any.
        #[serde(default, skip_serializing_if = "Option::is_none")] letter: Option<String>, #[serde(flatten)] decision: ChangeDecision,
    },
    #[serde(rename = "change.refused")]
    ChangeRefused { application: ApplicationId, number: i32, #[serde(flatten)] decision: ChangeDecision },
    #[serde(rename = "review.requested")]
    ReviewRequested {
        application: ApplicationId, number: i32,
        /// The scheme's code for the instance.
        step: String, grounds: String,
        /// The last day on which it could be asked for.
        last_day: Day,
    },
    #[serde(rename = "review.withdrawn")] ReviewWithdrawn { application: ApplicationId, number: i32, reason: String },
    #[serde(rename = "review.dismissed")]
    ReviewDismissed {
        application: ApplicationId, number: i32, #[serde(flatten)] decision: ReviewDecision,
        /// The last day on which the next instance may be asked for; none where this was the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")] next_by: Option<Day>,
    },
    #[serde(rename = "review.set_aside")]
    ReviewSetAside { application: ApplicationId, number: i32, #[serde(flatten)] decision: ReviewDecision },
    #[serde(rename = "claim.submitted")] ClaimSubmitted { application: ApplicationId, claim: ClaimId, amount: Cents, #[serde(default, skip_serializing_if = "Vec::is_empty")] lines: Vec<Line> },
    #[serde(rename = "claim.queried")] ClaimQueried { application: ApplicationId, claim: ClaimId, question: String },
    /// With what is claimed from then on.
    #[serde(rename = "claim.answered")] ClaimAnswered { application: ApplicationId, claim: ClaimId, answer: String, amount: Cents, #[serde(default, skip_serializing_if = "Vec::is_empty")] lines: Vec<Line> },
    #[serde(rename = "claim.returned")] ClaimReturned { application: ApplicationId, claim: ClaimId, reason: String },
    #[serde(rename = "claim.certified")] ClaimCertified { application: ApplicationId, claim: ClaimId, amount: Cents, #[serde(default, skip_serializing_if = "Vec::is_empty")] lines: Vec<Line> },
    #[serde(rename = "obligation.submitted")] ObligationSubmitted { application: ApplicationId, obligation: String, attachment: AttachmentId },
    #[serde(rename = "obligation.accepted")] ObligationAccepted { application: ApplicationId, obligation: String },
    #[serde(rename = "obligation.returned")] ObligationReturned { application: ApplicationId, obligation: String, reason: String },
    #[serde(rename = "payment.released")] PaymentReleased { application: ApplicationId, claim: ClaimId, batch: BatchId, amount: Cents,
        /// What of it is not transferred, since it meets a demand.
        #[serde(default, skip_serializing_if = "Option::is_none")] set_off: Option<SetOff> },
    /// The bank has rejected it, or all or some of it was returned: so much is owed again.
    #[serde(rename = "payment.came_back")] PaymentCameBack { application: ApplicationId, claim: ClaimId, batch: BatchId, payment: String, amount: Cents, rejected: bool, reason: Option<String> },
    #[serde(rename = "application.reopened")] ApplicationReopened { application: ApplicationId },
    #[serde(rename = "bank_answer.recorded")] BankAnswerRecorded { answer: BankAnswerId, kind: String, message: Option<String>, batch: Option<BatchId>, sha256: String, payments: usize, unmatched: usize, returned: Cents },
    /// As the return of a payment, or set aside.
    #[serde(rename = "unmatched_item.closed")] UnmatchedItemClosed { answer: BankAnswerId, item: UnmatchedItemId, reason: String, payment: Option<String> },
    #[serde(rename = "application.completed")] ApplicationCompleted { application: ApplicationId, paid: Cents },
    #[serde(rename = "report.exported")] ReportExported { export: ExportId, report: String, format: String },
    #[serde(rename = "batch.prepared")] BatchPrepared { batch: BatchId, reference: String, payments: usize, total: Cents },
    #[serde(rename = "bank_file.taken")] BankFileTaken { batch: BatchId, format: String, sha256: String },
    #[serde(rename = "batch.released")] BatchReleased { batch: BatchId, total: Cents, #[serde(default, skip_serializing_if = "Option::is_none")] pay_on: Option<Day>,
        /// Under which authority, where the agency limits releases.
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<String> },
    #[serde(rename = "batch.dissolved")] BatchDissolved { batch: BatchId, reason: String },
    #[serde(rename = "recovery.raised")] RecoveryRaised { application: ApplicationId, recovery: RecoveryId, reference: String, kind: RecoveryKind, principal: Cents, due_on: Day, reason: String },
    #[serde(rename = "recovery.confirmed")] RecoveryConfirmed { application: ApplicationId, recovery: RecoveryId, reference: String, principal: Cents, due_on: Day, letter: String },
    #[serde(rename = "recovery.withdrawn")] RecoveryWithdrawn { application: ApplicationId, recovery: RecoveryId, reason: String },
    #[serde(rename = "recovery.interest_charged")] RecoveryInterestCharged { application: ApplicationId, recovery: RecoveryId, entry: RecoveryEntryId, interest: Cents, until: Day },
    #[serde(rename = "recovery.received")] RecoveryReceived { application: ApplicationId, recovery: RecoveryId, entry: RecoveryEntryId, #[serde(default)] item: Option<UnmatchedItemId>, amount: Cents, principal: Cents, interest_charged: Cents, on: Day },
    /// By the release of a payment, of which so much was not transferred.
    #[serde(rename = "recovery.set_off")] RecoverySetOff { application: ApplicationId, recovery: RecoveryId, entry: RecoveryEntryId, batch: BatchId, claim: ClaimId, amount: Cents, principal: Cents, interest_charged: Cents },
    #[serde(rename = "recovery.entry_reversed")] RecoveryEntryReversed { application: ApplicationId, recovery: RecoveryId, entry: RecoveryEntryId, kind: String, amount: Cents, reason: String },
    #[serde(rename = "recovery.write_off_asked")] RecoveryWriteOffAsked { application: ApplicationId, recovery: RecoveryId, write_off: WriteOffId, amount: Cents, reason: String },
    #[serde(rename = "recovery.written_off")] RecoveryWrittenOff { application: ApplicationId, recovery: RecoveryId, write_off: WriteOffId, entry: RecoveryEntryId, amount: Cents, #[serde(default)] interest_charged: Cents, #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<String> },
    #[serde(rename = "recovery.arranged")] RecoveryArranged { application: ApplicationId, recovery: RecoveryId, total: Cents, instalments: usize, last_due_on: Day, reason: String },
    #[serde(rename = "notice.put_back")] NoticePutBack { notice: NoticeId },
}
