//! A letter says what the award and the text of its scheme say, in both languages, and is hashed as it is kept.

use super::*;
use crate::application::{Application, State};
use crate::award::{Award, plan};
use crate::change::Write;
use crate::money::Cents;
use crate::permission::Verb;
use crate::sample::{NIAS, agency, application, award, cents, day, instant, permit, scheme, telling, writing};

/// An award of 150 million of the 200 that the rules allow, with a condition.
fn awarded() -> (Application, Award) {
    let case = application(State::Approved);
    let award = Award {
        amount: cents("150000000.00"),
        conditions: vec!["Name the director.".to_owned(), "第一期：\"試產\"".to_owned()],
        ..award(&case)
    };
    (case, award)
}

fn offered() -> (Vec<Letter>, Award) {
    let (case, award) = awarded();
    let scheme = scheme(NIAS);
    let writing = writing(&case, &scheme);
    let (change, _, award) =
        award.offer(&permit(Verb::AwardOffer), case, (&scheme, &writing), instant("2025-03-06")).unwrap();
    let letters = change.writes().iter().filter_map(|write| match write {
        Write::NewLetter(letter) => Some((**letter).clone()),
        _ => None,
    });
    (letters.collect(), award)
}

/// All that is read of a letter in both languages.
fn read(letter: &Letter) -> (String, String) {
    let mut all = Vec::new();
    let text = letter.read().unwrap();
    all.push(text.title);
    for block in text.blocks {
        match block {
            Block::Heading { text } | Block::Paragraph { text } => all.push(text),
            Block::List { items } => all.extend(items),
            Block::Chart { text, .. } => all.push(text),
            Block::Table { columns, rows } => {
                assert!(rows.iter().all(|row| row.len() == columns.len()), "{columns:?} {rows:?}");
                all.extend(columns.into_iter().map(|column| column.head));
                all.extend(rows.into_iter().flatten());
            }
        }
    }
    let (en, zh_hant): (Vec<_>, Vec<_>) = all.into_iter().map(|text| (text.en, text.zh_hant)).unzip();
    (en.join("\n"), zh_hant.join("\n"))
}

#[test]
fn an_offer_says_amount_conditions_plan_obligations_expiry_and_reasons_in_both_languages() {
    let (letters, award) = offered();
    let [offer, agreement] = &letters[..] else { panic!("{letters:?}") };
    let (en, zh_hant) = read(offer);
    let expires_on = award.expires_on.unwrap();
    assert_eq!((offer.kind, offer.day), (LetterKind::Offer, day("2025-03-06")));
    for both in ["NIAS-2025-000001", "HK$150,000,000.00", "Name the director.", "第一期：\"試產\"", &agreement.sha256]
    {
        assert!(en.contains(both) && zh_hant.contains(both), "{both}\n{en}\n{zh_hant}");
    }
    let [of_day, in_chinese] = ["%-d %B %Y", "%Y年%-m月%-d日"].map(|form| expires_on.date().format(form).to_string());
    assert!(en.contains(&of_day) && zh_hant.contains(&in_chinese), "{of_day} {in_chinese}\n{en}\n{zh_hant}");
    // The reasons: what the rules allow, each step, and what was approved of it.
    assert!(
        en.contains("HK$200,000,000.00") && en.contains("Of what the rules allow, HK$150,000,000.00 was approved.")
    );
    assert!(zh_hant.contains("在可獲資助額之內，獲批款額為 HK$150,000,000.00。"));
    let case = application(State::Approved);
    for step in writing(&case, &scheme(NIAS)).answer.steps {
        let text = step.text.unwrap();
        assert!(en.contains(&text.en) && zh_hant.contains(&text.zh_hant), "{text:?}");
        assert!(step.source.is_none_or(|source| en.contains(&source.title)));
    }
}

#[test]
fn the_instalments_of_a_letter_sum_to_its_amount() {
    let (letters, award) = offered();
    let parts = plan(&scheme(NIAS), day("2025-02-05"), (award.amount, None)).unwrap();
    assert!(parts.len() > 1);
    assert_eq!(parts.iter().map(|part| part.amount.get()).sum::<i64>(), award.amount.get());
    for letter in &letters {
        let (en, zh_hant) = read(letter);
        for part in &parts {
            let amount = crate::calculation::money(part.amount);
            assert!(en.contains(&amount) && zh_hant.contains(&amount), "{amount} {en}");
        }
    }
}

#[test]
fn an_agreement_says_who_owes_what_under_which_rules() {
    let (letters, _) = offered();
    let (en, zh_hant) = read(&letters[1]);
    let nias = scheme(NIAS);
    assert_eq!((letters[1].kind, letters[1].version), (LetterKind::Agreement, 2));
    for both in ["Organisation 2", "00000002", &nias.hash, "HK$150,000,000.00", "Name the director."] {
        assert!(en.contains(both) && zh_hant.contains(both), "{both}\n{en}\n{zh_hant}");
    }
    for obligation in nias.file.obligation.values() {
        assert!(en.contains(&obligation.name.en) && zh_hant.contains(&obligation.name.zh_hant), "{obligation:?}\n{en}");
    }
}

#[test]
fn a_letter_of_several_stages_lists_them_and_one_of_one_does_not() {
    let (case, award) = awarded();
    let scheme = scheme(NIAS);
    let writing = writing(&case, &scheme);
    let said = |stages: Vec<(String, Cents)>| {
        let award = Award { stages, ..award.clone() };
        let grounds = Grounds {
            application: &case,
            award: &award,
            scheme: &scheme,
            agency: &writing.agency,
            plan: &[],
            answer: &writing.answer,
            day: day("2025-03-06"),
        };
        serde_json::to_string(&grounds.offer("")).unwrap()
    };
    assert!(said(vec![("one".to_owned(), cents("1.00")), ("two".to_owned(), cents("2.00"))]).contains("Stages"));
    assert!(!said(vec![("one".to_owned(), cents("3.00"))]).contains("Stages"));
}

#[test]
fn a_letter_is_kept_in_the_canonical_form_and_hashed_as_it_is_kept() {
    for letter in offered().0 {
        let text = letter.read().unwrap();
        assert_eq!(serde_json_canonicalizer::to_string(&text).unwrap(), letter.text);
        assert_eq!(hexadecimal(&Sha256::digest(letter.text.as_bytes())), letter.sha256);
        let kind = LetterKind::from_code(letter.kind.code());
        assert_eq!(kind, Some(letter.kind));
    }
}

/// NIAS with a review within ten days.
fn reviewed() -> Scheme {
    let step = "[review.step.review]\nis = [{ from = \"2024-09-16\", is = true, source = \"house\" }]\n\
                days = [{ from = \"2024-09-16\", is = 10, source = \"house\" }]\nby = [\"commissioner\"]\n\
                name = { en = \"Review\", zh-Hant = \"覆核\", zh-Hans = \"复核\" }\n\n[payment.instalment";
    scheme(&NIAS.replacen("[payment.instalment", step, 1))
}

#[test]
fn a_refusal_says_what_was_asked_for_what_was_decided_and_how_it_is_looked_at_again() {
    let (with, without, agency) = (reviewed(), scheme(NIAS), agency());
    let review = ["An authorised signatory of the applicant asks for it once", "Review", "16 March 2025"];
    let in_chinese = ["2025年3月16日", "覆核"];
    for (state, title, said, reinstated) in [
        (State::Rejected, "Application not successful", "It was decided on 6 March 2025.", false),
        (
            State::Ineligible,
            "Application not eligible",
            "was screened on 6 March 2025 and found not to be eligible",
            true,
        ),
    ] {
        let case = application(state);
        for (scheme, is_reviewed) in [(&with, true), (&without, false)] {
            let letter = telling(&agency, scheme).refusal(&case, "Too weak.\nAnd \"late\".");
            let text = letter.read().unwrap();
            let (en, zh_hant) = read(&letter);
            assert_eq!((letter.kind, letter.version, letter.day), (LetterKind::Refusal, 2, day("2025-03-06")));
            assert_eq!((text.title.en.as_str(), text.sender), (title, Some(head::both(agency.clone()))));
            for both in
                ["HK$200,000,000.00", "NIAS-2025-000001", "Organisation 2", "Too weak.\nAnd \"late\".", &scheme.hash]
            {
                assert!(en.contains(both) && zh_hant.contains(both), "{both}\n{en}\n{zh_hant}");
            }
            assert!(en.contains(said) && en.contains("Grants Office") && zh_hant.contains("資助辦事處"), "{en}");
            assert_eq!(en.contains("can be reinstated"), reinstated);
            for said in review {
                assert_eq!(en.contains(said), is_reviewed, "{said}\n{en}");
            }
            for said in in_chinese {
                assert_eq!(zh_hant.contains(said), is_reviewed, "{said}\n{zh_hant}");
            }
            assert_eq!(en.contains("have no review of decisions"), !is_reviewed);
            assert_eq!(serde_json_canonicalizer::to_string(&text_of(&letter)).unwrap(), letter.text);
        }
    }
}

fn text_of(letter: &Letter) -> LetterText {
    letter.read().unwrap()
}

#[test]
fn a_letter_from_before_the_agency_had_a_name_is_read_as_it_was_sent() {
    let (letters, _) = offered();
    let mut text = text_of(&letters[0]);
    assert!(text.sender.is_some());
    text.sender = None;
    let written = serde_json::to_string(&text).unwrap();
    assert!(!written.contains("sender"));
    let kept = Letter { text: written.clone(), ..letters[0].clone() };
    assert_eq!(text_of(&kept), text);
    assert_eq!(serde_json::to_string(&text_of(&kept)).unwrap(), written);
}

#[test]
fn an_acceptance_is_of_the_agreement_on_file_and_of_no_other() {
    let another = Err(Refusal::from(LetterRefusal::AnotherAgreement));
    for (on_file, named, agreed_on) in [
        (Some("a"), None, Ok(Some("a".to_owned()))),
        (Some("a"), Some("a"), Ok(Some("a".to_owned()))),
        (None, None, Ok(None)),
        (Some("a"), Some("b"), another.clone()),
        (None, Some("b"), another),
    ] {
        assert_eq!(agreed(on_file, named), agreed_on);
    }
}
