//! Every reason to say no to a debarment, and because of one.

use crate::calendar::Day;

/// Every reason to say no to a debarment, and because of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum DebarmentRefusal {
    #[error("name either an organisation or a person.")]
    OfOne,
    #[error("write a day after the first one, or leave it out while no end is known.")]
    Days,
    #[error("write the code of a scheme, or leave it out for all.")]
    Scheme,
    #[error("What is on file of you is recorded, confirmed and ended by others.")]
    Oneself,
    #[error("You have recorded or proposed this yourself: another officer must confirm it.")]
    SameOfficer,
    #[error("This is confirmed already.")]
    Confirmed,
    #[error("This is over: it has ended, or was set aside.")]
    Over,
    #[error(
        "write a day from today on on which it would still hold; leave it out to set aside what nobody has confirmed."
    )]
    EndDay,
    #[error("Nobody has proposed an end of this: propose one first.")]
    NoEnd,
    /// Another end was proposed since.
    #[error("the end that is proposed now is {until}: read it again.")]
    EndChanged {
        /// The first day on which it would hold no more.
        until: Day,
    },
    /// An organisation that applies is debarred.
    #[error("{name} is debarred by {authority}{}: nothing is submitted by it or awarded to it.", told(*until))]
    Organisation {
        /// What it is called.
        name: String,
        /// By which authority.
        authority: String,
        /// The first day on which it is no more.
        until: Option<Day>,
    },
    /// A person who submits or accepts, or who has submitted, is debarred.
    #[error("{name} is debarred by {authority}{}: nothing that they send is taken, and nothing is awarded on it.", told(*until))]
    Person {
        /// What they are called.
        name: String,
        /// By which authority.
        authority: String,
        /// The first day on which they are no more.
        until: Option<Day>,
    },
    /// The one who is to be paid is debarred.
    #[error("{reference}: {name} is debarred by {authority}{}, and nothing is paid to it.", told(*until))]
    Payee {
        /// The reference of the case.
        reference: String,
        /// What it is called.
        name: String,
        /// By which authority.
        authority: String,
        /// The first day on which it is no more.
        until: Option<Day>,
    },
}

/// Until when, where that is known.
fn told(until: Option<Day>) -> String {
    until.map_or_else(String::new, |until| format!(" until {until}"))
}

codes! {
    DebarmentRefusal []
    Rule: OfOne = "debarment.of_one" at "/organisation"
        "A debarment is of an organisation or of a person, and of one of them.",
    Rule: Days = "debarment.days" at "/until"
        "The debarment would end before it begins, or hold on no day.",
    Rule: Scheme = "debarment.scheme" at "/scheme"
        "What is written is not the code of a scheme.",
    Permission: Oneself = "debarment.oneself"
        "The debarment is of the caller.",
    Permission: SameOfficer = "debarment.same_officer"
        "The caller has recorded it, or proposed its end: another officer must confirm it.",
    State: Confirmed = "debarment.confirmed"
        "The debarment is confirmed already.",
    State: Over = "debarment.over"
        "The debarment has ended or was set aside.",
    Rule: EndDay = "debarment.end_day" at "/until"
        "The day is over, the debarment would not hold then anyway, or nobody has confirmed it.",
    State: NoEnd = "debarment.no_end"
        "Nobody has proposed an end of the debarment.",
    State: EndChanged { .. } = "debarment.end_changed" at "/until"
        "Another end has been proposed since; `detail` names it.",
    Rule: Organisation { .. } = "debarment.organisation"
        "An organisation that applies is debarred; `detail` says by whom and until when.",
    Rule: Person { .. } = "debarment.person"
        "The person who sends it, or who has submitted the case, is debarred; `detail` says by whom and until when.",
    Rule: Payee { .. } = "debarment.payee"
        "The organisation that is to be paid is debarred; `detail` names the case.",
}
