use super::*;
use crate::application::State;
use crate::money::Rounding::HalfUp;
use crate::refusal::AssessmentRefusal;
use crate::sample::{NIAS, application, day, person, scheme};

/// NIAS weighs technology 40, capability 30 and benefit 30 per cent.
pub(crate) fn marks(technology: u32, capability: u32, benefit: u32) -> Marks {
    let marks = [("technology", technology), ("capability", capability), ("benefit", benefit)];
    marks.into_iter().map(|(name, mark)| (name.to_owned(), Some(mark))).collect()
}

fn with_scale(scale: u32) -> Scheme {
    let shipped = "[assessment.scale]\nis = [{ from = \"2024-09-16\", is = 10,";
    assert!(NIAS.contains(shipped));
    scheme(&NIAS.replace(shipped, &shipped.replace("10,", &format!("{scale},"))))
}

#[test]
fn a_score_is_the_weighted_sum_of_the_marks_rounded_half_up_once_at_the_end() {
    for (scale, given, expected) in [
        (10, marks(10, 10, 10), 10_000),
        (10, marks(0, 0, 0), 0),
        // 0.4 × 8 + 0.3 × 7 + 0.3 × 6 = 7.1 of 10
        (10, marks(8, 7, 6), 7_100),
        // 0.4 × 5 + 0.3 × 4 + 0.3 × 6 = 5 of 7 = 71.428… per cent
        (7, marks(5, 4, 6), 7_143),
        // 0.4 × 3 + 0.3 × 2 + 0.3 × 1 = 2.1 of 7
        (7, marks(3, 2, 1), 3_000),
        // 0.3 × 1 = 0.3 of 16 = 1.875 per cent: exactly half a hundredth goes up
        (16, marks(0, 1, 0), 188),
        // 0.3 × 2 = 0.6 of 16 = 3.75 per cent: two halves rounded apart would be 3.76
        (16, marks(0, 1, 1), 375),
    ] {
        let score = score(&with_scale(scale), &application(State::InAssessment), &given).unwrap();
        assert_eq!(score.hundredths_of_percent, expected, "{given:?} of {scale}");
    }
}

#[test]
fn the_steps_of_a_score_name_weight_mark_and_source() {
    let score = score(&scheme(NIAS), &application(State::InAssessment), &marks(8, 7, 6)).unwrap();
    let first = ScoreStep {
        rule: "assessment.criterion.technology".to_owned(),
        mark: Some(8),
        out_of: 10,
        weight: "2/5".to_owned(),
        counted: true,
        grade: Some(Grade::House),
    };
    assert_eq!((score.steps.len(), score.steps.first()), (3, Some(&first)));
}

#[test]
fn a_mean_is_rounded_half_up() {
    assert_eq!(mean(&[], HalfUp), None);
    assert_eq!(mean(&[7_000], HalfUp), Some(7_000));
    assert_eq!(mean(&[7_000, 7_001], HalfUp), Some(7_001));
    assert_eq!(mean(&[1, 1, 2], HalfUp), Some(1));
    assert_eq!(mean(&[10_000; 50], HalfUp), Some(10_000));
}

#[test]
fn marks_that_are_missing_off_the_scale_or_for_something_else_are_named() {
    let mut without = marks(8, 7, 6);
    without.remove("benefit");
    let mut with = marks(8, 7, 6);
    with.insert("charm".to_owned(), Some(10));
    for (given, told) in [
        (without, "/marks/benefit: give a whole mark from 0 to 10"),
        (marks(8, 11, 6), "/marks/capability: give a whole mark from 0 to 10"),
        (with, "/marks/charm: known criteria are technology, capability, benefit"),
    ] {
        let refused = score(&scheme(NIAS), &application(State::InAssessment), &given).unwrap_err();
        assert_eq!(refused.to_string(), format!("The marks cannot be taken: {told}."));
    }
}

/// NIAS, where benefit may not apply, and where technology has a pass mark of its own.
fn deeper(not_applicable: &str) -> Scheme {
    let weight = "[assessment.criterion.technology]\n";
    let pass = "pass_mark = [{ from = \"2024-09-16\", is = \"50%\", source = \"house\" }]\n";
    let meant = format!(
        "[assessment.not_applicable]\nis = [{{ from = \"2024-09-16\", is = \"{not_applicable}\", source = \"house\" }}]\n\n"
    );
    assert!(NIAS.contains(weight));
    scheme(&NIAS.replace(weight, &format!("{meant}{weight}{pass}")))
}

#[test]
fn what_does_not_apply_is_left_out_or_counts_nothing_as_the_scheme_says() {
    let mut given = marks(8, 7, 0);
    given.insert("benefit".to_owned(), None);
    let scored = |meant: &str| score(&deeper(meant), &application(State::InAssessment), &given).unwrap();
    // (0.4 × 8 + 0.3 × 7) of 7 that are left = 5.3 / 7 of 10 = 75.714… per cent; 53 per cent of the whole
    assert_eq!(scored("left_out").hundredths_of_percent, 7_571);
    assert_eq!(scored("zero").hundredths_of_percent, 5_300);
    assert_eq!(scored("left_out").steps.iter().map(|step| step.counted).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(scored("zero").steps.iter().map(|step| step.mark).collect::<Vec<_>>(), [Some(8), Some(7), None]);
}

#[test]
fn where_the_scheme_does_not_say_what_it_means_every_criterion_is_marked_and_at_least_one_always() {
    let refused = |scheme: &Scheme, given: &Marks| score(scheme, &application(State::InAssessment), given).unwrap_err();
    let mut one = marks(8, 7, 0);
    one.insert("benefit".to_owned(), None);
    assert_eq!(refused(&scheme(NIAS), &one), wrong("/marks/benefit", "give a whole mark from 0 to 10"));
    let none = one.keys().map(|name| (name.clone(), None)).collect::<Marks>();
    assert_eq!(refused(&deeper("left_out"), &none), wrong("/marks", "mark at least one criterion"));
    one.remove("technology");
    let message = "give a whole mark from 0 to 10, or null where it does not apply";
    assert_eq!(refused(&deeper("left_out"), &one), wrong("/marks/technology", message));
}

#[test]
fn a_criterion_with_a_pass_mark_of_its_own_wants_it_of_the_mean_of_its_marks() {
    let on = day("2025-02-05");
    let below = |scheme: &Scheme, given: &[Option<u32>]| {
        let given = given.iter().map(|mark| Given {
            assessor: person(1),
            score: 10_000,
            marks: Marks::from([("technology".to_owned(), *mark)]),
        });
        let given = given.collect::<Vec<_>>();
        below_in_criterion(scheme, on, &given)
    };
    let needed = Share { numerator: 1, denominator: 2 };
    let criterion = || "technology".to_owned();
    let told = |mean: u32| {
        Some(Refusal::Assessment(AssessmentRefusal::BelowPassMarkOfCriterion { criterion: criterion(), mean, needed }))
    };
    assert_eq!(below(&scheme(NIAS), &[Some(0)]), None);
    let left_out = deeper("left_out");
    for (given, expected) in [
        (vec![Some(5), Some(5)], None),
        (vec![Some(2), Some(8)], None),
        (vec![Some(4), Some(5)], told(4_500)),
        (vec![Some(3), Some(3), Some(4)], told(3_333)),
        (vec![Some(5), None], None),
        (vec![None, None], None),
    ] {
        assert_eq!(below(&left_out, &given), expected, "{given:?}");
    }
    assert_eq!(below(&deeper("zero"), &[Some(8), None]), told(4_000));
}

#[test]
fn a_score_and_a_mean_are_rounded_as_the_scheme_says() {
    let down = "[assessment.rounding]\nis = [{ from = \"2024-09-16\", is = \"down\", source = \"house\" }]\n\n[assessment.scale]";
    let shipped = with_scale(16);
    let down = scheme(&NIAS.replacen("[assessment.scale]", down, 1).replace("is = 10,", "is = 16,"));
    // 0.3 of 16 is 1.875 per cent.
    for (scheme, expected, mean) in [(&shipped, 188, 6_001), (&down, 187, 6_000)] {
        let score = score(scheme, &application(State::InAssessment), &marks(0, 1, 0)).unwrap();
        assert_eq!(score.hundredths_of_percent, expected);
        let given = [6_000, 6_001].map(|score| Given { assessor: person(1), score, marks: Marks::new() });
        assert_eq!(judge(scheme, day("2025-02-05"), &given), Ok(mean));
    }
}

/// From the Innovation Funding Service (`AssessorFormInputResponseServiceImplTest.getApplicationAggregateScores`): three assessors give
/// 1, 2 and 3 of 5 for one question, which is 2, 4 and 6 of 10, and 4, 6 and 7 of 10 for another; both weigh the same. There the whole is
/// 48 per cent and the second question 6 of 10, rounded to be shown; here it is rounded once, at the end.
#[test]
fn three_assessors_of_two_equal_questions_come_to_48_and_a_third_per_cent() {
    let halves = [("technology", "40%", "50%"), ("capability", "30%", "50%"), ("benefit", "30%", "0%")];
    let text = halves.iter().fold(NIAS.to_owned(), |text, (name, old, new)| {
        let table = format!("[assessment.criterion.{name}]\nis = [{{ from = \"2024-09-16\", is = \"");
        assert!(text.contains(&format!("{table}{old}")), "{name}");
        text.replace(&format!("{table}{old}"), &format!("{table}{new}"))
    });
    let scheme = scheme(&text);
    let scored = [(2, 4), (4, 6), (6, 7)]
        .map(|(one, two)| score(&scheme, &application(State::InAssessment), &marks(one, two, 0)).unwrap());
    let scores = scored.map(|score| score.hundredths_of_percent);
    assert_eq!(scores, [3_000, 5_000, 6_500]);
    assert_eq!(mean(&scores, HalfUp), Some(4_833));
}
