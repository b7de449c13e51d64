//! What one person is shown of the cases is one thing, whichever door they look through; and nobody who applies or assesses is told
//! of a decision, a recommendation or somebody else's assessment before it is theirs to know.

use crate::site::Call;
use crate::walk_ground::{Ground, Kept, UNTOLD, Walker, recommended};
use crate::walk_table::{public_word, row_of, sees};
use crate::walk_work::WORK;
use rules::application::State;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every word for a state, the staff's and the public ones.
const WORDS: [&str; 21] = [
    "draft",
    "submitted",
    "returned",
    "received",
    "ineligible",
    "in_assessment",
    "recommended",
    "on_reserve",
    "under_consideration",
    "refused",
    "rejected",
    "unsuccessful",
    "approved",
    "offered",
    "accepted",
    "suspended",
    "declined",
    "lapsed",
    "withdrawn",
    "terminated",
    "completed",
];

/// The views of one case beside the detail.
const VIEWS: [&str; 15] = [
    "status",
    "pre-check",
    "calculations",
    "attachments",
    "members",
    "award",
    "change-requests",
    "letters",
    "assessments",
    "returns",
    "reviews",
    "recoveries",
    "statement",
    "revisions",
    "history",
];

/// The doors behind the acts that the work list names.
const ACTS: [(&str, &str); 21] = [
    ("application.end_return", "POST /applications/{id}/return-end"),
    ("assessment_step.record", "POST /applications/{id}/assessment-steps"),
    ("conflict.override_confirm", "POST /conflict-overrides/{id}/confirmation"),
    ("feedback.release", "POST /applications/{id}/feedback"),
    ("panel.open", "POST /panels"),
    ("application.resubmit", "POST /applications/{id}/resubmission"),
    ("application.edit", "PUT /applications/{id}/content"),
    ("application.submit", "POST /applications/{id}/submission"),
    ("application.screen", "POST /applications/{id}/screening"),
    ("assessment.assign", "POST /applications/{id}/assessments"),
    ("assessment.withdraw", "POST /assessments/{id}/withdrawal"),
    ("assessment.score", "POST /assessments/{id}/score"),
    ("application.recommend", "POST /applications/{id}/recommendation"),
    ("application.approve", "POST /applications/{id}/approval"),
    ("refusal.tell", "POST /applications/{id}/telling"),
    ("award.offer", "POST /applications/{id}/offer"),
    ("claim.answer", "POST /claims/{id}/answer"),
    ("claim.certify", "POST /claims/{id}/certification"),
    ("batch.prepare", "POST /batches"),
    ("batch.release", "POST /batches/{id}/release"),
    ("scheme.publish", "POST /scheme-drafts/{id}/publication"),
];

impl Ground {
    /// A whole list, page by page: the ids, each with the word for its state.
    fn listed(&self, walker: &Walker, narrowed: &str) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let mut next = String::new();
        loop {
            let path = format!("/api/v1/applications?limit=7{narrowed}{next}");
            let page = self.site.send(&Call::get(path).with(&walker.token));
            // A word that the reader never meets is none: nothing is found by it.
            if page.told() == (400, "request.malformed") && !narrowed.is_empty() {
                return all;
            }
            assert_eq!(page.told(), (200, ""), "{} {narrowed}", walker.who);
            for item in page.json["items"].as_array().unwrap() {
                let (id, state) = (item["id"].as_str().unwrap(), item["state"].as_str().unwrap());
                assert_eq!(all.insert(id.to_owned(), state.to_owned()), None, "{} is told twice of {id}", walker.who);
            }
            match page.json.get("next").and_then(Value::as_str) {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return all,
            }
        }
    }

    fn view(&self, walker: &Walker, case: &Kept, view: &str) -> crate::site::Reply {
        let path = format!("/api/v1/applications/{}{view}", case.id);
        self.site.send(&Call::get(path).with(&walker.token))
    }
}

/// Whether somebody may see a case, by the tables: a foreign one is seen by its own applicant as the walked one is by `own`.
fn in_sight(walker: &Walker, case: &Kept) -> bool {
    match walker.who {
        "other" if !case.own => true,
        "own" | "viewer" | "editor" | "signer" if !case.own => false,
        "insider" | "partner" | "recused" if !case.own => case.sight != "draft",
        // Foreign cases and the special ones among the own have had no assessors but these.
        _ => sees(case.sight, walker.column),
    }
}

/// Whether a case is shown in the words of the staff.
fn as_staff(walker: &Walker, case: &Kept) -> bool {
    match walker.who {
        "own" | "other" | "assessor" | "fellow" | "free" | "conflicted" | "viewer" | "editor" | "signer" => false,
        "insider" | "partner" => !case.own,
        _ => true,
    }
}

fn word<'c>(walker: &Walker, case: &'c Kept) -> &'c str {
    if as_staff(walker, case) { case.state } else { public_word(case.state) }
}

/// To lay the ground takes longer than to look at it: it is laid once for all that only look.
#[tokio::test]
async fn every_view_shows_each_walker_what_is_theirs_to_see_in_the_words_in_which_they_are_told_it() {
    let ground = Ground::laid().await;
    list_search_detail_and_every_other_view_show_the_same_cases_in_the_same_words(&ground);
    nobody_who_applies_or_assesses_is_told_what_is_not_theirs_to_know(&ground);
    a_refusal_names_the_state_in_the_word_in_which_it_is_told(&ground);
    the_work_list_names_what_waits_and_what_the_reader_may_do(&ground);
}

fn list_search_detail_and_every_other_view_show_the_same_cases_in_the_same_words(ground: &Ground) {
    for walker in &ground.walkers {
        let seen = ground.cases.iter().filter(|case| in_sight(walker, case));
        let expected =
            seen.map(|case| (case.id.to_string(), word(walker, case).to_owned())).collect::<BTreeMap<_, _>>();
        assert_eq!(ground.listed(walker, ""), expected, "{}", walker.who);
        for asked in WORDS {
            let mut told = expected.clone();
            told.retain(|_, word| word == asked);
            assert_eq!(ground.listed(walker, &format!("&state={asked}")), told, "{} {asked}", walker.who);
        }
        for case in &ground.cases {
            let detail = ground.view(walker, case, "");
            if !in_sight(walker, case) {
                assert_eq!(detail.told(), (404, "not_found"), "{} {}", walker.who, case.name);
                for view in VIEWS {
                    let reply = ground.view(walker, case, &format!("/{view}"));
                    assert_eq!(reply.told(), (404, "not_found"), "{} {} {view}", walker.who, case.name);
                }
                continue;
            }
            assert_eq!(detail.text("/state"), word(walker, case), "{} {}", walker.who, case.name);
            let status = ground.view(walker, case, "/status");
            assert_eq!(status.text("/status"), public_word(case.state), "{} {}", walker.who, case.name);
        }
    }
}

fn nobody_who_applies_or_assesses_is_told_what_is_not_theirs_to_know(ground: &Ground) {
    for walker in &ground.walkers {
        for case in ground.cases.iter().filter(|case| in_sight(walker, case)) {
            let staff = as_staff(walker, case);
            let shown = &ground.view(walker, case, "").json["recommended"];
            assert!(staff || shown.is_null(), "{} {}", walker.who, case.name);
            if ["recommended", "on_reserve", "refused", "rejected", "approved", "withdrawn"].contains(&case.name) {
                let secret = recommended(State::from_code(case.state).unwrap());
                assert!(!staff || shown == secret, "{} {}: the search below would find it", walker.who, case.name);
                for view in ["", "/audit"].into_iter().map(str::to_owned).chain(VIEWS.map(|view| format!("/{view}"))) {
                    let reply = ground.view(walker, case, &view);
                    let shown = String::from_utf8_lossy(&reply.bytes);
                    let found = [secret, UNTOLD, "embargo_until\":\""].iter().any(|secret| shown.contains(secret));
                    assert!(staff || !found, "{} {} {view}: {reply:?}", walker.who, case.name);
                }
                // A status is for the applicant, whoever reads it.
                let status = ground.view(walker, case, "/status");
                assert!(!String::from_utf8_lossy(&status.bytes).contains(UNTOLD), "{} {}", walker.who, case.name);
            }
            let assessments = ground.view(walker, case, "/assessments").json;
            let of = |assessment: &Value| assessment["assessor"].as_str().unwrap().to_owned();
            let others =
                assessments.as_array().into_iter().flatten().filter(|one| of(one) != walker.person.to_string());
            let count = others.count();
            assert!(staff || count == 0, "{} {}: {count} assessments of others", walker.who, case.name);
        }
    }
}

/// A refusal tells an applicant the state in the public word as well.
fn a_refusal_names_the_state_in_the_word_in_which_it_is_told(ground: &Ground) {
    let mut told = 0;
    for who in ["own", "insider"] {
        let walker = ground.walkers.iter().find(|walker| walker.who == who).unwrap();
        for door in ["acceptance", "declination", "claims"] {
            let door = format!("POST /applications/{{id}}/{door}");
            for target in ground.targets(&door, walker).iter().filter(|target| target.kind != "offered") {
                let reply = ground.knock(&door, target, walker);
                if reply.told().1 == "application.wrong_state" {
                    let word = format!(" {}.", public_word(target.kind));
                    assert!(reply.text("/detail").ends_with(&word), "{who} {door} @{}: {reply:?}", target.kind);
                    told += 1;
                }
            }
        }
    }
    assert!(told >= 2 * (12 + 12 + 11), "{told}");
    // An assessor is told no more of a decision, whatever they try too late.
    let (assessor, mut late) = (ground.walkers.iter().find(|walker| walker.who == "assessor").unwrap(), 0);
    for act in ["acceptance", "declination", "conflict", "score"] {
        let door = format!("POST /assessments/{{id}}/{act}");
        for target in ground.targets(&door, assessor).iter().filter(|target| target.kind == "at_work") {
            let reply = ground.knock(&door, target, assessor);
            if reply.told().1 == "application.wrong_state" {
                let word = reply.text("/detail").trim_end_matches('.').rsplit(' ').next().unwrap();
                assert_eq!(public_word(word), word, "{act}: {reply:?}");
                late += 1;
            }
        }
    }
    assert!(late >= 4 * 9, "{late}");
}

fn the_work_list_names_what_waits_and_what_the_reader_may_do(ground: &Ground) {
    for (walker, (who, expected)) in ground.walkers.iter().zip(WORK) {
        assert_eq!(walker.who, who);
        let mut work = Vec::new();
        for item in ground.site.send(&Call::get("/api/v1/work").with(&walker.token)).json.as_array().unwrap() {
            let (act, url) = (item["act"].as_str().unwrap(), item["url"].as_str().unwrap());
            let there = ground.site.send(&Call::get(url).with(&walker.token));
            assert_eq!(there.told(), (200, ""), "{who}: {url}");
            // Of an application that they are only invited to, they learn no more than the scheme.
            if act == "member.accept" {
                assert_eq!(there.text("/items/0/scheme"), item["reference"], "{who}");
                work.push(act.to_owned());
                continue;
            }
            // A text of a scheme is known by the scheme's code.
            let name = if act == "scheme.publish" { "/code" } else { "/reference" };
            assert_eq!(there.text(name), item["reference"], "{who}: {url}");
            let id = url.rsplit('/').next().unwrap();
            let case = ground.cases.iter().find(|case| case.id.to_string() == id).map(|case| case.name);
            let mut others = ground.batches.iter().chain(&ground.drafts);
            let other = others.find(|other| other.id.to_string() == id).map(|other| other.kind);
            work.push(format!("{act} {}", case.or(other).unwrap()));
            let (_, door) = ACTS.iter().find(|(known, _)| *known == act).unwrap();
            let foreign = case.is_some_and(|case| case.starts_with("foreign"));
            let cell = row_of(&ground.rows, door, "").cells[walker.column];
            // Of an assessor's own assessment the table speaks in the column of the first one.
            assert!(cell == 'y' || foreign || who == "fellow", "{who} may not do what waits: {item}");
        }
        work.sort();
        assert_eq!(work, expected, "{who}");
    }
}
