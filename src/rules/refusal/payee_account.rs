//! Every reason to say no to where an organisation is paid.

/// Every reason to say no to where an organisation is paid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence; none repeats anything of an account")]
pub enum PayeeAccountRefusal {
    #[error("write the name of the holder in one line of 1 to 140 characters, and none that begins like a formula.")]
    Holder,
    #[error("write the three digits of the bank of an account; an FPS identifier has none.")]
    Bank,
    #[error("write an account as 6 to 14 digits without those of the bank, or an FPS identifier as 7 or 9 digits.")]
    Number,
    #[error("Another account is proposed or waits to be used: end that one first.")]
    UnderWay,
    #[error("This is the account to which payments go already.")]
    Unchanged,
    #[error("You have proposed this account yourself: somebody else must confirm it.")]
    SamePerson,
    #[error("This is not the account that was proposed: check it with the organisation, or end the proposal.")]
    Differs,
    #[error("Leave the digits of the account out of what you write: it is kept, and read by others.")]
    InWords,
    #[error("This account is confirmed already.")]
    Confirmed,
    #[error("This account is over: propose another one.")]
    Over,
    /// Nothing can be paid to it.
    #[error(
        "{reference}: no account is in force to which its applicant is paid: one must be proposed and confirmed first."
    )]
    None {
        /// The reference of the case.
        reference: String,
    },
    /// Another account than when it was prepared.
    #[error(
        "{reference}: another account is in force than when the batch was prepared: dissolve it, and prepare it again."
    )]
    Changed {
        /// The reference of the case.
        reference: String,
    },
    /// Whoever releases has proposed or confirmed the account.
    #[error(
        "{reference}: you have proposed or confirmed the account that is paid to: somebody else must release this."
    )]
    OwnAccount {
        /// The reference of the case.
        reference: String,
    },
}

codes! {
    PayeeAccountRefusal []
    Rule: Holder = "payee_account.holder" at "/holder"
        "Not a name of 1 to 140 characters on one line, or it begins like a formula.",
    Rule: Bank = "payee_account.bank" at "/bank"
        "The bank of an account is three digits, and an FPS identifier has none.",
    Rule: Number = "payee_account.number" at "/number"
        "Not the digits of an account, or not an FPS identifier.",
    State: UnderWay = "payee_account.under_way"
        "Another account of the organisation is proposed or waits to be used.",
    State: Unchanged = "payee_account.unchanged"
        "Payments go to this account already.",
    Permission: SamePerson = "payee_account.same_person"
        "The caller has proposed the account: somebody else must confirm it.",
    Rule: Differs = "payee_account.differs" at "/number"
        "What was typed in to confirm the account is another one than was proposed.",
    Rule: InWords = "payee_account.in_words"
        "What was written holds the digits of the account.",
    State: Confirmed = "payee_account.confirmed"
        "The account is confirmed already.",
    State: Over = "payee_account.over"
        "The account has ended.",
    Rule: None { .. } = "payee_account.none"
        "The organisation that is to be paid has no account in force; `detail` names the case.",
    State: Changed { .. } = "payee_account.changed"
        "Another account is in force than when the batch was prepared; `detail` names the case.",
    Permission: OwnAccount { .. } = "payee_account.own_account"
        "The caller has proposed or confirmed an account that is paid to; `detail` names the case.",
}
