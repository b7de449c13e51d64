//! Every reason to say no to a file.

use crate::attachment::NAME_CHARACTERS_MAX;

/// Every reason to say no to a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum AttachmentRefusal {
    #[error(
        "Give the file a name of 1 to {NAME_CHARACTERS_MAX} characters that can all be seen, without a slash, a colon, or a full stop in front."
    )]
    NameNotUsable,
    #[error("The file is empty: attach one with something in it.")]
    Empty,
    /// Its content is none of those that are taken.
    #[error("Attach a file of one of these types, whole and without macros: {known}; text in UTF-8.")]
    TypeNotTaken {
        /// The types that are taken.
        known: String,
    },
    /// Its content is not what was said of it.
    #[error("The file is said to be {declared}, and is {found}: say what it is, or attach the right one.")]
    TypeDisagrees {
        /// What was said.
        declared: &'static str,
        /// What it is.
        found: &'static str,
    },
    #[error("Malicious code was found in the file: nothing of it was kept. Clean it, and attach it again.")]
    Infected,
    /// As many as may be.
    #[error("An application has at most {attachments_max} files: take one away first.")]
    TooMany {
        /// The most.
        attachments_max: usize,
    },
    /// Too much altogether.
    #[error("The files of an application have at most {bytes_max} bytes in all: take one away first.")]
    TotalTooLarge {
        /// The most.
        bytes_max: u64,
    },
    /// The scheme asks for no such document.
    #[error(
        "The scheme has no such document; it has {}. Leave the name out for anything else.", if known.is_empty() { "none" } else { known }
    )]
    DocumentUnknown {
        /// The documents of the scheme.
        known: String,
    },
}

codes! {
    AttachmentRefusal []
    Rule: NameNotUsable = "attachment.name_not_usable"
        "The name of the file is missing, too long, has a part of a path, or characters that are not seen.",
    Rule: Empty = "attachment.empty"
        "The file has no content.",
    Rule: TypeNotTaken { .. } = "attachment.type_not_taken"
        "By its content, the file is of no type that is taken here; `detail` names those that are.",
    Rule: TypeDisagrees { .. } = "attachment.type_disagrees"
        "The content of the file is not what `Content-Type` says.",
    Rule: Infected = "attachment.infected"
        "The scanner found malicious code; nothing was kept.",
    Rule: TooMany { .. } = "attachment.too_many"
        "The application has as many files as may be.",
    Rule: TotalTooLarge { .. } = "attachment.total_too_large"
        "The files of the application are too large in all.",
    Rule: DocumentUnknown { .. } = "attachment.document_unknown"
        "The scheme has no such document; `detail` names those that it has.",
}
