//! The layers under the settings: files of `config/`, then the environment. Every value is taken once; what is wrong with any
//! of them, and what nobody takes, is collected and told together.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// One thing that is wrong with a setting, and what to write. It never repeats the value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name of the setting, such as `http.port`, or of the file.
    pub name: String,
    /// Where the value stands, where there is one.
    pub origin: Option<String>,
    /// What is wrong and what to write.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) => write!(formatter, "{} (in {origin}): {}", self.name, self.message),
            None => write!(formatter, "{}: {}", self.name, self.message),
        }
    }
}

#[derive(Debug)]
struct Entry {
    values: Vec<String>,
    is_list: bool,
    origin: String,
}

/// The values that hold after all layers, and the faults found so far.
#[derive(Debug, Default)]
pub(super) struct Layers {
    entries: BTreeMap<String, Entry>,
    known: Vec<&'static str>,
    pub(super) faults: Vec<Fault>,
}

const PREFIX: &str = "ALMONER_";

/// Variables that belong to the command line and not to the settings.
const OF_THE_COMMAND_LINE: [&str; 3] = ["ALMONER_CONFIG", "ALMONER_ENVIRONMENT", "ALMONER_SCHEMES"];

/// The variable that overrides a setting.
fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase().replace('.', "__"))
}

impl Layers {
    /// Lays a file over what is there.
    pub(super) fn file(&mut self, file: &str, text: &str) {
        match text.parse::<toml::Table>() {
            Err(error) => self.fault(file, None, error.to_string().trim_end().to_owned()),
            Ok(table) => self.table(file, "", table),
        }
    }

    fn table(&mut self, file: &str, prefix: &str, table: toml::Table) {
        for (key, value) in table {
            let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(table) => self.table(file, &name, table),
                toml::Value::Array(values) => {
                    let values = values.iter().map(plain).collect();
                    self.entries.insert(name, Entry { values, is_list: true, origin: file.to_owned() });
                }
                value => {
                    let entry = Entry { values: vec![plain(&value)], is_list: false, origin: file.to_owned() };
                    self.entries.insert(name, entry);
                }
            }
        }
    }

    /// Lays the environment over what is there. `DATABASE_URL` has the name that every tool gives it.
    pub(super) fn environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        for (variable, value) in variables {
            let name = match variable.strip_prefix(PREFIX) {
                _ if OF_THE_COMMAND_LINE.contains(&variable.as_str()) => continue,
                _ if variable == "DATABASE_URL" => "database.url".to_owned(),
                Some(rest) => rest.to_lowercase().replace("__", "."),
                None => continue,
            };
            self.entries.insert(name, Entry { values: vec![value], is_list: false, origin: variable });
        }
    }

    pub(super) fn fault(&mut self, name: &str, origin: Option<String>, message: String) {
        self.faults.push(Fault { name: name.to_owned(), origin, message });
    }

    fn take(&mut self, name: &'static str) -> Option<Entry> {
        self.known.push(name);
        self.entries.remove(name)
    }

    /// Takes a default away: where this is read, it must be given.
    pub(super) fn forget(&mut self, name: &str) {
        self.entries.remove(name);
    }

    /// A value; where it cannot be had, the fault is noted and a stand-in returned that is never used.
    pub(super) fn one<T: FromStr + Default>(&mut self, name: &'static str, write: &str) -> T {
        self.read(name, write, |text| text.parse().ok())
    }

    /// A text that is fit for its use.
    pub(super) fn text(&mut self, name: &'static str, write: &str, fits: impl Fn(&str) -> bool) -> String {
        self.read(name, write, |text| fits(text).then(|| text.to_owned()))
    }

    /// A whole number between two bounds.
    pub(super) fn number(&mut self, name: &'static str, bounds: RangeInclusive<u32>) -> u32 {
        let write = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        self.read(name, &write, |text| text.parse().ok().filter(|number| bounds.contains(number)))
    }

    fn read<T: Default>(&mut self, name: &'static str, write: &str, read: impl Fn(&str) -> Option<T>) -> T {
        let Some(entry) = self.take(name) else {
            self.fault(name, None, format!("is missing: write {write}, or set {}", variable(name)));
            return T::default();
        };
        if let ([value], false) = (entry.values.as_slice(), entry.is_list)
            && let Some(value) = read(value)
        {
            return value;
        }
        self.fault(name, Some(entry.origin), format!("write {write}"));
        T::default()
    }

    /// A list, written with commas in the environment.
    pub(super) fn list<T: FromStr>(&mut self, name: &'static str, write: &str) -> Vec<T> {
        let Some(entry) = self.take(name) else {
            self.fault(name, None, format!("is missing: write a list of {write}, or set {}", variable(name)));
            return Vec::new();
        };
        let values: Vec<&str> = if entry.is_list {
            entry.values.iter().map(String::as_str).collect()
        } else {
            let one = entry.values.iter().flat_map(|value| value.split(','));
            one.map(str::trim).filter(|value| !value.is_empty()).collect()
        };
        let read: Option<Vec<T>> = values.into_iter().map(|value| value.parse().ok()).collect();
        read.unwrap_or_else(|| {
            self.fault(name, Some(entry.origin), format!("write a list of {write}"));
            Vec::new()
        })
    }

    /// A secret that only the environment may hold, and its text where it is there.
    pub(super) fn secret(&mut self, name: &'static str) -> Option<String> {
        let variable = if name == "database.url" { "DATABASE_URL".to_owned() } else { variable(name) };
        let entry = self.take(name)?;
        if entry.origin != variable {
            self.fault(name, Some(entry.origin), format!("is a secret: remove it there and set {variable}"));
            return None;
        }
        entry.values.into_iter().next().filter(|value| !value.is_empty())
    }

    /// All faults, the values that nobody took among them.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        for (name, entry) in std::mem::take(&mut self.entries) {
            let message = match self.known.iter().max_by_key(|known| likeness(known, &name)) {
                Some(known) if likeness(known, &name).saturating_mul(3) >= name.len().saturating_mul(2) => {
                    format!("there is no such setting; is {known} meant?")
                }
                _ => "there is no such setting; config/default.toml has them all".to_owned(),
            };
            self.fault(&name, Some(entry.origin), message);
        }
        self.faults
    }
}

fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How many characters two names share from the front and from the back: enough to see a slip of the pen.
fn likeness(one: &str, other: &str) -> usize {
    let front = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let back = one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
    front.saturating_add(back)
}
