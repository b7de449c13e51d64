//! Working a grant out for anybody who asks: the same function, and the same bytes, as `almoner calculate`; and what can be asked.

use super::answer::Answer;
use super::body::Text;
use super::problem::Problem;
use super::services::Door;
use super::shapes::{CalculationShape, RequestToWrite};
use actix_web::web::{Path, Query};
use actix_web::{get, post};
use rules::calculation::{Request, RequestFault, calculate as work_out};
use rules::calendar::Day;
use rules::hexadecimal;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

/// Work out a grant and explain it line by line.
///
/// Nothing is kept. A refused calculation is a good answer: `outcome` is then `refused`, and `refused_by` says why. Contributions
/// left out altogether mean that the required share will be found; an empty list means that there are none.
#[utoipa::path(
    tag = "schemes", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS")),
    request_body(content = RequestToWrite, description = "What is asked, on which day", example = json!(example())),
    responses(
        (status = 200, description = "The grant, or why there is none, with every step", body = CalculationShape),
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

/// Of which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SchemaQuery {
    /// The day whose rules apply; left out, what is true on every day is said.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Day>,
}

/// What can be asked of a scheme, as a JSON Schema (draft 2020-12) of its calculation requests.
///
/// It names the scheme's stages, contributors, questions, categories and classes: `title` in English, `x-name` in every written form.
/// What it refuses is refused when it is asked.
#[utoipa::path(
    tag = "schemes", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS"), SchemaQuery),
    responses((status = 200, description = "The schema of a request", body = Value)),
)]
#[get("/schemes/{code}/calculations/schema")]
pub(super) async fn schema(door: Door, code: Path<String>, query: Query<SchemaQuery>) -> Result<Answer, Problem> {
    let in_force = door.schemes.in_force(&mut door.reader().await?, &code, door.moment.today()).await?;
    answered(&rules::schema::request(&in_force.scheme, query.on))
}

/// What an application to a scheme must be to be submitted, as a JSON Schema (draft 2020-12) of its content.
///
/// It has the sections that every application has, those that the scheme needs, and its own questions: `title` in English, `x-name`
/// in every written form. A draft may lack anything of it; what it lacks on a day, the application itself says.
#[utoipa::path(
    tag = "schemes", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS"), SchemaQuery),
    responses((status = 200, description = "The schema of the content of an application", body = Value)),
)]
#[get("/schemes/{code}/form")]
pub(super) async fn form(door: Door, code: Path<String>, query: Query<SchemaQuery>) -> Result<Answer, Problem> {
    let in_force = door.schemes.in_force(&mut door.reader().await?, &code, door.moment.today()).await?;
    answered(&rules::schema::form(&in_force.scheme, query.on))
}

fn answered(described: &Value) -> Result<Answer, Problem> {
    let text = serde_json::to_string(described).map_err(|error| Problem::failed(&error.to_string()))?;
    // The text of the scheme is not all that it is made of: another version of Almoner may say more.
    let tag = hexadecimal(&Sha256::digest(&text));
    Ok(Answer::json(text).tagged(&tag).public())
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
