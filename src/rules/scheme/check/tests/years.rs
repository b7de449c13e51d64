//! Limits of a year that is told by a day of the project.

use super::*;

const DAY: &str =
    "[facts.project.begins]\ntype = \"day\"\nname = { en = \"When?\", zh-Hant = \"何日？\", zh-Hans = \"何日？\" }";

/// A scheme that takes no applications, with a ceiling of an applicant.
fn ceiling(of: &str, period: &str, year_of: &str) -> Sample {
    let value = if of == "grant" { "\"1.00\"" } else { "1" };
    let scope = format!("of = \"{of}\"\nper = \"applicant\"\nperiod = \"{period}\"\nyear_of = {year_of}");
    Sample::calculating().add(DAY).ceiling("limit", &scope, value)
}

#[test]
fn a_day_of_the_project_says_the_year_of_a_limit_on_awards() {
    for of in ["grant", "projects"] {
        for period in ["financial_year", "academic_year", "calendar_year"] {
            ceiling(of, period, "\"project.begins\"").read();
        }
    }
    assert_fault(
        &ceiling("grant", "lifetime", "▸\"project.begins\""),
        "ceiling.limit: a day says which year it is: write a year as the period",
    );
    assert_fault(
        &ceiling("applications", "calendar_year", "▸\"project.begins\""),
        "only awards have a year of their own: leave year_of out",
    );
}

#[test]
fn the_day_is_one_that_is_asked_of_the_project() {
    let expected =
        |name: &str| format!("write [facts.project.{name}] with type = \"day\", and its name as \"project.{name}\"");
    assert_fault(&ceiling("grant", "financial_year", "▸\"project.ends\""), &expected("ends"));
    assert_fault(&ceiling("grant", "financial_year", "▸\"begins\""), &expected("begins"));
    let of_applicant =
        ceiling("grant", "financial_year", "▸\"applicant.begins\"").add(&DAY.replace("project", "applicant"));
    assert_fault(&of_applicant, &expected("begins"));
    let amount =
        ceiling("grant", "financial_year", "▸\"project.begins\"").change("type = \"day\"", "type = \"amount\"");
    assert_fault(&amount, &expected("begins"));
}

#[test]
fn recorded_awards_do_not_know_the_day() {
    let scope = "of = \"grant\"\nper = \"applicant\"\nperiod = \"financial_year\"\nyear_of = ▸\"project.begins\"";
    let applied_for = Sample::new().add(DAY).ceiling("limit", scope, "\"1.00\"");
    assert_fault(
        &applied_for,
        "this ceiling could not be kept: leave year_of out, or [assessment], [approval] and [payment]",
    );
}
