//! Every reason to say no to particulars of an organisation. None repeats what was written: it may be a bank account.

/// Every reason to say no to particulars of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum ParticularsRefusal {
    #[error("write one number of 8 to 15 digits, such as +852 2345 6789.")]
    Telephone,
    #[error("write the address of a site of your own, such as https://www.example.hk.")]
    Website,
    #[error("write one bank account of 6 to 20 digits, with the code of the bank before it.")]
    Account,
}

codes! {
    ParticularsRefusal []
    Rule: Telephone = "particulars.telephone" at "/telephone"
        "Not one telephone number.",
    Rule: Website = "particulars.website" at "/website"
        "Not the address of a site.",
    Rule: Account = "particulars.account" at "/account"
        "Not one bank account.",
}
