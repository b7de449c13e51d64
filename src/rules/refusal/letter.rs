//! Every reason to say no about a letter.

/// Every reason to say no about a letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum LetterRefusal {
    #[error("This case has no letter of this name.")]
    NotFound,
    #[error(
        "is not the SHA-256 of the funding agreement of this offer: read the agreement again, and accept that one."
    )]
    AnotherAgreement,
}

codes! {
    LetterRefusal []
    Absent: NotFound = "letter.not_found"
        "The case has no such letter.",
    State: AnotherAgreement = "letter.another_agreement" at "/agreement"
        "The agreement that is accepted is not the one that was offered.",
}
