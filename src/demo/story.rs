//! What happened, told so that a person can follow it: on standard output, and in `story.txt`.

use super::Trouble;
use rules::calculation::money;
use rules::calendar::Day;
use rules::money::Cents;
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// How wide a line is before it is broken.
const WIDTH: usize = 132;
/// How far the second line of something is set in.
const INDENT: &str = "            ";

/// The teller.
pub(super) struct Story {
    file: File,
    told: usize,
    scenes: usize,
    day: Option<Day>,
    letters: usize,
}

impl Story {
    /// A story of so many scenes.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn new(path: &Path, scenes: usize) -> Result<Self, Trouble> {
        let file = File::create(path).map_err(|error| Trouble::File { path: path.display().to_string(), error })?;
        Ok(Self { file, told: 0, scenes, day: None, letters: 0 })
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Trouble> {
        let wrong = |error| Trouble::File { path: "standard output".to_owned(), error };
        writeln!(std::io::stdout().lock(), "{text}").map_err(wrong)?;
        writeln!(self.file, "{text}").map_err(wrong)
    }

    /// Something that belongs to no case.
    pub(super) fn note(&mut self, text: &str) -> Result<(), Trouble> {
        wrapped(text, 0, WIDTH).iter().try_for_each(|line| self.line(line))
    }

    /// The next scene begins, on a day.
    pub(super) fn scene(&mut self, day: Day) -> Result<(), Trouble> {
        self.told = self.told.saturating_add(1);
        if self.day.replace(day) != Some(day) {
            self.line("")?;
        }
        Ok(())
    }

    /// A part of the story begins.
    pub(super) fn heading(&mut self, text: &str) -> Result<(), Trouble> {
        self.line(&format!("── {text} ──"))
    }

    /// Who did what in the scene.
    pub(super) fn tell(&mut self, reference: &str, text: &str) -> Result<(), Trouble> {
        let digits = self.scenes.to_string().len();
        let day = self.day.map(|day| day.to_string()).unwrap_or_default();
        let head = format!("[{:>digits$}/{}] {day}  {reference}  ", self.told, self.scenes);
        let mut lines = wrapped(text, head.chars().count(), WIDTH).into_iter();
        self.line(&format!("{head}{}", lines.next().unwrap_or_default().trim_start()))?;
        lines.try_for_each(|line| self.line(&format!("{INDENT}{}", line.trim_start())))
    }

    /// Why, or what followed from it.
    pub(super) fn because(&mut self, text: &str) -> Result<(), Trouble> {
        wrapped(text, INDENT.len(), WIDTH)
            .iter()
            .try_for_each(|line| self.line(&format!("{INDENT}{}", line.trim_start())))
    }

    /// A letter that has come to somebody.
    pub(super) fn letter(&mut self, to: &str, subject: &str) -> Result<(), Trouble> {
        self.letters = self.letters.saturating_add(1);
        self.because(&format!("✉ to {to}: {subject}"))
    }

    /// How many letters have come.
    pub(super) const fn letters(&self) -> usize {
        self.letters
    }
}

/// Breaks a text at spaces; the first line has something before it already.
fn wrapped(text: &str, before: usize, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = before;
    for word in text.split_whitespace() {
        let length = word.chars().count().saturating_add(1);
        if used.saturating_add(length) > width && used > INDENT.len() {
            lines.push(String::new());
            used = INDENT.len();
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
        used = used.saturating_add(length);
    }
    lines.iter().map(|line| line.trim_start().to_owned()).collect()
}

/// The sentences of the steps that an answer of the calculation rests on: what limits it, or what refuses it.
pub(super) fn reasons(answer: &Value) -> Vec<String> {
    let names = |field: &str| {
        let names = answer.get(field).and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let refused = names("refused_by");
    let wanted = if refused.is_empty() { names("limited_by") } else { refused };
    let steps = answer.get("steps").and_then(Value::as_array).into_iter().flatten();
    let mut sentences = steps.filter_map(|step| {
        let rule = step.get("rule")?.as_str()?;
        // `matching.ratio` is the name of the limit; the steps are `matching.ratio.project` and so on.
        let part_of =
            |name: &String| rule == name || rule.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'));
        let sentence = step.pointer("/text/en")?.as_str()?;
        (rule != "requested" && wanted.iter().any(part_of)).then(|| sentence.to_owned())
    });
    let mut told = Vec::new();
    while let Some(sentence) = sentences.next().filter(|_| told.len() < 8) {
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    told
}

/// An amount of an answer, as a person reads it.
pub(super) fn amount_at(value: &Value, pointer: &str) -> Option<Cents> {
    value.pointer(pointer).and_then(Value::as_str).and_then(|text| Cents::parse(text).ok())
}

/// A score in hundredths of a per cent, as a person reads it.
pub(super) fn percent(hundredths: u64) -> String {
    let (whole, rest) = (hundredths.checked_div(100).unwrap_or(0), hundredths.checked_rem(100).unwrap_or(0));
    format!("{whole}.{rest:02} %")
}

/// The plan in words.
pub(super) fn plan(instalments: &Value) -> String {
    let parts = instalments.as_array().into_iter().flatten().filter_map(|part| {
        let text = |name: &str| part.get(name).and_then(Value::as_str);
        let amount = Cents::parse(text("amount")?).ok()?;
        Some(format!("{} {} on {}", text("code")?, money(amount), text("due")?))
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_lines_are_broken_at_spaces() {
        assert_eq!(wrapped("one two three", 0, 20), ["one two three"]);
        assert_eq!(wrapped("one two three four", 14, 22), ["one two", "three", "four"]);
    }

    #[test]
    fn the_reasons_are_the_steps_of_what_limits_or_of_what_refuses() {
        let step = |rule: &str| json!({ "rule": rule, "text": { "en": rule } });
        let steps = json!([step("open"), step("matching.ratio.project"), step("ceiling.a"), step("floor.b")]);
        let granted = json!({ "limited_by": ["matching.ratio", "ceiling.a"], "refused_by": [], "steps": steps });
        assert_eq!(reasons(&granted), ["matching.ratio.project", "ceiling.a"]);
        let refused = json!({ "limited_by": ["ceiling.a"], "refused_by": ["floor.b"], "steps": steps });
        assert_eq!(reasons(&refused), ["floor.b"]);
    }
}
