use super::*;

#[test]
fn the_reasons_of_a_calculation_make_one_sentence_with_one_full_stop() {
    let reasons = ["At most 2 projects; 2 so far.", "Not fulfilled: based in Hong Kong"].map(str::to_owned);
    let refusal = Refusal::CalculationRefused { refused_by: Vec::new(), reasons: reasons.to_vec() };
    let said = "The rules of the scheme refuse it: At most 2 projects; 2 so far; Not fulfilled: based in Hong Kong.";
    assert_eq!(refusal.to_string(), said);
}
