//! What must add up or ascend.

use super::*;

#[test]
fn weights_and_instalments_add_up_to_the_whole_on_every_day() {
    let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\n";
    let (weight, weights) = (
        "is   = [▸{ from = \"2024-01-01\", is = \"99.99%\"",
        "the weights of [assessment.criterion.…] do not add up to 100%",
    );
    let whole = "is   = [{ from = \"2024-01-01\", is = \"100%\"";
    let merit = |weight: &str| {
        Sample::new().change(&format!("zh-Hans = \"优点\" }}\n{whole}"), &format!("zh-Hans = \"优点\" }}\n{weight}"))
    };
    assert_fault(&merit(weight), weights);
    let final_one = "due  = \"completion\"\n";
    assert_fault(
        &Sample::new().change(&format!("{final_one}{whole}"), &format!("{final_one}{weight}")),
        "on 2024-01-01, the shares of [payment.instalment.…] do not add up to 100%",
    );
    let second = |weight: &str| {
        format!(
            "[assessment.criterion.need]\n{named}is = [{{ from = \"2024-01-01\", is = \"{weight}\", source = \"guide\" }}]"
        )
    };
    let third = |weight: &str| format!("is   = [{{ from = \"2024-01-01\", is = \"{weight}\"");
    merit(&third("1/3")).add(&second("2/3")).read();
    assert_eq!(faults(merit(&third("1/3")).add(&second("3/4")).text()).len(), 2);
    let later = second("2/3").replace(
        "source = \"guide\" }]",
        "source = \"guide\" }, ▸{ from = \"2025-01-01\", is = \"1/3\", source = \"guide\" }]",
    );
    assert_fault(&merit(&third("1/3")).add(&later), "on 2025-01-01, the weights");
}

#[test]
fn the_last_authority_approves_any_amount_and_each_more_than_the_one_before() {
    let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\n";
    let commissioner = "[approval.authority.commissioner]";
    let with = |name: &str, is: &str| {
        Sample::new().change(commissioner, &format!("[approval.authority.{name}]\n{named}is = [{is}]\n{commissioner}"))
    };
    let entry = |value: &str| format!("{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}");
    with("assistant", &entry("\"100.00\"")).read();
    let last = "only the last authority approves any amount, \"none\"";
    assert_fault(
        &with("assistant", &format!("▸{}", entry("\"none\""))),
        &format!("approval.authority.assistant: {last}"),
    );
    assert_fault(&with("assistant", &format!("▸{}", entry("\"unknown\""))), last);
    let commissioner_is = "zh-Hans = \"署长\" }\nis   = [";
    assert_fault(
        &Sample::new().change(
            &format!("{commissioner_is}{{ from = \"2024-01-01\", is = \"none\""),
            &format!("{commissioner_is}▸{{ from = \"2024-01-01\", is = \"5.00\""),
        ),
        &format!("approval.authority.commissioner: {last}"),
    );
    assert_fault(
        &Sample::new()
            .change(
                &format!("{commissioner_is}{{ from = \"2024-01-01\", is = \"none\""),
                &format!("{commissioner_is}▸{{ from = \"2024-02-01\", is = \"none\""),
            )
            .change(
                commissioner,
                &format!("[approval.authority.assistant]\n{named}is = [{}]\n{commissioner}", entry("\"5.00\"")),
            ),
        "approval.authority.commissioner: on 2024-01-01, nobody approves any amount yet",
    );
    let two = |second: &str| {
        with("assistant", &entry("\"100.00\"")).change(
            commissioner,
            &format!("[approval.authority.deputy]\n{named}is = [▸{}]\n{commissioner}", entry(second)),
        )
    };
    assert_fault(&two("\"100.00\""), "approval.authority.deputy must approve more than the one before it");
    assert_fault(&two("\"99.00\""), "approval.authority.deputy must approve more than the one before it");
    Scheme::read(&unmarked(&two("\"100.01\"")).0).unwrap();
}

#[test]
fn instalments_come_to_the_whole_in_long_projects_and_in_short_ones() {
    let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\n";
    let dated = |value: &str| format!("[{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}]");
    // What comes before the sample's last instalment, which is 100%; `last` changes that.
    let with = |before: &str, last: &str| {
        let table = format!("[payment.instalment.early]\n{named}{before}\n");
        let sample = Sample::new().change("[payment.instalment.final]", &format!("{table}[payment.instalment.final]"));
        sample.change("due  = \"completion\"\nis   = [{ from = \"2024-01-01\", is = \"100%\"", last)
    };
    let plain = "due  = \"completion\"\nis   = [{ from = \"2024-01-01\", is = \"100%\"";
    let reached = format!("cumulative = true\n{plain}");
    let marked = |due: &str, share: &str, more: &str| {
        format!("due = \"{due}\"\nis = [▸{{ from = \"2024-01-01\", is = \"{share}\", source = \"guide\" }}]\n{more}")
    };
    let unmarked = |due: &str, share: &str, more: &str| marked(due, share, more).replace('▸', "");
    let six = |name: &str| format!("{name} = {}", dated("6"));
    for early in [
        unmarked("acceptance", "50%", &six("of_first_months")),
        unmarked("acceptance", "40%", &six("every_months")),
        unmarked("acceptance", "30%", &format!("{}\n{}", six("after_months"), six("above_months"))),
        unmarked("milestone", "100%", "cumulative = true"),
    ] {
        with(&early, &reached).read();
    }
    let not_whole = "the shares of [payment.instalment.…] do not add up to 100%";
    let timed = "payment.instalment.early is due so many months after the acceptance, once or several times";
    for (early, last, told) in [
        (marked("acceptance", "50%", ""), plain, not_whole),
        (marked("acceptance", "50%", &six("above_months")), plain, not_whole),
        (marked("completion", "30%", &six("after_months")), &reached, timed),
        (marked("acceptance", "30%", &format!("{}\n{}", six("after_months"), six("every_months"))), &reached, timed),
    ] {
        assert_fault(&with(&early, last), told);
    }
    let parted =
        format!("{}\n[payment.instalment.early_2]\n{named}", unmarked("acceptance", "40%", &six("every_months")));
    let parted = format!("{parted}{}", marked("milestone", "10%", ""));
    assert_fault(&with(&parted, &reached), "payment.instalment.early_2 has the name of a part of another one");
    let none = "every_months = [▸{ from = \"2024-01-01\", is = 0, source = \"guide\" }]";
    let none = format!("{}\n{none}", unmarked("acceptance", "30%", ""));
    assert_fault(&with(&none, &reached), "payment.instalment.early: write at least 1 month");
    let last = format!("{}\n{plain}", six("of_first_months"));
    let told = "it cannot depend on the months of a project";
    assert_fault(&with(&marked("acceptance", "100%", ""), &last), told);
}
