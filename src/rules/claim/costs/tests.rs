//! What lines may be claimed, at mixed rates, and against what they are held.

use super::*;
use crate::application::State;
use crate::award::Award;
use crate::sample::{NIAS, application, award, cents, day, scheme};
use uuid::Uuid;

fn amounts(of: &[(&str, &str)]) -> BTreeMap<String, Cents> {
    of.iter().map(|(category, amount)| ((*category).to_owned(), cents(amount))).collect()
}

/// NIAS with claims of costs: `held`, with the rates of categories, and budgets moved by officers as far as `alone` says.
fn claimed_by_costs(held: &str, rates: &[(&str, &str)], alone: &str) -> Scheme {
    let dated = |is: &str| format!("is = [{{ from = \"2024-09-16\", is = \"{is}\", source = \"house\" }}]\n\n");
    let rates = rates.iter().map(|(category, share)| format!("[claim.rate.{category}]\n{}", dated(share)));
    let claims = format!("[claim.costs]\n{}{}", dated(held), rates.collect::<String>());
    let text = NIAS.replace("[change.budget]", &format!("{claims}[change.budget]"));
    let (before, after) = text.split_once("[change.budget]").unwrap();
    scheme(&format!("{before}[change.budget]{}", after.replacen("10%", alone, 1)))
}

/// A case that plans these costs and was awarded so much.
struct Planned {
    scheme: Scheme,
    figures: Figures,
    award: Cents,
    files: BTreeSet<AttachmentId>,
}

impl Planned {
    fn of(scheme: Scheme, award_of: &str, costs: &[(&str, &str)]) -> Self {
        let mut case = application(State::Accepted);
        let costs = costs.iter().map(|(category, amount)| {
            let category = (*category).to_owned();
            crate::calculation::Cost { category, amount: cents(amount) }
        });
        case.content.request.project.stages[0].costs = Some(costs.collect());
        let award = Award { amount: cents(award_of), ..award(&case) };
        let files = BTreeSet::from([AttachmentId(Uuid::from_u128(1))]);
        Self { scheme, figures: Figures::of(&case, &award, &[]), award: award.amount, files }
    }

    fn ground<'a>(&'a self, claims: &'a [Claim]) -> Ground<'a> {
        let Self { scheme, figures, award, files } = self;
        Ground { scheme, on: day("2025-02-05"), award: *award, figures, claims, files }
    }

    /// Claims lines of category, what was spent and what is claimed, after others that were certified.
    fn claim(&self, before: &[Claim], lines: &[(&str, &str, &str)]) -> Result<Costs, Refusal> {
        let new = |(category, spent, claimed): &(&str, &str, &str)| NewLine {
            category: (*category).to_owned(),
            spent: cents(spent),
            claimed: cents(claimed),
            evidence: "an invoice".to_owned(),
            attachment: None,
        };
        let amount = Cents::sum(lines.iter().map(|line| cents(line.2))).unwrap();
        let of = (ClaimId(Uuid::from_u128(99)), "final");
        self.ground(before).claimed(of, amount, lines.iter().map(new).collect()).map(Option::unwrap)
    }

    /// The same, certified as it is, as a claim that comes before others.
    fn certified(&self, before: &[Claim], lines: &[(&str, &str, &str)]) -> Claim {
        let mut costs = self.claim(before, lines).unwrap();
        costs.lines.iter_mut().for_each(|line| line.certified = Some(line.claimed));
        let (_, paid) = crate::sample::paid(&application(State::Accepted));
        let amount = Cents::sum(costs.lines.iter().map(|line| line.claimed)).unwrap();
        let id = ClaimId(Uuid::from_u128(u128::try_from(before.len()).unwrap()));
        Claim { id, claimed: amount, certified: Some(amount), costs: Some(costs), ..paid }
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "")
}

#[test]
fn what_goes_over_one_category_passes_in_total_and_not_per_category() {
    // Remaining after the claim, of two categories of 100.00 each.
    for (left, in_total, per_category) in [
        ([0, 100], "", ""),
        ([1, 100], "", ""),
        ([-1, 100], "", "claim.above_category"),
        ([5, -3], "", "claim.above_category"),
        ([5, -10], "claim.above_plan", "claim.above_category"),
    ] {
        for (held, expected) in [("in_total", in_total), ("per_category", per_category)] {
            let planned =
                Planned::of(claimed_by_costs(held, &[], "0%"), "200.00", &[("one", "100.00"), ("two", "100.00")]);
            let claimed = left.map(|left: i64| Cents::new((100 - left) * 100).to_string());
            let lines = ["one", "two"].into_iter().zip(&claimed).filter(|(_, claimed)| *claimed != "0.00");
            let lines =
                lines.map(|(category, claimed)| (category, claimed.as_str(), claimed.as_str())).collect::<Vec<_>>();
            assert_eq!(code(planned.claim(&[], &lines)), expected, "{left:?} {held}");
        }
    }
}

#[test]
fn what_is_claimed_over_time_keeps_within_what_each_category_has() {
    // Three periods of three categories: the first one comes to 110 of 100, the others to exactly what they have.
    let costs = [("a", "100.00"), ("b", "180.00"), ("c", "55.00")];
    let planned = Planned::of(claimed_by_costs("per_category", &[], "0%"), "335.00", &costs);
    let mut claims = Vec::new();
    for lines in [[("a", "30.00"), ("b", "70.00"), ("c", "50.00")], [("a", "30.00"), ("b", "50.00"), ("c", "5.00")]] {
        let claim = planned.certified(&claims, &lines.map(|(category, amount)| (category, amount, amount)));
        claims.push(claim);
    }
    let refused = planned.claim(&claims, &[("a", "50.00", "50.00"), ("b", "60.00", "60.00")]).unwrap_err();
    let (left, moved) = (cents("40.00"), Cents::ZERO);
    assert_eq!(refused, ClaimRefusal::AboveCategory { category: "a".to_owned(), left, moved }.into());
    let costs = planned.claim(&claims, &[("a", "40.00", "40.00"), ("b", "60.00", "60.00")]).unwrap();
    assert!(costs.allotted.iter().all(|of| of.moved == Cents::ZERO), "{:?}", costs.allotted);
}

#[test]
fn lines_are_claimed_at_the_rates_of_their_categories_rounded_once_down() {
    let costs = [("equipment", "300.00"), ("manpower", "100.00"), ("travel", "50.00")];
    let scheme = claimed_by_costs("per_category", &[("equipment", "1/3"), ("manpower", "85%")], "0%");
    // A third of 300 and 85 of 100: what is left of the award are 15 of the 50 for travel.
    let planned = Planned::of(scheme, "200.00", &costs);
    for (category, spent, limit) in [
        ("equipment", "100.00", "33.33"),
        ("equipment", "0.02", "0.00"),
        ("manpower", "99.99", "84.99"),
        ("travel", "50.00", "15.00"),
        ("travel", "9.99", "2.99"),
    ] {
        let limit = cents(limit);
        if limit > Cents::ZERO {
            let costs = planned.claim(&[], &[(category, spent, &limit.to_string())]).unwrap();
            assert_eq!(costs.lines[0].rate.of(cents(spent)).unwrap(), limit);
        }
        let above = Cents::new(limit.get() + 1).to_string();
        let refused = planned.claim(&[], &[(category, spent, &above)]).unwrap_err();
        let Refusal::Claim(ClaimRefusal::LineAboveRate { line, limit: told, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((line, told), (1, limit), "{category} {spent}");
    }
}

#[test]
fn what_an_award_has_for_each_category_comes_to_all_of_it() {
    for (award, planned) in [
        ("100.00", &[("a", "50.00"), ("b", "50.00"), ("c", "50.00")][..]),
        ("0.05", &[("a", "0.03"), ("b", "0.03"), ("c", "0.03")]),
        ("199999999.99", &[("a", "123456789.01"), ("b", "0.01"), ("c", "400000000.00")]),
    ] {
        let claims = claimed_by_costs("per_category", &[], "0%").file.claim;
        let (allotted, _) = allotments(&claims, day("2025-02-05"), cents(award), &amounts(planned)).unwrap();
        assert_eq!(Cents::sum(allotted.values().map(|of| of.amount)).unwrap(), cents(award), "{allotted:?}");
    }
}

#[test]
fn a_category_goes_over_by_what_an_officer_alone_may_move_to_it_and_that_is_noted() {
    // Half of what is planned is awarded; an officer moves 10% of what was approved for a category.
    let costs = [("a", "200.00"), ("b", "100.00"), ("c", "100.00")];
    let planned = Planned::of(claimed_by_costs("per_category", &[], "10%"), "200.00", &costs);
    // Of the 50 each of b and c, 5 may go to a.
    let costs = planned.claim(&[], &[("a", "220.00", "110.00"), ("b", "10.00", "5.00")]).unwrap();
    let moved = costs.allotted.iter().map(|of| (of.category.as_str(), of.amount, of.moved)).collect::<Vec<_>>();
    assert_eq!(moved, [("a", cents("100.00"), cents("10.00")), ("b", cents("50.00"), Cents::ZERO)]);
    let above = planned.claim(&[], &[("a", "221.00", "110.01")]).unwrap_err();
    let (left, moved) = (cents("100.00"), cents("10.00"));
    assert_eq!(above, ClaimRefusal::AboveCategory { category: "a".to_owned(), left, moved }.into());
    // What b has spent it does not give.
    let spent = planned.certified(&[], &[("b", "98.00", "49.00")]);
    assert_eq!(code(planned.claim(std::slice::from_ref(&spent), &[("a", "212.00", "106.00")])), "");
    assert_eq!(code(planned.claim(&[spent], &[("a", "220.00", "106.01")])), "claim.above_category");
}

#[test]
fn lines_are_wanted_where_the_scheme_says_so_and_name_what_is_known() {
    let planned = Planned::of(claimed_by_costs("in_total", &[], "0%"), "200.00", &[("a", "400.00")]);
    let line = |category: &str| NewLine {
        category: category.to_owned(),
        spent: cents("20.00"),
        claimed: cents("10.00"),
        evidence: "an invoice".to_owned(),
        attachment: None,
    };
    let claim = |amount: &str, lines: Vec<NewLine>| {
        planned.ground(&[]).claimed((ClaimId(Uuid::from_u128(9)), "final"), cents(amount), lines)
    };
    let file = |id| NewLine { attachment: Some(AttachmentId(Uuid::from_u128(id))), ..line("a") };
    for (amount, lines, expected) in [
        ("10.00", vec![line("a")], ""),
        ("10.00", vec![file(1)], ""),
        // A project that is accounted for may claim nothing more.
        ("0.00", vec![], ""),
        ("10.00", vec![], "claim.lines_missing"),
        ("2010.00", vec![line("a"); CLAIM_LINES_MAX + 1], "claim.lines_missing"),
        ("10.01", vec![line("a")], "claim.lines_total"),
        ("10.00", vec![line("yachts")], "claim.category_unknown"),
        ("10.00", vec![NewLine { evidence: " ".to_owned(), ..line("a") }], "text.length"),
        ("10.00", vec![file(2)], "claim.evidence_not_of_case"),
        ("0.00", vec![NewLine { claimed: Cents::ZERO, ..line("a") }], "claim.line_above_rate"),
    ] {
        assert_eq!(code(claim(amount, lines.clone())), expected, "{amount} {lines:?}");
    }
    let unplanned = Planned::of(claimed_by_costs("in_total", &[], "0%"), "200.00", &[]);
    assert_eq!(code(unplanned.claim(&[], &[("travel", "20.00", "10.00")])), "claim.costs_unplanned");
    let plain = Planned { scheme: scheme(NIAS), ..planned };
    let without = plain.ground(&[]).claimed((ClaimId(Uuid::from_u128(9)), "final"), cents("10.00"), Vec::new());
    assert_eq!(without, Ok(None));
    let with = plain.ground(&[]).claimed((ClaimId(Uuid::from_u128(9)), "final"), cents("10.00"), vec![line("a")]);
    assert_eq!(code(with), "claim.lines_not_taken");
}

#[test]
fn each_line_is_certified_once_with_a_reason_where_it_is_reduced() {
    let planned = Planned::of(claimed_by_costs("per_category", &[], "0%"), "200.00", &[("a", "400.00")]);
    let costs = planned.claim(&[], &[("a", "100.00", "50.00"), ("a", "20.00", "10.00")]).unwrap();
    let allowed = |line, amount: &str, reason: &str| Allowed {
        line,
        amount: cents(amount),
        reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
    };
    let certify = |amount: &str, lines: Vec<Allowed>| {
        planned.ground(&[]).certified((ClaimId(Uuid::from_u128(9)), cents(amount)), &costs, lines)
    };
    for (amount, lines, expected) in [
        ("60.00", vec![allowed(1, "50.00", ""), allowed(2, "10.00", "")], ""),
        ("45.00", vec![allowed(2, "0.00", "a private trip"), allowed(1, "45.00", "no invoice for the rest")], ""),
        ("50.00", vec![allowed(1, "50.00", "")], "claim.lines_certified"),
        ("60.00", vec![allowed(1, "50.00", ""), allowed(1, "10.00", "")], "claim.lines_certified"),
        ("60.00", vec![allowed(1, "50.00", ""), allowed(3, "10.00", "")], "claim.lines_certified"),
        ("59.00", vec![allowed(1, "50.00", ""), allowed(2, "9.00", "")], "claim.line_reduced"),
        ("60.00", vec![allowed(1, "50.00", "all of it"), allowed(2, "10.00", "")], "claim.line_reduced"),
        ("61.00", vec![allowed(1, "51.00", ""), allowed(2, "10.00", "")], "claim.line_reduced"),
        ("59.00", vec![allowed(1, "50.00", ""), allowed(2, "9.00", " ")], "text.length"),
        ("60.01", vec![allowed(1, "50.00", ""), allowed(2, "10.00", "")], "claim.lines_total"),
    ] {
        assert_eq!(code(certify(amount, lines.clone())), expected, "{amount} {lines:?}");
    }
}
