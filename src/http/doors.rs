//! Every door, by what it is of. The document is made from the same registration; a test holds the remarks to it.

use super::{
    agendas, allocations, applications, approvals, assessment_steps, assessments, assessors, attachments, audit,
    awards, bank_answers, bank_files, batches, calculations, change_requests, claims, clock, clocks,
    commitment_reports, conflicts, debarments, decisions, delegations, dues, exports, extensions, feedback, health,
    holds, letters, members, obligation_reports, obligations, openapi, outbox, panels, particulars, payee_accounts,
    people, recoveries, recovery_reports, registrations, rehearsals, relations, reports, reserve_lists, returns,
    reviews, round_decisions, rounds, scheme_drafts, scheme_texts, schemes, sessions, signals, sittings, standing,
    statements, unmatched_items, work,
};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every door. The document is made from the same registration; a test holds the remarks to it.
#[rustfmt::skip]
pub fn doors(config: &mut ServiceConfig, settable_clock: bool) {
    let api = scope("/api/v1")
        .configure(scheme_doors)
        .configure(application_doors)
        .configure(assessment_doors)
        .service(sessions::sign_in)                // POST   /api/v1/sessions
        .service(sessions::refresh)                // POST   /api/v1/sessions/refresh
        .service(sessions::sign_out)               // DELETE /api/v1/sessions/current
        .service(sessions::me)                     // GET    /api/v1/me
        .service(registrations::register)          // POST   /api/v1/registrations
        .service(people::invite)                   // POST   /api/v1/people
        .service(people::list)                     // GET    /api/v1/people
        .configure(assessor_doors)
        .service(people::read)                     // GET    /api/v1/people/{id}
        .service(people::change_roles)             // PUT    /api/v1/people/{id}/roles
        .service(people::read_authorities)         // GET    /api/v1/people/{id}/authorities
        .service(people::grant_authorities)        // PUT    /api/v1/people/{id}/authorities
        .service(particulars::read)                // GET    /api/v1/organisations/{id}/particulars
        .service(particulars::keep)                // PUT    /api/v1/organisations/{id}/particulars
        .service(relations::record)                // POST   /api/v1/relations
        .service(relations::list)                  // GET    /api/v1/relations
        .service(relations::end)                   // POST   /api/v1/relations/{id}/end
        .configure(debarment_doors)
        .configure(payment_doors)
        .configure(recovery_doors)
        .service(extensions::grant)                // POST   /api/v1/extensions
        .service(extensions::list)                 // GET    /api/v1/extensions
        .service(registrations::request_link)      // POST   /api/v1/password-links
        .service(registrations::set_password)      // POST   /api/v1/passwords
        .service(audit::read)                      // GET    /api/v1/applications/{id}/audit
        .service(decisions::screen)                // POST   /api/v1/applications/{id}/screening
        .service(decisions::reinstate)             // POST   /api/v1/applications/{id}/reinstatement
        .service(decisions::recommend)             // POST   /api/v1/applications/{id}/recommendation
        .service(decisions::reject)                // POST   /api/v1/applications/{id}/rejection
        .service(decisions::tell)                  // POST   /api/v1/applications/{id}/telling
        .service(approvals::approve)               // POST   /api/v1/applications/{id}/approval
        .service(approvals::routes)                // GET    /api/v1/applications/{id}/approval-routes
        .service(approvals::send_back)             // POST   /api/v1/applications/{id}/reconsideration
        .service(approvals::defer)                 // POST   /api/v1/applications/{id}/deferral
        .service(approvals::take_up)               // POST   /api/v1/applications/{id}/deferral-end
        .service(approvals::reset_check)           // POST   /api/v1/applications/{id}/check-resets
        .configure(sitting_doors)
        .configure(award_doors)
        .configure(change_doors)
        .configure(review_doors)
        .service(work::list)                       // GET    /api/v1/work
        .configure(obligation_doors)
        .configure(report_doors)
        .service(outbox::list)                     // GET    /api/v1/outbox/dead
        .service(outbox::retry)                    // POST   /api/v1/outbox/{id}/retry
        .service(openapi::read)                    // GET    /api/v1/openapi.json
        .configure(|api| if settable_clock {
            api.service(clock::set);               // POST   /api/v1/clock
        });
    config
        .service(api)
        .service(health::live)                     // GET    /health/live
        .service(health::ready)                    // GET    /health/ready
        .service(health::metrics);                 // GET    /metrics
}

/// The doors of reports.
#[rustfmt::skip]
fn report_doors(api: &mut ServiceConfig) {
    api.service(reports::disbursements)            // GET    /api/v1/reports/disbursements
        .service(reports::disbursements_csv)       // GET    /api/v1/reports/disbursements.csv
        .service(reports::disbursements_xlsx)      // GET    /api/v1/reports/disbursements.xlsx
        .service(clocks::of_scheme)                // GET    /api/v1/reports/clocks
        .service(dues::list)                       // GET    /api/v1/reports/dues
        .service(reports::envelopes)               // GET    /api/v1/reports/envelopes
        .service(reports::envelopes_csv)           // GET    /api/v1/reports/envelopes.csv
        .service(reports::envelopes_xlsx)          // GET    /api/v1/reports/envelopes.xlsx
        .service(recovery_reports::recoveries)     // GET    /api/v1/reports/recoveries
        .service(recovery_reports::recoveries_csv) // GET    /api/v1/reports/recoveries.csv
        .service(recovery_reports::recoveries_xlsx) // GET   /api/v1/reports/recoveries.xlsx
        .service(recovery_reports::recovery_ageing) // GET   /api/v1/reports/recovery-ageing
        .service(recovery_reports::recovery_ageing_csv) // GET /api/v1/reports/recovery-ageing.csv
        .service(recovery_reports::recovery_ageing_xlsx) // GET /api/v1/reports/recovery-ageing.xlsx
        .service(rounds::report);                  // GET    /api/v1/reports/rounds
}

/// The doors of awards: what is offered and what is sent with it, accepted or not.
#[rustfmt::skip]
fn award_doors(api: &mut ServiceConfig) {
    api.service(awards::read)                     // GET    /api/v1/applications/{id}/award
        .service(letters::list)                    // GET    /api/v1/applications/{id}/letters
        .service(letters::read)                    // GET    /api/v1/applications/{id}/letters/{letter}
        .service(letters::pdf)                     // GET    /api/v1/applications/{id}/letters/{letter}/pdf
        .service(statements::read)                 // GET    /api/v1/applications/{id}/statement
        .service(statements::csv)                  // GET    /api/v1/applications/{id}/statement.csv
        .service(statements::xlsx)                 // GET    /api/v1/applications/{id}/statement.xlsx
        .service(statements::pdf)                  // GET    /api/v1/applications/{id}/statement.pdf
        .service(awards::offer)                    // POST   /api/v1/applications/{id}/offer
        .service(awards::accept)                   // POST   /api/v1/applications/{id}/acceptance
        .service(awards::decline)                  // POST   /api/v1/applications/{id}/declination
        .service(awards::lapse);                   // POST   /api/v1/applications/{id}/lapse
}

/// The doors of committees, and of whoever acts for somebody absent.
#[rustfmt::skip]
fn sitting_doors(api: &mut ServiceConfig) {
    api.service(sittings::convene)                 // POST   /api/v1/applications/{id}/sittings
        .service(sittings::list)                   // GET    /api/v1/applications/{id}/sittings
        .service(sittings::cast)                   // POST   /api/v1/applications/{id}/sittings/{number}/votes
        .service(sittings::close)                  // POST   /api/v1/applications/{id}/sittings/{number}/closing
        .service(sittings::give_up)                // POST   /api/v1/applications/{id}/sittings/{number}/giving-up
        .service(agendas::call)                    // POST   /api/v1/agendas
        .service(agendas::list_agendas)            // GET    /api/v1/agendas
        .service(agendas::read_agenda)             // GET    /api/v1/agendas/{id}
        .service(agendas::vote_on_lines)           // POST   /api/v1/agendas/{id}/votes
        .service(agendas::close_agenda)            // POST   /api/v1/agendas/{id}/closing
        .service(agendas::give_agenda_up)          // POST   /api/v1/agendas/{id}/giving-up
        .service(delegations::record)              // POST   /api/v1/delegations
        .service(delegations::list)                // GET    /api/v1/delegations
        .service(delegations::end);                // POST   /api/v1/delegations/{id}/end
}

/// The doors of changes after an award.
#[rustfmt::skip]
fn change_doors(api: &mut ServiceConfig) {
    api.service(change_requests::ask_for)          // POST   /api/v1/applications/{id}/change-requests
        .service(change_requests::list)            // GET    /api/v1/applications/{id}/change-requests
        .service(change_requests::read)            // GET    /api/v1/applications/{id}/change-requests/{number}
        .service(change_requests::withdraw)        // POST   /api/v1/applications/{id}/change-requests/{number}/withdrawal
        .service(change_requests::give_back)       // POST   /api/v1/applications/{id}/change-requests/{number}/return
        .service(change_requests::reply)           // POST   /api/v1/applications/{id}/change-requests/{number}/answer
        .service(change_requests::forward)         // POST   /api/v1/applications/{id}/change-requests/{number}/forwarding
        .service(change_requests::decide);         // POST   /api/v1/applications/{id}/change-requests/{number}/decision
}

/// The doors of review and appeal.
#[rustfmt::skip]
fn review_doors(api: &mut ServiceConfig) {
    api.service(reviews::ask_again)                // POST   /api/v1/applications/{id}/reviews
        .service(reviews::list_reviews)            // GET    /api/v1/applications/{id}/reviews
        .service(reviews::read_review)             // GET    /api/v1/applications/{id}/reviews/{number}
        .service(reviews::withdraw_review)         // POST   /api/v1/applications/{id}/reviews/{number}/withdrawal
        .service(reviews::decide_review);          // POST   /api/v1/applications/{id}/reviews/{number}/decision
}

/// The doors of claims and payments, and of where they go.
#[rustfmt::skip] // a table
fn payment_doors(api: &mut ServiceConfig) {
    api.service(claims::submit)                    // POST   /api/v1/applications/{id}/claims
        .service(claims::ask)                      // POST   /api/v1/claims/{id}/queries
        .service(claims::reply)                    // POST   /api/v1/claims/{id}/answer
        .service(claims::give_back)                // POST   /api/v1/claims/{id}/return
        .service(claims::certify)                  // POST   /api/v1/claims/{id}/certification
        .service(payee_accounts::list)             // GET    /api/v1/organisations/{id}/payee-accounts
        .service(payee_accounts::propose)          // POST   /api/v1/organisations/{id}/payee-accounts
        .service(payee_accounts::confirm)          // POST   /api/v1/payee-accounts/{id}/confirmation
        .service(payee_accounts::end)              // POST   /api/v1/payee-accounts/{id}/end
        .service(batches::prepare)                 // POST   /api/v1/batches
        .service(batches::list)                    // GET    /api/v1/batches
        .service(batches::read)                    // GET    /api/v1/batches/{id}
        .service(batches::release)                 // POST   /api/v1/batches/{id}/release
        .service(batches::dissolve)                // POST   /api/v1/batches/{id}/dissolution
        .service(bank_files::take)                 // POST   /api/v1/batches/{id}/bank-file
        .service(bank_answers::list_answers)       // GET    /api/v1/batches/{id}/bank-answers
        .service(bank_answers::record_answer)      // POST   /api/v1/batches/{id}/bank-answers
        .service(bank_answers::record_statement)   // POST   /api/v1/bank-statements
        .service(unmatched_items::list_items)      // GET    /api/v1/unmatched-items
        .service(unmatched_items::close_item)      // POST   /api/v1/unmatched-items/{id}/closing
        .service(holds::place)                     // POST   /api/v1/holds
        .service(holds::list)                      // GET    /api/v1/holds
        .service(holds::lift);                     // POST   /api/v1/holds/{id}/lifting
}

/// The doors of what is owed back.
#[rustfmt::skip]
fn recovery_doors(api: &mut ServiceConfig) {
    api.service(recoveries::raise)                 // POST   /api/v1/applications/{id}/recoveries
        .service(recoveries::of_case)              // GET    /api/v1/applications/{id}/recoveries
        .service(recoveries::list)                 // GET    /api/v1/recoveries
        .service(recoveries::read)                 // GET    /api/v1/recoveries/{id}
        .service(recoveries::confirm)              // POST   /api/v1/recoveries/{id}/confirmation
        .service(recoveries::withdraw)             // POST   /api/v1/recoveries/{id}/withdrawal
        .service(recoveries::receive)              // POST   /api/v1/recoveries/{id}/receipts
        .service(recoveries::charge)               // POST   /api/v1/recoveries/{id}/interest
        .service(recoveries::ask_write_off)        // POST   /api/v1/recoveries/{id}/write-offs
        .service(recoveries::write_off)            // POST   /api/v1/recoveries/{id}/write-offs/{write_off}/approval
        .service(recoveries::arrange)              // POST   /api/v1/recoveries/{id}/arrangements
        .service(recoveries::reverse);             // POST   /api/v1/recoveries/{id}/entries/{entry}/reversal
}

/// The doors of what is owed beside projects.
#[rustfmt::skip]
fn obligation_doors(api: &mut ServiceConfig) {
    api.service(obligations::of_case)              // GET    /api/v1/applications/{id}/obligations
        .service(obligations::submit)              // POST   /api/v1/applications/{id}/obligations/{obligation}/submissions
        .service(obligations::accept)              // POST   /api/v1/applications/{id}/obligations/{obligation}/acceptance
        .service(obligations::give_back)           // POST   /api/v1/applications/{id}/obligations/{obligation}/return
        .service(commitment_reports::commitments) // GET   /api/v1/reports/commitments
        .service(commitment_reports::commitments_csv) // GET /api/v1/reports/commitments.csv
        .service(commitment_reports::commitments_xlsx) // GET /api/v1/reports/commitments.xlsx
        .service(commitment_reports::forecast)     // GET    /api/v1/reports/forecast
        .service(commitment_reports::forecast_csv) // GET    /api/v1/reports/forecast.csv
        .service(commitment_reports::forecast_xlsx) // GET   /api/v1/reports/forecast.xlsx
        .service(exports::ask)                     // POST   /api/v1/exports
        .service(exports::list)                    // GET    /api/v1/exports
        .service(exports::read)                    // GET    /api/v1/exports/{id}
        .service(exports::export_file)             // GET    /api/v1/exports/{id}/file
        .service(obligation_reports::obligations)  // GET    /api/v1/reports/obligations
        .service(obligation_reports::obligations_csv) // GET /api/v1/reports/obligations.csv
        .service(obligation_reports::obligations_xlsx); // GET /api/v1/reports/obligations.xlsx
}

/// The doors of debarments and adverse records.
#[rustfmt::skip]
fn debarment_doors(api: &mut ServiceConfig) {
    api.service(debarments::record)                // POST   /api/v1/debarments
        .service(debarments::list)                 // GET    /api/v1/debarments
        .service(debarments::confirm)              // POST   /api/v1/debarments/{id}/confirmation
        .service(debarments::end)                  // POST   /api/v1/debarments/{id}/end
        .service(debarments::confirm_end)          // POST   /api/v1/debarments/{id}/end-confirmation
        .service(debarments::of_case);             // GET    /api/v1/applications/{id}/debarments
}

/// The doors of assessors, and of what they assess.
#[rustfmt::skip]
fn assessor_doors(api: &mut ServiceConfig) {
    api.service(assessors::known_fields)          // GET    /api/v1/expertise
        .service(assessors::keep_field)            // POST   /api/v1/expertise
        .service(assessors::list)                  // GET    /api/v1/assessors
        .service(assessors::read)                  // GET    /api/v1/assessors/{id}
        .service(assessors::keep_profile)          // PUT    /api/v1/assessors/{id}/profile
        .service(assessors::declare)               // POST   /api/v1/assessors/{id}/declarations
        .service(conflicts::candidates)            // GET    /api/v1/applications/{id}/candidates
        .service(conflicts::propose_override)      // POST   /api/v1/applications/{id}/conflict-overrides
        .service(conflicts::confirm_override)      // POST   /api/v1/conflict-overrides/{id}/confirmation
        .service(assessments::list)                // GET    /api/v1/applications/{id}/assessments
        .service(assessments::assign)              // POST   /api/v1/applications/{id}/assessments
        .service(assessments::accept)              // POST   /api/v1/assessments/{id}/acceptance
        .service(assessments::decline)             // POST   /api/v1/assessments/{id}/declination
        .service(assessments::declare_conflict)    // POST   /api/v1/assessments/{id}/conflict
        .service(assessments::withdraw)            // POST   /api/v1/assessments/{id}/withdrawal
        .service(assessments::give_marks);         // POST   /api/v1/assessments/{id}/score
}

/// The doors of schemes, their texts and their drafts.
#[rustfmt::skip]
fn scheme_doors(api: &mut ServiceConfig) {
    api.service(schemes::list)                    // GET    /api/v1/schemes
        .service(schemes::read)                    // GET    /api/v1/schemes/{code}
        .service(rounds::list)                     // GET    /api/v1/schemes/{code}/rounds
        .service(scheme_texts::list)               // GET    /api/v1/schemes/{code}/texts
        .service(scheme_texts::read)               // GET    /api/v1/schemes/{code}/texts/{hash}
        .service(scheme_texts::diff)               // GET    /api/v1/schemes/{code}/diff
        .service(scheme_drafts::create)            // POST   /api/v1/scheme-drafts
        .service(scheme_drafts::list)              // GET    /api/v1/scheme-drafts
        .service(scheme_drafts::read)              // GET    /api/v1/scheme-drafts/{id}
        .service(scheme_drafts::diff)              // GET    /api/v1/scheme-drafts/{id}/diff
        .service(scheme_drafts::edit)              // PUT    /api/v1/scheme-drafts/{id}/text
        .service(scheme_drafts::discard)           // POST   /api/v1/scheme-drafts/{id}/discard
        .service(scheme_drafts::propose)           // POST   /api/v1/scheme-drafts/{id}/proposal
        .service(scheme_drafts::give_back)         // POST   /api/v1/scheme-drafts/{id}/return
        .service(scheme_drafts::publish)           // POST   /api/v1/scheme-drafts/{id}/publication
        .service(rehearsals::ask)                  // POST   /api/v1/scheme-drafts/{id}/rehearsals
        .service(rehearsals::list)                 // GET    /api/v1/scheme-drafts/{id}/rehearsals
        .service(rehearsals::read)                 // GET    /api/v1/rehearsals/{id}
        .service(rehearsals::cases)                // GET    /api/v1/rehearsals/{id}/cases
        .service(allocations::work_out)            // POST   /api/v1/schemes/{code}/allocation-plans
        .service(calculations::calculate)          // POST   /api/v1/schemes/{code}/calculations
        .service(calculations::schema)             // GET    /api/v1/schemes/{code}/calculations/schema
        .service(calculations::form);              // GET    /api/v1/schemes/{code}/form
}

/// The doors of applications and of what lies beside them.
#[rustfmt::skip]
fn application_doors(api: &mut ServiceConfig) {
    api.service(applications::create)             // POST   /api/v1/applications
        .service(applications::list)               // GET    /api/v1/applications
        .service(applications::read)               // GET    /api/v1/applications/{id}
        .service(applications::edit)               // PUT    /api/v1/applications/{id}/content
        .service(standing::pre_check)              // GET    /api/v1/applications/{id}/pre-check
        .service(applications::submit)             // POST   /api/v1/applications/{id}/submission
        .service(applications::withdraw)           // POST   /api/v1/applications/{id}/withdrawal
        .service(standing::status)                 // GET    /api/v1/applications/{id}/status
        .service(standing::calculations)           // GET    /api/v1/applications/{id}/calculations
        .service(returns::ask)                     // POST   /api/v1/applications/{id}/return
        .service(returns::answer)                  // POST   /api/v1/applications/{id}/resubmission
        .service(returns::end)                     // POST   /api/v1/applications/{id}/return-end
        .service(returns::list)                    // GET    /api/v1/applications/{id}/returns
        .service(returns::list_revisions)          // GET    /api/v1/applications/{id}/revisions
        .service(returns::read_revision)           // GET    /api/v1/applications/{id}/revisions/{number}
        .service(returns::history)                 // GET    /api/v1/applications/{id}/history
        .service(members::list)                    // GET    /api/v1/applications/{id}/members
        .service(members::invite)                  // POST   /api/v1/applications/{id}/members
        .service(members::change_role)             // PUT    /api/v1/members/{id}/role
        .service(members::end)                     // POST   /api/v1/members/{id}/end
        .service(members::waiting)                 // GET    /api/v1/invitations
        .service(members::accept)                  // POST   /api/v1/members/{id}/acceptance
        .service(members::decline)                 // POST   /api/v1/members/{id}/declination
        .service(attachments::attach)              // POST   /api/v1/applications/{id}/attachments
        .service(attachments::list)                // GET    /api/v1/applications/{id}/attachments
        .service(attachments::read)                // GET    /api/v1/attachments/{id}
        .service(attachments::content)             // GET    /api/v1/attachments/{id}/content
        .service(attachments::detach)              // DELETE /api/v1/attachments/{id}
        .service(signals::signals)                 // GET    /api/v1/applications/{id}/signals
        .service(clocks::of_case);                 // GET    /api/v1/applications/{id}/clocks
}

/// The doors of assessments: given out, scored, ranked, and told of.
#[rustfmt::skip]
fn assessment_doors(api: &mut ServiceConfig) {
    api.service(allocations::assign_all)          // POST   /api/v1/allocations
        .service(assessment_steps::list)           // GET    /api/v1/applications/{id}/assessment-steps
        .service(assessment_steps::record)         // POST   /api/v1/applications/{id}/assessment-steps
        .service(panels::open)                     // POST   /api/v1/panels
        .service(panels::list)                     // GET    /api/v1/panels
        .service(panels::read)                     // GET    /api/v1/panels/{id}
        .service(panels::list_cases)               // GET    /api/v1/panels/{id}/cases
        .service(panels::list_minutes)             // GET    /api/v1/panels/{id}/minutes
        .service(panels::write_minute)             // POST   /api/v1/panels/{id}/minutes
        .service(round_decisions::propose)         // GET    /api/v1/round-decisions/proposal
        .service(round_decisions::decide)          // POST   /api/v1/round-decisions
        .service(reserve_lists::list)              // GET    /api/v1/reserve-lists
        .service(reserve_lists::move_up)           // POST   /api/v1/reserve-lists/move-up
        .service(reserve_lists::close)             // POST   /api/v1/reserve-lists/close
        .service(feedback::read)                   // GET    /api/v1/applications/{id}/feedback
        .service(feedback::release);               // POST   /api/v1/applications/{id}/feedback
}

#[cfg(test)]
mod tests {
    use crate::http::Document;
    use std::collections::BTreeSet;

    #[test]
    fn the_remarks_beside_the_doors_are_the_doors() {
        let remarks: BTreeSet<String> = include_str!("doors.rs")
            .lines()
            .filter_map(|line| line.split_once(" // ").filter(|(code, _)| code.contains(".service(")))
            .map(|(_, remark)| remark.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let document = Document::new(true).unwrap();
        let doors: BTreeSet<String> = document.doors().map(|(method, path, _)| format!("{method} {path}")).collect();
        assert_eq!(remarks, doors);
        assert!(!Document::new(false).unwrap().doors().any(|(_, path, _)| path.ends_with("/clock")));
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = Document::new(true).unwrap();
        let names: Vec<&str> = document.doors().map(|(_, _, name)| name).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        assert!(!distinct.contains(""));
    }
}
