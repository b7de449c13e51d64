use super::*;
use crate::actor::{Actor, Role, Who};
use crate::event::Subject;
use crate::permission::{Permit, Verb};
use crate::sample::{NIAS, application, day, instant, person, scheme};
use crate::scoring::Marks;
use uuid::Uuid;

const fn case(number: u128) -> ApplicationId {
    ApplicationId(Uuid::from_u128(number))
}

fn given(scores: &[(u128, u32)]) -> Vec<Given> {
    scores.iter().map(|(by, score)| Given { assessor: person(*by), score: *score, marks: Marks::new() }).collect()
}

/// NIAS, with outliers beyond 20 per cent of the highest score.
fn with_outliers() -> Scheme {
    let outlier = "[assessment.outlier]\nis = [{ from = \"2024-09-16\", is = \"20%\", source = \"house\" }]\n\n[assessment.scale]";
    scheme(&NIAS.replacen("[assessment.scale]", outlier, 1))
}

fn standing(scheme: &Scheme, number: u128, scores: &[(u128, u32)]) -> Standing {
    Standing::of(case(number), scheme, day("2025-02-05"), &given(scores))
}

#[test]
fn equal_means_share_a_rank_and_the_next_one_counts_all_before_it() {
    let scheme = scheme(NIAS);
    let scored = [(4, 7_000), (1, 9_000), (3, 7_000), (2, 8_000), (5, 5_999)];
    let ranked = rank(scored.map(|(number, score)| standing(&scheme, number, &[(1, score)])).to_vec());
    let places = ranked.iter().map(|ranked| (ranked.rank, ranked.standing.application)).collect::<Vec<_>>();
    assert_eq!(places, [(1, case(1)), (2, case(2)), (3, case(3)), (3, case(4)), (5, case(5))]);
    assert_eq!(ranked.iter().map(|ranked| ranked.standing.passes).collect::<Vec<_>>(), [true, true, true, true, false]);
    assert!(rank(Vec::new()).is_empty());
}

#[test]
fn a_score_far_from_the_median_of_the_others_is_shown_and_changes_nothing() {
    let scheme = with_outliers();
    for (scores, mean, spread, outliers) in [
        // 20 per cent away from the median of the others is not beyond it; a hundredth more is.
        ([(1, 8_000), (2, 8_000), (3, 6_000)].as_slice(), 7_333, 2_000, vec![]),
        (&[(1, 8_000), (2, 8_000), (3, 5_999)], 7_333, 2_001, vec![person(3)]),
        (&[(1, 8_000), (2, 7_000), (3, 2_000), (4, 7_500)], 6_125, 6_000, vec![person(3)]),
        // Of two who differ nobody is the outlier.
        (&[(1, 10_000), (2, 0)], 5_000, 10_000, vec![]),
        (&[(1, 10_000)], 10_000, 0, vec![]),
        (&[], 0, 0, vec![]),
    ] {
        let standing = standing(&scheme, 1, scores);
        assert_eq!((standing.mean, standing.spread, standing.outliers), (mean, spread, outliers), "{scores:?}");
    }
    let unmeasured = standing(&crate::sample::scheme(NIAS), 1, &[(1, 8_000), (2, 8_000), (3, 0)]);
    assert!(unmeasured.outliers.is_empty());
}

#[test]
fn how_an_assessor_scores_is_told_beside_the_others_on_the_same_proposals() {
    let cases = [given(&[(1, 8_000), (2, 6_000), (3, 7_000)]), given(&[(1, 5_000), (2, 4_000)]), given(&[(4, 9_000)])];
    let told = severities(cases.iter().map(Vec::as_slice));
    let told = told.into_iter().map(|one| (one.assessor, one.scored, one.mean, one.above_others)).collect::<Vec<_>>();
    let expected = [
        // 8000 − 6500 and 5000 − 4000
        (person(1), 2, 6_500, Some(1_250)),
        // 6000 − 7500 and 4000 − 5000
        (person(2), 2, 5_000, Some(-1_250)),
        (person(3), 1, 7_000, Some(0)),
        (person(4), 1, 9_000, None),
    ];
    assert_eq!(told, expected);
}

fn permit(verb: Verb) -> Permit {
    let actor = Actor { who: Who::Person(person(9)), roles: Role::ALL.into_iter().collect(), ..Actor::visitor() };
    actor.may(verb, Subject::Panel(PanelId(Uuid::from_u128(7)))).unwrap()
}

fn opened(name: &str, cases: usize) -> Result<Panel, &'static str> {
    let scheme = scheme(NIAS);
    let standings = (1..).take(cases).map(|number| standing(&scheme, number, &[(1, 7_000)])).collect();
    let id = (PanelId(Uuid::from_u128(7)), "NIAS", None, name);
    let by = (person(9), instant("2025-03-01"));
    open(&permit(Verb::PanelOpen), id, by, standings, Vec::new())
        .map(|(_, panel)| panel)
        .map_err(|refusal| refusal.code())
}

#[test]
fn a_panel_has_a_name_and_ranks_something_and_not_too_much() {
    assert_eq!(opened(" The first ", 2).map(|panel| (panel.name, panel.cases)), Ok(("The first".to_owned(), 2)));
    assert_eq!(opened("The first", 0), Err("panel.empty"));
    assert_eq!(opened("The first", CASES_MAX + 1), Err("panel.too_large"));
    assert_eq!(opened(" ", 1), Err("text.length"));
    assert_eq!(opened(&"n".repeat(201), 1), Err("text.length"));
}

#[test]
fn a_minute_has_words() {
    let panel = opened("The first", 1).unwrap();
    let by = (person(9), instant("2025-03-01"));
    let (_, minute) = panel.minute(&permit(Verb::PanelMinute), by, Some(case(1)), " Both agree. ").unwrap();
    assert_eq!((minute.text.as_str(), minute.application), ("Both agree.", Some(case(1))));
    let refused = panel.minute(&permit(Verb::PanelMinute), by, None, "").unwrap_err();
    assert_eq!(refused.code(), "text.length");
}

#[test]
fn what_departs_from_the_rank_says_why() {
    let panel = Some(PanelId(Uuid::from_u128(7)));
    let against = vec!["NIAS-2025-000002".to_owned()];
    let departing = |panel, departs: bool, against: &[String], reason: Option<&str>| {
        let departing = Departing { panel, departs, against: against.to_vec(), reason: reason.map(str::to_owned) };
        departing
            .written(&application(State::InAssessment))
            .map(|write| write.is_some())
            .map_err(|refusal| refusal.to_string())
    };
    let refused = Err("this departs from the rank beside NIAS-2025-000002: say why.".to_owned());
    assert_eq!(departing(panel, true, &against, None), refused);
    // Of whom it is may be what whoever decides is not told.
    assert_eq!(departing(panel, true, &[], None), Err("this departs from the rank: say why.".to_owned()));
    assert_eq!(departing(panel, true, &against, Some("It is the only one for the sector.")), Ok(true));
    assert!(departing(panel, true, &against, Some(" ")).is_err());
    assert_eq!(departing(panel, false, &[], None), Ok(false));
    assert_eq!(departing(panel, false, &[], Some("To be safe.")), Ok(true));
    assert_eq!(departing(None, false, &[], Some("There is no rank.")), Ok(false));
}
