use super::*;

/// A review with these words for whether it is there, for its days and for who decides.
fn step(is: &str, days: &str, by: &str) -> Sample {
    let named = "name = { en = \"Review\", zh-Hant = \"覆核\", zh-Hans = \"复核\" }";
    let before = "[payment.instalment.final]";
    let step = format!("[review.step.first]\n{named}\nis = [{is}]\ndays = [{days}]\nby = [{by}]\n\n{before}");
    Sample::new().change(before, &step)
}

fn entry(from: &str, is: &str) -> String {
    format!("{{ from = \"{from}\", is = {is}, source = \"guide\" }}")
}

#[test]
fn a_review_is_decided_by_authorities_that_are_there_within_days_that_are_known() {
    let (there, days) = (entry("2024-01-01", "true"), entry("2024-01-01", "30"));
    let commissioner = "\"commissioner\"";
    let scheme = step(&there, &days, commissioner).read();
    let on =
        |day: &str| scheme.file.review.on(crate::sample::day(day)).map(|(code, _, days)| (code.clone(), days)).next();
    assert_eq!((on("2024-01-01"), on("2023-12-31")), (Some(("first".to_owned(), 30)), None));
    let marked = |entry: &str| format!("▸{entry}");
    for (sample, message) in [
        (step(&there, &days, "▸\"secretary\""), "there is no [approval.authority.secretary]"),
        (step(&marked(&there), &days, ""), "[review.step.first]: write in by an authority that is no committee"),
        (step(&there, &marked(&entry("2024-01-01", "0")), commissioner), "write a number from 1 to 366"),
        (step(&there, &marked(&entry("2024-01-01", "367")), commissioner), "write a number from 1 to 366"),
        (step(&there, &marked(&entry("2024-01-01", "\"unknown\"")), commissioner), "write a number from 1 to 366"),
        (step(&there, &marked(&entry("2024-02-01", "30")), commissioner), "begin with 2024-01-01"),
        (step(&marked(&entry("2024-01-01", "\"unknown\"")), &days, commissioner), "write true or false"),
    ] {
        assert_fault(&sample, message);
    }
}

#[test]
fn a_committee_decides_no_review() {
    let rules = "[approval.committee.commissioner.quorum]\nis = [{ from = \"2024-01-01\", is = 3, source = \"guide\" }]\n\
                 [approval.committee.commissioner.majority]\nis = [{ from = \"2024-01-01\", is = \"1/2\", source = \"guide\" }]\n";
    let offer = "[approval.offer_days]";
    let (there, days) = (format!("▸{}", entry("2024-01-01", "true")), entry("2024-01-01", "30"));
    let sample = step(&there, &days, "\"commissioner\"").change(offer, &format!("{rules}{offer}"));
    assert_fault(&sample, "write in by an authority that is no committee: one person decides a review");
}
