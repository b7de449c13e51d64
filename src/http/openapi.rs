//! The API described by itself: the document is made from the registration of the router, so the two cannot differ. What is
//! the same for every door (problems, what a token or a key may meet) is added here.

use super::answer::Answer;
use super::code::Code;
use super::problem::{Problem, Written};
use super::shapes;
use actix_web::dev::ResourceDef;
use actix_web::http::header::ALLOW;
use actix_web::{App, HttpRequest, get, web};
use std::collections::BTreeMap;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{OpenApi as _, ToSchema};
use utoipa_actix_web::AppExt;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Almoner",
        description = "Grants and matching funds, from the call to the last cent. Amounts are decimal strings with two places; \
                       days are days in Hong Kong. What says no is a problem (RFC 9457) with a stable `code`.",
    ),
    security(("bearer" = [])),
    tags(
        (name = "schemes", description = "What each scheme allows, and what it would grant"),
        (name = "scheme_texts", description = "Every text of a scheme that was published"),
        (name = "rehearsals", description = "What a draft would change, case by case and in all"),
        (name = "scheme_drafts", description = "Texts of schemes that officers write, propose and publish by two"),
        (name = "rounds", description = "When applications are taken"),
        (name = "sessions", description = "Signing in and out"),
        (name = "people", description = "Accounts and what they may be"),
        (name = "organisations", description = "Where applicants are found"),
        (name = "relations", description = "Which organisations belong together, and when"),
        (name = "payee accounts", description = "Where organisations are paid: agreed by two, sealed, and held back before it is used"),
        (name = "debarments", description = "Who is kept from public money, by which authority, and when"),
        (name = "holds", description = "What is not paid for now: a case, an organisation or a scheme"),
        (name = "extensions", description = "Later deadlines of rounds for one applicant"),
        (name = "applications", description = "From a draft to what the applicant is told"),
        (name = "members", description = "Who works on an application beside those who act for its applicant"),
        (name = "attachments", description = "Files of applications"),
        (name = "assessors", description = "What assessors know and declare, and what speaks against giving them a case"),
        (name = "assessments", description = "Who assesses, and what they found"),
        (name = "decisions", description = "Screening, recommendation, rejection"),
        (name = "round_decisions", description = "Many cases of a ranked list decided as one, within the money that there is"),
        (name = "reserve_lists", description = "What is approved for when money frees up"),
        (name = "approvals", description = "Passing the parts of a route, and what happens on it"),
        (name = "sittings", description = "Committees that pass a part by votes"),
        (name = "agendas", description = "Ranked lists on which a committee sits, and which it decides as one"),
        (name = "delegations", description = "Acting with the authorities of somebody who is absent"),
        (name = "letters", description = "What applicants are sent: as text, and as PDF"),
        (name = "awards", description = "Offers, and what is paid when"),
        (name = "reviews", description = "Review and appeal: a refusal looked at again by somebody who was not on the case"),
        (name = "change_requests", description = "Changes after an award: asked for, decided, and what held before and after"),
        (name = "claims", description = "Instalments claimed, by costs where the scheme says so, asked about, and certified"),
        (name = "obligations", description = "Reports and accounts that are owed: handed in, accepted or sent back"),
        (name = "batches", description = "Payments prepared by one person, and released by another or dissolved"),
        (name = "bank answers", description = "What banks say of payments: executed, rejected, returned; and what matches nothing"),
        (name = "recoveries", description = "What is owed back of a grant: demanded by two, received, arranged, and written off by authority"),
        (name = "statements", description = "The money of one application: each line, and what it comes to"),
        (name = "work", description = "What waits for whom"),
        (name = "reports", description = "What was paid, and the money of the schemes"),
        (name = "audit", description = "Who did what"),
        (name = "outbox", description = "Letters that could not be sent"),
        (name = "operations", description = "For the machines that look after this one"),
    ),
    components(schemas(Written)),
)]
struct Base;

/// The published API and the doors that it names.
pub struct Document {
    json: String,
    doors: Vec<(ResourceDef, BTreeMap<&'static str, String>)>,
}

impl Document {
    /// The API as registered by [`super::doors`].
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn new(settable_clock: bool) -> serde_json::Result<Self> {
        let api = api(settable_clock);
        let doors = api.paths.paths.iter().map(|(path, item)| {
            let named = operations(item)
                .into_iter()
                .map(|(method, operation)| (method, operation.operation_id.clone().unwrap_or_default()));
            (ResourceDef::new(path.as_str()), named.collect())
        });
        let doors = doors.collect();
        let mut described = serde_json::to_value(&api)?;
        shapes::put(&mut described);
        Ok(Self { doors, json: serde_json::to_string_pretty(&described)? })
    }

    /// The document as JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Every door: method, path, and the name of the operation.
    pub fn doors(&self) -> impl Iterator<Item = (&'static str, &str, &str)> {
        self.doors.iter().flat_map(|(path, methods)| {
            let path = path.pattern().unwrap_or_default();
            methods.iter().map(move |(method, name)| (*method, path, name.as_str()))
        })
    }

    /// The methods of a path that is there.
    fn methods(&self, path: &str) -> Option<String> {
        let (_, methods) = self.doors.iter().find(|(door, _)| door.is_match(path))?;
        let mut methods = methods.keys().copied().collect::<Vec<_>>();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        Some(methods.join(", "))
    }
}

fn api(settable_clock: bool) -> OpenApi {
    let app = App::new().into_utoipa_app().openapi(Base::openapi());
    let (_, mut api) = app.configure(|config| super::doors(config, settable_clock)).split_for_parts();
    for item in api.paths.paths.values_mut() {
        operations_mut(item).for_each(complete);
    }
    if let Some(components) = &mut api.components {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.security_schemes.insert("bearer".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
        components.responses.insert("Problem".to_owned(), RefOr::T(problem("What went wrong, and what to do")));
    }
    api
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Written::name()))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// What every operation shares: a name of its own, and the problems that it can meet.
fn complete(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}"));
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            *response = problem(&response.description);
        }
    }
    let has = |name: &str| {
        operation.parameters.iter().flatten().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.name == name,
            RefOr::Ref(_) => false,
        })
    };
    let guarded = operation.security.is_none();
    let mut meets = vec![("default", "What went wrong, and what to do")];
    if guarded {
        meets.extend([("401", "Nobody has signed in"), ("403", "The caller may not")]);
    }
    if has("If-Match") {
        meets.extend([("412", "Somebody else has changed it since"), ("428", "If-Match is missing")]);
    }
    if has("Idempotency-Key") {
        meets.extend([("409", "The key is at work"), ("422", "The key came with another request, or a rule says no")]);
    }
    if operation.request_body.is_some() {
        meets.extend([("413", "The body is too long"), ("415", "The body is not JSON")]);
    }
    for (status, description) in meets {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
    }
}

fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let all = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?))).collect()
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

/// This document.
#[utoipa::path(
    tag = "operations", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)),
)]
#[get("/openapi.json")]
pub(super) async fn read(document: web::Data<Document>) -> Answer {
    Answer::json(document.json.clone()).public()
}

/// Where there is no door, or not one for this method.
///
/// # Errors
/// Always.
pub async fn nowhere(request: HttpRequest, document: web::Data<Document>) -> Result<Answer, Problem> {
    match document.methods(request.path()) {
        Some(methods) => {
            let detail = format!("This takes {methods}.");
            Err(Problem::new(Code::MethodNotAllowed, detail).header(ALLOW, &methods))
        }
        None => Err(Problem::not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_rules_describe_takes_no_name_but_of_what_stands_for_it_or_mirrors_it() {
        const MIRRORED: [&str; 8] =
            ["DebarmentKind", "Interest", "MemberRole", "PayeeAccountKind", "RecoveryKind", "Role", "Text", "Tie"];
        let schemas = api(true).components.unwrap().schemas;
        let described = rules::schema::answers(shapes::PLACE);
        let taken = described.keys().filter_map(|name| Some((name, serde_json::to_value(schemas.get(name)?).unwrap())));
        let taken = taken.collect::<Vec<_>>();
        assert!(taken.len() > 10);
        for (name, stands_there) in taken {
            assert!(stands_there == json!({ "type": "object" }) || MIRRORED.contains(&name.as_str()), "{name}");
        }
    }
}
