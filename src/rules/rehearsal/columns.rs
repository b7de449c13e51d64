//! A portfolio as a table: what each column says of a case.

use super::case::{Case, CaseFault, named};
use crate::calculation::{
    Applicant, Contribution, Cost, FactValue, Facts, Form, History, Post, Project, Request, RequestFault, Stage,
    not_known,
};
use crate::calendar::Day;
use crate::money::Cents;
use crate::scheme::{Fact, FactKind, Scheme, Tables};
use std::collections::{BTreeMap, BTreeSet};

/// The columns of a table, understood.
#[derive(Clone, Debug)]
pub struct Columns(Vec<Column>);

/// What is wrong with a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {number}, \"{name}\": {message}")]
pub struct ColumnFault {
    /// Counted from 1.
    pub number: usize,
    /// Its name, as far as it is repeated.
    pub name: String,
    /// What is wrong and what to write.
    pub message: String,
}

/// What a column says. Stages, classes and so on are their codes.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    says: Says,
}

#[derive(Clone, Debug)]
enum Says {
    Id,
    On,
    Requested,
    Granted,
    Projects,
    ApplicantFact(String, Answers),
    ProjectFact(String, Answers),
    Months { stage: String },
    Cost { stage: String, category: String },
    Contribution { stage: String, from: String, form: Form },
    Post { stage: String, class: String, part: PostPart },
}

/// What a question may be answered with.
#[derive(Clone, Debug)]
struct Answers {
    kind: FactKind,
    /// The codes of a list, of both texts.
    codes: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug)]
enum PostPart {
    Heads,
    Months,
    Days,
    MonthlySalary,
}

const WRITE: &str = "write id, on, requested, history.granted, history.projects, applicant.FACT, project.FACT, months.STAGE, \
                     cost.STAGE.CATEGORY, contribution.STAGE.CONTRIBUTOR.FORM or posts.STAGE.CLASS.heads (.months, .days, .monthly_salary)";

impl Columns {
    /// Understands the names of the columns; what they name is in at least one of the two texts.
    ///
    /// # Errors
    /// The first column that is not understood, or is there twice.
    pub fn read<'n>(names: impl IntoIterator<Item = &'n str>, texts: [&Scheme; 2]) -> Result<Self, ColumnFault> {
        let (mut columns, mut seen) = (Vec::new(), BTreeSet::new());
        for (index, name) in names.into_iter().enumerate() {
            let name = name.trim();
            let fault = |message: String| ColumnFault {
                number: index.saturating_add(1),
                name: name.chars().take(60).collect(),
                message,
            };
            let says = says(name, texts).map_err(fault)?;
            if !seen.insert(name) {
                return Err(fault("it is there twice: of two values, neither is the right one".to_owned()));
            }
            columns.push(Column { name: name.to_owned(), says });
        }
        let tells =
            |column: &Column| matches!(column.says, Says::Cost { .. } | Says::Contribution { .. } | Says::Post { .. });
        if !columns.iter().any(tells) {
            let message = format!("no column has a cost, a contribution or a post: {WRITE}");
            return Err(ColumnFault {
                number: columns.len(),
                name: columns.last().map_or_else(String::new, |column| column.name.clone()),
                message,
            });
        }
        Ok(Self(columns))
    }

    /// The case in a row; what is empty is left out.
    ///
    /// # Errors
    /// The first cell that is not understood, with the name of its column.
    pub fn case<'c>(&self, cells: impl ExactSizeIterator<Item = &'c str> + Clone) -> Result<Case, CaseFault> {
        if cells.len() != self.0.len() {
            let message = format!("there are {} cells for {} columns: write one for each", cells.len(), self.0.len());
            return Err(RequestFault::malformed("", message).into());
        }
        self.row(cells.clone()).map_err(|fault| CaseFault { id: self.id(cells), fault })
    }

    fn row<'c>(&self, cells: impl Iterator<Item = &'c str>) -> Result<Case, RequestFault> {
        let mut row = Row::default();
        for (column, cell) in self.0.iter().zip(cells) {
            let cell = cell.trim();
            if !cell.is_empty() {
                row.take(&column.says, cell).map_err(|message| RequestFault::malformed(&*column.name, message))?;
            }
        }
        row.case()
    }

    /// The name of a case of which something else is not understood.
    fn id<'c>(&self, cells: impl Iterator<Item = &'c str>) -> Option<String> {
        let (_, cell) = self.0.iter().zip(cells).find(|(column, _)| matches!(column.says, Says::Id))?;
        named(cell.trim().to_owned()).ok().filter(|id| !id.is_empty())
    }
}

/// A case while its cells are read.
#[derive(Default)]
struct Row<'c> {
    id: Option<String>,
    on: Option<Day>,
    requested: Option<Cents>,
    history: Option<History>,
    applicant: Facts,
    project: Facts,
    stages: BTreeMap<&'c str, Stage>,
    posts: BTreeMap<(&'c str, &'c str), PostCells>,
}

/// The cells of one class of posts in one stage.
#[derive(Clone, Copy, Default)]
struct PostCells {
    heads: Option<u32>,
    months: Option<u32>,
    days: Option<u32>,
    monthly_salary: Option<Cents>,
}

impl<'c> Row<'c> {
    fn take(&mut self, says: &'c Says, cell: &str) -> Result<(), String> {
        match says {
            Says::Id => self.id = Some(named(cell.to_owned())?),
            Says::On => self.on = Some(Day::parse(cell).map_err(|error| error.to_string())?),
            Says::Requested => self.requested = Some(amount(cell)?),
            Says::Granted => self.history().granted = Some(amount(cell)?),
            Says::Projects => self.history().projects = Some(count(cell)?),
            Says::ApplicantFact(name, answers) => {
                self.applicant.insert(name.clone(), fact(answers, cell)?);
            }
            Says::ProjectFact(name, answers) => {
                self.project.insert(name.clone(), fact(answers, cell)?);
            }
            Says::Months { stage } => self.stage(stage).months = Some(count(cell)?),
            Says::Cost { stage, category } => {
                let line = Cost { category: category.clone(), amount: amount(cell)? };
                self.stage(stage).costs.get_or_insert_default().push(line);
            }
            Says::Contribution { stage, from, form } => {
                let line = Contribution { from: from.clone(), form: *form, amount: amount(cell)? };
                self.stage(stage).contributions.get_or_insert_default().push(line);
            }
            Says::Post { stage, class, part } => {
                let post = self.posts.entry((stage, class)).or_default();
                match part {
                    PostPart::Heads => post.heads = Some(count(cell)?),
                    PostPart::Months => post.months = Some(count(cell)?),
                    PostPart::Days => post.days = Some(count(cell)?),
                    PostPart::MonthlySalary => post.monthly_salary = Some(amount(cell)?),
                }
            }
        }
        Ok(())
    }

    fn history(&mut self) -> &mut History {
        self.history.get_or_insert_default()
    }

    /// The stage of a name, which is there from now on.
    fn stage(&mut self, name: &'c str) -> &mut Stage {
        let new = || Stage { stage: name.to_owned(), months: None, costs: None, contributions: None, posts: None };
        self.stages.entry(name).or_insert_with(new)
    }

    fn case(mut self) -> Result<Case, RequestFault> {
        for ((stage, class), PostCells { heads, months, days, monthly_salary }) in std::mem::take(&mut self.posts) {
            let missing = || RequestFault::malformed(format!("posts.{stage}.{class}.heads"), "write how many heads");
            let heads = heads.ok_or_else(missing)?;
            let post = Post { class: class.to_owned(), heads, months, days, monthly_salary };
            self.stage(stage).posts.get_or_insert_default().push(post);
        }
        let Self { id, on, requested, history, applicant, project, stages, .. } = self;
        let stages = stages.into_values().collect();
        let (applicant, project) = (Applicant { facts: applicant }, Project { facts: project, stages });
        Ok(Case { id, request: Request { on, applicant, project, history, committed: None, requested } })
    }
}

fn says(name: &str, texts: [&Scheme; 2]) -> Result<Says, String> {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let stage = |name: &str| known("stage", name, texts, |scheme| &scheme.file.stage).map(|_| name.to_owned());
    match (first, rest) {
        ("id", "") => Ok(Says::Id),
        ("on", "") => Ok(Says::On),
        ("requested", "") => Ok(Says::Requested),
        ("history", "granted") => Ok(Says::Granted),
        ("history", "projects") => Ok(Says::Projects),
        ("applicant", name) => {
            Ok(Says::ApplicantFact(name.to_owned(), answers(name, texts, |scheme| &scheme.file.facts.applicant)?))
        }
        ("project", name) => {
            Ok(Says::ProjectFact(name.to_owned(), answers(name, texts, |scheme| &scheme.file.facts.project)?))
        }
        ("months", name) => Ok(Says::Months { stage: stage(name)? }),
        ("cost", rest) => {
            let (name, category) = rest.split_once('.').filter(|(_, category)| !category.is_empty()).ok_or(WRITE)?;
            Ok(Says::Cost { stage: stage(name)?, category: category.to_owned() })
        }
        ("contribution", rest) => {
            let (name, rest) = rest.split_once('.').ok_or(WRITE)?;
            let (from, form) = rest.rsplit_once('.').ok_or(WRITE)?;
            known("contributor", from, texts, |scheme| &scheme.file.contributor)?;
            let form = [Form::Cash, Form::InKind, Form::Investment].into_iter().find(|known| known.code() == form);
            let form = form.ok_or("the form is cash, in_kind or investment")?;
            Ok(Says::Contribution { stage: stage(name)?, from: from.to_owned(), form })
        }
        ("posts", rest) => {
            let (name, rest) = rest.split_once('.').ok_or(WRITE)?;
            let (class, part) = rest.rsplit_once('.').ok_or(WRITE)?;
            let part = match part {
                "heads" => PostPart::Heads,
                "months" => PostPart::Months,
                "days" => PostPart::Days,
                "monthly_salary" => PostPart::MonthlySalary,
                _ => return Err(WRITE.to_owned()),
            };
            Ok(Says::Post { stage: stage(name)?, class: class.to_owned(), part })
        }
        _ => Err(format!("this column is not known: {WRITE}")),
    }
}

/// What a question may be answered with under at least one of the texts; the later text says of which type, where both ask it.
fn answers<'a>(
    name: &str,
    texts: [&'a Scheme; 2],
    facts: impl Fn(&'a Scheme) -> &'a Tables<Fact>,
) -> Result<Answers, String> {
    let kind = *known("fact", name, texts, &facts)?.kind.get_ref();
    let codes = texts.into_iter().filter_map(|scheme| facts(scheme).get(name)).flat_map(|fact| fact.values.keys());
    Ok(Answers { kind, codes: codes.cloned().collect() })
}

/// What at least one of the texts declares; the later text says it, where both do.
fn known<'a, T: 'a>(
    what: &str,
    name: &str,
    texts: [&'a Scheme; 2],
    tables: impl Fn(&'a Scheme) -> &'a Tables<T>,
) -> Result<&'a T, String> {
    texts.into_iter().rev().find_map(|scheme| tables(scheme).get(name)).ok_or_else(|| {
        let names = texts.into_iter().flat_map(|scheme| tables(scheme).keys()).collect::<BTreeSet<_>>();
        not_known(what, name, names.into_iter())
    })
}

fn amount(cell: &str) -> Result<Cents, String> {
    Cents::parse(cell).map_err(|error| error.to_string())
}

fn count(cell: &str) -> Result<u32, String> {
    let digits = cell.bytes().all(|byte| byte.is_ascii_digit()).then(|| cell.parse().ok()).flatten();
    digits.ok_or_else(|| format!("\"{}\" is not a whole number", cell.chars().take(40).collect::<String>()))
}

fn fact(Answers { kind, codes }: &Answers, cell: &str) -> Result<FactValue, String> {
    match (*kind, cell) {
        (FactKind::Boolean, "true" | "TRUE") => Ok(FactValue::Boolean(true)),
        (FactKind::Boolean, "false" | "FALSE") => Ok(FactValue::Boolean(false)),
        (FactKind::Boolean, _) => Err("write true or false".to_owned()),
        (FactKind::Count, cell) => count(cell).map(FactValue::Count),
        (FactKind::Amount, cell) => amount(cell).map(|_| FactValue::Text(cell.to_owned())),
        (FactKind::Day, cell) => {
            Day::parse(cell).map(|day| FactValue::Text(day.to_string())).map_err(|error| error.to_string())
        }
        (FactKind::Text, cell) if codes.contains(cell) => Ok(FactValue::Text(cell.to_owned())),
        (FactKind::Text, cell) => Err(not_known("answer", cell, codes.iter())),
    }
}
