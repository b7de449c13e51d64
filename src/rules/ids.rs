//! Ids: one type for each noun, so that one is never taken for another. Nothing here makes an id; it is handed in.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": "uuid" })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )+};
}

ids! {
    /// A person who can sign in.
    PersonId,
    /// An organisation that applies.
    OrganisationId,
    /// A relation of two organisations.
    RelationId,
    /// A debarment, or an adverse record, of an organisation or a person.
    DebarmentId,
    /// A hold on payments.
    HoldId,
    /// A delegation of authorities.
    DelegationId,
    /// An extension of a round for one applicant.
    ExtensionId,
    /// A text of a scheme that officers write and propose.
    SchemeDraftId,
    /// A published text of a scheme.
    SchemeTextId,
    /// A rehearsal of a draft.
    RehearsalId,
    /// An application, and the case that grows from it.
    ApplicationId,
    /// A file of an application.
    AttachmentId,
    /// An invitation to an application, and the member that comes of it.
    MemberId,
    /// One assessor's assessment of one application.
    AssessmentId,
    /// A panel that ranks proposals.
    PanelId,
    /// An agenda of a committee.
    AgendaId,
    /// A letter of a case.
    LetterId,
    /// A claim for an instalment.
    ClaimId,
    /// An assessor's declaration of interests.
    DeclarationId,
    /// That two officers override a conflict of interest.
    OverrideId,
    /// Where an organisation is paid.
    PayeeAccountId,
    /// A batch of payments.
    BatchId,
    /// A file of a bank, with what it says.
    BankAnswerId,
    /// Something in a file of a bank that matches nothing.
    UnmatchedItemId,
    /// A report that is written to a file.
    ExportId,
    /// A demand of money back.
    RecoveryId,
    /// What is entered on a demand of money back.
    RecoveryEntryId,
    /// That somebody asks to write something off.
    WriteOffId,
    /// A notice in the outbox; the same for every attempt to send it.
    NoticeId,
}
