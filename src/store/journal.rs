//! The only way to write: the rows of a change, its audit entry and its notices, together or not at all.

use super::schema::{audit_entries, audit_heads};
use super::together::{Statement, Together};
use super::{
    Fault, Tx, agendas, applications, approvals, assessment_steps, assessments, assessors, attachments, audit, awards,
    bank_answers, bank_files, change_requests, claim_parts, claims, debarments, delegations, exports, extensions,
    feedback as feedbacks, holds, interests, letters, members, obligations, outbox, panels, particulars,
    payee_accounts, people, recoveries, rehearsals, relations, reminders, reserve_lists, returns, reviews,
    scheme_drafts, scheme_texts, seals, signals, sittings,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::actor::Who;
use rules::change::{Change, Write};
use rules::event::{Event, Subject};
use rules::notification::notices;

impl Tx<'_> {
    /// Writes a change.
    ///
    /// # Errors
    /// When the change does not fit its permit, or the database refuses any part of it; the transaction must then be undone.
    pub async fn record(&mut self, change: &Change) -> Result<(), Fault> {
        let event = change.event();
        let permit = change.permit().ok_or_else(|| Fault::Unpermitted(format!("{event:?}")))?;
        let relies_on = permit.relies_on();
        let moves = change.writes().iter().any(|write| matches!(write, Write::Movement(_)));
        let waits = !moves && !change.writes().iter().any(waits_for_nobody);
        if waits {
            self.must_rely_on_what_holds(relies_on).await?;
        }
        let begins = change.writes().iter().any(begins);
        // To begin a case is done more often than anything else: all of it is one statement.
        let mut rows = Vec::new();
        for write in change.writes() {
            match write {
                Write::NewApplication(application) => rows.push(applications::insertion(application)),
                Write::Duty { application, person, duty } if begins => {
                    rows.push(assessments::duty_insertion(*application, *person, *duty));
                }
                Write::Movement(movement) => self.movements.push((movement.clone(), relies_on)),
                other => self.write_row(other).await?,
            }
        }
        self.tell(event, permit.who(), begins, rows).await?;
        for consequence in change.consequences() {
            self.tell(consequence, permit.who(), false, Vec::new()).await?;
        }
        Ok(())
    }

    /// The audit entry of an event in its chain, together with rows that begin its subject, and its notices.
    async fn tell(&mut self, event: &Event, who: Who, begins: bool, rows: Vec<Statement<'_>>) -> Result<(), Fault> {
        let subject = event.subject();
        let head = if begins { None } else { self.lock_head(subject).await? };
        let entry = audit::Entry::next(subject, head.as_ref(), event, who, self.moment)?;
        self.append(&entry, rows).await?;
        outbox::insert(self, (entry.subject_id, entry.sequence), &notices(event)).await
    }

    async fn lock_head(&mut self, subject: Subject) -> Result<Option<audit::Head>, Fault> {
        let head =
            audit_heads::table.find(subject.id()).select((audit_heads::sequence, audit_heads::hash)).for_update();
        let head: Option<(i32, String)> = head.first(self.connection).await.optional()?;
        Ok(head.map(|(sequence, hash)| audit::Head { sequence, hash }))
    }

    async fn append<'a>(&mut self, entry: &'a audit::Entry, mut rows: Vec<Statement<'a>>) -> Result<(), Fault> {
        rows.push(Box::new(diesel::insert_into(audit_entries::table).values(entry)));
        let head = (audit_heads::sequence.eq(entry.sequence), audit_heads::hash.eq(&entry.hash));
        rows.push(if entry.sequence == 1 {
            let new = (audit_heads::subject_id.eq(entry.subject_id), head.0, head.1);
            Box::new(diesel::insert_into(audit_heads::table).values(new))
        } else {
            Box::new(diesel::update(audit_heads::table.find(entry.subject_id)).set(head))
        });
        Together(rows).execute(self.connection).await?;
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "a table with one line for each write")]
    async fn write_row(&mut self, write: &Write) -> Result<(), Fault> {
        match write {
            Write::NewPerson(person) => people::insert(self, person).await,
            Write::Person(person) => people::update(self, person).await,
            Write::Password { person, hash } => people::set_password(self, *person, hash).await,
            Write::Registration { person, organisation } => {
                people::insert_registration(self, *person, organisation).await
            }
            Write::NewOrganisation(organisation) => people::insert_organisation(self, organisation).await,
            Write::Membership { person, organisation } => people::join(self, *person, *organisation).await,
            Write::Particulars(kept) => particulars::set(self, kept).await,
            Write::Keys { application, keys } => signals::set_keys(self, *application, keys).await,
            Write::NewRelation(relation) => relations::insert(self, relation).await,
            Write::Relation(relation) => relations::update(self, relation).await,
            Write::NewSchemeDraft(draft) => scheme_drafts::insert(self, draft).await,
            Write::SchemeDraft(draft) => scheme_drafts::update(self, draft).await,
            Write::NewExport(order) => exports::insert(self, order).await,
            Write::NewRehearsal(order) => rehearsals::insert(self, order).await,
            Write::NewSchemeText(text) => scheme_texts::insert(self, text).await,
            Write::NewExtension { extension, closes_at } => extensions::insert(self, extension, *closes_at).await,
            Write::Seal(seal) => seals::set(self, seal).await,
            Write::NewApplication(application) => {
                let row = Together(vec![applications::insertion(application)]);
                row.execute(self.connection).await.map(drop).map_err(Fault::from)
            }
            Write::Application(application) => applications::update(self, application).await,
            Write::AssessmentDue { assessment, due } => assessments::move_due(self, *assessment, *due).await,
            Write::NewReturn(open) => returns::insert(self, open).await,
            Write::Return(ended) => returns::end(self, ended).await,
            Write::NewAttachment(attachment) => attachments::insert(self, attachment).await,
            Write::AttachmentGone(id) => attachments::delete(self, *id).await,
            Write::NewMember(member) => members::insert(self, member).await,
            Write::Member(member) => members::update(self, member).await,
            Write::Calculation { application, request, answer } => {
                applications::insert_calculation(self, *application, request, answer).await
            }
            Write::Authorities { person, authorities } => people::set_authorities(self, *person, authorities).await,
            Write::Duty { application, person, duty } => {
                assessments::take_duty(self, *application, *person, *duty).await
            }
            Write::Movement(_) => Ok(()), // met last of all: `Tx::meet_the_limits`
            Write::Posting(posting) => awards::post(self, posting).await,
            Write::OnRoute { application, write } => approvals::write(self, *application, write).await,
            Write::OnReserve(write) => reserve_lists::write(self, write).await,
            Write::OnAgenda(write) => agendas::write(self, write).await,
            Write::OnSitting { application, write } => sittings::write(self, *application, write).await,
            Write::NewAssessment(assessment) => assessments::insert(self, assessment).await,
            Write::Assessment(assessment) => assessments::update(self, assessment).await,
            Write::NewAssessmentStep(step) => assessment_steps::insert(self, step).await,
            Write::NewPanel { panel, ranked, severities } => panels::insert(self, panel, ranked, severities).await,
            Write::NewMinute(minute) => panels::insert_minute(self, minute).await,
            Write::Departure { panel, application, version, reason } => {
                panels::insert_departure(self, *panel, (*application, *version), reason).await
            }
            Write::NewFeedback(feedback) => feedbacks::insert(self, feedback).await,
            Write::NewDelegation(delegation) => delegations::insert(self, delegation).await,
            Write::DelegationEnded(delegation) => delegations::end(self, delegation).await,
            Write::NewBankFile(file) => bank_files::insert(self, file).await,
            Write::NewBankAnswer(answer) => bank_answers::insert(self, answer).await,
            Write::PaymentTold { answer, told } => bank_answers::insert_told(self, *answer, &[told]).await,
            Write::UnmatchedItemClosed(closed) => bank_answers::insert_closing(self, closed).await,
            Write::NewPayeeAccount(account) => payee_accounts::insert(self, account).await,
            Write::PayeeAccount(account) => payee_accounts::update(self, account).await,
            Write::NewDebarment(debarment) => debarments::insert(self, debarment).await,
            Write::Debarment(debarment) => debarments::update(self, debarment).await,
            Write::NewHold(hold) => holds::insert(self, hold).await,
            Write::Hold(hold) => holds::lift(self, hold).await,
            Write::ExpertiseField(field) => assessors::set_field(self, field).await,
            Write::AssessorProfile(profile) => assessors::set_profile(self, profile).await,
            Write::NewDeclaration(declaration) => assessors::insert_declaration(self, declaration).await,
            Write::NewOverride(proposed) => interests::insert_override(self, proposed).await,
            Write::Override(confirmed) => interests::confirm_override(self, confirmed).await,
            Write::NewAward(award) => awards::insert(self, award).await,
            Write::AwardBasis(basis) => awards::insert_basis(self, basis).await,
            Write::Award(award) => awards::update(self, award).await,
            Write::NewLetter(letter) => letters::insert(self, letter).await,
            Write::Plan { application, instalments } => awards::insert_plan(self, (*application, 0), instalments).await,
            Write::NewChangeRequest(request) => change_requests::insert(self, request).await,
            Write::ChangeRequest(request) => change_requests::update(self, request).await,
            Write::NewReview(review) => reviews::insert(self, review).await,
            Write::Review(review) => reviews::update(self, review).await,
            Write::AwardChanged { application, change, plan } => {
                change_requests::insert_change(self, *application, change, plan).await
            }
            Write::OnObligation { application, write } => obligations::write(self, *application, write).await,
            Write::NewClaim(claim) => claims::insert(self, claim).await,
            Write::Claim(claim) => claims::update(self, claim).await,
            Write::ClaimCosts(claim) => claim_parts::set_costs(self, claim).await,
            Write::ClaimQuery(claim) => claim_parts::set_query(self, claim).await,
            Write::NewBatch(batch) => claims::insert_batch(self, batch).await,
            Write::Batch(batch) => claims::update_batch(self, batch).await,
            Write::NewRecovery(recovery) => recoveries::insert(self, recovery).await,
            Write::Recovery(recovery) => recoveries::update(self, recovery).await,
            Write::NewRecoveryEntry { recovery, entry } => recoveries::insert_entry(self, *recovery, entry).await,
            Write::NewRecoveryWriteOff { recovery, write_off } => {
                recoveries::insert_write_off(self, *recovery, write_off).await
            }
            Write::RecoveryWriteOff { write_off, entry } => {
                recoveries::approve_write_off(self, write_off, *entry).await
            }
            Write::NewRecoveryArrangement { recovery, arrangement } => {
                recoveries::insert_arrangement(self, *recovery, arrangement).await
            }
            Write::NewReminder { application, reminder } => reminders::insert(self, *application, reminder).await,
            Write::NoticeWaits(notice) => outbox::wait_again(self, *notice).await,
        }
    }
}

/// Whether a write waits for no lock of others between the permit and the record.
const fn waits_for_nobody(write: &Write) -> bool {
    matches!(write, Write::NewApplication(_))
}

/// Whether a write begins the subject of its event, so that there is no chain to lock yet.
const fn begins(write: &Write) -> bool {
    matches!(write, Write::NewPerson(_) | Write::NewSchemeText(_) | Write::NewApplication(_))
}
