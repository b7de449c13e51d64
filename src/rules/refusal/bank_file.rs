//! Every reason to say no to a file for a bank.

/// Every reason to say no to a file for a bank.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum BankFileRefusal {
    /// Nothing is paid yet, or ever.
    #[error("{reference} has not been released: there is nothing to tell a bank.")]
    NotReleased {
        /// The reference of the batch.
        reference: String,
    },
    /// It was released before accounts were kept.
    #[error("{reference} was released before it was kept where its payments go: pay it as it was paid then.")]
    NoAccount {
        /// The reference of the batch.
        reference: String,
    },
    /// All of it is set off.
    #[error("All of {reference} is set off: there is nothing to tell a bank.")]
    NothingTransferred {
        /// The reference of the batch.
        reference: String,
    },
    /// Two files would pay twice.
    #[error("the file of this batch was taken as {format} before, and a bank is told only once: take that one again.")]
    OtherFormat {
        /// The format.
        format: String,
    },
    #[error(
        "The file would be another one than was taken before: set payments.payer_… back to what it was, or use the version of Almoner that made it."
    )]
    Changed,
}

codes! {
    BankFileRefusal []
    State: NotReleased { .. } = "bank_file.not_released"
        "The batch has not been released.",
    State: NoAccount { .. } = "bank_file.no_account"
        "The batch was released before it was kept where payments go.",
    State: NothingTransferred { .. } = "bank_file.nothing_transferred"
        "All of the batch is set off against demands.",
    State: OtherFormat { .. } = "bank_file.other_format" at "/format"
        "The file of the batch was taken in another format; `detail` says which.",
    State: Changed = "bank_file.changed"
        "The settings of the payer, or the program, have changed since the file was taken first, and it would be another one.",
}
