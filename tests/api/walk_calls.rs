//! What the walk sends to each door: something that is refused by a rule or a state once the caller has been let in, so that one
//! ground serves everybody; and, at the end, what is really done.

use crate::site::Call;
use crate::walk_ground::{CODE, Ground, Target, Walker, recommended};
use crate::walk_table::{SIGHTS, sees};
use crate::world::text_of;
use rules::application::State;
use rules::ids::PersonId;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use ureq::http::Method;
use uuid::Uuid;

/// A version that nothing has.
const STALE: i64 = 9999;

/// The name of the published text: hashed once, since thousands of calls name it.
static HASH: LazyLock<String> = LazyLock::new(|| rules::scheme::hash_of(text_of(CODE)));

/// The name of an empty file, which is refused.
const NAMED: &str = "attachment; filename=\"empty.txt\"";

impl Ground {
    /// Everything that a door can be about, for somebody.
    pub fn targets(&self, door: &str, walker: &Walker) -> Vec<Target> {
        let (_, path) = door.split_once(' ').unwrap();
        let thing = |kind, id| Target { kind, id, sight: None };
        if path.starts_with("/applications/{id}") {
            // The special ones stand beside the one of their state, for lists; the doors are tried on one of each.
            let each = self.cases.iter().filter(|case| case.own && case.name == case.state);
            let mut all = each
                .map(|case| Target { kind: case.state, id: case.id.0, sight: Some(case.sight) })
                .collect::<Vec<_>>();
            // Whoever sees no case at all looks for each of them, and tries to act on one of each sight.
            if !door.starts_with("GET ") && SIGHTS.iter().all(|sight| !sees(sight, walker.column)) {
                all.dedup_by_key(|target| target.sight);
            }
            return all;
        }
        match path {
            _ if path.starts_with("/attachments/{id}") => self.attachments.clone(),
            _ if path.starts_with("/members/{id}/") => vec![self.withdrawn.clone()],
            _ if path.starts_with("/claims/{id}/") => self.claims.clone(),
            _ if path.starts_with("/assessments/{id}/") => self.assessments.clone(),
            "/conflict-overrides/{id}/confirmation" => {
                vec![Target { kind: "confirmed", id: self.conflict_override, sight: None }]
            }
            _ if path.starts_with("/assessors/{id}") => {
                let another = if walker.who == "free" { "fellow" } else { "free" };
                vec![thing("oneself", walker.person.0), thing("another", self.person(another).0)]
            }
            // The file of a released one is given out, which the audit keeps.
            "/batches/{id}/bank-file" => {
                self.batches.iter().filter(|batch| batch.kind != "released").cloned().collect()
            }
            _ if path.starts_with("/batches/{id}") => self.batches.clone(),
            "/people/{id}" | "/people/{id}/roles" | "/people/{id}/authorities" => {
                let another = self.walkers.iter().find(|other| other.person != walker.person).unwrap();
                vec![thing("oneself", walker.person.0), thing("another", another.person.0)]
            }
            // An export is of whoever asked for it, and nobody who walks has.
            _ if path.starts_with("/exports/{id}") => vec![thing("", self.rehearsal)],
            _ if path.starts_with("/rehearsals/{id}") => vec![thing("", self.rehearsal)],
            _ if path.starts_with("/scheme-drafts/{id}") => self.drafts.clone(),
            _ if path.starts_with("/panels/{id}") => vec![thing("", self.panel)],
            _ if path.starts_with("/payee-accounts/{id}") => vec![thing("", self.payee_account)],
            "/organisations/{id}/particulars" | "/organisations/{id}/payee-accounts" => {
                vec![thing("", self.organisation)]
            }
            "/delegations/{id}/end" => vec![thing("", self.delegation)],
            _ if path.starts_with("/debarments/{id}") => vec![thing("", self.debarment)],
            _ if path.starts_with("/recoveries/{id}") => {
                vec![Target { kind: "", id: self.recovery, sight: Some("assessed") }]
            }
            _ if path.starts_with("/holds/{id}") => vec![thing("", self.hold)],
            "/relations/{id}/end" => vec![thing("", self.relation)],
            "/outbox/{id}/retry" => vec![thing("waiting", self.notice)],
            _ => vec![thing("", Uuid::nil())],
        }
    }

    /// What is sent, without the token of who sends it.
    pub fn call(&self, door: &str, target: &Target, walker: &Walker) -> Call {
        static KEYS: AtomicU32 = AtomicU32::new(0);
        let (method, path) = door.split_once(' ').unwrap();
        let path = path.replace("{id}", &target.id.to_string()).replace("{code}", CODE).replace("{number}", "1");
        let nil = Uuid::nil().to_string();
        let path = path.replace("{letter}", &nil).replace("{entry}", &nil).replace("{write_off}", &nil);
        let path = path.replace("{obligation}", "final_report");
        let hash = HASH.as_str();
        let path = path.replace("{hash}", hash);
        let whole = path.starts_with("/health") || path == "/metrics";
        let path = if whole { path } else { format!("/api/v1{path}") };
        let query = match door {
            "GET /batches" => "?state=prepared".to_owned(),
            "GET /reports/rounds" | "GET /reports/clocks" | "GET /reports/dues" => format!("?scheme={CODE}"),
            "GET /round-decisions/proposal" | "GET /reserve-lists" => format!("?scheme={CODE}"),
            "GET /schemes/{code}/diff" => format!("?from={hash}&to={hash}"),
            _ => String::new(),
        };
        let call = Call::new(Method::from_bytes(method.as_bytes()).unwrap(), format!("{path}{query}"));
        if door == "POST /applications/{id}/attachments" {
            let call = call.header("content-type", "text/plain").header("content-disposition", NAMED).bytes("");
            return call.key(&format!("walk {}", KEYS.fetch_add(1, Ordering::Relaxed)));
        }
        if door.ends_with("/bank-answers") && method == "POST" || door == "POST /bank-statements" {
            // An answer to no batch, and a statement without an entry.
            let answer = "batch,payment,status,reason,amount,currency\nNONE,NONE-001,ACSC,,,\n";
            let empty = "payment,side,amount,currency,booked_on,reason,bank_reference\n";
            let body = if door == "POST /bank-statements" { empty } else { answer };
            return call.header("content-type", "text/csv").bytes(body);
        }
        let Some(body) = self.body(door, target) else { return call };
        let version = if target.kind == "oneself" { walker.version } else { STALE };
        call.json(&body).key(&format!("walk {}", KEYS.fetch_add(1, Ordering::Relaxed))).if_match(version)
    }

    #[expect(clippy::too_many_lines, reason = "a line for each door")]
    fn body(&self, door: &str, target: &Target) -> Option<Value> {
        let empty = json!({ "title": "", "summary": "", "request": { "project": { "stages": [] } } });
        let too_long = json!({ "title": "x".repeat(201), "request": { "project": { "stages": [] } } });
        let nobody = json!({ "email": "nobody@walk.example", "name": "Nobody", "language": "en" });
        Some(match door {
            _ if door.starts_with("GET ") || door.starts_with("DELETE ") => return None,
            "PUT /applications/{id}/content" => empty,
            "POST /applications/{id}/submission"
            | "POST /applications/{id}/resubmission"
            | "POST /applications/{id}/offer"
            | "POST /applications/{id}/telling"
            | "POST /applications/{id}/deferral-end"
            | "POST /applications/{id}/lapse"
            | "POST /applications/{id}/acceptance"
            | "POST /batches/{id}/release"
            | "POST /scheme-drafts/{id}/discard"
            | "POST /assessments/{id}/acceptance"
            | "POST /members/{id}/end"
            | "POST /members/{id}/acceptance"
            | "POST /members/{id}/declination"
            | "POST /conflict-overrides/{id}/confirmation"
            | "POST /scheme-drafts/{id}/publication"
            | "POST /debarments/{id}/confirmation"
            | "POST /outbox/{id}/retry" => json!({}),
            "POST /applications/{id}/withdrawal"
            | "POST /applications/{id}/reinstatement"
            | "POST /applications/{id}/return-end"
            | "POST /applications/{id}/rejection"
            | "POST /applications/{id}/reconsideration"
            | "POST /applications/{id}/declination"
            | "POST /claims/{id}/return"
            | "POST /scheme-drafts/{id}/return"
            | "POST /assessments/{id}/declination"
            | "POST /assessments/{id}/withdrawal"
            | "POST /assessments/{id}/conflict" => json!({ "reason": " " }),
            "POST /applications/{id}/return" => {
                json!({ "fields": [], "reason": " ", "answer_by": "2099-01-01" })
            }
            "POST /applications/{id}/deferral" => json!({ "until": "2099-01-01", "reason": " " }),
            "POST /applications/{id}/check-resets" => json!({ "check": "none", "reason": " " }),
            "POST /applications/{id}/sittings" => json!({ "part": "none", "committee": "none", "way": "meeting",
                "held_on": "2026-02-02", "chair": Uuid::nil(), "members": [], "motion": { "act": "take_up" } }),
            "POST /applications/{id}/sittings/{number}/votes" => json!({ "vote": "abstain" }),
            "POST /applications/{id}/sittings/{number}/closing" => json!({}),
            "POST /applications/{id}/sittings/{number}/giving-up" => json!({ "reason": " " }),
            "POST /applications/{id}/change-requests" => json!({ "kind": "scope", "wanted": {}, "reason": " " }),
            "POST /applications/{id}/change-requests/{number}/withdrawal" => json!({ "reason": " " }),
            "POST /applications/{id}/change-requests/{number}/return" | "POST /claims/{id}/queries" => {
                json!({ "question": " " })
            }
            "POST /applications/{id}/change-requests/{number}/answer" | "POST /claims/{id}/answer" => {
                json!({ "answer": " " })
            }
            "POST /applications/{id}/change-requests/{number}/forwarding" => json!({}),
            "POST /applications/{id}/change-requests/{number}/decision" => {
                json!({ "verdict": "refused", "reason": " " })
            }
            "POST /applications/{id}/reviews" => json!({ "grounds": " " }),
            "POST /applications/{id}/reviews/{number}/withdrawal" => json!({ "reason": " " }),
            "POST /applications/{id}/reviews/{number}/decision" => json!({ "verdict": "dismissed", "reason": " " }),
            "POST /applications/{id}/approval" => json!({ "amount": recommended(State::Recommended) }),
            "POST /applications/{id}/members" => json!({ "email": "nobody", "role": "view" }),
            "PUT /members/{id}/role" => json!({ "role": "view" }),
            "POST /applications/{id}/screening" => json!({ "outcome": "ineligible", "reason": " " }),
            "POST /applications/{id}/assessments" => json!({ "assessor": self.person("administrator") }),
            "POST /applications/{id}/recommendation" | "POST /claims/{id}/certification" => json!({ "amount": "0.00" }),
            "POST /applications/{id}/claims" => json!({ "instalment": "initial", "amount": "0.00", "evidence": " " }),
            "POST /applications" => json!({ "scheme": CODE, "organisation": self.organisation, "content": too_long }),
            // A claim that is named twice is refused once each case has been looked at.
            "POST /batches" => json!({ "claims": [self.certified(), self.certified()] }),
            "POST /relations" => {
                json!({ "organisations": self.related, "group": "related_company", "from": "2026-02-02",
                "evidence": "annual return" })
            }
            "POST /debarments" => json!({ "organisation": self.organisation, "kind": "adverse", "from": "2026-02-02",
                "authority": " ", "ground": " " }),
            "POST /debarments/{id}/end-confirmation" => json!({ "until": "2099-01-01" }),
            "POST /exports" => json!({ "report": "obligations", "format": "csv", "filter": { "round": "round.1" } }),
            "POST /extensions" => json!({ "scheme": CODE, "round": "round.99", "organisation": self.organisation,
                "until": "2099-01-01T00:00:00Z", "reason": "a typhoon" }),
            "POST /delegations" => {
                json!({ "to": Uuid::nil(), "from": "2099-01-01", "until": "2099-01-02", "reason": " " })
            }
            "POST /batches/{id}/bank-file" => json!({ "format": "csv" }),
            "POST /batches/{id}/dissolution"
            | "POST /unmatched-items/{id}/closing"
            | "POST /delegations/{id}/end"
            | "POST /debarments/{id}/end"
            | "POST /payee-accounts/{id}/end" => {
                json!({ "reason": " " })
            }
            "POST /relations/{id}/end" => json!({ "until": "2026-02-02", "reason": " " }),
            "POST /scheme-drafts/{id}/rehearsals" => json!({ "portfolio": { "format": "csv", "text": " " } }),
            "POST /scheme-drafts" => json!({ "text": "# \0" }),
            "PUT /scheme-drafts/{id}/text" => json!({ "text": "code = \"WALK\"" }),
            "POST /scheme-drafts/{id}/proposal" => json!({ "from": "2099-01-01" }),
            "POST /people" => json!({ "person": nobody, "roles": [] }),
            "PUT /people/{id}/roles" => json!({ "roles": ["officer"], "active": true }),
            "PUT /people/{id}/authorities" => json!({ "authorities": ["commissioner"] }),
            "POST /schemes/{code}/calculations" => json!({ "on": "2026-02-02", "project": { "stages": [
                { "stage": "project", "costs": [{ "category": "operation", "amount": "300.00" }] }] } }),
            "POST /sessions" => json!({ "email": "nobody@walk.example", "password": "a wrong password" }),
            "POST /sessions/refresh" => json!({ "refresh_token": "forged" }),
            "POST /registrations" => json!({ "person": nobody, "organisation": { "name": "Nobody", "ubi": "1" } }),
            "POST /password-links" => json!({ "email": "nobody@walk.example" }),
            "POST /passwords" => json!({ "token": "forged", "password": "correct horse battery staple" }),
            "POST /clock" => json!({ "now": self.site.clock.moment().now }),
            _ => return Some(self.body_of_assessing(door, target)),
        })
    }

    fn body_of_assessing(&self, door: &str, target: &Target) -> Value {
        match door {
            // Nothing speaks against that one.
            "POST /applications/{id}/conflict-overrides" => {
                json!({ "assessor": self.person("free"), "reason": "the only expert" })
            }
            "POST /expertise" => json!({ "code": "Optics", "in_use": true,
                "name": { "en": "Optics", "zh-Hant": "光學", "zh-Hans": "光学" } }),
            "PUT /organisations/{id}/particulars" => json!({ "account": "004-123-456789-001" }),
            "POST /organisations/{id}/payee-accounts" => {
                json!({ "kind": "account", "holder": "Nobody", "bank": "004", "number": "1" })
            }
            "POST /payee-accounts/{id}/confirmation" => {
                json!({ "kind": "account", "holder": "Nobody", "bank": "004", "number": "1", "check": "seen" })
            }
            "POST /applications/{id}/recoveries" => json!({ "kind": "unspent", "principal": "0.00", "reason": " " }),
            "POST /recoveries/{id}/receipts" => json!({ "item": Uuid::nil(), "amount": "0.00" }),
            "POST /recoveries/{id}/write-offs" => json!({ "amount": "0.00", "reason": " " }),
            "POST /recoveries/{id}/arrangements"
            | "POST /recoveries/{id}/withdrawal"
            | "POST /recoveries/{id}/entries/{entry}/reversal" => json!({ "reason": " " }),
            _ if door.starts_with("POST /recoveries/{id}/") => json!({}),
            "PUT /assessors/{id}/profile" => json!({ "expertise": ["alchemy"] }),
            "POST /assessors/{id}/declarations" => json!({ "interests": [{ "tie": "other" }] }),
            "POST /allocations" => json!({ "assignments": [] }),
            "POST /schemes/{code}/allocation-plans" => json!({}),
            "POST /applications/{id}/assessment-steps" => {
                json!({ "step": "audience", "held_on": "2026-02-02", "minutes": " " })
            }
            "POST /applications/{id}/feedback" => json!({ "note": " " }),
            "POST /agendas" => json!({ "scheme": CODE, "list": "", "committee": "none", "way": "meeting",
                "held_on": "2026-02-02", "chair": Uuid::nil(), "members": [], "items": [] }),
            "POST /agendas/{id}/votes" => json!({ "lines": [] }),
            "POST /agendas/{id}/closing" => json!({}),
            "POST /agendas/{id}/giving-up" => json!({ "reason": " " }),
            "POST /round-decisions" => json!({ "scheme": CODE, "list": "", "items": [] }),
            "POST /reserve-lists/move-up" => json!({ "scheme": CODE, "round": "round.99" }),
            "POST /reserve-lists/close" => json!({ "scheme": CODE, "round": "round.99", "reason": " " }),
            "POST /applications/{id}/obligations/{obligation}/submissions" => {
                json!({ "attachment": Uuid::nil(), "words": " " })
            }
            "POST /applications/{id}/obligations/{obligation}/acceptance" => json!({}),
            "POST /applications/{id}/obligations/{obligation}/return" => json!({ "reason": " " }),
            "POST /holds" => json!({ "organisation": self.organisation, "reason": " " }),
            "POST /holds/{id}/lifting" => json!({ "reason": " " }),
            "POST /panels" => json!({ "scheme": "WALK", "name": " " }),
            "POST /panels/{id}/minutes" => json!({ "text": " " }),
            "POST /assessments/{id}/score" => json!({ "marks": {}, "comment": " " }),
            new => panic!("the walk does not know what to send to {new}, with {target:?}"),
        }
    }

    fn person(&self, who: &str) -> PersonId {
        self.walkers.iter().find(|walker| walker.who == who).unwrap().person
    }

    fn certified(&self) -> Uuid {
        self.claims.iter().find(|claim| claim.kind == "certified").unwrap().id
    }
}
