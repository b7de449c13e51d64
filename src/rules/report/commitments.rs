//! What was committed, paid and recovered, grouped by what somebody asks for.

use crate::money::Cents;

/// By what the money is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The scheme.
    Scheme,
    /// The round of the scheme.
    Round,
    /// The year of the scheme in which the application was submitted; the financial year where it has none of its own.
    ProgrammeYear,
    /// The financial year in which the money moved.
    FinancialYear,
    /// Who receives it.
    Organisation,
    /// The stages that the award is for.
    Stage,
    /// The state in which the case is now.
    Status,
}

/// The text names nothing by which money is grouped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is nothing to group by: name some of scheme, round, programme_year, financial_year, organisation, stage, status, each once, with commas between"
)]
pub struct NotADimension(String);

impl Dimension {
    /// Every one, in the order of the columns.
    pub const ALL: [Self; 7] = [
        Self::Scheme,
        Self::Round,
        Self::ProgrammeYear,
        Self::FinancialYear,
        Self::Organisation,
        Self::Stage,
        Self::Status,
    ];

    /// The name used in addresses and columns.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Scheme => "scheme",
            Self::Round => "round",
            Self::ProgrammeYear => "programme_year",
            Self::FinancialYear => "financial_year",
            Self::Organisation => "organisation",
            Self::Stage => "stage",
            Self::Status => "status",
        }
    }

    /// Reads names with commas between them.
    ///
    /// # Errors
    /// When one is unknown or stands twice.
    pub fn parse(text: &str) -> Result<Vec<Self>, NotADimension> {
        let mut named = Vec::new();
        for name in text.split(',') {
            let dimension = Self::ALL.into_iter().find(|dimension| dimension.code() == name);
            match dimension.filter(|dimension| !named.contains(dimension)) {
                Some(dimension) => named.push(dimension),
                None => return Err(NotADimension(name.chars().take(40).collect())),
            }
        }
        Ok(named)
    }
}

/// What was committed, paid and recovered of one group: `committed` is `paid` and `outstanding` together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// What is the same in the group, for each of [`Dimension::ALL`]: `all` where nobody asked for it, and nothing where a case has none.
    pub keys: [String; 7],
    /// How many cases hold any money in it.
    pub cases: u64,
    /// What was promised, less what was given back.
    pub committed: Cents,
    /// What was paid, less what banks have brought back.
    pub paid: Cents,
    /// What was promised and is not paid.
    pub outstanding: Cents,
    /// What demands have brought back.
    pub recovered: Cents,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped_by_what_is_named_once() {
        let named = Dimension::ALL.map(Dimension::code).join(",");
        assert_eq!(Dimension::parse(&named), Ok(Dimension::ALL.to_vec()));
        assert_eq!(Dimension::parse("status,scheme"), Ok(vec![Dimension::Status, Dimension::Scheme]));
        for (text, amiss) in [("", ""), ("scheme,", ""), ("scheme,scheme", "scheme"), ("Scheme", "Scheme")] {
            assert_eq!(Dimension::parse(text), Err(NotADimension(amiss.to_owned())), "{text}");
        }
    }
}
