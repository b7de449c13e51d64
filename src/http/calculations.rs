//! Working a grant out for anybody who asks: the same function, and the same bytes, as `almoner calculate`.

use super::answer::Answer;
use super::body::Text;
use super::problem::Problem;
use super::services::Door;
use actix_web::post;
use actix_web::web::Path;
use rules::calculation::{Request, RequestFault, calculate as work_out};
use serde_json::{Value, json};

/// Work out a grant and explain it line by line.
///
/// Nothing is kept. A refused calculation is a good answer: `outcome` is then `refused`, and `refused_by` says why. Contributions
/// left out altogether mean that the required share will be found; an empty list means that there are none.
#[utoipa::path(
    tag = "schemes", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS")),
    request_body(content = Value, description = "What is asked, on which day", example = json!(example())),
    responses(
        (status = 200, description = "The grant, or why there is none, with every step", body = Value),
        (status = 400, description = "The request cannot be understood, with pointers"),
        (status = 422, description = "The scheme does not allow what is asked, with pointers"),
    ),
)]
#[post("/schemes/{code}/calculations")]
pub(super) async fn calculate(door: Door, code: Path<String>, body: Text) -> Result<Answer, Problem> {
    let request = Request::from_json(&body.0).map_err(|fault| Problem::faulty(vec![fault]))?;
    let missing = || vec![RequestFault::malformed("/on", "say which day's rules apply, such as \"2025-11-18\"")];
    let on = request.on.ok_or_else(|| Problem::faulty(missing()))?;
    let in_force = door.schemes.in_force(&mut door.reader().await?, &code, door.moment.today()).await?;
    let calculation = work_out(&in_force.scheme, &request, on).map_err(Problem::faulty)?;
    let json = calculation.answer(&request).to_json().map_err(|error| Problem::failed(&error.to_string()))?;
    Ok(Answer::json(json))
}

fn example() -> Value {
    json!({
        "on": "2025-02-05",
        "applicant": { "facts": { "incorporated_in_hong_kong": true } },
        "project": {
            "facts": { "sector": "life_and_health" },
            "stages": [{
                "stage": "project",
                "costs": [{ "category": "equipment", "amount": "600000000.00" }],
                "contributions": [{ "from": "enterprise", "form": "cash", "amount": "400000000.00" }]
            }]
        },
        "history": { "granted": "0.00", "projects": 0 },
        "requested": "200000000.00"
    })
}
