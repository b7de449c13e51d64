//! What an event is about.

use crate::ids::{
    ApplicationId, BatchId, ExtensionId, NoticeId, OrganisationId, PanelId, PersonId, RelationId, SchemeDraftId,
    SchemeTextId,
};
use uuid::Uuid;

/// What an event is about: the chain of the audit that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person, with the organisations that came with them.
    Person(PersonId),
    /// An organisation.
    Organisation(OrganisationId),
    /// A relation of two organisations.
    Relation(RelationId),
    /// An extension of a round for one applicant.
    Extension(ExtensionId),
    /// A text of a scheme while officers work on it.
    SchemeDraft(SchemeDraftId),
    /// A published text of a scheme.
    SchemeText(SchemeTextId),
    /// An application, and the case that grows from it.
    Application(ApplicationId),
    /// A panel that ranks proposals.
    Panel(PanelId),
    /// A batch of payments.
    Batch(BatchId),
    /// A notice in the outbox.
    Notice(NoticeId),
    /// The house as a whole, where nothing smaller is meant.
    House,
}

impl Subject {
    /// The noun.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Organisation(_) => "organisation",
            Self::Relation(_) => "relation",
            Self::Extension(_) => "extension",
            Self::SchemeDraft(_) => "scheme_draft",
            Self::SchemeText(_) => "scheme_text",
            Self::Application(_) => "application",
            Self::Panel(_) => "panel",
            Self::Batch(_) => "batch",
            Self::Notice(_) => "notice",
            Self::House => "house",
        }
    }

    /// The id.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person(PersonId(id))
            | Self::Organisation(OrganisationId(id))
            | Self::Relation(RelationId(id))
            | Self::Extension(ExtensionId(id))
            | Self::SchemeDraft(SchemeDraftId(id))
            | Self::SchemeText(SchemeTextId(id))
            | Self::Application(ApplicationId(id))
            | Self::Panel(PanelId(id))
            | Self::Batch(BatchId(id))
            | Self::Notice(NoticeId(id)) => id,
            Self::House => Uuid::nil(),
        }
    }
}
