//! One case of a portfolio: a calculation request with a name of its own.

use crate::calculation::{
    Applicant, Committed, History, Project, Request, RequestFault, object, object_or_none, objects_or_none, read_json,
};
use crate::calendar::Day;
use crate::money::Cents;
use serde::Deserialize;

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What whoever keeps the portfolio calls it.
    pub id: Option<String>,
    /// What is asked.
    pub request: Request,
}

/// What is wrong with a case, and which one it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFault {
    /// What whoever keeps the portfolio calls it, where that could be read.
    pub id: Option<String>,
    /// What is wrong.
    pub fault: RequestFault,
}

impl From<RequestFault> for CaseFault {
    fn from(fault: RequestFault) -> Self {
        Self { id: None, fault }
    }
}

/// The longest name of a case, in characters.
const ID_CHARACTERS_MAX: usize = 200;

/// A case as a line of JSON: the members of a request, and `id`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    on: Option<Day>,
    #[serde(default, deserialize_with = "object")]
    applicant: Applicant,
    #[serde(deserialize_with = "object")]
    project: Project,
    #[serde(default, deserialize_with = "object_or_none")]
    history: Option<History>,
    #[serde(default, deserialize_with = "objects_or_none")]
    committed: Option<Vec<Committed>>,
    #[serde(default)]
    requested: Option<Cents>,
}

impl Case {
    /// Reads a case from JSON text.
    ///
    /// # Errors
    /// The first thing that cannot be understood, with a pointer to it.
    pub fn from_json(text: &[u8]) -> Result<Self, CaseFault> {
        let read = read_json(text).map_err(|fault| CaseFault { id: id_of(text), fault });
        let Line { id, on, applicant, project, history, committed, requested } = read?;
        let id = id.map(named).transpose().map_err(|message| RequestFault::malformed("/id", message))?;
        Ok(Self { id, request: Request { on, applicant, project, history, committed, requested } })
    }
}

/// The name of a case of which something else is not understood.
fn id_of(text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let Named { id } = serde_json::from_slice(text).ok()?;
    named(id).ok()
}

/// A name that can stand in a line of a report.
pub(super) fn named(id: String) -> Result<String, String> {
    if id.chars().any(char::is_control) {
        return Err("take the control characters out of the name of the case".to_owned());
    }
    if id.chars().nth(ID_CHARACTERS_MAX).is_some() {
        return Err(format!("write a name of at most {ID_CHARACTERS_MAX} characters"));
    }
    Ok(id)
}
