//! Chapters: what happens beside the steps of a case. Each line is one call of one person, told in the words that stand beside it.

use super::Trouble;
use super::assess::field;
use super::client::{Call, Reply};
use super::data::CaseData;
use super::stage::{Known, Outcome, Stage};
use rules::calendar::Day;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A part of the story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chapter {
    /// Its name in the idempotency keys.
    pub key: String,
    pub title: String,
    /// The case by which it is seen whether an earlier run has played it: it has, once that is in none of these states any more.
    pub case: String,
    pub during: Vec<String>,
    pub line: Vec<Line>,
}

/// One call. `{…}` in paths and bodies is explained in [`super::words`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub on: Day,
    pub who: String,
    /// The case that it is about, if any.
    #[serde(default)]
    pub case: String,
    /// Method and path, such as `GET /work`.
    pub does: String,
    pub body: Option<Value>,
    /// What is written in the case, and how it differs from its content.
    pub writes: Option<Writes>,
    pub file: Option<Upload>,
    /// The version that the person has read, where it is not the one that stands.
    pub version: Option<u32>,
    /// The code of the refusal that must come.
    pub refused: Option<String>,
    /// Parts of the answer for later lines, by name.
    #[serde(default)]
    pub keep: BTreeMap<String, Keep>,
    /// The words.
    pub says: String,
    /// Which lists of the answer are told, and each of their lines with which words.
    #[serde(default)]
    pub list: Vec<List>,
    /// Whether what it reads stays to be read, and is read again in a later run.
    #[serde(default)]
    pub lasting: bool,
    /// A letter must come with these words in its subject.
    pub letter: Option<String>,
}

/// How what is written differs from the content of the case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Writes {
    #[serde(default)]
    pub without: Vec<String>,
    #[serde(default)]
    pub with: Map<String, Value>,
}

/// A file that is attached.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    pub name: String,
    pub media_type: String,
    /// The code of a document of the scheme that it is.
    pub document: Option<String>,
    pub text: String,
}

/// What is kept of an answer: a part, or of each line of a list these members.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keep {
    pub at: String,
    #[serde(default)]
    pub of: Vec<String>,
}

/// How a list is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub at: String,
    pub each: String,
    /// Only lines that have this.
    pub having: Option<String>,
    /// Whether all stand in one paragraph.
    #[serde(default)]
    pub joined: bool,
}

/// What is known of the chapters.
#[derive(Debug, Default)]
pub(super) struct Chapters<'a> {
    /// Whether an earlier run has played them.
    over: BTreeMap<&'a str, bool>,
    last: &'a str,
    /// What lines have kept.
    pub kept: BTreeMap<&'a str, Value>,
}

/// The call with which a case begins; there is none to be begun where an earlier run was cut off after it.
const BEGINS: &str = "POST /applications";

impl<'a> Stage<'a> {
    /// Plays one line.
    pub(super) fn line(&mut self, chapter: &'a Chapter, number: usize, line: &'a Line) -> Result<(), Trouble> {
        if self.chapters.last != chapter.key {
            self.chapters.last = &chapter.key;
            self.story.heading(&chapter.title)?;
        }
        let over = self.is_over(chapter)?;
        // What was refused then may be allowed by what came afterwards.
        let skipped = (over && !line.lasting) || (line.refused.is_some() && !self.fresh);
        let key = format!("{}/{number:02}", chapter.key);
        let reply = if skipped { None } else { self.made(&key, line)? };
        if let (Some(words), Some(_), true) = (&line.letter, &reply, self.fresh) {
            self.post_box.wait_for_letter(words)?;
        }
        self.told_line(chapter, line, reply.as_ref())
    }

    fn is_over(&mut self, chapter: &'a Chapter) -> Result<bool, Trouble> {
        if let Some(over) = self.chapters.over.get(chapter.key.as_str()) {
            return Ok(*over);
        }
        let case = self.data(&chapter.case)?;
        let over = match self.begun(case)? {
            Some(known) if !self.fresh => !chapter.during.contains(&self.look(case, &known)?.text("/state")?),
            _ => false,
        };
        self.chapters.over.insert(&chapter.key, over);
        Ok(over)
    }

    /// Makes the call; nothing comes of what an earlier run has done.
    fn made(&mut self, key: &str, line: &'a Line) -> Result<Option<Reply>, Trouble> {
        if line.does == BEGINS && self.begun(self.data(&line.case)?)?.is_some() {
            return Ok(None);
        }
        let call = self.call_of(key, line)?;
        let reply = self.api.call(self.cast.get(&line.who)?, call)?;
        if let Some(code) = &line.refused {
            reply.clone().refused(code)?;
            return Ok(Some(reply));
        }
        if !self.fresh && reply.is_done_before() {
            return Ok(None);
        }
        let reply = reply.done()?;
        for (name, keep) in &line.keep {
            let part = reply.json.pointer(&keep.at).cloned();
            let part = part.ok_or_else(|| Trouble::Story(format!("there is no {} to be kept", keep.at)))?;
            self.chapters.kept.insert(name, if keep.of.is_empty() { part } else { members(&part, &keep.of) });
        }
        Ok(Some(reply))
    }

    fn call_of(&mut self, key: &str, line: &'a Line) -> Result<Call, Trouble> {
        let (method, path) = line.does.split_once(' ').unwrap_or_default();
        let known = if line.case.is_empty() { None } else { self.begun(self.data(&line.case)?)? };
        let path = self.filled(path, line, known.as_ref())?;
        let call = match (method, &line.file) {
            ("GET", _) => return Ok(Call::get(path)),
            ("POST", Some(file)) => Call::file(path, file),
            ("POST", None) => Call::post(path, self.body_of(line, known.as_ref())?),
            ("PUT", _) => Call::put(path, self.body_of(line, known.as_ref())?),
            _ => return Err(Trouble::Story(format!("{} is no call", line.does))),
        };
        let call = call.once(key);
        match (line.version, known) {
            (Some(version), _) => Ok(call.if_match(&format!("\"{version}\""))),
            (None, Some(known)) => {
                let path = format!("/applications/{}", known.id);
                let read = self.api.call(self.cast.get(&line.who)?, Call::get(path))?;
                Ok(if read.etag.is_empty() { call } else { call.if_match(&read.etag) })
            }
            (None, None) => Ok(call),
        }
    }

    fn body_of(&mut self, line: &'a Line, known: Option<&Known>) -> Result<Value, Trouble> {
        let Some(writes) = &line.writes else {
            let body = line.body.clone().unwrap_or_else(|| json!({}));
            return self.filled_in(&body, line, known);
        };
        let case = self.data(&line.case)?;
        let content = written(case, writes);
        if line.does != BEGINS {
            return Ok(content);
        }
        let organisation = self.cast.get(&case.applicant)?.organisation.as_ref().map(|(id, _)| id);
        Ok(json!({ "scheme": case.scheme, "organisation": organisation, "content": content }))
    }

    fn told_line(&mut self, chapter: &'a Chapter, line: &'a Line, reply: Option<&Reply>) -> Result<(), Trouble> {
        let known = if line.case.is_empty() { None } else { Some(self.known(self.data(&line.case)?)?) };
        let remark = if reply.is_some() { "" } else { Outcome::Before.remark() };
        let said = self.said(&line.says, line, reply.map(|reply| &reply.json))?;
        let said = format!("{} {said}{remark}", self.cast.get(&line.who)?.name);
        let about = match &known {
            Some(known) => known.reference.clone(),
            None => self.data(&chapter.case)?.scheme.clone(),
        };
        self.story.tell(&about, &said)?;
        let Some(reply) = reply else { return Ok(()) };
        line.list.iter().try_for_each(|list| self.told_list(list, line, reply))
    }

    fn told_list(&mut self, list: &'a List, line: &'a Line, reply: &Reply) -> Result<(), Trouble> {
        let mut told = Vec::new();
        for item in reply.items(&list.at)? {
            if list.having.as_ref().is_none_or(|having| item.pointer(having).is_some()) {
                told.push(self.said(&list.each, line, Some(&item))?);
            }
        }
        if list.joined {
            return self.story.because(&format!("· {}.", told.join("; ")));
        }
        told.iter().try_for_each(|told| self.story.because(&format!("· {told}")))
    }

    /// Who has a case for assessment and has not given it back, in the order of their names.
    pub(super) fn readers(&self, known: &Known) -> Result<Vec<&'a str>, Trouble> {
        let has = |state: &str| matches!(state, "invited" | "accepted" | "scored");
        let all = self.assessments(known)?;
        let theirs = all.iter().filter(|one| has(&field(one, "state"))).map(|one| field(one, "assessor"));
        let theirs = theirs.collect::<Vec<_>>();
        Ok(self.cast.all().filter(|(_, person)| theirs.contains(&person.id)).map(|(key, _)| key).collect())
    }
}

/// The content of a case, with differences.
fn written(case: &CaseData, writes: &Writes) -> Value {
    let mut content = json!(case.content());
    if let Some(members) = content.as_object_mut() {
        members.retain(|name, _| !writes.without.contains(name));
        members.extend(writes.with.clone());
    }
    content
}

/// Of each line of a list some members.
fn members(list: &Value, names: &[String]) -> Value {
    let chosen = |line: &Value| {
        let pairs = names.iter().filter_map(|name| Some((name.clone(), line.get(name)?.clone())));
        Value::Object(pairs.collect())
    };
    Value::Array(list.as_array().into_iter().flatten().map(chosen).collect())
}
