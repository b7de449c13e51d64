//! Queries on a claim: somebody of the agency asks, the applicant answers and may put right what is claimed; nothing is certified before.

use super::{Claim, ClaimState, Claiming, NewLine};
use crate::application::{Application, State, words_given, words_within};
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};

/// The most characters of a query.
pub const QUERY_CHARACTERS_MAX: usize = 1_000;

/// Something that was asked on a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// What.
    pub question: String,
    /// Who answered, when, and what.
    pub answered: Option<(PersonId, DateTime<Utc>, String)>,
}

/// An answer, with what is claimed instead.
#[derive(Clone, Debug)]
pub struct Answering {
    /// In words.
    pub answer: String,
    /// What is claimed now, with the lines that it is made of; none where it stays as it is.
    pub claimed: Option<(Cents, Vec<NewLine>)>,
}

impl Claim {
    /// An officer or somebody of finance asks something on a claim that waits for certification.
    ///
    /// # Errors
    /// When the award does not run, the claim does not wait for certification, or the question is missing or too long.
    pub fn ask(
        mut self,
        permit: &Permit,
        application: &Application,
        question: &str,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        application.must_be(&[State::Accepted])?;
        self.must_be(&[ClaimState::Submitted])?;
        let question = words_within("/question", question, QUERY_CHARACTERS_MAX)?;
        self.state = ClaimState::Queried;
        self.queries.push(Query { asked_by: by, asked_at: at, question: question.clone(), answered: None });
        let event = Event::ClaimQueried { application: self.application, claim: self.id, question };
        Ok((Change::new(permit, event, vec![Write::Claim(self.clone()), Write::ClaimQuery(self.clone())]), self))
    }

    /// The applicant answers, and may claim something else instead: it waits for certification again.
    ///
    /// # Errors
    /// When the award does not run, nothing is asked, the answer is missing, or what is claimed instead could not have been claimed.
    pub fn answer(
        mut self,
        permit: &Permit,
        claiming: Claiming<'_>,
        answering: Answering,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        claiming.application.must_be_told(&[State::Accepted])?;
        self.must_be(&[ClaimState::Queried])?;
        let answer = words_given("/answer", &answering.answer)?;
        if let Some((claimed, lines)) = answering.claimed {
            claiming.must_hold(&self.instalment, claimed)?;
            self.costs = claiming.costs.claimed((self.id, &self.instalment), claimed, lines)?;
            self.claimed = claimed;
        }
        self.state = ClaimState::Submitted;
        if let Some(query) = self.queries.last_mut() {
            query.answered = Some((by, at, answer.clone()));
        }
        let lines = self.costs.iter().flat_map(|costs| costs.lines.clone()).collect();
        let event =
            Event::ClaimAnswered { application: self.application, claim: self.id, answer, amount: self.claimed, lines };
        let writes = vec![Write::Claim(self.clone()), Write::ClaimQuery(self.clone()), Write::ClaimCosts(self.clone())];
        Ok((Change::new(permit, event, writes), self))
    }
}
