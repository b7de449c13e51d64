//! Members of applications: who they are, whom to invite, and what the invited answer.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Nothing;
use super::body::Body;
use super::idempotency::Keyed;
use super::page::Short;
use super::precondition::IfMatch;
use super::problem::Problem;
use super::services::Door;
use crate::actions::members::{self, Names};
use crate::store::Connected;
use crate::store::members::Invitation;
use actix_web::web::Path;
use actix_web::{get, post, put};
use chrono::{DateTime, Utc};
use rules::calculation::object_or_none;
use rules::ids::{ApplicationId, MemberId, OrganisationId, PersonId};
use rules::member::{Member, MemberRole, NewMember};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a member may do: `view` reads, `edit` also edits the draft and its files, `sign` also submits, withdraws, answers the offer,
/// claims and invites.
#[derive(ToSchema)]
#[schema(as = MemberRole, rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "the shape of rules::member::MemberRole for the document, which that crate knows nothing of"
)]
pub(super) enum MemberRoleShape {
    View,
    Edit,
    Sign,
}

/// An invitation to an application, and the member that came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: MemberId,
    /// To which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The address that was invited.
    #[schema(format = Email)]
    email: String,
    /// What they may do, or would.
    #[schema(value_type = MemberRoleShape)]
    role: MemberRole,
    /// Where it stands: `invited`, `accepted`, `declined`, `withdrawn` or `ended`.
    #[schema(example = "invited")]
    state: &'static str,
    /// On whose behalf; `null` for a colleague of the applicant.
    co_applicant: Option<CoApplicantView>,
    /// Who has accepted.
    #[schema(value_type = Option<Uuid>)]
    person: Option<PersonId>,
    /// What they are called.
    name: Option<String>,
    /// When they accepted.
    accepted_at: Option<DateTime<Utc>>,
    /// Who has invited them.
    #[schema(value_type = Uuid)]
    invited_by: PersonId,
    /// What that one is called.
    inviter: Option<String>,
    /// When.
    invited_at: DateTime<Utc>,
    /// What `If-Match` names, in quotes.
    version: i32,
}

/// An organisation that applies together with the applicant.
#[derive(Serialize, ToSchema)]
pub(super) struct CoApplicantView {
    /// Its Unique Business Identifier, as it was invited.
    #[schema(example = "12345678")]
    ubi: String,
    /// Its name, as it was invited.
    name: String,
    /// Which it is, once somebody who acts for it has accepted.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
}

impl MemberView {
    fn of(member: Member, names: &Names) -> Self {
        Self {
            id: member.id,
            application: member.application,
            role: member.role,
            state: member.state.code(),
            person: member.person(),
            name: member.person().and_then(|person| names.get(&person).cloned()),
            accepted_at: member.accepted.map(|(_, at)| at),
            invited_by: member.invited_by,
            inviter: names.get(&member.invited_by).cloned(),
            invited_at: member.invited_at,
            version: member.version,
            email: member.email,
            co_applicant: member.co_applicant.map(|named| CoApplicantView {
                ubi: named.ubi,
                name: named.name,
                organisation: named.organisation,
            }),
        }
    }

    async fn answered(reader: &mut impl Connected, member: Member) -> Result<Answer, Problem> {
        let names = members::named(reader, std::slice::from_ref(&member)).await?;
        let version = member.version;
        Ok(Answer::ok(&Self::of(member, &names))?.version(version))
    }
}

/// What somebody is told who is invited, and not more.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: MemberId,
    /// The scheme's code.
    scheme: String,
    /// What the project is called.
    title: String,
    /// What you could do.
    #[schema(value_type = MemberRoleShape)]
    role: MemberRole,
    /// What the one who invites is called.
    inviter: String,
    /// On whose behalf you are invited: only somebody who acts for that organisation can accept.
    co_applicant: Option<NamedOrganisation>,
    /// When you were invited.
    invited_at: DateTime<Utc>,
}

/// An organisation, as it is named.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedOrganisation {
    /// Unique Business Identifier: eight digits.
    #[schema(example = "12345678", pattern = "^[0-9]{8}$")]
    ubi: String,
    /// As registered.
    #[schema(example = "Peak Laboratories Limited", min_length = 1, max_length = 200)]
    name: String,
}

impl From<Invitation> for InvitationView {
    fn from(Invitation { member, scheme, title, inviter }: Invitation) -> Self {
        Self {
            id: member.id,
            scheme,
            title,
            role: member.role,
            inviter,
            co_applicant: member.co_applicant.map(|named| NamedOrganisation { ubi: named.ubi, name: named.name }),
            invited_at: member.invited_at,
        }
    }
}

/// Somebody to be invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberInvitation {
    /// Their address.
    #[schema(format = Email, example = "lai.sze@peak.example", max_length = 254)]
    email: String,
    /// What they may do.
    #[schema(value_type = MemberRoleShape)]
    role: MemberRole,
    /// The organisation on whose behalf they are invited as co-applicant; left out for a colleague.
    #[serde(default, deserialize_with = "object_or_none")]
    co_applicant: Option<NamedOrganisation>,
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// What they may do from now on.
    #[schema(value_type = MemberRoleShape)]
    role: MemberRole,
}

/// Who is a member of an application, was one, or is invited: at most a hundred, oldest first.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "All of them", body = Short<MemberView>)),
)]
#[get("/applications/{id}/members")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (all, names) = members::list(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    let items = all.into_iter().map(|member| MemberView::of(member, &names)).collect::<Vec<_>>();
    Answer::ok(&Short { items })
}

/// Invite somebody to an application by their address. Whether the house knows the address makes no difference to the answer; a letter
/// goes to it.
#[utoipa::path(
    tag = "members", request_body = MemberInvitation,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Invited", body = MemberView)),
)]
#[post("/applications/{id}/members")]
pub(super) async fn invite(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<MemberInvitation>)>,
) -> Result<Answer, Problem> {
    let MemberInvitation { email, role, co_applicant } = body;
    let co_applicant = co_applicant.map(|named| (named.ubi, named.name));
    let new = NewMember { id: MemberId(Uuid::now_v7()), email, role, co_applicant };
    door.write_once(caller.person, once, async move |tx| {
        let member = members::invite(tx, &caller.actor, *id, new).await?;
        let names = members::named(tx, std::slice::from_ref(&member)).await?;
        let location = format!("/api/v1/applications/{}/members", *id);
        let version = member.version;
        Ok(Answer::created(location, &MemberView::of(member, &names))?.version(version))
    })
    .await
}

/// Give a member, or somebody who is invited, another role.
#[utoipa::path(
    tag = "members", request_body = NewRole,
    params(
        ("id" = Uuid, Path, description = "The invitation"),
        ("If-Match" = String, Header, description = "The version of what was read"),
    ),
    responses((status = 200, description = "Changed", body = MemberView)),
)]
#[put("/members/{id}/role")]
pub(super) async fn change_role(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<MemberId>, IfMatch, Body<NewRole>)>,
) -> Result<Answer, Problem> {
    door.write(async move |tx| {
        let member = members::change_role(tx, &caller.actor, (*id, version), body.0.role).await?;
        MemberView::answered(tx, member).await
    })
    .await
}

/// Take an invitation back, take a member off, or leave.
#[utoipa::path(
    tag = "members", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The invitation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Ended", body = MemberView)),
)]
#[post("/members/{id}/end")]
pub(super) async fn end(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<MemberId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let member = members::end(tx, &caller.actor, *id).await?;
        MemberView::answered(tx, member).await
    })
    .await
}

/// The invitations to your address that wait for your answer: at most a hundred, oldest first.
#[utoipa::path(tag = "members", responses((status = 200, description = "All of them", body = Short<InvitationView>)))]
#[get("/invitations")]
pub(super) async fn waiting(door: Door, Signed(caller, ()): Signed) -> Result<Answer, Problem> {
    let waiting = members::waiting(&mut door.reader().await?, &caller.actor).await?;
    Answer::ok(&Short { items: waiting.into_iter().map(InvitationView::from).collect() })
}

/// Accept an invitation to your address. On behalf of a co-applicant, you must act for that organisation.
#[utoipa::path(
    tag = "members", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The invitation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "You are a member", body = MemberView)),
)]
#[post("/members/{id}/acceptance")]
pub(super) async fn accept(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<MemberId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let member = members::accept(tx, &caller.actor, *id).await?;
        MemberView::answered(tx, member).await
    })
    .await
}

/// Decline an invitation to your address.
#[utoipa::path(
    tag = "members", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The invitation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Declined", body = MemberView)),
)]
#[post("/members/{id}/declination")]
pub(super) async fn decline(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<MemberId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let member = members::decline(tx, &caller.actor, *id).await?;
        MemberView::answered(tx, member).await
    })
    .await
}
