//! How long cases have been in their states: what service clocks are read from.

use super::schema::{application_stays, applications};
use super::seals::{of_application, of_others};
use super::work::OfText;
use super::{Connected, Fault};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::calendar::Day;
use rules::clock::{Stay, Step};
use rules::ids::{ApplicationId, OrganisationId, SchemeTextId};
use rules::work::Span;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

fn state(code: &str) -> Result<State, Fault> {
    State::from_code(code).ok_or_else(|| Fault::Corrupt(format!("state {code}")))
}

/// Every stay of a case, from when the agency could read it, oldest first; the last one lasts.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn stays(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Stay>, Fault> {
    let (stays, opened_at) = recorded(reader, application).await?;
    Ok(stays.into_iter().map(|stay| stay.since_opened(opened_at)).collect())
}

/// Every stay of a case as it was, oldest first; and when the seal of its round was opened, where there was one.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn recorded(
    reader: &mut impl Connected,
    application: ApplicationId,
) -> Result<(Vec<Stay>, Option<DateTime<Utc>>), Fault> {
    let query = application_stays::table
        .filter(application_stays::application_id.eq(application.0))
        .order(application_stays::number)
        .select((application_stays::state, application_stays::from_at, application_stays::until_at));
    let ended: Vec<(String, DateTime<Utc>, DateTime<Utc>)> = query.load(reader.connection()).await?;
    let query = applications::table.find(application.0).select((
        applications::state,
        applications::state_since,
        of_application(),
    ));
    let lasts: Option<(String, DateTime<Utc>, Option<DateTime<Utc>>)> =
        query.first(reader.connection()).await.optional()?;
    let opened_at = lasts.as_ref().and_then(|(.., opened_at)| *opened_at);
    let ended = ended.into_iter().map(|(code, from, until)| (code, from, Some(until)));
    let lasts = lasts.into_iter().map(|(code, from, _)| (code, from, None));
    let stay = |(code, from, until): (String, _, _)| Ok(Stay { state: state(&code)?, from, until });
    Ok((ended.chain(lasts).map(stay).collect::<Result<_, Fault>>()?, opened_at))
}

/// A case that waits for a step of the agency.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Which.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// The text that it has pinned.
    pub scheme_text: SchemeTextId,
    /// The day of its submission.
    pub submitted_on: Day,
    /// Its stays in the state of that step, the one that lasts among them.
    pub stays: Vec<Stay>,
}

/// Which cases of a step are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Waits<'a> {
    /// For which step they wait.
    pub step: Step,
    /// The texts that they may have pinned, and for the days of submission the day before which what has waited since then is late.
    pub texts: &'a [OfText<Option<Day>>],
    /// The organisations whose cases are left out.
    pub hidden_from: &'a BTreeSet<OrganisationId>,
    /// The single cases that are left out.
    pub tied: &'a [ApplicationId],
    /// Now: what is sealed is left out.
    pub now: DateTime<Utc>,
    /// How many at most.
    pub limit: i64,
}

/// When the seal of the round of `applications a` opened; it stands no more, where it is asked for here.
const OPENED_AT: &str = "(SELECT r.until FROM round_seals r WHERE (r.scheme_code, r.round) = (a.scheme_code, a.round))";

impl Waits<'_> {
    /// The cases of each span, in the order in which an index has them: what is selected of all, and of each.
    fn asked(self, outer: &str, inner: &str) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        let (state, of_others) = (self.step.state().code(), of_others(5, Some(6), 7));
        let sql = format!(
            "SELECT {outer} FROM unnest($1, $2, $3, $4) span (text_id, first, next, late_before) CROSS JOIN LATERAL
               (SELECT {inner} FROM applications a
                 WHERE a.scheme_text_id = span.text_id AND a.state = '{state}'
                   AND (span.first IS NULL OR a.submitted_on >= span.first)
                   AND (span.next IS NULL OR a.submitted_on < span.next)
                   AND {of_others}
                 ORDER BY a.waits_from, a.id LIMIT $8) c"
        );
        let day = |of: fn(&Span<Option<Day>>) -> Option<Day>| {
            self.texts.iter().map(|(_, span)| of(span).map(Day::date)).collect::<Vec<_>>()
        };
        sql_query(sql)
            .into_boxed()
            .bind::<Array<SqlUuid>, _>(self.texts.iter().map(|(text, _)| text.0).collect::<Vec<_>>())
            .bind::<Array<Nullable<Date>>, _>(day(|span| span.from))
            .bind::<Array<Nullable<Date>>, _>(day(|span| span.until))
            .bind::<Array<Nullable<Date>>, _>(day(|span| span.holds))
            .bind::<Array<SqlUuid>, _>(self.hidden_from.iter().map(|id| id.0).collect::<Vec<_>>())
            .bind::<Array<SqlUuid>, _>(self.tied.iter().map(|id| id.0).collect::<Vec<_>>())
            .bind::<Timestamptz, _>(self.now)
            .bind::<BigInt, _>(self.limit)
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = SqlUuid)]
    scheme_text_id: Uuid,
    #[diesel(sql_type = Date)]
    submitted_on: NaiveDate,
    #[diesel(sql_type = Timestamptz)]
    state_since: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    opened_at: Option<DateTime<Utc>>,
}

/// Of the cases that wait for a step, those that have waited longest: of each span of a text as many as are asked for.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn waiting(reader: &mut impl Connected, waits: Waits<'_>) -> Result<Vec<Waiting>, Fault> {
    let columns = format!(
        "a.id, a.reference, a.scheme_text_id, a.submitted_on, a.state_since, a.waits_from, {OPENED_AT} AS opened_at"
    );
    let rows: Vec<Row> = waits.asked("c.*", &columns).load(reader.connection()).await?;
    let mut before = before(reader, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let waiting = rows.into_iter().map(|row| {
        let mut stays = before.remove(&row.id).unwrap_or_default();
        stays.push(Stay { state: waits.step.state(), from: row.state_since, until: None });
        let stays = stays.into_iter().map(|stay| stay.since_opened(row.opened_at)).collect();
        Waiting {
            application: ApplicationId(row.id),
            reference: row.reference,
            scheme_text: SchemeTextId(row.scheme_text_id),
            submitted_on: Day::from(row.submitted_on),
            stays,
        }
    });
    Ok(waiting.collect())
}

/// How many cases wait for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Counted {
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Of how many the pledge is passed.
    #[diesel(sql_type = BigInt)]
    pub late: i64,
}

/// How many cases wait for a step, and how many of them have waited since before the day from which they are late; of each span of a
/// text no more are counted than are asked for.
///
/// # Errors
/// When the database fails.
pub async fn count(reader: &mut impl Connected, waits: Waits<'_>) -> Result<Counted, Fault> {
    let outer = "count(*) AS waiting, count(*) FILTER (WHERE c.waits_from < span.late_before) AS late";
    let waits_from = format!("greatest(a.waits_from, ({OPENED_AT} AT TIME ZONE 'Asia/Hong_Kong')::date) AS waits_from");
    Ok(waits.asked(outer, &waits_from).get_result(reader.connection()).await?)
}

/// The earlier stays of these cases in the states in which they are now: few come back to one.
async fn before(reader: &mut impl Connected, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stay>>, Fault> {
    let query = application_stays::table
        .inner_join(applications::table.on(applications::id.eq(application_stays::application_id)))
        .filter(applications::id.eq_any(ids).and(applications::state.eq(application_stays::state)))
        .order((application_stays::application_id, application_stays::number))
        .select((
            application_stays::application_id,
            application_stays::state,
            application_stays::from_at,
            application_stays::until_at,
        ));
    let rows: Vec<(Uuid, String, DateTime<Utc>, DateTime<Utc>)> = query.load(reader.connection()).await?;
    let mut stays: HashMap<Uuid, Vec<Stay>> = HashMap::new();
    for (id, code, from, until) in rows {
        stays.entry(id).or_default().push(Stay { state: state(&code)?, from, until: Some(until) });
    }
    Ok(stays)
}
