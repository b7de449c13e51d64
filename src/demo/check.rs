//! The figures of the story against the ledger, the CSV and the XLSX: to the cent, or the command fails.

use super::Trouble;
use super::assess::field;
use super::data::{Book, CaseData};
use super::stage::Known;
use super::story::amount_at;
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use rules::money::Cents;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Cursor;

/// An award that the story has told.
#[derive(Clone, Debug, Default)]
pub(super) struct Awarded {
    pub reference: String,
    pub scheme: String,
    pub amount: Cents,
    pub settled: Option<Cents>,
    /// Whether it was given back.
    pub released: bool,
}

/// One payment: of which case, for which instalment, in which batch.
pub(super) type PaymentOf = (String, String, String);

/// What a report says of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paid {
    pub scheme: String,
    pub award: Cents,
    pub amount: Cents,
    /// What a bank has brought back of it.
    pub returned: Cents,
}

/// What the story has told.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// Awards by the key of the case.
    pub awards: BTreeMap<String, Awarded>,
    /// Payments by the key of the case: its reference, how much was paid, and what the bank has brought back.
    pub payments: BTreeMap<PaymentOf, (String, Cents, Cents)>,
    /// What has come back by demands, by the scheme.
    pub recovered: BTreeMap<String, Cents>,
}

impl Figures {
    pub(super) fn awarded(&mut self, case: &CaseData, known: &Known, amount: Cents) {
        let award = self.awards.entry(case.key.clone()).or_default();
        (award.scheme, award.reference, award.amount) = (case.scheme.clone(), known.reference.clone(), amount);
    }

    pub(super) fn settled(&mut self, case: &CaseData, amount: Cents) {
        self.awards.entry(case.key.clone()).or_default().settled = Some(amount);
    }

    pub(super) fn released(&mut self, case: &CaseData) {
        self.awards.entry(case.key.clone()).or_default().released = true;
    }

    pub(super) fn paid(&mut self, case: &str, instalment: &str, (reference, batch): (&str, &str), amount: Cents) {
        let of = (case.to_owned(), instalment.to_owned(), batch.to_owned());
        self.payments.insert(of, (reference.to_owned(), amount, Cents::ZERO));
    }

    /// The bank has rejected a payment of a batch.
    pub(super) fn rejected(&mut self, case: &str, instalment: &str, batch: &str) {
        let of = (case.to_owned(), instalment.to_owned(), batch.to_owned());
        if let Some((_, amount, returned)) = self.payments.get_mut(&of) {
            *returned = *amount;
        }
    }

    /// Something has come back by a demand.
    pub(super) fn recovered(&mut self, scheme: &str, amount: Cents) {
        let sum = self.recovered.entry(scheme.to_owned()).or_default();
        *sum = Cents::sum([*sum, amount]).unwrap_or_default();
    }

    /// What has come back by demands, of a scheme or of all.
    fn recovered_of(&self, scheme: Option<&str>) -> Cents {
        let meant = self.recovered.iter().filter(|(of, _)| scheme.is_none_or(|scheme| *of == scheme));
        Cents::sum(meant.map(|(_, amount)| *amount)).unwrap_or_default()
    }

    /// What the story says was paid on a case.
    pub(super) fn paid_on(&self, case: &str) -> Cents {
        let theirs = self.payments.iter().filter(|((paid, ..), _)| paid == case);
        Cents::sum(theirs.map(|(_, (_, amount, returned))| amount.less(*returned))).unwrap_or_default()
    }

    /// Everything that was paid, whatever has come back of it.
    pub(super) fn paid_in_all(&self) -> Cents {
        Cents::sum(self.payments.values().map(|(_, amount, _)| *amount)).unwrap_or_default()
    }
}

/// A report as it was read back: payments by reference and instalment, and its total where it has one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub payments: BTreeMap<PaymentOf, Paid>,
    pub total: Cents,
}

impl Report {
    fn add(&mut self, of: PaymentOf, paid: Paid) -> Result<(), Trouble> {
        match self.payments.insert(of.clone(), paid) {
            None => Ok(()),
            Some(_) => Err(Trouble::Differs(format!("{} {} {} stands twice in a report", of.0, of.1, of.2))),
        }
    }

    fn sum(&self, scheme: Option<&str>) -> Cents {
        let meant = self.payments.values().filter(|paid| scheme.is_none_or(|scheme| paid.scheme == scheme));
        Cents::sum(meant.map(|paid| paid.amount)).unwrap_or_default()
    }

    /// What was paid under a scheme, or in all, and no bank has brought back.
    fn out(&self, scheme: Option<&str>) -> Cents {
        let meant = self.payments.values().filter(|paid| scheme.is_none_or(|scheme| paid.scheme == scheme));
        Cents::sum(meant.map(|paid| paid.amount.less(paid.returned))).unwrap_or_default()
    }

    /// Reads the CSV back.
    pub(super) fn from_csv(bytes: &[u8]) -> Result<Self, Trouble> {
        let wrong = |error: &dyn std::fmt::Display| Trouble::Differs(format!("the CSV cannot be read back: {error}"));
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::Reader::from_reader(text);
        let mut report = Self::default();
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let row = row.map_err(|error| wrong(&error))?;
            let text = |name: &str| row.get(name).cloned().ok_or_else(|| wrong(&format!("there is no {name}")));
            let money = |name: &str| Cents::parse(&text(name)?).map_err(|error| wrong(&error));
            let (award, amount, returned) = (money("award_hkd")?, money("paid_hkd")?, money("returned_hkd")?);
            let paid = Paid { scheme: text("scheme")?, award, amount, returned };
            report.add((text("reference")?, text("instalment")?, text("batch")?), paid)?;
        }
        report.total = report.sum(None);
        Ok(report)
    }

    /// Reads the workbook back; the total is the one that it shows.
    pub(super) fn from_xlsx(bytes: &[u8]) -> Result<Self, Trouble> {
        let wrong = |error: &dyn std::fmt::Display| Trouble::Differs(format!("the XLSX cannot be read back: {error}"));
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
        let sheet = workbook.worksheet_range("Disbursements").map_err(|error| wrong(&error))?;
        let mut rows = sheet.rows();
        let header = rows.next().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut report = Self::default();
        for row in rows {
            let cell = |name: &str| {
                let place = header.iter().position(|title| title == name);
                place.and_then(|place| row.get(place)).ok_or_else(|| wrong(&format!("there is no {name}")))
            };
            let text = |name: &str| cell(name).map(ToString::to_string);
            let money = |name: &str| match cell(name)? {
                // A workbook has no other number; two places are all that there are.
                Data::Float(number) => Cents::parse(&format!("{number:.2}")).map_err(|error| wrong(&error)),
                other => Err(wrong(&format!("{name} is {other}"))),
            };
            if text("Reference")? == "Total" {
                report.total = money("Paid (HKD)")?;
                continue;
            }
            let (award, amount, returned) = (money("Award (HKD)")?, money("Paid (HKD)")?, money("Returned (HKD)")?);
            let paid = Paid { scheme: text("Scheme")?, award, amount, returned };
            report.add((text("Reference")?, text("Instalment")?, text("Batch")?), paid)?;
        }
        Ok(report)
    }
}

/// Compares everything with everything.
///
/// # Errors
/// The first figure that differs, with both sides.
pub(super) fn figures(
    book: &Book,
    told: &Figures,
    csv: &Report,
    xlsx: &Report,
    envelopes: &[Value],
) -> Result<(), Trouble> {
    for case in &book.case {
        same(&format!("paid on {}, story and its data", case.key), told.paid_on(&case.key), case.paid)?;
    }
    for ((case, instalment, batch), (reference, amount, returned)) in &told.payments {
        let of = (reference.clone(), instalment.clone(), batch.clone());
        let Some(line) = csv.payments.get(&of) else {
            return Err(Trouble::Differs(format!("{case}: {reference} {instalment} in {batch} is not in the CSV")));
        };
        same(&format!("{reference} {instalment}, story and CSV"), *amount, line.amount)?;
        same(&format!("what came back of {reference} {instalment}, story and CSV"), *returned, line.returned)?;
        let award = told.awards.get(case).map(|award| award.amount).unwrap_or_default();
        same(&format!("the award of {reference}, story and CSV"), award, line.award)?;
    }
    for (of, line) in &csv.payments {
        let other = xlsx.payments.get(of);
        if other != Some(line) {
            return Err(Trouble::Differs(format!("{} {}: the CSV says {line:?}, the XLSX {other:?}", of.0, of.1)));
        }
    }
    same("how many lines, CSV and XLSX", count(csv.payments.len()), count(xlsx.payments.len()))?;
    same("the total, CSV and XLSX", csv.total, xlsx.total)?;
    envelopes.iter().try_for_each(|line| envelope(told, csv, line))?;
    let ledger = envelopes.iter().filter_map(|line| amount_at(line, "/paid_hkd"));
    let out = csv.out(None).less(told.recovered_of(None));
    same("what is out, CSV and ledger", out, Cents::sum(ledger).unwrap_or_default())
}

/// One scheme: what the ledger says against the CSV, and against the story where all its awards are the story's.
fn envelope(told: &Figures, csv: &Report, line: &Value) -> Result<(), Trouble> {
    let scheme = field(line, "scheme");
    let amount = |name: &str| amount_at(line, name).unwrap_or_default();
    let paid = amount("/paid_hkd");
    let recovered = told.recovered_of(Some(&scheme));
    same(&format!("paid under {scheme}, CSV and ledger"), csv.out(Some(&scheme)).less(recovered), paid)?;
    let standing = told.awards.values().filter(|award| award.scheme == scheme && !award.released).collect::<Vec<_>>();
    if line.get("awards").and_then(Value::as_u64) != u64::try_from(standing.len()).ok() {
        return Ok(());
    }
    let given = Cents::sum(standing.iter().map(|award| award.settled.unwrap_or(award.amount))).unwrap_or_default();
    let given = given.less(recovered);
    let ledger = Cents::sum([paid, amount("/committed_hkd")]).unwrap_or_default();
    same(&format!("committed or paid under {scheme}, story and ledger"), given, ledger)?;
    match (amount_at(line, "/limit_hkd"), amount_at(line, "/left_hkd")) {
        (Some(limit), Some(left)) => same(&format!("what is left of {scheme}"), limit.less(given), left),
        _ => Ok(()),
    }
}

fn same(what: &str, one: Cents, other: Cents) -> Result<(), Trouble> {
    if one == other { Ok(()) } else { Err(Trouble::Differs(format!("{what}: {one} and {other}"))) }
}

fn count(count: usize) -> Cents {
    Cents::new(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "\u{feff}reference,scheme,organisation,project,instalment,award_hkd,paid_hkd,returned_hkd,batch,released_on,financial_year\r\n\
        TVP-2017-000001,TVP,F,T,final,200000.00,200000.00,0.00,PAY-2018-000001,2018-05-02,2018-19\r\n";

    #[test]
    fn a_cent_of_difference_is_found() {
        let csv = Report::from_csv(CSV.as_bytes()).unwrap();
        let mut told = Figures::default();
        let awarded = Awarded { scheme: "TVP".to_owned(), amount: Cents::new(20_000_000), ..Awarded::default() };
        told.awards.insert("v".to_owned(), awarded);
        told.paid("v", "final", ("TVP-2017-000001", "PAY-2018-000001"), Cents::new(20_000_000));
        let line = |paid: &str| serde_json::json!([{ "scheme": "TVP", "committed_hkd": "0.00", "paid_hkd": paid, "awards": 1 }]);
        let right = line("200000.00").as_array().cloned().unwrap();
        let check = |told: &Figures, envelopes: &[Value]| {
            let xlsx = Report::from_csv(CSV.as_bytes()).unwrap();
            figures(&Book::default(), told, &csv, &xlsx, envelopes).map_err(|trouble| trouble.to_string())
        };
        assert_eq!(check(&told, &right), Ok(()));
        let wrong = line("200000.01").as_array().cloned().unwrap();
        assert!(check(&told, &wrong).unwrap_err().contains("200000.00 and 200000.01"));
        told.paid("v", "final", ("TVP-2017-000001", "PAY-2018-000001"), Cents::new(20_000_001));
        assert!(check(&told, &right).unwrap_err().contains("story and CSV"));
    }
}
