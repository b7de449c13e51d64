//! The floor: a bare server with the same token check, SQL, validation, JSON and pool, and nothing else: no policy beyond the
//! membership, no audit, no outbox, no idempotency, no metrics, no log. As fast as such a program can sensibly be.

use crate::Outcome;
use actix_web::error::{ErrorBadRequest, ErrorForbidden, ErrorInternalServerError, ErrorNotFound, ErrorUnauthorized};
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, post};
use almoner::access::Access;
use almoner::clock::Clock;
use almoner::settings::Settings;
use almoner::store::{Connected, Db, Fault, Reader, scheme_texts, sessions};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncConnection, RunQueryDsl};
use rules::actor::Actor;
use rules::application::{Content, SUMMARY_CHARACTERS_MAX, TITLE_CHARACTERS_MAX};
use rules::calculation::read_json;
use rules::calendar::Day;
use rules::ids::OrganisationId;
use rules::money::Cents;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use uuid::Uuid;

diesel::table! {
    applications (id) {
        id -> Uuid,
        reference -> Text,
        scheme_code -> Text,
        organisation_id -> Uuid,
        author_id -> Uuid,
        state -> Text,
        title -> Text,
        content -> Jsonb,
        submitted_at -> Nullable<Timestamptz>,
        submitted_on -> Nullable<Date>,
        requested_cents -> Nullable<BigInt>,
        allowed_cents -> Nullable<BigInt>,
        recommended_cents -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        version -> Integer,
        told_version -> Integer,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        name -> Text,
        ubi -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(applications, organisations);

/// What the organisation of an application is called, as the product asks for it.
#[diesel::dsl::auto_type]
fn organisation_name() -> _ {
    let named = organisations::table.filter(organisations::id.eq(applications::organisation_id));
    named.select(organisations::name).single_value().assume_not_null()
}

#[diesel::dsl::auto_type]
fn organisation_ubi() -> _ {
    let named = organisations::table.filter(organisations::id.eq(applications::organisation_id));
    named.select(organisations::ubi).single_value().assume_not_null()
}

diesel::define_sql_function! { fn nextval(sequence: Text) -> BigInt; }
diesel::define_sql_function! { fn to_char(number: BigInt, format: Text) -> Text; }

struct Bare {
    db: Db,
    access: Arc<Access>,
    clock: Clock,
}

/// Answers until it is ended.
pub(crate) async fn serve() -> Outcome<()> {
    let settings = Settings::load(FilePath::new("config")).map_err(|faults| format!("{faults}"))?;
    let (workers, url) = (settings.http.workers, settings.database.url.expose_secret());
    let access = Arc::new(Access::new(&settings)?);
    let connections = settings.database.connections.div_ceil(workers.max(1));
    let pools = (0..workers).map(|_| Db::new(url, connections)).collect::<Result<Vec<_>, _>>()?;
    let bare = pools.into_iter().map(|db| Bare { db, access: Arc::clone(&access), clock: Clock::default() });
    let bare = bare.map(Data::new).collect::<Vec<_>>();
    let next = Arc::new(AtomicUsize::new(0));
    let server = HttpServer::new(move || {
        let turn = next.fetch_add(1, Ordering::Relaxed).checked_rem(bare.len()).unwrap_or(0);
        let app = App::new().service(list).service(read).service(create);
        match bare.get(turn) {
            Some(bare) => app.app_data(bare.clone()),
            None => app,
        }
    });
    Ok(server.workers(workers).bind(("127.0.0.1", settings.http.port))?.run().await?)
}

/// Whatever the database says wrong is the server's fault here.
fn failed(fault: impl Into<Fault>) -> actix_web::Error {
    ErrorInternalServerError(fault.into())
}

/// The token is verified and its session, roles and organisations looked up, as in the product; one connection for it all.
async fn signed_in(request: &HttpRequest, bare: &Bare) -> actix_web::Result<(Reader, Actor, Uuid)> {
    let now = bare.clock.moment().recorded_at;
    let token = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let claims = token.and_then(|token| bare.access.tokens.verify(token, now));
    let claims = claims.ok_or_else(|| ErrorUnauthorized("sign in"))?;
    let mut reader = bare.db.reader().await.map_err(failed)?;
    let actor = sessions::actor(&mut reader, claims.sid, claims.sub, now).await.map_err(failed)?;
    Ok((reader, actor.ok_or_else(|| ErrorUnauthorized("sign in"))?, claims.sub.0))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = applications)]
struct Row {
    id: Uuid,
    reference: String,
    scheme_code: String,
    organisation_id: Uuid,
    state: String,
    content: Value,
    submitted_at: Option<DateTime<Utc>>,
    submitted_on: Option<NaiveDate>,
    requested_cents: Option<i64>,
    allowed_cents: Option<i64>,
    recommended_cents: Option<i64>,
    reason: Option<String>,
    version: i32,
    #[diesel(select_expression = organisation_name())]
    organisation_name: String,
    #[diesel(select_expression = organisation_ubi())]
    organisation_ubi: String,
}

#[derive(Serialize)]
struct View<C> {
    id: Uuid,
    reference: String,
    scheme: String,
    organisation: Uuid,
    organisation_name: String,
    organisation_ubi: String,
    state: String,
    content: C,
    submission: Option<Submission>,
    recommended: Option<Cents>,
    reason: Option<String>,
    missing: Vec<String>,
    version: i32,
}

#[derive(Serialize)]
struct Submission {
    at: Option<DateTime<Utc>>,
    on: Option<NaiveDate>,
    requested: Option<Cents>,
    allowed: Option<Cents>,
}

#[get("/api/v1/applications/{id}")]
async fn read(request: HttpRequest, bare: Data<Bare>, id: Path<Uuid>) -> actix_web::Result<HttpResponse> {
    let (mut reader, ..) = signed_in(&request, &bare).await?;
    let row = applications::table.find(*id).select(Row::as_select()).first(reader.connection()).await;
    let row: Row = row.optional().map_err(failed)?.ok_or_else(|| ErrorNotFound("absent"))?;
    let submission = row.submitted_at.is_some().then(|| Submission {
        at: row.submitted_at,
        on: row.submitted_on,
        requested: row.requested_cents.map(Cents::new),
        allowed: row.allowed_cents.map(Cents::new),
    });
    Ok(HttpResponse::Ok().json(View {
        id: row.id,
        reference: row.reference,
        scheme: row.scheme_code,
        organisation: row.organisation_id,
        organisation_name: row.organisation_name,
        organisation_ubi: row.organisation_ubi,
        state: row.state,
        content: row.content,
        submission,
        recommended: row.recommended_cents.map(Cents::new),
        reason: row.reason,
        missing: Vec::new(),
        version: row.version,
    }))
}

#[derive(Deserialize)]
struct ListQuery {
    state: String,
    cursor: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = applications)]
struct Listed {
    id: Uuid,
    reference: String,
    scheme_code: String,
    organisation_id: Uuid,
    state: String,
    title: String,
    requested_cents: Option<i64>,
    submitted_at: Option<DateTime<Utc>>,
    #[diesel(select_expression = organisation_name())]
    organisation_name: String,
}

#[derive(Serialize)]
struct Line {
    id: Uuid,
    reference: String,
    scheme: String,
    organisation: Uuid,
    organisation_name: String,
    state: String,
    title: String,
    requested: Option<Cents>,
    submitted_at: Option<DateTime<Utc>>,
}

impl From<Listed> for Line {
    fn from(row: Listed) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            scheme: row.scheme_code,
            organisation: row.organisation_id,
            organisation_name: row.organisation_name,
            state: row.state,
            title: row.title,
            requested: row.requested_cents.map(Cents::new),
            submitted_at: row.submitted_at,
        }
    }
}

#[derive(Serialize)]
struct Page {
    items: Vec<Line>,
    next: Option<String>,
}

/// How many rows a page has.
const LIMIT: usize = 50;

#[get("/api/v1/applications")]
async fn list(request: HttpRequest, bare: Data<Bare>, query: Query<ListQuery>) -> actix_web::Result<HttpResponse> {
    let (mut reader, ..) = signed_in(&request, &bare).await?;
    let key = |cursor: &String| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok();
    let after: Uuid = match &query.cursor {
        Some(cursor) => key(cursor).ok_or_else(|| ErrorBadRequest("cursor"))?,
        None => Uuid::max(),
    };
    let page = applications::table
        .filter(applications::submitted_at.is_not_null().and(applications::state.eq(&query.state)))
        .filter(applications::id.lt(after))
        .order(applications::id.desc())
        .limit(51)
        .select(Listed::as_select());
    let mut rows: Vec<Listed> = page.load(reader.connection()).await.map_err(failed)?;
    let more = rows.len() > LIMIT;
    rows.truncate(LIMIT);
    let next = rows.last().filter(|_| more).map(|row| BASE64_URL_SAFE_NO_PAD.encode(format!("\"{}\"", row.id)));
    Ok(HttpResponse::Ok().json(Page { items: rows.into_iter().map(Line::from).collect(), next }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewApplication {
    scheme: String,
    organisation: Uuid,
    content: Content,
}

#[post("/api/v1/applications")]
async fn create(request: HttpRequest, bare: Data<Bare>, body: Bytes) -> actix_web::Result<HttpResponse> {
    let (mut reader, actor, author) = signed_in(&request, &bare).await?;
    let NewApplication { scheme, organisation, content } =
        read_json(&body).map_err(|fault| ErrorBadRequest(fault.to_string()))?;
    if content.title.chars().count() > TITLE_CHARACTERS_MAX || content.summary.chars().count() > SUMMARY_CHARACTERS_MAX
    {
        return Err(ErrorBadRequest("too long"));
    }
    if !actor.organisations.contains(&OrganisationId(organisation)) {
        return Err(ErrorForbidden("not yours"));
    }
    let (id, now) = (Uuid::now_v7(), bare.clock.moment().now);
    scheme_texts::in_force(&mut reader, &scheme, Day::in_hong_kong(now))
        .await
        .map_err(failed)?
        .ok_or_else(|| ErrorBadRequest("scheme"))?;
    let year = Day::in_hong_kong(now).to_string().chars().take(4).collect::<String>();
    let prefix = format!("{scheme}-{year}-");
    let serial = to_char(nextval("application_serial"), "FM000000");
    let row = (
        applications::id.eq(id),
        applications::reference.eq(prefix.into_sql::<Text>().concat(serial)),
        applications::scheme_code.eq(&scheme),
        applications::organisation_id.eq(organisation),
        applications::author_id.eq(author),
        applications::state.eq("draft"),
        applications::title.eq(&content.title),
        applications::content.eq(serde_json::to_value(&content)?),
        applications::created_at.eq(now),
        applications::version.eq(1),
        applications::told_version.eq(1),
    );
    let told = (applications::reference, organisation_name(), organisation_ubi());
    let insert = diesel::insert_into(applications::table).values(row).returning(told);
    let written = reader
        .connection()
        .transaction(async |connection| insert.get_result::<(String, String, String)>(connection).await);
    let written = written.await.map_err(|error: diesel::result::Error| failed(error))?;
    let (reference, organisation_name, organisation_ubi) = written;
    Ok(HttpResponse::Created().json(View {
        id,
        reference,
        scheme,
        organisation,
        organisation_name,
        organisation_ubi,
        state: "draft".to_owned(),
        content,
        submission: None,
        recommended: None,
        reason: None,
        missing: Vec::new(),
        version: 1,
    }))
}
