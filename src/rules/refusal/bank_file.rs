//! Every reason to say no to a file for a bank.

/// Every reason to say no to a file for a bank.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The settings have changed since.
    #[error(
        "the file in the format {format} would be another one than was taken before: set payments.payer_… back to what it was."
    )]
    Changed {
        /// The format.
        format: String,
    },
}

codes! {
    BankFileRefusal []
    State: NotReleased { .. } = "bank_file.not_released"
        "The batch has not been released.",
    State: NoAccount { .. } = "bank_file.no_account"
        "The batch was released before it was kept where payments go.",
    State: Changed { .. } = "bank_file.changed"
        "The settings of the payer have changed since the file was taken first, and it would be another one.",
}
