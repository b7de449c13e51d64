use super::*;

/// A file that says this of claims.
fn claims(tables: &str) -> Sample {
    let before = "[payment.instalment.final]";
    Sample::new().change(before, &format!("{tables}{before}"))
}

fn table(name: &str, is: &str) -> String {
    format!("[claim.{name}]\nis = [▸{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}]\n\n")
}

#[test]
fn claims_are_made_of_costs_at_rates_of_something() {
    let plain = |name: &str, is: &str| table(name, is).replace('▸', "");
    let costs = plain("costs", "\"per_category\"");
    let scheme = claims(&format!("{costs}{}", plain("rate.equipment", "\"1/3\""))).read();
    let day = crate::sample::day("2024-01-01");
    assert_eq!(scheme.file.claim.held_on(day), Some(crate::scheme::HeldAgainst::PerCategory));
    assert_eq!(scheme.file.claim.rate_on("equipment", day).map(|share| share.denominator), Some(3));
    assert_eq!((scheme.file.claim.rate_on("travel", day), scheme.file.claim.again_on(day)), (None, false));
    for (tables, message) in [
        (table("costs", "\"unknown\""), "write \"per_category\", \"in_total\" or \"none\""),
        (table("again", "\"none\""), "write true or false"),
        (table("rate.equipment", "\"1/3\""), "write [claim.costs]: claims are made of no costs"),
        (format!("{costs}{}", table("rate.equipment", "\"0%\"")), "write a share of something, or \"none\""),
        (format!("{costs}{}", table("rate.equipment", "\"unknown\"")), "write a share of something, or \"none\""),
    ] {
        assert_fault(&claims(&tables), message);
    }
    let advance = Sample::new()
        .change("due  = \"completion\"\nis   = [{", "due  = \"completion\"\nin_advance = true\nis   = [▸{");
    assert_fault(&advance, "payment.instalment.final.in_advance: write [claim.costs]");
    let closed =
        claims(&format!("{costs}{}", table("rate.yachts", "\"1/3\""))).change("is = \"open\"", "is = \"closed\"");
    assert_fault(&closed, "there is no [cost.category.yachts]");
}
