//! Names are declared, and what belongs together is there.

use super::*;

#[test]
fn stages_contributors_and_facts_are_declared() {
    let from = "is = [▸{ from = \"2024-01-01\"";
    for (table, message) in [
        ("matching.share.third", "the stage of [matching.share.…] \"third\" is not declared: write one of project"),
        ("matching.in_kind_share.third", "the stage of [matching.in_kind_share.…] \"third\" is not declared"),
        ("matching.in_kind_excess.third", "the stage of [matching.in_kind_excess.…] \"third\" is not declared"),
        ("matching.requires.third", "the stage of [matching.requires.…] \"third\" is not declared"),
        ("contribution.third.industry", "the stage of [contribution.…] \"third\" is not declared"),
        ("contribution.project.bank", "the contributor \"bank\" is not declared: write one of industry, university"),
    ] {
        let value = match table.split('.').nth(1).unwrap_or_default() {
            "share" | "in_kind_share" => "\"50%\"",
            "in_kind_excess" => "\"refuse\"",
            "requires" => "[\"industry\"]",
            _ => "{ cash = \"counts\", in_kind = \"counts\", investment = \"counts\" }",
        };
        let sample = Sample::new().with(table, value);
        let header = format!("[{table}]\n");
        let marked = format!("{header}{from}");
        assert_fault(&sample.change(&format!("{header}is = [{{ from = \"2024-01-01\""), &marked), message);
    }
    let required = "[matching.requires.project]\nis = [▸{ from = \"2024-01-01\", is = [\"industry\", \"bank\"], source = \"guide\" }]";
    assert_fault(&Sample::new().add(required), "the contributor \"bank\" is not declared");
    let duration = "[duration.all]\nstages = [\"project\", ▸\"third\"]\nis = [{ from = \"2024-01-01\", is = 12, source = \"guide\" }]";
    assert_fault(&Sample::new().add(duration), "the stage \"third\" is not declared: write one of project");
    let class = "[unit_rate.class.scholar]\nname = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\nstages = [\"project\", ▸\"third\"]\nper = \"month\"\nis = [{ from = \"2024-01-01\", is = \"1.00\", source = \"guide\" }]";
    assert_fault(&Sample::new().add(class), "the stage \"third\" is not declared: write one of project");
    let uncapped = "[ceiling.audit]\nof = \"cost.audit\"\nis = [▸{ from = \"2024-01-01\", is = \"1.00\", source = \"guide\" }]\nper = \"project\"";
    assert_fault(&Sample::new().add(uncapped), "the category \"audit\" is not declared: write its table");
}

#[test]
fn every_stage_has_a_ratio_and_its_contributions() {
    let stage = "[stage.second]\nname = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\n";
    let (before, _) = SECOND_STAGE.split_once("[contribution.second").unwrap();
    assert_fault(
        &Sample::new().add(before),
        "the stage \"second\" has no [contribution.second.…]: write what counts in it",
    );
    let (_, contribution) = SECOND_STAGE.split_once("[contribution.second").unwrap();
    assert_fault(
        &Sample::new().add(&format!("{stage}[contribution.second{contribution}")),
        "nothing says how much \"second\" may have: write [matching.ratio.second]",
    );
}

#[test]
fn the_in_kind_part_and_what_happens_above_it_belong_together() {
    let message = "matching.in_kind_share.project and matching.in_kind_excess.project belong together: write both";
    assert_fault(&Sample::new().with("matching.in_kind_share.project", "\"50%\""), message);
    assert_fault(&Sample::new().with("matching.in_kind_excess.project", "\"refuse\""), message);
}

#[test]
fn something_says_how_much_a_stage_may_have_on_every_day() {
    let ended = "▸{ from = \"2024-01-01\", is = \"none\", source = \"guide\" }";
    let sample = Sample::new().change("{ from = \"2024-01-01\", is = \"1:2\", source = \"guide\" }", ended);
    let message = "neither matching.ratio.project nor matching.share.project says how much is granted";
    assert_fault(&sample, message);
    Scheme::read(&unmarked(&sample.clone().with("matching.share.project", "\"1/3\"")).0).unwrap();
    Scheme::read(&unmarked(&sample.with("matching.share.project", "\"unknown\"")).0).unwrap();
    let later = "[matching.share.project]\nis = [{ from = \"2024-01-01\", is = \"1/3\", source = \"guide\" }, ▸{ from = \"2025-01-01\", is = \"none\", source = \"guide\" }]";
    assert_fault(&Sample::new().change("is = \"1:2\"", "is = \"none\"").add(later), "on 2025-01-01, neither");
    Scheme::read(&unmarked(&Sample::new().add(later)).0).unwrap();
}

fn ceiling(of: &str, per: &str, period: &str, value: &str) -> Sample {
    let period = if period.is_empty() { String::new() } else { format!("period = \"{period}\"\n") };
    Sample::new().add(&format!(
        "[ceiling.limit]\nof = \"{of}\"\nper = \"{per}\"\n{period}is = [▸{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}]"
    ))
}

#[test]
fn money_is_limited_by_amounts_and_things_by_counts() {
    assert_fault(&ceiling("grant", "project", "", "5"), "ceiling.limit: write an amount in quotes: it limits money");
    for of in ["projects", "applications"] {
        let message = "ceiling.limit: write a whole number without quotes: it limits a count";
        assert_fault(&ceiling(of, "applicant", "", "\"5.00\""), message);
    }
}

#[test]
fn a_limit_is_counted_over_something_that_can_be_counted() {
    let round = "a round binds applications only: write of = \"applications\", or another period";
    assert_fault(&ceiling("projects", "applicant", "round", "5"), round);
    assert_fault(&ceiling("grant", "applicant", "round", "\"5.00\""), round);
    let project = "an applicant has projects and applications: write per = \"applicant\"";
    assert_fault(&ceiling("projects", "project", "", "5"), project);
    assert_fault(&ceiling("applications", "project", "round", "5"), project);
    let once = "a project is limited once: leave the period out";
    assert_fault(&ceiling("grant", "project", "concurrent", "\"5.00\""), once);
    for (of, per, period, value) in [
        ("grant", "project", "", "\"5.00\""),
        ("grant", "applicant", "financial_year", "\"5.00\""),
        ("projects", "applicant", "concurrent", "5"),
        ("applications", "applicant", "round", "5"),
    ] {
        Scheme::read(&unmarked(&ceiling(of, per, period, value)).0).unwrap();
    }
}

#[test]
fn a_formula_is_measured_on_what_is_declared_and_known_by_then() {
    let ceiling = |limit: &str| {
        Sample::new().add(&format!("[ceiling.limit]\nof = \"grant\"\nper = \"project\"\nis = [▸{{ from = \"2024-01-01\", is = {limit}, source = \"guide\" }}]"))
    };
    assert_fault(&ceiling("{ share = \"50%\", of = \"cost.travel\" }"), "the category \"travel\" is not declared");
    assert_fault(&ceiling("{ share = \"50%\", of = \"project.original\" }"), "is no amount that is asked for");
    let cap = |limit: &str| {
        Sample::new()
            .category("late", &format!("cap = [▸{{ from = \"2024-01-01\", is = {limit}, source = \"guide\" }}]"))
            .category("later", "")
    };
    assert_fault(&cap("{ share = \"15%\", of = \"cost.later\" }"), "write [cost.category.later] before this one");
    assert_fault(&cap("{ share = \"15%\", of = \"cost\" }"), "all eligible cost is not known yet");
}

#[test]
fn examples_have_names_of_their_own() {
    let example = "[[example]]\nname = \"twice\"\non = \"2024-01-01\"\ngiven = { project = { stages = [] } }\nexpect = { grant = \"0.00\" }\n";
    assert_fault(&Sample::new().add(example).add(&format!("▸{example}")), "two examples are named \"twice\"");
}

#[test]
fn what_cannot_be_meant_is_a_fault() {
    let line = |is: &str| format!("{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}");
    let rounding = Sample::new().change(&line("\"down\""), &format!("▸{}", line("\"none\"")));
    assert_fault(&rounding, "rounding: there is always one: write \"down\" or \"half_up\"");
    let open = Sample::new().change(&line("true"), &format!("▸{}", line("\"none\"")));
    assert_fault(&open, "open: there is always one: write true or false");
    let share = |is: &str| Sample::new().category("audit", &format!("share = [▸{}]", line(is)));
    assert_fault(&share("\"100%\""), "cost.category.audit.share: the whole limits nothing: write \"none\"");
    assert_fault(&share("\"3/3\""), "cost.category.audit.share: the whole limits nothing");
    Scheme::read(&unmarked(&share("\"99%\"")).0).unwrap();
}
