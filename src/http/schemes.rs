//! The schemes in force: what each asks, what it allows, since when, and from which document. Public.

use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use actix_web::get;
use actix_web::web::Path;
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::dated::Known;
use rules::scheme::{CaseLine, Fact, Grade, Life, Named, Scheme, Tables};
use rules::text::Text;
use serde::Serialize;
use utoipa::ToSchema;

/// A text in each written form.
#[derive(ToSchema)]
#[schema(as = Text)]
#[expect(dead_code, reason = "the shape of rules::text::Text for the document, which that crate knows nothing of")]
pub(super) struct TextShape {
    en: String,
    #[schema(rename = "zh-Hant")]
    zh_hant: String,
    #[schema(rename = "zh-Hans")]
    zh_hans: String,
}

/// All schemes in force.
#[derive(Serialize, ToSchema)]
pub(super) struct SchemeList {
    /// By code.
    items: Vec<SchemeLine>,
}

/// A scheme in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct SchemeLine {
    /// Its code.
    #[schema(example = "NIAS")]
    code: String,
    /// Its official names.
    #[schema(value_type = TextShape)]
    name: Text,
    /// SHA-256 of the text in force.
    rules: String,
    /// Since when that text is in force.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// When it was published.
    published_at: DateTime<Utc>,
}

/// A scheme in force.
#[derive(Serialize, ToSchema)]
pub(super) struct SchemeView<'a> {
    /// Its code.
    #[schema(example = "NIAS")]
    code: &'a str,
    /// Its official names.
    #[schema(value_type = TextShape)]
    name: &'a Text,
    /// ISO 4217 code of its money.
    currency: &'a str,
    /// The zone whose days it means.
    time_zone: &'a str,
    /// SHA-256 of the text in force.
    rules: &'a str,
    /// The stages of a project.
    stages: Vec<CodeView<'a>>,
    /// Who can put money beside the grant.
    contributors: Vec<CodeView<'a>>,
    /// What is asked about the applicant.
    applicant_facts: Vec<QuestionView<'a>>,
    /// What is asked about the project.
    project_facts: Vec<QuestionView<'a>>,
    /// Every number and condition with its whole life.
    values: Vec<LifeView<'a>>,
    /// The documents behind them.
    sources: Vec<SourceView<'a>>,
}

/// A code and what it means.
#[derive(Serialize, ToSchema)]
struct CodeView<'a> {
    /// As written in requests.
    code: &'a str,
    /// What people call it.
    #[schema(value_type = TextShape)]
    name: &'a Text,
}

/// A question, and what it may be answered with.
#[derive(Serialize, ToSchema)]
struct QuestionView<'a> {
    /// As written in requests.
    code: &'a str,
    /// The question.
    #[schema(value_type = TextShape)]
    name: &'a Text,
    /// The type of the answer: boolean, text, count, amount or day.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The answers to choose from, where the type is text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<CodeView<'a>>,
}

/// One value with its whole life.
#[derive(Serialize, ToSchema)]
struct LifeView<'a> {
    /// Its name everywhere.
    #[schema(example = "ceiling.grant_per_project")]
    path: &'a str,
    /// Each line holds until the next begins.
    lines: Vec<LineView<'a>>,
}

/// One line of a value's life.
#[derive(Serialize, ToSchema)]
struct LineView<'a> {
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// What holds; `none` where there is no such rule, `unknown` where nobody has seen it.
    is: &'a str,
    /// What holds instead for some: the first whose condition is fulfilled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<CaseView<'a>>,
    /// The code of the document.
    source: &'a str,
}

/// What a value is for some.
#[derive(Serialize, ToSchema)]
struct CaseView<'a> {
    /// The condition on the answers.
    #[schema(example = "applicant.research_centre is true")]
    when: String,
    /// The condition in words.
    #[schema(value_type = TextShape)]
    name: &'a Text,
    /// What holds then; `none` and `unknown` as above.
    is: &'a str,
}

/// A document.
#[derive(Serialize, ToSchema)]
struct SourceView<'a> {
    /// Its code.
    code: &'a str,
    /// What it is.
    title: &'a str,
    /// Where it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    /// How good it is: official, restated, press, or house (a default of the agency and no rule of the scheme).
    #[schema(value_type = String)]
    grade: Grade,
    /// When somebody last looked.
    #[schema(value_type = String, format = Date)]
    checked_on: Day,
}

/// All schemes in force.
#[utoipa::path(tag = "schemes", security(()), responses((status = 200, description = "By code", body = SchemeList)))]
#[get("/schemes")]
pub(super) async fn list(door: Door) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let in_force = door.schemes.all_in_force(&mut reader, door.moment.today()).await?;
    let items = in_force.into_iter().map(|(text, scheme)| SchemeLine {
        code: text.code,
        name: scheme.file.name.clone(),
        rules: text.hash,
        from: text.from,
        published_at: text.at,
    });
    Ok(Answer::ok(&SchemeList { items: items.collect() })?.public())
}

/// A scheme in force, with every number, since when, and from which document.
#[utoipa::path(
    tag = "schemes", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS")),
    responses((status = 200, description = "The scheme", body = SchemeView)),
)]
#[get("/schemes/{code}")]
pub(super) async fn read(door: Door, code: Path<String>) -> Result<Answer, Problem> {
    let in_force = door.schemes.in_force(&mut door.reader().await?, &code, door.moment.today()).await?;
    Ok(Answer::ok(&view(&in_force.scheme))?.tagged(&in_force.scheme.hash).public())
}

fn view(scheme: &Scheme) -> SchemeView<'_> {
    let file = &scheme.file;
    SchemeView {
        code: file.code.get_ref(),
        name: &file.name,
        currency: file.currency.get_ref(),
        time_zone: file.time_zone.get_ref(),
        rules: &scheme.hash,
        stages: named(&file.stage),
        contributors: named(&file.contributor),
        applicant_facts: questions(&file.facts.applicant),
        project_facts: questions(&file.facts.project),
        values: scheme.lives.iter().map(life).collect(),
        sources: file
            .sources
            .iter()
            .map(|(code, source)| (code, source.get_ref()))
            .map(|(code, source)| SourceView {
                code,
                title: &source.title,
                url: source.url.as_deref(),
                grade: source.grade,
                checked_on: source.checked_on,
            })
            .collect(),
    }
}

fn named(tables: &Tables<Named>) -> Vec<CodeView<'_>> {
    tables.iter().map(|(code, named)| CodeView { code, name: &named.name }).collect()
}

fn questions(tables: &Tables<Fact>) -> Vec<QuestionView<'_>> {
    let questions = tables.iter().map(|(code, fact)| {
        let values = fact.values.iter().map(|(code, name)| CodeView { code, name });
        QuestionView { code, name: &fact.name, kind: fact.kind.get_ref().code(), values: values.collect() }
    });
    questions.collect()
}

fn life(life: &Life) -> LifeView<'_> {
    let lines = life.lines.iter().map(|line| LineView {
        from: line.from,
        is: word(&line.is),
        cases: line.cases.iter().map(case).collect(),
        source: &line.source,
    });
    LifeView { path: &life.path, lines: lines.collect() }
}

fn case(case: &CaseLine) -> CaseView<'_> {
    CaseView { when: case.when.to_string(), name: &case.name, is: word(&case.is) }
}

pub(super) fn word(value: &Known<String>) -> &str {
    match value {
        Known::Is(value) => value,
        Known::None => "none",
        Known::Unknown => "unknown",
    }
}
