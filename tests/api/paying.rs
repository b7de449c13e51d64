//! Accounts for those who are paid, as a loader would bring them: agreed long ago, by people who do nothing else.

use crate::case::Case;
use crate::payee_accounts::written;
use crate::world::World;
use almoner::access::{AccountKey, SealKeys};
use rules::hexadecimal;
use rules::ids::ClaimId;
use uuid::Uuid;

/// Whoever is paid on these claims has an account in force.
pub async fn accounts(world: &World, claims: &[ClaimId]) {
    let claims = claims.iter().map(|claim| format!("'{claim}'")).collect::<Vec<_>>().join(", ");
    let without = format!(
        "SELECT DISTINCT a.organisation_id::text AS line FROM claims c JOIN applications a ON a.id = c.application_id
          WHERE c.id = ANY (ARRAY[{claims}]::uuid[])
            AND NOT EXISTS (SELECT 1 FROM payee_accounts p WHERE p.organisation_id = a.organisation_id)"
    );
    for organisation in world.database.lines(&without).await {
        world.database.run(&account(&organisation)).await;
    }
}

/// Nothing is owed beside the project that an instalment of these schemes would wait for.
pub async fn owes_no_report(case: &Case<'_>) {
    if matches!(case.code, "TVP" | "ESS") {
        let dropped = "UPDATE obligations SET state = 'dropped' WHERE state = 'open' AND needed_for <> '{}'";
        case.world.database.run(&format!("{dropped} AND application_id = '{}'", case.id)).await;
    }
}

/// An account of an organisation that has none.
fn account(organisation: &str) -> String {
    let (id, coordinates) = (Uuid::now_v7(), written("123-456789-001").read().unwrap());
    let text = serde_json::to_vec(&coordinates).unwrap();
    let place = format!("payee account {organisation} {id}");
    let (key, sealed) = SealKeys::of_development().seal(&place, &text).unwrap();
    let fingerprint = AccountKey::of_development().fingerprint(&coordinates.digits());
    let (checker, sealed) = ("00000000-0000-7000-8000-000000000071", hexadecimal(&sealed));
    format!(
        "SELECT pg_advisory_xact_lock(71);
         INSERT INTO people (id, email, name, language, active, version, created_at)
           VALUES ('{checker}', 'checks@accounts.example', 'Checker', 'en', true, 1, '2000-01-01Z') ON CONFLICT DO NOTHING;
         INSERT INTO payee_accounts (id, organisation_id, kind, ending, fingerprint, seal_key, sealed, proposed_by, proposed_at)
           SELECT '{id}', m.organisation_id, 'account', '001', '{fingerprint}', '{key}', decode('{sealed}', 'hex'), m.person_id, '2000-01-01Z'
             FROM memberships m
            WHERE m.organisation_id = '{organisation}'
              AND NOT EXISTS (SELECT 1 FROM payee_accounts p WHERE p.organisation_id = m.organisation_id) LIMIT 1;
         UPDATE payee_accounts SET confirmed_by = '{checker}', confirmed_at = '2000-01-02Z', checked = 'seen', usable_from = '2000-01-08'
          WHERE id = '{id}';"
    )
}
