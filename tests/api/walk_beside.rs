//! Those whom the walk meets on the side of the applicant: members of the walked cases, and a co-applicant with its people.

use crate::case::Case;
use crate::world::{Applicant, World};
use almoner::store::Moment;
use rules::actor::{Actor, Role};
use rules::ids::ApplicationId;

/// Under what those may approve who are everything at once.
pub const AUTHORITIES: [&str; 2] = ["assistant_commissioner", "commissioner"];

/// Those who are beside the applicant of the walked cases.
pub struct Beside {
    /// Members, by their roles: they read, edit, sign.
    pub members: [Actor; 3],
    /// Acts for a co-applicant, and is everything else.
    pub partner: Applicant,
    /// Acts for it as well, and is the member.
    colleague: Actor,
    /// Is everything at once, and is off each case that is assessed for a conflict.
    pub recused: Actor,
}

impl Beside {
    pub async fn come(world: &World) -> Self {
        let recused = world.person(&Role::ALL, &AUTHORITIES).await;
        let member = async || world.person(&[Role::Applicant], &[]).await;
        let members = [member().await, member().await, member().await];
        let partner = world.with_roles(&world.applicant().await, &Role::ALL).await;
        let colleague = world.applicant().await.actor;
        let (person, organisation) = (colleague.person().unwrap(), partner.organisation);
        world.database.run(&format!("INSERT INTO memberships VALUES ('{person}', '{organisation}')")).await;
        Self { members, partner, colleague, recused }
    }

    /// All of them come to a draft, and the viewer was invited to it once before.
    pub async fn join(&self, case: &Case<'_>, applicant: &Applicant) {
        let row = |(person, role, organisation): (&Actor, &str, String)| {
            format!("('{}'::uuid, '{role}', {organisation})", person.person().unwrap())
        };
        let none = || "NULL::uuid".to_owned();
        let [viewer, editor, signer] = &self.members;
        let rows = [
            (viewer, "view", none()),
            (editor, "edit", none()),
            (signer, "sign", none()),
            (&self.colleague, "view", format!("'{}'", self.partner.organisation)),
        ];
        let (id, inviter, viewer) = (case.id, applicant.actor.person().unwrap(), viewer.person().unwrap());
        let sql = format!(
            "INSERT INTO application_members (id, application_id, email, role, state, ubi, organisation_name, person_id, organisation_id,
                                              accepted_at, invited_by, invited_at, version)
             SELECT gen_random_uuid(), '{id}'::uuid, email, role, 'accepted', ubi, o.name, p.id, o.id, now(), '{inviter}'::uuid, now(), 2
               FROM (VALUES {}) v (person, role, organisation) JOIN people p ON p.id = person LEFT JOIN organisations o ON o.id = organisation
             UNION ALL SELECT gen_random_uuid(), '{id}', email, 'view', 'withdrawn', NULL, NULL, NULL, NULL, NULL, '{inviter}', now(), 2
               FROM people WHERE id = '{viewer}'",
            rows.map(row).join(", ")
        );
        case.world.database.run(&sql).await;
    }
}

/// Somebody who works for the agency as well is asked to assess a walked case, and declares a conflict.
pub async fn recuse(case: &Case<'_>, beside: Option<&Beside>, moment: Moment) {
    if let Some(Beside { recused, .. }) = beside {
        let off = case.invite(moment, recused).await.unwrap();
        case.declare_conflict(moment, recused, &off).await.unwrap();
    }
}

/// Somebody who is to see nothing of the case by it.
pub async fn invite_stranger(world: &World, case: ApplicationId, own: &Applicant, other: &Applicant) {
    let (inviter, stranger) = (own.actor.person().unwrap(), other.actor.person().unwrap());
    let sql = format!(
        "INSERT INTO application_members (id, application_id, email, role, state, invited_by, invited_at, version)
         SELECT gen_random_uuid(), '{case}', email, 'sign', 'invited', '{inviter}', now(), 1 FROM people WHERE id = '{stranger}'"
    );
    world.database.run(&sql).await;
}
