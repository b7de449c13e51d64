//! Each kind of change that is granted is told by one letter, with what held before and what holds from now on.

use super::*;
use crate::event::Event;
use crate::letter::{Block, Letter, LetterKind};

/// All that is read of the letter of a change, in each language, with what the event says of it.
fn letter_of(change: &Change) -> (Letter, [String; 2]) {
    let letters = change.writes().iter().filter_map(|write| match write {
        Write::NewLetter(letter) => Some((**letter).clone()),
        _ => None,
    });
    let [letter] = <[Letter; 1]>::try_from(letters.collect::<Vec<_>>()).unwrap();
    let Event::ChangeGranted { letter: named, .. } = change.event() else { panic!("{:?}", change.event()) };
    assert_eq!(named.as_ref(), Some(&letter.sha256));
    let text = letter.read().unwrap();
    assert_eq!(serde_json_canonicalizer::to_string(&text).unwrap(), letter.text);
    let mut all = vec![text.title];
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
    (letter, [en.join("\n"), zh_hant.join("\n")])
}

/// Asked for, put forward where an authority decides, and granted.
fn granted(standing: &Standing, (kind, json): (ChangeKind, &str)) -> Change {
    let duties = nobody();
    let request = asked(standing, kind, wanted(json)).unwrap();
    let of_authority = request.route.is_some();
    let request = if of_authority { forwarded(request) } else { request };
    let by = By { is_officer: !of_authority, ..of_commissioner(&duties) };
    let balance = Balance { committed: cents("150000000.00"), ..Balance::default() };
    let balances = Balances { envelope: balance, round: balance, year: balance, applicant: balance };
    decided(request, standing, &by, balances).unwrap().0
}

/// The standing and the version that is told; the change; what reads the same in both languages; what in English; and what in Chinese.
type Case<'a> = ((Standing, i32), (ChangeKind, &'a str), &'a [&'a str], &'a [&'a str], &'a [&'a str]);

#[test]
#[expect(clippy::too_many_lines, reason = "a row for each kind of change")]
fn each_kind_is_told_with_what_held_and_what_holds_in_both_languages() {
    let paid = || standing(vec![claim("initial", ClaimState::Paid, cents("37500000.00"))]);
    let suspended = Standing { state: State::Suspended, ..standing(vec![]) };
    let whole = r#"{ "budget": [ { "stage": "project", "category": "equipment", "amount": "599000000.00" },
                                 { "stage": "project", "category": "other", "amount": "1000000.00" } ] }"#;
    let raised = ["HK$150,000,000.00", "HK$160,000,000.00", "HK$80,000,000.00", "HK$40,000,000.00"];
    let lowered = ["HK$150,000,000.00", "HK$100,000,000.00", "HK$37,500,000.00", "HK$25,000,000.00"];
    let cut = ["HK$30,000,000.00", "HK$37,500,000.00", "HK$7,500,000.00", "HK$0.00"];
    let equipment = ["HK$600,000,000.00", "HK$599,000,000.00", "HK$1,000,000.00"];
    let ended = ["HK$150,000,000.00", "HK$37,500,000.00", "HK$112,500,000.00", "HK$1,000,000.00"];
    let runs = |standing: Standing| (standing, 1);
    let cases: [Case<'_>; 12] = [
        (
            runs(standing(vec![])),
            (ChangeKind::Dates, r#"{ "ends_on": "2029-01-31" }"#),
            &[],
            &["not fixed", "31 January 2029", "What is owed after the project", "30 April 2029"],
            &["未定", "2029年1月31日", "項目完成後的責任", "2029年4月30日"],
        ),
        (runs(standing(vec![])), (ChangeKind::Budget, whole), &equipment, &["The budget"], &["預算"]),
        (
            runs(standing(vec![])),
            (ChangeKind::Scope, r#"{ "text": "Two lines.\n兩條生產線" }"#),
            &["Two lines.\n兩條生產線"],
            &["the scope of the project"],
            &["項目範圍"],
        ),
        (
            runs(standing(vec![])),
            (ChangeKind::People, r#"{ "text": "Dr Chan" }"#),
            &["Dr Chan"],
            &["Nothing was laid down.", "the people"],
            &["未有訂明。", "項目人員"],
        ),
        (
            runs(standing(vec![])),
            (ChangeKind::Partner, r#"{ "text": "Peak" }"#),
            &["Peak"],
            &["the partners"],
            &["項目合作夥伴"],
        ),
        (
            runs(standing(vec![])),
            (ChangeKind::Amount, r#"{ "amount": "160000000.00" }"#),
            &raised,
            &["Why this amount", "allow HK$160,000,000.00", "Instalments"],
            &["資助額的計算依據", "分期撥款"],
        ),
        (
            runs(paid()),
            (ChangeKind::Amount, r#"{ "amount": "100000000.00" }"#),
            &lowered,
            &["allow HK$200,000,000.00", "HK$100,000,000.00 was approved", "by a decision, not by the rules"],
            &["獲批款額為 HK$100,000,000.00", "資助額的減少乃出於決定而非規則"],
        ),
        (
            runs(paid()),
            (ChangeKind::Amount, r#"{ "amount": "30000000.00" }"#),
            &cut,
            &["more than the award is now was certified before"],
            &["此前已核證的款額較現時的資助額多出"],
        ),
        ((standing(vec![]), 2), (ChangeKind::Suspension, "{}"), &[], &["running", "suspended"], &["進行中", "暫停"]),
        ((suspended, 2), (ChangeKind::Resumption, "{}"), &[], &["suspended", "running"], &["恢復撥款", "進行中"]),
        (
            (paid(), 2),
            (ChangeKind::Termination, r#"{ "recover": "1000000.00" }"#),
            &ended,
            &["ended before its time", "To be recovered of what was paid"],
            &["提前終止", "須追討的款額"],
        ),
        ((paid(), 2), (ChangeKind::Termination, "{}"), &["HK$0.00"], &["The settlement"], &["結算"]),
    ];
    for ((mut standing, version), change, both, in_english, in_chinese) in cases {
        standing.award.agreement = Some("of the agreement".to_owned());
        let (letter, [en, zh_hant]) = letter_of(&granted(&standing, change));
        assert_eq!(
            (letter.kind, letter.change, letter.version, letter.day),
            (LetterKind::Amendment, Some(1), version, day("2025-04-02"))
        );
        let of_all = ["NIAS-2025-000001", "Organisation 2", "as agreed", &nias().hash];
        for said in of_all.iter().chain(both) {
            assert!(en.contains(said) && zh_hant.contains(said), "{change:?}: {said}\n{en}\n{zh_hant}");
        }
        for (text, words) in [(&en, in_english), (&zh_hant, in_chinese)] {
            for said in words {
                assert!(text.contains(said), "{change:?}: {said}\n{text}");
            }
        }
        assert!(en.contains("On 1 April 2025 the grantee asked") && zh_hant.contains("受資助者於2025年4月1日"), "{en}");
        assert!(en.contains("Grants Office") && zh_hant.contains("資助辦事處"), "{en}");
        // What holds beside it; of an award that has ended nothing does.
        assert_eq!(en.contains("of the agreement"), change.0 != ChangeKind::Termination, "{change:?}");
        // Under whose authority is not told.
        assert!(!letter.text.contains("commissioner"), "{}", letter.text);
    }
}

#[test]
fn what_the_agency_has_opened_is_told_as_such_and_what_is_refused_has_no_letter() {
    let (standing, duties) = (standing(vec![]), nobody());
    let opened = || ChangeRequest {
        by_agency: true,
        ..forwarded(asked(&standing, ChangeKind::Suspension, wanted("{}")).unwrap())
    };
    let (change, _) = decided(opened(), &standing, &of_commissioner(&duties), Balances::default()).unwrap();
    let (_, [en, zh_hant]) = letter_of(&change);
    assert!(
        en.contains("On 1 April 2025 the agency opened") && zh_hant.contains("本處於2025年4月1日"),
        "{en}\n{zh_hant}"
    );
    let (agency, case) = (agency(), application(State::Accepted));
    let deciding = Deciding {
        scheme: nias(),
        in_force: nias(),
        standing: standing.clone(),
        earlier: Earlier::default(),
        debarred: Vec::new(),
        batch: None,
        is_officer: false,
        last_step: None,
        amending: amending(&agency, &case, nias()),
    };
    let held = commissioner();
    let acting = Acting { by: person(9), held: &held, duties: &duties, at: instant("2025-04-02") };
    let refused = (Verdict::Refused, "not now");
    let (change, _) = opened().decide(&permit(Verb::ChangeDecide), case, acting, deciding, refused).unwrap();
    assert!(!change.writes().iter().any(|write| matches!(write, Write::NewLetter(_))));
}
