//! Limits of a year: one that is told by a day of the project, and the money that a scheme has for it.

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
fn the_day_says_it_where_applications_are_taken_as_well() {
    let scope = "of = \"grant\"\nper = \"applicant\"\nperiod = \"financial_year\"\nyear_of = \"project.begins\"";
    Sample::new().add(DAY).ceiling("limit", scope, "\"1.00\"").read();
}

/// A scheme that takes no applications, with a ceiling of all its money.
fn of_scheme(of: &str, more: &str) -> Sample {
    let value = if of == "grant" { "\"1.00\"" } else { "1" };
    let table = format!("[ceiling.limit]\nof = \"{of}\"\nper = \"scheme\"\n{more}\n");
    let is = format!("is = [▸{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}]\n");
    Sample::calculating().add(DAY).add(&(table + &is))
}

fn read(sample: &Sample) {
    Scheme::read(&unmarked(sample).0).unwrap();
}

#[test]
fn a_scheme_has_money_for_a_year_and_may_let_it_go_over() {
    for period in ["financial_year", "academic_year", "calendar_year"] {
        read(&of_scheme("grant", &format!("period = \"{period}\"")));
        read(&of_scheme("grant", &format!("period = \"{period}\"\nrolls_over = true")));
    }
    for period in ["", "period = \"lifetime\"", "period = \"concurrent\"", "period = \"round\""] {
        let message = "ceiling.limit: the money of the whole scheme is its [envelope]: write a year as the period";
        assert_fault(&of_scheme("grant", period), message);
    }
    for of in ["projects", "applications"] {
        assert_fault(
            &of_scheme(of, "period = \"calendar_year\""),
            "a scheme has money for a year: write of = \"grant\"",
        );
    }
}

#[test]
fn what_is_committed_is_of_the_whole_scheme() {
    for more in ["stage = \"project\"", "with = []", "year_of = \"project.begins\""] {
        assert_fault(
            &of_scheme("grant", &format!("period = \"calendar_year\"\n{more}")),
            "leave stage, with and year_of out",
        );
    }
}

#[test]
fn only_money_of_the_whole_scheme_goes_over_and_one_rule_says_so() {
    let table = |per: &str| format!("of = \"grant\"\nper = \"{per}\"\nperiod = \"calendar_year\"\nrolls_over = true\n");
    let is = |mark: &str| format!("is = [{mark}{{ from = \"2024-01-01\", is = \"1.00\", source = \"guide\" }}]\n");
    let applicant = Sample::calculating().add(&format!("[ceiling.limit]\n{}{}", table("applicant"), is("▸")));
    assert_fault(&applicant, "only money of the whole scheme goes over to the next year: leave rolls_over out");
    let two = format!("[ceiling.one]\n{}{}[ceiling.two]\n{}{}", table("scheme"), is(""), table("scheme"), is("▸"));
    assert_fault(&Sample::calculating().add(&two), "two ceilings roll over");
}

#[test]
fn where_applications_are_taken_the_money_of_a_year_is_one_amount_that_is_kept() {
    let table = |name: &str, more: &str| {
        format!("[ceiling.{name}]\nof = \"grant\"\nper = \"scheme\"\nperiod = \"financial_year\"\n{more}")
    };
    let is = |is: &str| format!("is = [▸{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}]\n");
    let rolls = format!("{}{}", table("limit", "rolls_over = true\n"), is("\"1.00\""));
    assert_fault(&Sample::new().add(&rolls), "nothing goes over to the next year: leave rolls_over out");
    let share = format!("{}{}", table("limit", ""), is("{ share = \"50%\", of = \"cost\" }"));
    assert_fault(&Sample::new().add(&share), "kept as one number: write an amount");
    let first = format!("{}{}", table("limit", ""), is("\"1.00\"").replace('▸', ""));
    let second = format!("{first}{}{}", table("more", ""), is("\"2.00\""));
    assert_fault(&Sample::new().add(&second), "the money of a year is kept once");
}
