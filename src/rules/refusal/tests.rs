use super::*;

#[test]
fn the_reasons_of_a_calculation_make_one_sentence_with_one_full_stop() {
    let reasons = ["At most 2 projects; 2 so far.", "Not fulfilled: based in Hong Kong"].map(str::to_owned);
    let refusal = Refusal::CalculationRefused { refused_by: Vec::new(), reasons: reasons.to_vec() };
    let said = "The rules of the scheme refuse it: At most 2 projects; 2 so far; Not fulfilled: based in Hong Kong.";
    assert_eq!(refusal.to_string(), said);
}

#[test]
fn a_refusal_says_to_which_part_of_what_was_sent_it_points() {
    for (refusal, pointer, sentence) in [
        (Refusal::NoRole, Some("/roles"), "give the person at least one role."),
        (Refusal::TextLength { field: "/reason", characters_max: 7 }, Some("/reason"), "write 1 to 7 characters."),
        (
            Refusal::TextUnstorable { field: "/portfolio/text" },
            Some("/portfolio/text"),
            "take out the character U+0000.",
        ),
        (
            AllocationRefusal::PairTwice { line: 3 }.into(),
            Some("/assignments/3"),
            "this assessor is given this application on an earlier line already: leave it out.",
        ),
        (
            ApprovalRefusal::PartUnknown { known: "step.1".to_owned() }.into(),
            Some("/step"),
            "the route of this case has step.1.",
        ),
        (ClaimRefusal::BatchEmpty.into(), Some("/claims"), "name at least one certified claim."),
        (AttachmentRefusal::Empty.into(), None, "The file is empty: attach one with something in it."),
        (Refusal::NotFound, None, "There is nothing here under this name that you may see."),
    ] {
        assert_eq!((refusal.pointer().as_deref(), refusal.to_string().as_str()), (pointer, sentence));
    }
}
