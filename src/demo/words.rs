//! The words of chapters: `{case}`, `{person.KEY}`, `{name.KEY}` and so on stand for what they name, and `{/pointer}` for a part of the
//! answer, of which `{/pointer%}` is a score and `{/pointer#}` says how many there are.

use super::Trouble;
use super::assess::field;
use super::chapter::Line;
use super::client::Call;
use super::stage::{Known, Stage};
use super::story::percent;
use rules::calculation::money;
use rules::money::Cents;
use serde_json::{Value, json};

/// What is told of an answer that has not come again.
const NOTHING: &str = "…";

impl<'a> Stage<'a> {
    /// A text in which everything that it names has been put.
    pub(super) fn filled(&mut self, text: &str, line: &'a Line, known: Option<&Known>) -> Result<String, Trouble> {
        put(text, |name| {
            let value = self.named(name, line, known)?;
            Ok(value.as_str().map_or_else(|| shown(&value), str::to_owned))
        })
    }

    /// A body in which everything that it names has been put; what is nothing but a name may be more than a text.
    pub(super) fn filled_in(&mut self, body: &Value, line: &'a Line, known: Option<&Known>) -> Result<Value, Trouble> {
        match body {
            Value::String(text) => match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
                Some(name) if !name.contains('{') => self.named(name, line, known),
                _ => Ok(json!(self.filled(text, line, known)?)),
            },
            Value::Array(items) => items.iter().map(|item| self.filled_in(item, line, known)).collect(),
            Value::Object(members) => {
                let filled =
                    members.iter().map(|(name, value)| Ok((name.clone(), self.filled_in(value, line, known)?)));
                Ok(Value::Object(filled.collect::<Result<_, Trouble>>()?))
            }
            other => Ok(other.clone()),
        }
    }

    /// The words of a line about an answer.
    pub(super) fn said(&mut self, text: &str, line: &'a Line, answer: Option<&Value>) -> Result<String, Trouble> {
        put(text, |name| match (name.starts_with('/') || name.is_empty(), answer) {
            // What was asked is still known; what was answered is not.
            (true, None) => Ok(asked(line).pointer(name).map_or_else(|| NOTHING.to_owned(), shown)),
            (true, Some(answer)) => part(answer, name),
            (false, _) => Ok(shown(&self.named(name, line, None)?)),
        })
    }

    /// What a name stands for.
    fn named(&mut self, name: &str, line: &'a Line, known: Option<&Known>) -> Result<Value, Trouble> {
        let unknown = || Trouble::Story(format!("nothing is called {{{name}}}"));
        let (kind, key) = name.split_once('.').unwrap_or((name, ""));
        let of_line = || known.ok_or_else(unknown);
        Ok(match (kind, key) {
            ("case", "") => json!(of_line()?.id),
            ("reference", "") => json!(of_line()?.reference),
            ("assessments", "") => {
                let all = self.assessments(of_line()?)?.into_iter();
                json!(
                    all.filter(|one| !field(one, "feedback").is_empty())
                        .map(|one| field(&one, "id"))
                        .collect::<Vec<_>>()
                )
            }
            ("case", key) => json!(self.known(self.data(key)?)?.id),
            ("reference", key) => json!(self.known(self.data(key)?)?.reference),
            ("person", key) => json!(self.cast.get(key)?.id),
            ("name", key) => json!(self.cast.get(key)?.name),
            ("organisation", key) => {
                json!(self.cast.get(key)?.organisation.as_ref().map(|(id, _)| id).ok_or_else(unknown)?)
            }
            ("assessment", key) => {
                let id = self.assessment(of_line()?, key)?.map(|assessment| field(&assessment, "id"));
                json!(id.ok_or_else(unknown)?)
            }
            ("member", key) => json!(self.member(key, line, of_line()?)?.ok_or_else(unknown)?),
            _ => self.chapters.kept.get(name).cloned().ok_or_else(unknown)?,
        })
    }

    /// The invitation of somebody to the case of a line.
    fn member(&self, key: &str, line: &Line, known: &Known) -> Result<Option<String>, Trouble> {
        let owner = self.cast.get(&self.data(&line.case)?.applicant)?;
        let all = self.api.call(owner, Call::get(format!("/applications/{}/members", known.id)))?.done()?;
        let email = &self.cast.get(key)?.email;
        Ok(all
            .items("/items")?
            .iter()
            .find(|member| field(member, "email") == *email)
            .map(|member| field(member, "id")))
    }
}

/// What a line sends.
fn asked(line: &Line) -> Value {
    let file = line.file.as_ref().map(|file| json!({ "name": file.name }));
    line.body.clone().or(file).unwrap_or_default()
}

/// Puts something for each name in braces.
fn put(text: &str, mut value: impl FnMut(&str) -> Result<String, Trouble>) -> Result<String, Trouble> {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for after in parts {
        let (name, rest) = after.split_once('}').unwrap_or_default();
        filled.push_str(&value(name)?);
        filled.push_str(rest);
    }
    Ok(filled)
}

/// A part of an answer as a person reads it.
fn part(answer: &Value, name: &str) -> Result<String, Trouble> {
    let (score, count) = (name.strip_suffix('%'), name.strip_suffix('#'));
    let pointer = score.or(count).unwrap_or(name);
    let found = answer.pointer(pointer);
    let missing = || Trouble::Story(format!("there is no {pointer} in the answer"));
    Ok(match found {
        Some(found) if score.is_some() => percent(found.as_u64().ok_or_else(missing)?),
        Some(found) if count.is_some() => found.as_array().ok_or_else(missing)?.len().to_string(),
        Some(found) => shown(found),
        None => return Err(missing()),
    })
}

/// A value as a person reads it: amounts with separators, instants by their day.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => match Cents::parse(text) {
            Ok(amount) if text.contains('.') => money(amount),
            _ => match (text.get(..10), text.get(10..11), text.ends_with('Z')) {
                (Some(day), Some("T"), true) => day.to_owned(),
                _ => text.clone(),
            },
        },
        Value::Array(items) if items.iter().any(Value::is_object) => format!("{} lines", items.len()),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(members) => members.get("en").map_or_else(|| NOTHING.to_owned(), shown),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_answer_is_told_as_people_read_it() {
        let answer = json!({ "amount": "1234567.00", "at": "2024-01-15T02:00:00Z", "mean": 8_667, "out": [1, 2],
            "because": { "en": "One.", "zh-Hant": "一。" }, "lines": [{}] });
        let told = |text: &str| put(text, |name| part(&answer, name)).unwrap();
        assert_eq!(told("{/amount} on {/at}: {/mean%}, {/out#}"), "HK$1,234,567.00 on 2024-01-15: 86.67 %, 2");
        assert_eq!(told("{/because} {/out} {/lines}"), "One. 1, 2 1 lines");
        assert!(put("{/none}", |name| part(&answer, name)).is_err());
    }
}
