//! The beginning of a scheme file: it checks as it stands, and says "unknown" wherever nobody has written anything yet.

use super::is_code;
use crate::calendar::Day;

const TEMPLATE: &str = include_str!("skeleton.toml");

/// A file for a scheme with this code whose rules begin on a day; nothing where the text can be no code.
#[must_use]
pub fn skeleton(code: &str, from: Day, checked_on: Day) -> Option<String> {
    let with_days = || TEMPLATE.replace("\"FROM\"", &format!("\"{from}\"")).replace("CHECKED", &checked_on.to_string());
    is_code(code).then(|| with_days().replace("\"CODE\"", &format!("\"{code}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Scheme;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn new(code: &str) -> Option<String> {
        skeleton(code, day("2030-01-01"), day("2029-12-01"))
    }

    #[test]
    fn a_new_scheme_checks_as_it_stands() {
        let text = new("NEW-1").unwrap();
        let scheme = Scheme::read(&text).unwrap();
        assert_eq!(scheme.failing_examples(&text), []);
        assert_eq!((scheme.file.code.get_ref().as_str(), text.contains("CODE")), ("NEW-1", false));
    }

    #[test]
    fn what_stands_in_its_comments_checks_too() {
        let written = new("NEW").unwrap().replace("# grade: official", "# # grade: official");
        let uncommented = written.lines().map(|line| match line.strip_prefix("# ") {
            Some(table) if table.starts_with('[') && table.ends_with(']') || table.contains(" = ") => table,
            _ => line,
        });
        let uncommented = uncommented.collect::<Vec<_>>().join("\n").replace("# kind", "#");
        let faults = Scheme::read(&uncommented)
            .map(|scheme| scheme.failing_examples(&uncommented))
            .unwrap_or_else(|faults| faults);
        // A floor that no example has as its reason is what a person is told to add.
        let messages = faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>();
        assert_eq!(
            messages,
            ["no example has floor.project_cost as its reason: add one that is limited or refused by it"]
        );
    }

    #[test]
    fn a_text_that_is_no_code_begins_no_scheme() {
        assert_eq!(new("new scheme"), None);
    }
}
