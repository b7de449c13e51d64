//! What is on file of cases: who applies, who is on that side, and whom they are related to.

use crate::store::members::{Joined, joined};
use crate::store::schema::{applications, case_duties, memberships, organisation_relations, organisations, people};
use crate::store::{Connected, Fault};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::duty::Duty;
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::interest::{Applying, Case, Named, Party, Related, Supplier};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A case, and who applies.
type Applies = (Uuid, Uuid, String, String);

/// The cases with who applies, who is on that side, and whom the applicants are related to today.
pub(super) async fn applying(
    reader: &mut impl Connected,
    ids: &[Uuid],
) -> Result<BTreeMap<ApplicationId, Case>, Fault> {
    let query = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::id.eq_any(ids))
        .select((applications::id, organisations::id, organisations::name, organisations::ubi));
    let rows: Vec<Applies> = query.load(reader.connection()).await?;
    let mut joined = joined(reader, ids).await?;
    let with = joined.values().flatten().filter_map(|joined| joined.party.as_ref()).map(|party| party.id.0);
    let parties = rows.iter().map(|row| row.1).chain(with).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let (mut authors, act_for) = (authors(reader, ids).await?, act_for(reader, &parties).await?);
    let (related, mut named) = (related(reader, &parties).await?, named(reader, ids).await?);
    let mut suppliers = suppliers(reader, ids).await?;
    let case = |row: Applies| {
        let (id, wrote, members) = (row.0, authors.remove(&row.0), joined.remove(&row.0));
        let mut case = written_by(row, wrote.unwrap_or_default(), members.unwrap_or_default());
        let acting = case.parties().filter_map(|party| act_for.get(&party.id.0)).flatten().cloned().collect::<Vec<_>>();
        case.people.extend(acting);
        case.named = named.remove(&id).unwrap_or_default();
        case.suppliers = suppliers.remove(&id).unwrap_or_default();
        case.related = case.parties().flat_map(|party| related_to(party, &related)).collect();
        (ApplicationId(id), case)
    };
    Ok(rows.into_iter().map(case).collect())
}

/// A case with those who have written it and its members.
fn written_by((_, organisation, name, ubi): Applies, wrote: Vec<(PersonId, Applying)>, members: Vec<Joined>) -> Case {
    let mut case = Case {
        applicant: Party { id: OrganisationId(organisation), name, ubi },
        co_applicants: Vec::new(),
        related: Vec::new(),
        people: wrote.into_iter().collect(),
        authors: BTreeSet::new(),
        members: BTreeSet::new(),
        named: Vec::new(),
        suppliers: Vec::new(),
    };
    for Joined { person, applying, party } in members {
        case.members.insert(person);
        case.people.insert(person, applying);
        let new = party.filter(|party| case.parties().all(|known| known.id != party.id));
        case.co_applicants.extend(new);
    }
    case.authors = case.people.keys().copied().collect();
    case
}

fn related_to(party: &Party, related: &BTreeMap<Uuid, Vec<(Party, String)>>) -> Vec<Related> {
    let related = related.get(&party.id.0).into_iter().flatten();
    related
        .map(|(other, group)| Related { party: other.clone(), group: group.clone(), to: party.name.clone() })
        .collect()
}

/// People by what they belong to.
type People = BTreeMap<Uuid, Vec<(PersonId, Applying)>>;

fn by_what_they_belong_to(rows: Vec<(Uuid, Uuid, String, String)>) -> People {
    let mut people = People::new();
    for (to, id, name, email) in rows {
        people.entry(to).or_default().push((PersonId(id), Applying { name, email }));
    }
    people
}

async fn authors(reader: &mut impl Connected, cases: &[Uuid]) -> Result<People, Fault> {
    let query = case_duties::table
        .inner_join(people::table.on(people::id.eq(case_duties::person_id)))
        .filter(case_duties::application_id.eq_any(cases).and(case_duties::duty.eq(Duty::Author.code())))
        .select((case_duties::application_id, people::id, people::name, people::email));
    Ok(by_what_they_belong_to(query.load(reader.connection()).await?))
}

#[derive(QueryableByName)]
struct NamedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    organisation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
}

/// The lines of a list in these applications, in the revisions that were sent last: what is not sent is nobody's business yet.
fn lines_of(list: &str, columns: &str) -> String {
    format!(
        "SELECT a.id, {columns} FROM applications a
           LEFT JOIN application_revisions r ON r.application_id = a.id AND r.number = a.submitted_revision
          CROSS JOIN LATERAL jsonb_array_elements(COALESCE(r.content, a.content) -> '{list}') WITH ORDINALITY n (line, place)
          WHERE a.id = ANY ($1) AND a.submitted_at IS NOT NULL
          ORDER BY a.id, n.place"
    )
}

#[derive(QueryableByName)]
struct SupplierRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    ubi: Option<String>,
}

/// Those whose quotations they bring.
async fn suppliers(reader: &mut impl Connected, cases: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Supplier>>, Fault> {
    let sql = lines_of("quotations", "n.line ->> 'supplier' AS name, n.line ->> 'supplier_ubi' AS ubi");
    let query = diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(cases);
    let mut suppliers = BTreeMap::<Uuid, Vec<Supplier>>::new();
    for SupplierRow { id, name, ubi } in query.load(reader.connection()).await? {
        suppliers.entry(id).or_default().push(Supplier { name, ubi });
    }
    Ok(suppliers)
}

/// Those whom they name.
async fn named(reader: &mut impl Connected, cases: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Named>>, Fault> {
    let columns = "n.line ->> 'name' AS name, n.line ->> 'organisation' AS organisation, n.line ->> 'email' AS email";
    let sql = lines_of("people", columns);
    let query = diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(cases);
    let mut named = BTreeMap::<Uuid, Vec<Named>>::new();
    for NamedRow { id, name, organisation, email } in query.load(reader.connection()).await? {
        named.entry(id).or_default().push(Named { name, organisation, email });
    }
    Ok(named)
}

async fn act_for(reader: &mut impl Connected, organisations: &[Uuid]) -> Result<People, Fault> {
    let query = memberships::table
        .inner_join(people::table.on(people::id.eq(memberships::person_id)))
        .filter(memberships::organisation_id.eq_any(organisations))
        .select((memberships::organisation_id, people::id, people::name, people::email));
    Ok(by_what_they_belong_to(query.load(reader.connection()).await?))
}

/// Two organisations and the group as which they are related.
type Relates = (Uuid, Uuid, String);

async fn related(
    reader: &mut impl Connected,
    applicants: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<(Party, String)>>, Fault> {
    let today = reader.today()?.date();
    let holds =
        organisation_relations::until_on.is_null().or(organisation_relations::until_on.gt(today).assume_not_null());
    let query = organisation_relations::table
        .filter(
            organisation_relations::first_id
                .eq_any(applicants)
                .or(organisation_relations::second_id.eq_any(applicants)),
        )
        .filter(organisation_relations::from_on.le(today).and(holds))
        .order(organisation_relations::id)
        .select((
            organisation_relations::first_id,
            organisation_relations::second_id,
            organisation_relations::group_code,
        ));
    let rows: Vec<Relates> = query.load(reader.connection()).await?;
    let both = rows.into_iter().flat_map(|(one, other, group)| [(one, other, group.clone()), (other, one, group)]);
    let both = both.filter(|(of, ..)| applicants.contains(of)).collect::<Vec<Relates>>();
    let others = both.iter().map(|row| row.1).collect::<Vec<_>>();
    let query = organisations::table.filter(organisations::id.eq_any(others)).select((
        organisations::id,
        organisations::name,
        organisations::ubi,
    ));
    let parties: Vec<(Uuid, String, String)> = query.load(reader.connection()).await?;
    let party = |(id, name, ubi)| (id, Party { id: OrganisationId(id), name, ubi });
    let parties = parties.into_iter().map(party).collect::<BTreeMap<_, _>>();
    let mut related = BTreeMap::<Uuid, Vec<(Party, String)>>::new();
    for (of, other, group) in both {
        if let Some(party) = parties.get(&other) {
            related.entry(of).or_default().push((party.clone(), group));
        }
    }
    Ok(related)
}
