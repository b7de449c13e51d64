//! Sittings of committees, who was asked to sit, and what they said.

use super::schema::{people, person_authorities, person_roles, sitting_members, sitting_votes, sittings};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::actor::Role;
use rules::calendar::Day;
use rules::ids::{AgendaId, ApplicationId, PersonId};
use rules::sitting::{
    Cast, Committee, Convening, Majority, OnAgenda, Outcome, Seat, Sitting, SittingWrite, Tally, Vote, Way,
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sittings, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    number: i32,
    route: Option<i32>,
    part: String,
    committee: String,
    quorum: i32,
    majority_of: i64,
    majority_whole: i64,
    has_casting_vote: bool,
    may_circulate: bool,
    way: String,
    held_on: NaiveDate,
    chair_id: Uuid,
    motion: serde_json::Value,
    amount_cents: Option<i64>,
    convened_by: Uuid,
    convened_at: DateTime<Utc>,
    outcome: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    votes_for: Option<i32>,
    votes_against: Option<i32>,
    abstained: Option<i32>,
    conflicted: Option<i32>,
    casting_vote: Option<bool>,
    agenda_id: Option<Uuid>,
    agenda_line: Option<i32>,
    change_request: Option<i32>,
}

impl Row {
    fn new(application: ApplicationId, sitting: &Sitting) -> Result<Self, Fault> {
        let Sitting { number, agenda, route, rules, asked, convened_by, convened_at, .. } = sitting;
        Ok(Self {
            application_id: application.0,
            number: whole(*number)?,
            route: route.map(whole).transpose()?,
            part: asked.part.clone(),
            committee: asked.committee.clone(),
            quorum: whole(rules.quorum)?,
            majority_of: rules.majority.of.into(),
            majority_whole: rules.majority.whole.into(),
            has_casting_vote: rules.casting_vote,
            may_circulate: rules.circulation,
            way: asked.way.code().to_owned(),
            held_on: asked.held_on.date(),
            chair_id: asked.chair.0,
            motion: serde_json::to_value(&asked.motion).map_err(|error| Fault::Corrupt(error.to_string()))?,
            amount_cents: asked.motion.figure().map(|(amount, _)| amount.get()),
            convened_by: convened_by.0,
            convened_at: *convened_at,
            outcome: None,
            ended_at: None,
            reason: None,
            votes_for: None,
            votes_against: None,
            abstained: None,
            conflicted: None,
            casting_vote: None,
            agenda_id: agenda.map(|on| on.agenda.0),
            agenda_line: agenda.map(|on| whole(on.line)).transpose()?,
            change_request: asked.motion.change_request(),
        })
    }

    fn outcome(&self) -> Result<Option<(Outcome, DateTime<Utc>)>, Fault> {
        let (Some(outcome), Some(at)) = (&self.outcome, self.ended_at) else { return Ok(None) };
        let counts = [self.votes_for, self.votes_against, self.abstained, self.conflicted];
        let outcome = match (outcome.as_str(), counts, &self.reason) {
            ("given_up", _, Some(reason)) => Outcome::GivenUp(reason.clone()),
            (
                code @ ("carried" | "lost"),
                [Some(votes_for), Some(votes_against), Some(abstained), Some(conflicted)],
                _,
            ) => {
                let tally = Tally {
                    votes_for: natural(votes_for)?,
                    votes_against: natural(votes_against)?,
                    abstained: natural(abstained)?,
                    conflicted: natural(conflicted)?,
                    casting_vote: self.casting_vote,
                    carried: code == "carried",
                };
                if tally.carried { Outcome::Carried(tally) } else { Outcome::Lost(tally) }
            }
            _ => {
                return Err(Fault::Corrupt(format!(
                    "the outcome of sitting {} on {}",
                    self.number, self.application_id
                )));
            }
        };
        Ok(Some((outcome, at)))
    }

    fn with(self, members: Vec<PersonId>, votes: Vec<Cast>) -> Result<Sitting, Fault> {
        let ended = self.outcome()?;
        let corrupt =
            |what: String| Fault::Corrupt(format!("sitting {} on {}: {what}", self.number, self.application_id));
        let part = |part: i64| u32::try_from(part).map_err(|error| corrupt(error.to_string()));
        let majority = Majority { of: part(self.majority_of)?, whole: part(self.majority_whole)? };
        let rules = Committee {
            quorum: natural(self.quorum)?,
            majority,
            casting_vote: self.has_casting_vote,
            circulation: self.may_circulate,
        };
        let way = Way::from_code(&self.way).ok_or_else(|| corrupt(self.way.clone()))?;
        let motion = serde_json::from_value(self.motion.clone()).map_err(|error| corrupt(error.to_string()))?;
        let line = self.agenda_line.map(natural).transpose()?;
        let agenda = self.agenda_id.zip(line).map(|(id, line)| OnAgenda { agenda: AgendaId(id), line });
        Ok(Sitting {
            number: natural(self.number)?,
            agenda,
            route: self.route.map(natural).transpose()?,
            rules,
            asked: Convening {
                part: self.part,
                committee: self.committee,
                way,
                held_on: Day::from(self.held_on),
                chair: PersonId(self.chair_id),
                members,
                motion,
            },
            convened_by: PersonId(self.convened_by),
            convened_at: self.convened_at,
            votes,
            ended,
        })
    }
}

fn whole(number: u32) -> Result<i32, Fault> {
    i32::try_from(number).map_err(|error| Fault::Corrupt(format!("a number of a sitting: {error}")))
}

fn natural(number: i32) -> Result<u32, Fault> {
    u32::try_from(number).map_err(|error| Fault::Corrupt(format!("a number of a sitting: {error}")))
}

/// The sittings on a case, in their order. With the case locked, nobody adds one or votes.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<Sitting>, Fault> {
    Ok(of_applications(reader, &[id.0]).await?.remove(&id).unwrap_or_default())
}

/// The same of each of these cases.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_applications(
    reader: &mut impl Connected,
    ids: &[Uuid],
) -> Result<HashMap<ApplicationId, Vec<Sitting>>, Fault> {
    let query = sittings::table
        .filter(sittings::application_id.eq_any(ids))
        .order((sittings::application_id, sittings::number))
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let mut members: HashMap<(Uuid, i32), Vec<PersonId>> = HashMap::new();
    let query = sitting_members::table
        .filter(sitting_members::application_id.eq_any(ids))
        .order((sitting_members::application_id, sitting_members::number, sitting_members::person_id))
        .select((sitting_members::application_id, sitting_members::number, sitting_members::person_id));
    for (application, number, person) in query.load::<(Uuid, i32, Uuid)>(reader.connection()).await? {
        members.entry((application, number)).or_default().push(PersonId(person));
    }
    let mut votes: HashMap<(Uuid, i32), Vec<Cast>> = HashMap::new();
    let query = sitting_votes::table
        .filter(sitting_votes::application_id.eq_any(ids))
        .order((sitting_votes::application_id, sitting_votes::number, sitting_votes::cast_at, sitting_votes::person_id))
        .select((
            sitting_votes::application_id,
            sitting_votes::number,
            sitting_votes::person_id,
            sitting_votes::vote,
            sitting_votes::reason,
            sitting_votes::cast_at,
        ));
    type VoteRow = (Uuid, i32, Uuid, String, Option<String>, DateTime<Utc>);
    for (application, number, person, code, reason, at) in query.load::<VoteRow>(reader.connection()).await? {
        let vote = Vote::from_code(&code).ok_or_else(|| Fault::Corrupt(format!("a vote {code} on {application}")))?;
        votes.entry((application, number)).or_default().push(Cast { member: PersonId(person), vote, reason, at });
    }
    let mut found: HashMap<ApplicationId, Vec<Sitting>> = HashMap::new();
    for row in rows {
        let (id, key) = (ApplicationId(row.application_id), (row.application_id, row.number));
        let sitting = row.with(members.remove(&key).unwrap_or_default(), votes.remove(&key).unwrap_or_default())?;
        found.entry(id).or_default().push(sitting);
    }
    Ok(found)
}

/// What each of these people holds as an approver whose account is open; those who hold nothing are left out.
///
/// # Errors
/// When the database fails.
pub async fn seats(reader: &mut impl Connected, people: &[PersonId]) -> Result<BTreeMap<PersonId, Seat>, Fault> {
    let ids = people.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = people::table
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .inner_join(person_authorities::table.on(person_authorities::person_id.eq(people::id)))
        .filter(people::id.eq_any(ids).and(people::active).and(person_roles::role.eq(Role::Approver.code())))
        .select((people::id, person_authorities::authority));
    let mut seats = BTreeMap::<PersonId, Seat>::new();
    for (person, authority) in query.load::<(Uuid, String)>(reader.connection()).await? {
        seats.entry(PersonId(person)).or_default().authorities.insert(authority);
    }
    Ok(seats)
}

pub(super) async fn write(tx: &mut Tx<'_>, application: ApplicationId, write: &SittingWrite) -> Result<(), Fault> {
    match write {
        SittingWrite::Convened(sitting) => insert(tx, application, sitting).await,
        SittingWrite::Cast { number, cast, part } => {
            let row = (
                sitting_votes::application_id.eq(application.0),
                sitting_votes::number.eq(whole(*number)?),
                sitting_votes::person_id.eq(cast.member.0),
                sitting_votes::vote.eq(cast.vote.code()),
                sitting_votes::reason.eq(cast.reason.as_deref()),
                sitting_votes::part.eq(part.as_deref()),
                sitting_votes::cast_at.eq(cast.at),
            );
            diesel::insert_into(sitting_votes::table).values(row).execute(tx.connection).await?;
            Ok(())
        }
        SittingWrite::Ended { number, outcome, at } => end(tx, (application, *number), outcome, *at).await,
    }
}

async fn insert(tx: &mut Tx<'_>, application: ApplicationId, sitting: &Sitting) -> Result<(), Fault> {
    let row = Row::new(application, sitting)?;
    let number = row.number;
    diesel::insert_into(sittings::table).values(row).execute(tx.connection).await?;
    let row = |member: &PersonId| {
        (
            sitting_members::application_id.eq(application.0),
            sitting_members::number.eq(number),
            sitting_members::person_id.eq(member.0),
        )
    };
    let rows = sitting.asked.members.iter().map(row).collect::<Vec<_>>();
    diesel::insert_into(sitting_members::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

async fn end(
    tx: &mut Tx<'_>,
    (application, number): (ApplicationId, u32),
    outcome: &Outcome,
    at: DateTime<Utc>,
) -> Result<(), Fault> {
    let (code, reason, tally) = match outcome {
        Outcome::Carried(tally) => ("carried", None, Some(tally)),
        Outcome::Lost(tally) => ("lost", None, Some(tally)),
        Outcome::GivenUp(reason) => ("given_up", Some(reason.as_str()), None),
    };
    let count = |of: fn(&Tally) -> u32| tally.map(|tally| whole(of(tally))).transpose();
    let set = (
        sittings::outcome.eq(code),
        sittings::ended_at.eq(at),
        sittings::reason.eq(reason),
        sittings::votes_for.eq(count(|tally| tally.votes_for)?),
        sittings::votes_against.eq(count(|tally| tally.votes_against)?),
        sittings::abstained.eq(count(|tally| tally.abstained)?),
        sittings::conflicted.eq(count(|tally| tally.conflicted)?),
        sittings::casting_vote.eq(tally.and_then(|tally| tally.casting_vote)),
    );
    let row = sittings::table.find((application.0, whole(number)?));
    diesel::update(row).set(set).execute(tx.connection).await?;
    Ok(())
}
