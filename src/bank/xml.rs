//! XML as a tree of small messages, each element with its line. There is no document type, no entity but the five, and no depth without end.

use super::{amount, currency, line_of, malformed, reference};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rules::bank_answer::At;
use rules::calendar::Day;
use rules::money::Cents;
use rules::refusal::Refusal;

/// The deepest element.
const DEPTH_MAX: usize = 32;
/// The most elements: a tree takes more memory than its text.
const ELEMENTS_MAX: usize = 300_000;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) line: u32,
    /// Its namespace where it says one, or its currency.
    said: Option<String>,
    text: String,
    children: Vec<Self>,
}

/// The root of a document, and the namespace that it says.
pub(super) fn read(text: &str) -> Result<(Node, String), Refusal> {
    let mut reader = Reader::from_str(text);
    let mut lines = Lines { bytes: text.as_bytes(), counted: 0, line: 1 };
    let (mut open, mut elements) = (vec![Node::default()], 0_usize);
    loop {
        let line = lines.at(reader.buffer_position());
        let broken = |error: &dyn std::fmt::Display| malformed(line, format!("this is no XML: {error}"));
        let event = reader.read_event().map_err(|error| broken(&error))?;
        match event {
            Event::Start(start) | Event::Empty(start) if elements >= ELEMENTS_MAX || open.len() > DEPTH_MAX => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                return Err(malformed(line, format!("{name} is one element too many, or too deep")));
            }
            Event::Start(start) => {
                elements = elements.saturating_add(1);
                open.push(begun(&start, line)?);
            }
            Event::Empty(start) => {
                elements = elements.saturating_add(1);
                let node = begun(&start, line)?;
                if let Some(parent) = open.last_mut() {
                    parent.children.push(node);
                }
            }
            Event::End(_) => {
                let node = open.pop().unwrap_or_default();
                if let Some(parent) = open.last_mut() {
                    parent.children.push(node);
                }
            }
            Event::Text(part) => said(&mut open, &part.decode().map_err(|error| broken(&error))?),
            Event::CData(part) => said(&mut open, &part.decode().map_err(|error| broken(&error))?),
            Event::GeneralRef(part) => {
                let character = part.resolve_char_ref().map_err(|error| broken(&error))?;
                let name = part.decode().map_err(|error| broken(&error))?;
                let character = character.or_else(|| entity(&name));
                let character = character.ok_or_else(|| malformed(line, format!("the entity {name} is not taken")))?;
                said(&mut open, character.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err(malformed(line, "a document type is not taken")),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let line = lines.at(reader.buffer_position());
    if open.len() > 1 {
        let name = open.pop().map(|node| node.name).unwrap_or_default();
        return Err(malformed(line, format!("the file ends before {name} does")));
    }
    let mut roots = open.pop().map(|top| top.children).unwrap_or_default();
    let root = roots.pop().filter(|_| roots.is_empty()).ok_or_else(|| malformed(line, "write one document"))?;
    let namespace = root.said.clone().unwrap_or_default();
    Ok((root, namespace))
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

fn said(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

fn begun(start: &BytesStart<'_>, line: u32) -> Result<Node, Refusal> {
    let local = |name: &[u8]| String::from_utf8_lossy(name).rsplit(':').next().unwrap_or_default().to_owned();
    let mut node = Node { name: local(start.name().as_ref()), line, ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| malformed(line, format!("this is no XML: {error}")))?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let prefixed = key.strip_prefix("xmlns:").map(str::len);
        let own = start.name().as_ref().len().saturating_sub(node.name.len()).checked_sub(1);
        if key == "Ccy" || key == "xmlns" && own.is_none() || prefixed.is_some() && prefixed == own {
            node.said = Some(String::from_utf8_lossy(&attribute.value).into_owned());
        }
    }
    Ok(node)
}

/// Lines, counted as the reader goes on.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u32,
}

impl Lines<'_> {
    fn at(&mut self, position: u64) -> u32 {
        let position = usize::try_from(position).unwrap_or(self.bytes.len());
        let passed = self.bytes.get(self.counted..position).unwrap_or_default();
        self.line = self.line.saturating_add(line_of(passed).saturating_sub(1));
        self.counted = self.counted.max(position);
        self.line
    }
}

impl Node {
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// What is found on a way down, by the first of each.
    pub(super) fn at(&self, way: &[&str]) -> Option<&Self> {
        way.iter().try_fold(self, |node, name| node.child(name))
    }

    pub(super) fn must(&self, way: &[&str]) -> Result<&Self, Refusal> {
        self.at(way).ok_or_else(|| malformed(self.line, format!("{} has no {}", self.name, way.join("/"))))
    }

    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The text of what is found on a way down, where there is any.
    pub(super) fn text_at(&self, way: &[&str]) -> Option<&str> {
        self.at(way).map(Self::text).filter(|text| !text.is_empty())
    }

    /// The reference that is found on a way down.
    pub(super) fn reference_at(&self, way: &[&str]) -> Result<Option<String>, Refusal> {
        self.at(way).map(|node| reference(node.line, node.text())).transpose()
    }

    /// A whole number.
    pub(super) fn number(&self) -> Result<At<u64>, Refusal> {
        let is = self.text().parse().map_err(|_error| malformed(self.line, "write a whole number"))?;
        Ok(At { line: self.line, is })
    }

    /// An amount without a currency.
    pub(super) fn amount(&self) -> Result<At<Cents>, Refusal> {
        Ok(At { line: self.line, is: amount(self.line, self.text())? })
    }

    /// An amount with its currency.
    pub(super) fn money(&self) -> Result<(Cents, String), Refusal> {
        let said = self.said.as_deref().unwrap_or_default();
        Ok((amount(self.line, self.text())?, currency(self.line, said)?))
    }

    /// A day: of a date, or of a time in Hong Kong.
    pub(super) fn day(&self) -> Result<Day, Refusal> {
        let text = self.child("Dt").or_else(|| self.child("DtTm")).unwrap_or(self).text();
        let date = text.get(..10).unwrap_or(text);
        Day::parse(date).map_err(|_error| malformed(self.line, "write a day such as 2026-03-31"))
    }
}
