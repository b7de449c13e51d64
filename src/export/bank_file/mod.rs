//! What a bank is told to pay, as the file that it takes. A format is one function from the order to bytes; another one is one file more.

mod pain001;
mod table;

use rules::bank_order::BankOrder;
use rules::money::MoneyError;
use serde::Deserialize;
use std::io;

/// A format that banks take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum BankFormat {
    /// ISO 20022, the customer's credit transfer of 2019.
    #[serde(rename = "pain.001.001.09")]
    Pain00100109,
    /// The same of 2009, which many banks still take.
    #[serde(rename = "pain.001.001.03")]
    Pain00100103,
    /// One line for each payment, for a bank's own upload page.
    #[serde(rename = "csv")]
    Csv,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum BankFileError {
    /// The amounts add up to more than can be held.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// It cannot be written as CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

impl BankFormat {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pain00100109 => "pain.001.001.09",
            Self::Pain00100103 => "pain.001.001.03",
            Self::Csv => "csv",
        }
    }

    /// What the file is, for programs.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pain00100109 | Self::Pain00100103 => "application/xml",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// How its name ends.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pain00100109 | Self::Pain00100103 => "xml",
            Self::Csv => "csv",
        }
    }

    /// The file: the same order is always the same bytes.
    ///
    /// # Errors
    /// When the amounts add up to more than can be held, or it cannot be written.
    pub fn write(self, order: &BankOrder) -> Result<Vec<u8>, BankFileError> {
        match self {
            Self::Pain00100109 => pain001::write(pain001::Edition::Of2019, order),
            Self::Pain00100103 => pain001::write(pain001::Edition::Of2009, order),
            Self::Csv => table::write(order),
        }
    }
}

#[cfg(test)]
mod tests;
