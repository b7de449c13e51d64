//! What is owed on a case beside the project: reports and accounts, handed in, accepted or sent back.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Nothing, Reason};
use super::idempotency::Keyed;
use super::problem::Problem;
use super::schemes::TextShape;
use super::services::Door;
use crate::actions::obligations::{self, books_kept_until};
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{ApplicationId, AttachmentId, PersonId};
use rules::obligation::{Obligation, Submission};
use rules::scheme::Scheme;
use rules::sight::Sight;
use rules::text::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which obligation of which application.
type OfCase = Path<(ApplicationId, String)>;

/// Something that was handed in.
#[derive(Serialize, ToSchema)]
pub(super) struct HandedInView {
    /// Counted from 1.
    number: i32,
    /// The file.
    #[schema(value_type = Uuid)]
    attachment: AttachmentId,
    /// What the recipient says of it.
    words: String,
    /// Who handed it in.
    #[schema(value_type = Uuid)]
    submitted_by: PersonId,
    /// When.
    submitted_at: DateTime<Utc>,
    /// The officer who has judged it; null while it waits, and for the recipient.
    #[schema(value_type = Option<Uuid>)]
    decided_by: Option<PersonId>,
    /// When.
    decided_at: Option<DateTime<Utc>>,
    /// Why it was sent back; null where it was accepted, or waits.
    returned_because: Option<String>,
}

impl HandedInView {
    fn of(submission: Submission, sight: Sight) -> Self {
        let Submission { number, attachment, words, by, at, judged } = submission;
        let decided_by = judged.as_ref().filter(|_| sight == Sight::Staff).map(|judged| judged.by);
        let decided_at = judged.as_ref().map(|judged| judged.at);
        let returned_because = judged.and_then(|judged| judged.returned);
        Self { number, attachment, words, submitted_by: by, submitted_at: at, decided_by, decided_at, returned_because }
    }
}

/// Something that is owed beside the project.
#[derive(Serialize, ToSchema)]
pub(super) struct OwedView {
    /// The scheme's code for it, with a number where it is owed several times: also the name under which its files are attached.
    #[schema(example = "final_report")]
    code: String,
    /// What people call it; null where the text says nothing of it any more.
    #[schema(value_type = Option<TextShape>)]
    name: Option<Text>,
    /// What is to be attached, where its name does not say it.
    #[schema(value_type = Option<TextShape>)]
    document: Option<Text>,
    /// `report`, `audited_accounts`, `books`, which are kept and not handed in, or `other`.
    #[schema(value_type = String, example = "report")]
    kind: &'static str,
    /// `open`, `submitted` or `accepted`.
    #[schema(value_type = String, example = "open")]
    state: &'static str,
    /// Its last day; of books, until when they are kept; null while the day from which it is counted is not known.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// By how many days it is late.
    days_late: u32,
    /// Whether nothing is certified or prepared for payment while it is late.
    blocks_when_late: bool,
    /// The instalments of the plan that are not certified before it is accepted.
    needed_for: Vec<String>,
    /// What was handed in, oldest first.
    submissions: Vec<HandedInView>,
}

impl OwedView {
    fn of(owed: Obligation, scheme: Option<&Scheme>, (today, sight): (Day, Sight)) -> Self {
        let (name, document) = match scheme.and_then(|scheme| scheme.file.owed(&owed.code)) {
            Some((name, obligation)) => (Some(name), obligation.document.clone()),
            None => (None, None),
        };
        Self {
            days_late: owed.late_days(today),
            kind: owed.kind.code(),
            state: owed.state.code(),
            code: owed.code,
            name,
            document,
            due_on: owed.due_on,
            blocks_when_late: owed.blocks_when_late,
            needed_for: owed.needed_for,
            submissions: owed.submissions.into_iter().map(|one| HandedInView::of(one, sight)).collect(),
        }
    }
}

/// What is owed on a case beside the project.
#[derive(Serialize, ToSchema)]
pub(super) struct OwedList {
    /// Until which day books are kept; null where nobody has said so, or the end of the project is not known.
    #[schema(value_type = Option<String>, format = Date)]
    books_kept_until: Option<Day>,
    /// Each, what is due first first.
    items: Vec<OwedView>,
}

/// What is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandingIn {
    /// A file that was attached with the code of the obligation as its `name`.
    #[schema(value_type = Uuid)]
    attachment: AttachmentId,
    /// What you say of it, in 1 to 2000 characters.
    words: String,
}

/// One that was handed in or judged, to whoever did it.
fn done(owed: Obligation, today: Day, sight: Sight) -> Result<Answer, Problem> {
    Answer::ok(&OwedView::of(owed, None, (today, sight)))
}

/// What is owed on an application beside the project: reports and accounts with their days, and until when books are kept. It is there
/// once the offer is accepted.
#[utoipa::path(
    tag = "obligations", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "All of it", body = OwedList)),
)]
#[get("/applications/{id}/obligations")]
pub(super) async fn of_case(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (mut reader, at) = (door.reader().await?, (*id, door.moment.now));
    let (sight, scheme, owed) = obligations::of_case(&mut reader, &caller.actor, &door.schemes, at).await?;
    let (today, books_kept_until) = (door.moment.today(), books_kept_until(&owed));
    let items = owed.into_iter().map(|one| OwedView::of(one, scheme.as_deref(), (today, sight))).collect();
    Answer::ok(&OwedList { books_kept_until, items })
}

/// Hand in what is owed, with a file that was attached for it: `POST …/attachments` with the code of the obligation as its `name`.
#[utoipa::path(
    tag = "obligations", request_body = HandingIn,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("obligation" = String, Path, description = "The code of the obligation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "It waits for an officer", body = OwedView),
        (status = 409, description = "It is not open, or the award does not run"),
        (status = 422, description = "Nothing of this name is owed, or the file is none of it"),
    ),
)]
#[post("/applications/{id}/obligations/{obligation}/submissions")]
pub(super) async fn submit(
    door: Door,
    Signed(caller, (path, Keyed { body, once })): Signed<(OfCase, Keyed<HandingIn>)>,
) -> Result<Answer, Problem> {
    let (today, (id, code)) = (door.moment.today(), path.into_inner());
    door.write_once(caller.person, once, async move |tx| {
        let sent = (body.attachment, body.words.as_str());
        done(obligations::submit(tx, &caller.actor, (id, &code), sent).await?, today, Sight::Public)
    })
    .await
}

/// Accept what was handed in.
#[utoipa::path(
    tag = "obligations", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("obligation" = String, Path, description = "The code of the obligation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Accepted", body = OwedView),
        (status = 409, description = "Nothing waits for it"),
    ),
)]
#[post("/applications/{id}/obligations/{obligation}/acceptance")]
pub(super) async fn accept(
    door: Door,
    Signed(caller, (path, Keyed { once, .. })): Signed<(OfCase, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let (today, (id, code)) = (door.moment.today(), path.into_inner());
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        done(obligations::accept(tx, &caller.actor, &schemes, (id, &code)).await?, today, Sight::Staff)
    })
    .await
}

/// Send back what was handed in, with the reason: it is owed as before.
#[utoipa::path(
    tag = "obligations", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("obligation" = String, Path, description = "The code of the obligation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Sent back", body = OwedView),
        (status = 409, description = "Nothing waits for it"),
    ),
)]
#[post("/applications/{id}/obligations/{obligation}/return")]
pub(super) async fn give_back(
    door: Door,
    Signed(caller, (path, Keyed { body, once })): Signed<(OfCase, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    let (today, (id, code)) = (door.moment.today(), path.into_inner());
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        done(obligations::give_back(tx, &caller.actor, &schemes, (id, &code), &body.reason).await?, today, Sight::Staff)
    })
    .await
}
