//! Shapes that the rules make and the description of the API names: each is put in its place by what it says of itself.

use serde_json::Value;
use std::borrow::Cow;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// Where the description of the API keeps its shapes.
pub(super) const PLACE: &str = "/components/schemas";

/// Says, for each shape, what stands for it in a description until it is put in its place, and its name there.
macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident = $there:literal;)+) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                Object::new().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $there.into()
            }
        }
    )+};
}

shapes! {
    /// What a calculation answers.
    CalculationShape = "Answer";
    /// What is asked of a calculation, as it is kept.
    RequestShape = "Request";
    /// The same as it is written: more of it may be left out.
    RequestToWrite = "RequestToWrite";
    /// What is written in an application, as it is kept.
    ContentShape = "Content";
    /// The same as it is written: more of it may be left out.
    ContentToWrite = "ContentToWrite";
    /// An instalment of a plan.
    InstalmentShape = "Instalment";
    /// What holds of an award, as far as a change is about it.
    TermsShape = "AwardTerms";
    /// What is wanted of a change, as it is kept.
    WantedShape = "WantedChange";
    /// The same as it is written: more of it may be left out.
    WantedToWrite = "WantedChangeToWrite";
    /// The text of a letter.
    LetterShape = "LetterText";
    /// A score with its steps.
    ScoreShape = "Score";
    /// One step of it.
    ScoreStepShape = "ScoreStep";
    /// Something that happened.
    EventShape = "Event";
    /// Who did it.
    WhoShape = "Who";
    /// To whom a letter goes.
    RecipientShape = "Recipient";
    /// A text in three written forms.
    TextShape = "Text";
    /// A sentence in two of them.
    SentenceShape = "Sentence";
    /// What differs between two texts of a scheme.
    DifferenceShape = "Difference";
    /// What a rehearsal comes to.
    TotalsShape = "Totals";
    /// The money that a draft of a scheme has.
    EnvelopeShape = "Envelope";
}

/// Puts the shapes in their places in a description of the API.
pub(super) fn put(description: &mut Value) {
    if let Some(Value::Object(known)) = description.pointer_mut(PLACE) {
        known.extend(rules::schema::answers(PLACE));
    }
}
