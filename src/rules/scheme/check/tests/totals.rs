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
