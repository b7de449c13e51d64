//! What every scene needs: the people, the cases as far as they are known, and how an act is tried.

use super::Trouble;
use super::chapter::Chapters;
use super::check::Figures;
use super::client::{Api, Call, Reply};
use super::data::{Book, CaseData, Scene, Step};
use super::post_box::PostBox;
use super::roles::{Cast, Person};
use super::story::Story;
use rules::calendar::Day;
use rules::money::Cents;
use serde_json::Value;
use std::collections::BTreeMap;

/// A case that has been begun.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its identity.
    pub id: String,
    /// The reference that people use.
    pub reference: String,
}

/// One step of one case, with what it is called in idempotency keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// The case.
    pub case: &'a CaseData,
    /// The step.
    pub step: &'a Step,
    number: usize,
}

impl Part<'_> {
    /// The key of a call of this step: the same in every run.
    pub(super) fn key(&self, call: &str) -> String {
        format!("{}/{:02}-{}{call}", self.case.key, self.number, self.step.does.code())
    }
}

/// How a try ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was done now.
    Done,
    /// It was refused, as the story wants it; this is what the person was told.
    Refused(String),
    /// An earlier run did it.
    Before,
}

impl Outcome {
    /// What is said at the end of a sentence about something that an earlier run did.
    pub(super) const fn remark(&self) -> &'static str {
        match self {
            Self::Before => " (recorded by an earlier run)",
            Self::Done | Self::Refused(_) => "",
        }
    }
}

/// The stage.
pub(super) struct Stage<'a> {
    pub api: &'a Api,
    pub book: &'a Book,
    pub cast: &'a Cast,
    pub post_box: &'a PostBox,
    pub story: Story,
    pub figures: Figures,
    /// Whether nothing was played in this database before.
    pub fresh: bool,
    pub chapters: Chapters<'a>,
    cases: BTreeMap<&'a str, Known>,
}

impl<'a> Stage<'a> {
    /// An empty stage.
    pub(super) fn new(api: &'a Api, book: &'a Book, cast: &'a Cast, post_box: &'a PostBox, story: Story) -> Self {
        let (figures, chapters, cases) = (Figures::default(), Chapters::default(), BTreeMap::new());
        Self { api, book, cast, post_box, story, figures, fresh: false, chapters, cases }
    }

    /// Plays one scene.
    pub(super) fn play(&mut self, day: Day, scene: Scene<'a>) -> Result<(), Trouble> {
        self.api.set_day(day)?;
        self.story.scene(day)?;
        match scene {
            Scene::Step(case, number, step) => self.step(Part { case, step, number })?,
            Scene::Race(race, again) => self.race(race, again)?,
            Scene::Payment(payment) => self.pay(payment)?,
            Scene::BankAnswer(answer) => self.bank_answers(answer)?,
            Scene::Demand(owed) => self.demand(owed)?,
            Scene::Receipt(owed) => self.receive(owed)?,
            Scene::Line(chapter, number, line) => self.line(chapter, number, line)?,
        }
        self.letters()
    }

    /// Tells which letters have come.
    pub(super) fn letters(&mut self) -> Result<(), Trouble> {
        for letter in self.post_box.news() {
            self.story.letter(&letter.to.join(", "), &letter.subject)?;
        }
        Ok(())
    }

    /// A case by its key in the story.
    pub(super) fn data(&self, key: &str) -> Result<&'a CaseData, Trouble> {
        let found = self.book.case.iter().find(|case| case.key == key);
        found.ok_or_else(|| Trouble::Story(format!("there is no case \"{key}\"")))
    }

    /// A case that has been begun, in this run or an earlier one.
    pub(super) fn known(&mut self, case: &'a CaseData) -> Result<Known, Trouble> {
        self.begun(case)?.ok_or_else(|| Trouble::Story(format!("{} has not been begun", case.key)))
    }

    /// The same, unless it has not been begun.
    pub(super) fn begun(&mut self, case: &'a CaseData) -> Result<Option<Known>, Trouble> {
        if let Some(known) = self.cases.get(case.key.as_str()) {
            return Ok(Some(known.clone()));
        }
        let path = format!("/applications?scheme={}&limit=100", case.scheme);
        let page = self.api.call(self.cast.get(&case.applicant)?, Call::get(path))?.done()?;
        let lines = page.items("/items")?;
        let text = |line: &Value, name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let line = lines.iter().find(|line| text(line, "title") == case.title);
        let known = line.map(|line| Known { id: text(line, "id"), reference: text(line, "reference") });
        if let Some(known) = &known {
            self.cases.insert(&case.key, known.clone());
        }
        Ok(known)
    }

    /// A case that has just been begun.
    pub(super) fn begin(&mut self, case: &'a CaseData, known: Known) {
        self.cases.insert(&case.key, known);
    }

    /// The case as staff see it, or as the applicant does while staff do not.
    pub(super) fn look(&self, case: &CaseData, known: &Known) -> Result<Reply, Trouble> {
        let path = format!("/applications/{}", known.id);
        let reply = self.api.call(self.cast.get("officer")?, Call::get(&path))?;
        if reply.is_absent() {
            self.api.call(self.cast.get(&case.applicant)?, Call::get(path))?.done()
        } else {
            reply.done()
        }
    }

    /// The award of a case with its plan and claims, as staff see it.
    pub(super) fn award(&self, known: &Known) -> Result<Reply, Trouble> {
        self.api.call(self.cast.get("officer")?, Call::get(format!("/applications/{}/award", known.id)))?.done()
    }

    /// Tries something. Where the story wants a refusal, anything else is trouble.
    pub(super) fn attempt(&self, who: &Person, call: Call, refused: Option<&str>) -> Result<Outcome, Trouble> {
        let reply = self.api.call(who, call)?;
        match refused {
            Some(code) => reply.refused(code).map(Outcome::Refused),
            None => reply.done().map(|_| Outcome::Done),
        }
    }

    /// Looks whether something waits for a person, as it must before they do it.
    pub(super) fn must_wait_for(&self, who: &Person, act: &str, reference: &str) -> Result<(), Trouble> {
        self.must_wait(true, who, act, reference)
    }

    /// The same, or that it does not wait for them.
    pub(super) fn must_wait(&self, waits: bool, who: &Person, act: &str, reference: &str) -> Result<(), Trouble> {
        let work = self.api.call(who, Call::get("/work"))?.done()?;
        let is = |item: &Value, name: &str, text: &str| item.get(name).and_then(Value::as_str) == Some(text);
        let found = work.items("")?.iter().any(|item| is(item, "act", act) && is(item, "reference", reference));
        match found {
            found if found == waits => Ok(()),
            true => Err(Trouble::Differs(format!("{reference} waits for {}, who may not do it ({act})", who.name))),
            false => Err(Trouble::Differs(format!("{reference} does not wait for {} ({act})", who.name))),
        }
    }

    /// An amount must be what the story says.
    pub(super) fn must_be(&self, what: &str, wanted: Cents, found: Cents) -> Result<(), Trouble> {
        if wanted == found {
            return Ok(());
        }
        Err(Trouble::Differs(format!("{what}: the story says {wanted}, the API {found}")))
    }
}
