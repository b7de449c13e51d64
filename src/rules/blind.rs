//! What a scheme keeps from those who assess: who applies, and what the other assessors say.
//!
//! Who is told what is decided here once. Views, lists, files and letters all ask, so that none of them tells what another hides.

#[cfg(test)]
mod tests;

use crate::actor::Actor;
use crate::application::{Application, Content};
use crate::assessment::{Assessment, AssessmentState};
use crate::attachment::Attachment;
use crate::calculation::RequestFault;
use crate::calendar::Day;
use crate::dated::Known;
use crate::event::Event;
use crate::interest::names::same_organisation;
use crate::member::Tie;
use crate::scheme::{Plain, Scheme};

/// Whether somebody who reads a case is told who applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// They are.
    Shown,
    /// They were asked to assess it without being told.
    Hidden,
}

/// An organisation that applies for a case, or is invited to apply with it, by what it is found among the suppliers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applies {
    /// As registered, or as it was named.
    pub name: String,
    /// Its Unique Business Identifier.
    pub ubi: String,
}

/// Whether something is kept from assessors on a day. What nobody knows is: what was shown cannot be taken back.
fn hides(value: Option<&Plain<bool>>, on: Day, otherwise: bool) -> bool {
    match value.and_then(|value| value.is.on(on)).map(|entry| &entry.is) {
        Some(Known::Is(hides)) => *hides,
        Some(Known::Unknown) => true,
        Some(Known::None) | None => otherwise,
    }
}

/// Whether those who assess under a scheme on a day are not told who applies.
#[must_use]
pub fn hides_applicant_on(scheme: &Scheme, on: Day) -> bool {
    let assessment = scheme.file.assessment.as_ref();
    hides(assessment.and_then(|assessment| assessment.blind_to_applicant.as_ref()), on, false)
}

/// The same of an application, under the text that it has pinned, on the day of its submission.
#[must_use]
pub fn hides_applicant(scheme: &Scheme, application: &Application) -> bool {
    application.submission.as_ref().is_some_and(|submission| hides_applicant_on(scheme, submission.on))
}

/// Whether those who assess an application never read one another's assessments, under the text that it has pinned.
fn hides_assessors(scheme: &Scheme, application: &Application) -> bool {
    let assessment = scheme.file.assessment.as_ref();
    let value = assessment.and_then(|assessment| assessment.blind_to_assessors.as_ref());
    application.submission.as_ref().is_none_or(|submission| hides(value, submission.on, true))
}

impl Actor {
    /// Whether this actor is told who applies. Whoever acts for the applicant knows it.
    #[must_use]
    pub fn identity(&self, application: &Application) -> Identity {
        let own = self.organisations.contains(&application.organisation);
        let blind = self.ties.get(&application.id) == Some(&Tie::Blind);
        if blind && !own { Identity::Hidden } else { Identity::Shown }
    }
}

impl Identity {
    /// Who it is, as far as it is told.
    pub fn tell<T>(self, who: T) -> Option<T> {
        (self == Self::Shown).then_some(who)
    }

    /// What the applicant has written, without the people, and without each of `parties` that is a supplier. Title, summary and what
    /// else is free text is the applicant's word, who is told not to name themselves.
    #[must_use]
    pub fn content(self, mut content: Content, parties: &[Applies]) -> Content {
        if self == Self::Shown {
            return content;
        }
        content.people.clear();
        for quotation in &mut content.quotations {
            let (supplier, written) = (&quotation.supplier, &quotation.supplier_ubi);
            let is = |party: &Applies| written.as_ref() == Some(&party.ubi) || same_organisation(supplier, &party.name);
            if parties.iter().any(is) {
                quotation.supplier.clear();
                quotation.supplier_ubi = None;
            }
        }
        content
    }

    /// An application with its content as it is told.
    #[must_use]
    pub fn application(self, application: Application, parties: &[Applies]) -> Application {
        Application { content: self.content(application.content, parties), ..application }
    }

    /// What an application lacks, without what could quote the people and the suppliers, or miss them because they are hidden.
    #[must_use]
    pub fn missing(self, mut faults: Vec<RequestFault>) -> Vec<RequestFault> {
        let tells = |pointer: &str| pointer.starts_with("/people") || pointer.starts_with("/quotations");
        faults.retain(|fault| self == Self::Shown || !tells(&fault.pointer));
        faults
    }

    /// A file under the name that its applicant has chosen, or under the code of the document that it is, and the end of its id where
    /// it is none.
    #[must_use]
    pub fn file(self, mut file: Attachment) -> Attachment {
        if self == Self::Hidden {
            let id = file.id.0.simple().to_string();
            let other = || format!("file-{}", id.get(24..).unwrap_or_default());
            let stem = file.document.clone().unwrap_or_else(other);
            file.name = format!("{stem}.{}", file.media_type.word().to_ascii_lowercase());
        }
        file
    }
}

/// What an actor reads of the assessments of a case. Whoever assesses it reads, whatever else they are, their own; and once that is
/// scored, where the scheme says so, what the others have scored, without what they mean for the applicant.
#[must_use]
pub fn assessments_read_by(
    actor: &Actor,
    application: &Application,
    scheme: &Scheme,
    all: Vec<Assessment>,
) -> Vec<Assessment> {
    let own = |assessment: &Assessment| actor.person() == Some(assessment.assessor);
    let at_work = all.iter().find(|one| own(one) && AssessmentState::AT_WORK.contains(&one.state)).map(|one| one.state);
    let hidden = actor.identity(application) == Identity::Hidden;
    if at_work.is_none() && actor.reads_assessments_of_others() && !hidden {
        return all;
    }
    let others = at_work == Some(AssessmentState::Scored) && !hides_assessors(scheme, application);
    let read = all.into_iter().filter(|one| own(one) || others && one.state == AssessmentState::Scored);
    read.map(|one| if own(&one) { one } else { Assessment { feedback: None, ..one } }).collect()
}

/// What happened to a case without the scores that an actor does not read of its assessments, and of which a history would tell them.
#[must_use]
pub fn without_scores_of_others(event: Event, read: &[Assessment]) -> Option<Event> {
    match event {
        Event::AssessmentScored { assessment, .. } if !read.iter().any(|one| one.id == assessment) => None,
        other => Some(other),
    }
}
