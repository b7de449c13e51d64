//! Reads a request strictly: what cannot be understood is named with a pointer to it, and nothing is taken for something else.

use super::request::{Completed, FactValue, Request};
use crate::calendar::Day;
use crate::text::{in_words, seen};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_path_to_error::Segment;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// What is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestFault {
    /// JSON Pointer (RFC 6901) to the part that is wrong.
    pub pointer: String,
    /// What is wrong and what is allowed.
    pub message: String,
    /// Whether the request cannot be understood, or is understood and not allowed.
    #[serde(skip)]
    pub kind: FaultKind,
}

/// The two kinds of wrong request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be understood (HTTP 400).
    Malformed,
    /// It names what the scheme does not have (HTTP 400).
    Unknown(Named),
    /// A rule of the scheme does not allow it (HTTP 422).
    NotAllowed,
}

/// What a scheme has names for, and a request repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A stage.
    Stage,
    /// A contributor.
    Contributor,
    /// A class of posts.
    Class,
    /// A group whose awards are counted.
    Party,
    /// A code that answers a question.
    Answer,
}

impl Named {
    /// The word of messages.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Contributor => "contributor",
            Self::Class => "class",
            Self::Party => "party",
            Self::Answer => "answer",
        }
    }
}

impl RequestFault {
    /// A request that cannot be understood.
    #[must_use]
    pub fn malformed(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), kind: FaultKind::Malformed }
    }
}

impl fmt::Display for RequestFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "the whole request" } else { &self.pointer };
        // What somebody wrote goes to a terminal, which would obey it.
        formatter.write_str(&seen(&format!("{pointer}: {}", self.message)))
    }
}

impl Request {
    /// Reads a request from JSON text.
    ///
    /// # Errors
    /// The first thing that cannot be understood, with a pointer to it.
    pub fn from_json(text: &[u8]) -> Result<Self, RequestFault> {
        read_json(text)
    }
}

/// Reads any request from JSON text, so that all of them are refused in the same words.
///
/// # Errors
/// The first thing that cannot be understood, with a pointer to it.
pub fn read_json<T: de::DeserializeOwned>(text: &[u8]) -> Result<T, RequestFault> {
    // To keep the way to each part takes as long again as to read it, and only a fault needs it.
    if let Ok(Object(request)) = serde_json::from_slice(text) {
        return Ok(request);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let request =
        serde_path_to_error::deserialize(&mut deserializer).map(|Object(request)| request).map_err(|error| {
            let pointer = error.path().iter().map(pointer_segment).collect::<String>();
            RequestFault::malformed(pointer, in_words(&error.inner().to_string()))
        })?;
    deserializer.end().map_err(|error| RequestFault::malformed("", error.to_string()))?;
    Ok(request)
}

fn pointer_segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { variant } => format!("/{}", escaped(variant)),
        Segment::Unknown => String::new(),
    }
}

/// A name as a segment of a JSON Pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The name that a segment of a JSON Pointer means.
pub(crate) fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// What must be written as an object. A derived reading would also take a list for one, its members in order: `"history": []`
/// would be a history.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Members<T> {
            type Value = Object<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(members)).map(Object)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// A part that must be written as an object.
///
/// # Errors
/// When it is none, or cannot be read.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(object)| object)
}

/// The same for a part that may be left out.
///
/// # Errors
/// When it is there and no object, or cannot be read.
pub fn object_or_none<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(object)| object))
}

pub(crate) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Object<T>>::deserialize(deserializer)?.into_iter().map(|Object(object)| object).collect())
}

/// The same for a list of them that may be left out.
///
/// # Errors
/// When it is there and no list, or one of them is no object or cannot be read.
pub fn objects_or_none<'de, T, D>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|objects| objects.into_iter().map(|Object(object)| object).collect()))
}

/// An object whose names are not known beforehand, each there once: of two values under one name, neither is the right one.
///
/// # Errors
/// When it is no object, a value cannot be read, or a name is there twice.
pub fn each_once<'de, V, D>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Members<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> de::Visitor<'de> for Members<V> {
        type Value = BTreeMap<String, V>;
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }
        fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut read = BTreeMap::new();
            while let Some((name, value)) = members.next_entry::<String, V>()? {
                if read.contains_key(&name) {
                    return Err(de::Error::custom(format_args!("\"{name}\" is there twice")));
                }
                read.insert(name, value);
            }
            Ok(read)
        }
    }
    deserializer.deserialize_map(Members(PhantomData))
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl de::Visitor<'_> for Any {
            type Value = FactValue;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true, false, a code in quotes or a whole number")
            }
            fn visit_bool<E: de::Error>(self, answer: bool) -> Result<FactValue, E> {
                Ok(FactValue::Boolean(answer))
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<FactValue, E> {
                let too_large = |_: std::num::TryFromIntError| E::invalid_value(de::Unexpected::Unsigned(count), &self);
                u32::try_from(count).map(FactValue::Count).map_err(too_large)
            }
            fn visit_i64<E: de::Error>(self, count: i64) -> Result<FactValue, E> {
                let negative = |_: std::num::TryFromIntError| E::invalid_value(de::Unexpected::Signed(count), &self);
                u32::try_from(count).map(FactValue::Count).map_err(negative)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<FactValue, E> {
                Ok(FactValue::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Completed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnswerOrDay;
        impl de::Visitor<'_> for AnswerOrDay {
            type Value = Completed;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true, false or the day of completion")
            }
            fn visit_bool<E: de::Error>(self, answer: bool) -> Result<Completed, E> {
                Ok(Completed::Answer(answer))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Completed, E> {
                Day::parse(text).map(Completed::On).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(AnswerOrDay)
    }
}
