//! The end: reports, the comparison of all figures, the tables, and how to sign in.

use super::Trouble;
use super::assess::field;
use super::check::{Report, figures};
use super::client::Call;
use super::data::{Act, CaseData};
use super::files;
use super::stage::Stage;
use super::story::amount_at;
use rules::calculation::money;
use rules::money::Cents;
use serde_json::Value;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// How long letters may be on their way at the end, in tenths of a second.
const PATIENCE: u32 = 300;

impl Stage<'_> {
    /// Writes the reports, compares every figure, and shows the tables.
    pub(super) fn finish(&mut self, out: &Path, letters_wait: &dyn Fn() -> Result<i64, String>) -> Result<(), Trouble> {
        self.last_letters(letters_wait)?;
        let finance = self.cast.get("releaser")?;
        let csv = self.api.call(finance, Call::get("/reports/disbursements.csv"))?.done()?.bytes;
        let xlsx = self.api.call(finance, Call::get("/reports/disbursements.xlsx"))?.done()?.bytes;
        let report = self.api.call(finance, Call::get("/reports/envelopes"))?.done()?;
        let envelopes = report.items("/rows")?;
        let (csv, xlsx) = (kept(out, "disbursements.csv", &csv)?, kept(out, "disbursements.xlsx", &xlsx)?);
        kept(out, "envelopes.json", &report.bytes)?;
        let (csv, xlsx) = (Report::from_csv(&csv)?, Report::from_xlsx(&xlsx)?);
        figures(self.book, &self.figures, &csv, &xlsx, &envelopes)?;
        self.letters_of_an_offer(out)?;
        self.last_bank_file(out)?;
        self.cases()?;
        self.envelopes(&envelopes)?;
        let foreign = csv.payments.len().saturating_sub(self.figures.payments.len());
        let text = format!(
            "{} payments of {} in all: the story, the ledger, the CSV and the XLSX agree to the cent. {} letters came.",
            self.figures.payments.len(),
            money(self.figures.paid_in_all()),
            self.story.letters(),
        );
        self.story.note(&text)?;
        if foreign > 0 {
            self.story.note(&format!("The reports hold {foreign} more payments, which are not of this story."))?;
        }
        Ok(())
    }

    /// Keeps what the applicant of the first accepted offer was sent: the letter and the agreement, as PDF.
    fn letters_of_an_offer(&mut self, out: &Path) -> Result<(), Trouble> {
        let accepted = |case: &&CaseData| case.steps.iter().any(|step| step.does == Act::Accept);
        let Some(case) = self.book.case.iter().find(accepted) else { return Ok(()) };
        let (known, applicant) = (self.known(case)?, self.cast.get(&case.applicant)?);
        let path = format!("/applications/{}/letters", known.id);
        let mut names = Vec::new();
        for letter in self.api.call(applicant, Call::get(&*path))?.done()?.items("/items")? {
            let pdf = self.api.call(applicant, Call::get(format!("{path}/{}/pdf", field(&letter, "id"))))?;
            if pdf.is("letter.fonts_missing") {
                return self.story.note("The fonts of letters are missing here: no letter is kept as PDF.");
            }
            let name = format!("{}-{}.pdf", known.reference, field(&letter, "kind"));
            kept(out, &name, &pdf.done()?.bytes)?;
            names.push(name);
        }
        self.story.note(&format!("{} was sent {}.", applicant.name, names.join(" and ")))
    }

    /// Keeps what the bank was told of the batch that was released last.
    fn last_bank_file(&mut self, out: &Path) -> Result<(), Trouble> {
        let finance = self.cast.get("releaser")?;
        let released = self.api.call(finance, Call::get("/batches?state=released&limit=1"))?.done()?.items("/items")?;
        let Some(batch) = released.first() else { return Ok(()) };
        let name = format!("{}.xml", field(batch, "reference"));
        kept(out, &name, &self.bank_file(&field(batch, "id"))?)?;
        self.story.note(&format!("The bank is told to pay it by {name}."))
    }

    /// Waits until all letters have come.
    fn last_letters(&mut self, letters_wait: &dyn Fn() -> Result<i64, String>) -> Result<(), Trouble> {
        for _ in 0..PATIENCE {
            if letters_wait().map_err(Trouble::Story)? == 0 {
                return self.letters();
            }
            sleep(Duration::from_millis(100));
        }
        Err(Trouble::Story("there are letters that do not come; does the worker run?".to_owned()))
    }

    /// What became of each case.
    fn cases(&mut self) -> Result<(), Trouble> {
        self.story.line("")?;
        self.story
            .line(&format!("{:<31}{:<15}{:>20}{:>20}  {}", "case", "state", "awarded", "paid", "what it shows"))?;
        for case in &self.book.case {
            let known = self.known(case)?;
            let state = self.look(case, &known)?.text("/state")?;
            let award = self.figures.awards.get(&case.key);
            let awarded = award.map_or("–".to_owned(), |award| figure(award.settled.unwrap_or(award.amount)));
            let paid = figure(self.figures.paid_on(&case.key));
            let line = format!("{:<31}{state:<15}{awarded:>20}{paid:>20}  {}", known.reference, case.about);
            self.story.line(&line)?;
        }
        Ok(())
    }

    /// What became of each scheme's money.
    fn envelopes(&mut self, lines: &[Value]) -> Result<(), Trouble> {
        self.story.line("")?;
        let head = format!("{:<20}{:>22}{:>22}{:>22}{:>22}", "scheme", "envelope", "committed", "paid", "left");
        self.story.line(&head)?;
        for line in lines {
            let amount = |name: &str| amount_at(line, name).map_or("no limit".to_owned(), figure);
            let (limit, committed) = (amount("/limit_hkd"), amount("/committed_hkd"));
            let (paid, left, scheme) = (amount("/paid_hkd"), amount("/left_hkd"), field(line, "scheme"));
            self.story.line(&format!("{scheme:<20}{limit:>22}{committed:>22}{paid:>22}{left:>22}"))?;
        }
        self.story.line("")
    }

    /// Where everything is, and how to sign in.
    pub(super) fn farewell(&mut self, address: &str) -> Result<(), Trouble> {
        self.story.line(&format!("The API is at {address}/api/v1, its documentation at {address}/docs/"))?;
        self.story.line(&format!(
            "Sign in with POST /api/v1/sessions; everybody's password is \"{}\":",
            self.book.password
        ))?;
        let cast = self.cast;
        cast.all()
            .try_for_each(|(key, person)| self.story.line(&format!("  {key:<14} {:<45} {}", person.email, person.name)))
    }
}

/// Keeps a file, and returns what was kept, as a reader finds it.
fn kept(out: &Path, name: &str, bytes: &[u8]) -> Result<Vec<u8>, Trouble> {
    let path = out.join(name);
    let wrong = |error| Trouble::File { path: path.display().to_string(), error };
    files::put(&path, bytes).map_err(wrong)?;
    std::fs::read(&path).map_err(wrong)
}

fn figure(amount: Cents) -> String {
    money(amount).replace("HK$", "")
}
