//! What applicants write: one proposal for each scheme, and what its project really cost.

use serde_json::{Value, json};

/// A proposal with its title and summary.
pub fn proposal(title: &str, request: Value) -> Value {
    json!({ "title": title, "summary": "What it is about, in a few words.", "request": request })
}

fn project(costs: &str, contributions: &str, from: &str) -> Value {
    json!({ "stages": [{ "stage": "project",
        "costs": [{ "category": "equipment", "amount": costs }],
        "contributions": [{ "from": from, "form": "cash", "amount": contributions }] }] })
}

/// A production line of 600 million.
pub fn nias() -> Value {
    let mut project = project("600000000.00", "400000000.00", "enterprise");
    project["facts"] = json!({ "sector": "life_and_health", "high_end_technology": true, "smart_production": true });
    proposal(
        "A line for cell therapy",
        json!({ "applicant": { "facts": { "incorporated_in_hong_kong": true, "government_subvented": false } },
            "project": project, "requested": "200000000.00" }),
    )
}

/// It cost 540 million, of which the enterprise paid 360: the rules allow 180.
pub fn nias_actual() -> Value {
    json!({ "project": project("540000000.00", "360000000.00", "enterprise") })
}

/// A smart production line of 45 million.
pub fn nifs() -> Value {
    let mut project = project("45000000.00", "30000000.00", "applicant");
    project["facts"] = json!({ "smart_technologies": true });
    proposal(
        "A smart line for noodles",
        json!({ "applicant": { "facts": { "incorporated_in_hong_kong": true } }, "project": project,
            "requested": "15000000.00" }),
    )
}

/// It cost 42 million, of which the applicant paid 28: the rules allow 14.
pub fn nifs_actual() -> Value {
    json!({ "project": project("42000000.00", "28000000.00", "applicant") })
}

/// A voucher for a system of 100 000.01.
pub fn tvp(cost: &str, requested: &str) -> Value {
    let project = json!({ "facts": { "other_public_funding": false },
        "stages": [{ "stage": "project", "costs": [{ "category": "consultancy", "amount": cost }] }] });
    proposal(
        "Stock control for a shop",
        json!({ "applicant": { "facts": { "business_registered": true, "listed": false, "government_subvented": false } },
            "project": project, "requested": requested }),
    )
}

/// It cost what was said.
pub fn tvp_actual(cost: &str) -> Value {
    json!({ "project": { "stages": [{ "stage": "project", "costs": [{ "category": "consultancy", "amount": cost }] }] } })
}

/// Research in two stages, 70 million in all.
pub fn raise_plus() -> Value {
    let mut actual = raise_plus_actual();
    actual["applicant"] = json!({ "facts": { "ugc_funded_university": true } });
    actual["requested"] = json!("40000000.00");
    proposal("From the bench to the market", actual)
}

/// It cost what was said.
pub fn raise_plus_actual() -> Value {
    json!({ "project": { "stages": [
        { "stage": "stage_1", "months": 36, "costs": [{ "category": "manpower", "amount": "30000000.00" }],
          "contributions": [{ "from": "industry", "form": "cash", "amount": "6000000.00" },
                            { "from": "university", "form": "cash", "amount": "4000000.00" }] },
        { "stage": "stage_2", "months": 24, "costs": [{ "category": "equipment", "amount": "40000000.00" }],
          "contributions": [{ "from": "industry", "form": "investment", "amount": "20000000.00" }] }] } })
}

/// An accelerator that asks for what it may; the institution brings twice as much.
pub fn accelerator(contribution: &str, requested: &str) -> Value {
    let mut request = accelerator_actual(contribution);
    request["applicant"] = json!({ "facts": { "start_up_service_institution": true } });
    request["requested"] = json!(requested);
    proposal("An accelerator for robots", request)
}

/// What the institution really brought.
pub fn accelerator_actual(contribution: &str) -> Value {
    json!({ "project": { "stages": [{ "stage": "project",
        "contributions": [{ "from": "institution", "form": "cash", "amount": contribution }] }] } })
}
