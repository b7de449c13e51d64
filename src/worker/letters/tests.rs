use super::*;
use rules::sitting::Way;
use std::collections::BTreeSet;

fn case() -> Case {
    Case {
        reference: "NIAS-2025-000123".to_owned(),
        title: "A line for clean bottles".to_owned(),
        scheme: "New Industrialisation Acceleration Scheme".to_owned(),
    }
}

fn cents(amount: &str) -> Cents {
    Cents::parse(amount).unwrap()
}

fn inviting(role: MemberRole, organisation: Option<&str>) -> Matter {
    let told = Inviting {
        title: case().title,
        inviter: "Wong Siu Ming".to_owned(),
        organisation: organisation.map(str::to_owned),
    };
    Matter::MemberInvited { scheme: case().scheme, role, told: Some(told) }
}

/// One of each letter; where a letter has two forms, both.
#[expect(clippy::too_many_lines, reason = "one line for each letter")]
fn every_matter() -> Vec<Matter> {
    let on = Day::parse("2025-11-18").unwrap();
    let reason = "The cost is not explained.\nThe partner has not signed.".to_owned();
    let amount = cents("199999999.99");
    let link = |occasion| Matter::PasswordLink {
        occasion,
        link: "https://grants.example.hk/password#TOKEN".to_owned(),
        holds_until: "2025-11-18T17:05:00Z".parse().unwrap(),
    };
    let instalment = |name: &str, amount: &str| Instalment { name: name.to_owned(), amount: cents(amount) };
    vec![
        link(Occasion::Registered),
        link(Occasion::Invited),
        link(Occasion::Requested),
        Matter::ApplicationReceived { case: case(), on, requested: amount, allowed: cents("200000000.00") },
        Matter::ApplicationReturned {
            case: case(),
            on,
            reason: reason.clone(),
            fields: BTreeSet::from(["/summary".to_owned(), "/documents/plan".to_owned()]),
            answer_by: on,
        },
        Matter::ApplicationResubmitted { case: case(), on },
        Matter::ApplicationReturnEnded { case: case(), on, reason: reason.clone() },
        Matter::ApplicationWithdrawn { case: case(), on, reason: reason.clone() },
        Matter::ApplicationIneligible { case: case(), on, reason: reason.clone(), review_by: None },
        Matter::ApplicationReinstated { case: case(), on, reason: reason.clone() },
        Matter::ApplicationRejected {
            case: case(),
            on,
            reason: reason.clone(),
            house_marks: false,
            review_by: Some(on),
        },
        Matter::ApplicationRejected { case: case(), on, reason: reason.clone(), house_marks: true, review_by: None },
        Matter::ApplicationOnReserve { case: case(), on, until: on },
        Matter::AssessmentAssigned { reference: case().reference, scheme: case().scheme, blind: false },
        Matter::AssessmentAssigned { reference: case().reference, scheme: case().scheme, blind: true },
        Matter::AssessmentWithdrawn { reference: case().reference, scheme: case().scheme },
        Matter::AuthorityDelegated { absent: "Chan Siu-ming".to_owned(), from: on, last: on, scheme: None },
        Matter::AuthorityDelegated {
            absent: "Chan Siu-ming".to_owned(),
            from: on,
            last: on,
            scheme: Some("NIAS".to_owned()),
        },
        Matter::DelegationEnded { absent: "Chan Siu-ming".to_owned() },
        Matter::SittingGivenUp { reference: case().reference, scheme: case().scheme },
        Matter::SittingConvened { reference: case().reference, scheme: case().scheme, way: Way::Meeting, held_on: on },
        Matter::SittingConvened {
            reference: case().reference,
            scheme: case().scheme,
            way: Way::Circulation,
            held_on: on,
        },
        Matter::AgendaConvened { scheme: case().scheme, lines: 40, way: Way::Meeting, held_on: on },
        Matter::AgendaConvened { scheme: case().scheme, lines: 1, way: Way::Circulation, held_on: on },
        Matter::FeedbackReleased { case: case(), on },
        Matter::AwardOffered { case: case(), amount, expires_on: on, days: 30, house_days: false },
        Matter::AwardOffered { case: case(), amount, expires_on: on, days: 30, house_days: true },
        Matter::AwardAccepted {
            case: case(),
            on,
            amount,
            instalments: vec![instalment("First", "0.99"), instalment("Last", "199999999.00")],
            house_plan: true,
        },
        Matter::AssessmentDue { reference: case().reference, scheme: case().scheme, due: on },
        Matter::AssessmentLate { reference: case().reference, scheme: case().scheme, due: on },
        Matter::ReturnDue { case: case(), answer_by: on },
        Matter::AwardExpires { case: case(), expires_on: on },
        Matter::RoundCloses {
            case: case(),
            round: "Second round".to_owned(),
            closes_at: "2025-11-18T16:00:00Z".parse().unwrap(),
        },
        Matter::AwardLapsed { case: case(), amount, expired_on: Some(on) },
        Matter::AwardLapsed { case: case(), amount, expired_on: None },
        Matter::ChangeOpened { case: case(), on, change: ChangeKind::Termination, reason: reason.clone() },
        Matter::ChangeReturned { case: case(), on, change: ChangeKind::Budget, question: reason.clone() },
        Matter::ChangeWithdrawn { case: case(), on, change: ChangeKind::Suspension, reason: reason.clone() },
        decided(ChangeKind::Amount, Some(Holds { amounts: Some([amount; 2]), ends_on: None })),
        decided(ChangeKind::Dates, Some(Holds { amounts: None, ends_on: Some(on) })),
        decided(ChangeKind::Scope, Some(Holds { amounts: None, ends_on: None })),
        decided(ChangeKind::Dates, None),
        Matter::ApplicationIneligible { case: case(), on, reason: reason.clone(), review_by: Some(on) },
        Matter::ReviewReceived { case: case(), on, step: "Appeal".to_owned(), grounds: reason.clone() },
        decided_again(true, None),
        decided_again(false, None),
        decided_again(false, Some(on)),
        Matter::ClaimQueried { case: case(), on, instalment: "Last".to_owned(), question: reason.clone() },
        Matter::ClaimReturned { case: case(), on, instalment: "Last".to_owned(), amount, reason: reason.clone() },
        Matter::RoundExtended {
            scheme: case().scheme,
            round: "Second round".to_owned(),
            until: "2025-11-18T04:00:00Z".parse().unwrap(),
            reason: reason.clone(),
        },
        Matter::PayeeAccountProposed { organisation: organisation(), on, ending: "001".to_owned() },
        Matter::PayeeAccountConfirmed { organisation: organisation(), on, ending: "001".to_owned(), usable_from: on },
        Matter::PayeeAccountEnded { organisation: organisation(), on, ending: "001".to_owned(), reason },
        link(Occasion::RegisteredAlone),
        Matter::MemberInvited { scheme: case().scheme, role: MemberRole::View, told: None },
        inviting(MemberRole::View, None),
        inviting(MemberRole::Edit, Some("Peak Laboratories Limited")),
        inviting(MemberRole::Sign, None),
        Matter::RecoveryDemanded { case: case(), on, demand: "REC-2026-000007".to_owned(), amount, due_on: on },
        Matter::RecoveryOverdue { case: case(), demand: "REC-2026-000007".to_owned(), outstanding: amount, due_on: on },
        Matter::ObligationDue { case: case(), obligation: "Final report".to_owned(), due_on: on, late: false },
        Matter::ObligationDue { case: case(), obligation: "Final report".to_owned(), due_on: on, late: true },
        Matter::ObligationReturned {
            case: case(),
            on,
            obligation: "Final report".to_owned(),
            reason: "Not signed.".to_owned(),
        },
        paid(on, amount, None),
        paid(on, amount, Some(set_off(None))),
        paid(on, amount, Some(set_off(Some(amount)))),
        came_back(on, amount),
    ]
}

fn paid(on: Day, amount: Cents, set_off: Option<Met>) -> Matter {
    let (instalment, batch) = ("Last".to_owned(), "B-1".to_owned());
    Matter::PaymentReleased { case: case(), on, instalment, amount, batch, set_off }
}

fn set_off(transferred: Option<Cents>) -> Met {
    Met { amount: Cents::new(3000), transferred }
}

fn came_back(on: Day, amount: Cents) -> Matter {
    let (payment, reason) = ("PAY-2025-000001-001".to_owned(), Some("AC01".to_owned()));
    let back = CameBack { payment, rejected: true, reason };
    Matter::PaymentCameBack { case: case(), on, instalment: "Last".to_owned(), amount, back }
}

fn organisation() -> String {
    "Peak Laboratories Limited".to_owned()
}

fn decided(change: ChangeKind, granted: Option<Holds>) -> Matter {
    let on = Day::parse("2025-03-05").unwrap();
    Matter::ChangeDecided { case: case(), on, change, reason: "As shown.".to_owned(), granted }
}

fn decided_again(set_aside: bool, next_by: Option<Day>) -> Matter {
    let on = Day::parse("2025-03-05").unwrap();
    Matter::ReviewDecided {
        case: case(),
        on,
        step: "Review".to_owned(),
        set_aside,
        reason: "As shown.".to_owned(),
        next_by,
    }
}

fn letters() -> Letters {
    let [en, zh_hant, zh_hans] = ["Grants Office", "資助辦事處", "资助办事处"].map(str::to_owned);
    Letters::new(&Text { en, zh_hant, zh_hans }, "https://grants.example.hk").unwrap()
}

fn write(language: Language, matter: &Matter) -> Written {
    letters().write(language, "Chan Tai Man", matter).unwrap()
}

#[test]
fn every_letter_has_words_in_every_language() {
    for letter in Letter::ALL {
        assert!(every_matter().iter().any(|matter| matter.letter() == letter), "{letter:?} is not written here");
    }
    for matter in every_matter() {
        let written = Language::ALL.map(|language| write(language, &matter));
        for (language, Written { subject, body }) in Language::ALL.into_iter().zip(&written) {
            let all = format!("{subject}\n{body}");
            assert!(!subject.is_empty() && body.len() > 100, "{language:?}: {all}");
            assert!(!all.contains("{{") && !all.contains("{%") && !all.contains("{#"), "{all}");
            assert!(!body.contains("\n\n\n") && !all.contains("  "), "a gap in {all:?}");
            let chinese = all.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
            assert_eq!(chinese, language != Language::English, "{all}");
        }
        assert_ne!(written[1], written[2], "traditional and simplified Chinese are two texts");
    }
}

#[test]
fn what_is_written_only_in_one_script_stays_in_it() {
    const TRADITIONAL_ONLY: &str = "計劃請書額過審評規則這閣結構說經獲實際為與該還發";
    const SIMPLIFIED_ONLY: &str = "计划请书额过审评规则这结构说经获实际为与该还发";
    for matter in every_matter() {
        for (language, foreign) in
            [(Language::TraditionalChinese, SIMPLIFIED_ONLY), (Language::SimplifiedChinese, TRADITIONAL_ONLY)]
        {
            let Written { subject, body } = write(language, &matter);
            let strays = format!("{subject}{body}").chars().filter(|one| foreign.contains(*one)).collect::<String>();
            assert_eq!(strays, "", "{language:?}: {body}");
        }
    }
}

#[test]
fn an_offer_says_how_much_until_when_and_that_the_days_are_the_agencys_own() {
    let matter = |house_days| Matter::AwardOffered {
        case: case(),
        amount: cents("199999999.99"),
        expires_on: Day::parse("2025-12-02").unwrap(),
        days: 30,
        house_days,
    };
    for (language, subject, day, own) in [
        (
            Language::English,
            "Application NIAS-2025-000123: offer of a grant until 2 December 2025",
            "2 December 2025",
            "30 days is a default of the agency, not a rule of the scheme",
        ),
        (
            Language::TraditionalChinese,
            "申請 NIAS-2025-000123：資助要約（有效至2025年12月2日）",
            "2025年12月2日",
            "30 天為本處的預設值，並非計劃本身的規則",
        ),
        (
            Language::SimplifiedChinese,
            "申请 NIAS-2025-000123：资助要约（有效至2025年12月2日）",
            "2025年12月2日",
            "30 天为本处的预设值，并非计划本身的规则",
        ),
    ] {
        let written = write(language, &matter(true));
        assert_eq!(written.subject, subject);
        let agency = ["Grants Office", "資助辦事處 謹啟", "资助办事处 谨启"];
        let signed = agency[Language::ALL.iter().position(|known| *known == language).unwrap()];
        for said in ["HK$199,999,999.99", day, own, "A line for clean bottles", signed] {
            assert!(written.body.contains(said), "{said} is not in {}", written.body);
        }
        assert!(!write(language, &matter(false)).body.contains(own));
    }
}

#[test]
fn a_link_holds_until_an_instant_on_the_clocks_of_hong_kong_and_names_nobody() {
    for (matter, language, instant) in [
        (0, Language::English, "01:05 on 19 November 2025"),
        (1, Language::TraditionalChinese, "2025年11月19日01時05分"),
        (2, Language::SimplifiedChinese, "2025年11月19日01时05分"),
    ] {
        let body = write(language, &every_matter()[matter]).body;
        assert!(body.contains(instant) && body.contains("\n\nhttps://grants.example.hk/password#TOKEN\n\n"), "{body}");
        assert!(!body.contains("Chan"), "a stranger may have written the name: {body}");
    }
}

#[test]
fn nobody_writes_a_header_or_a_paragraph_by_a_title_or_a_name() {
    let title = "Bottles\r\nBcc: everybody@example.com\r\n\r\nDear winner,\u{2028}\u{202e}pay";
    let matter = Matter::AwardOffered {
        case: Case { title: title.to_owned(), reference: "X\nBcc: a@example.com".to_owned(), ..case() },
        amount: cents("1.00"),
        expires_on: Day::parse("2025-12-02").unwrap(),
        days: 30,
        house_days: false,
    };
    for language in Language::ALL {
        let written = letters().write(language, "Mei\r\nLing", &matter).unwrap();
        assert!(written.subject.contains("X Bcc: a@example.com"), "{}", written.subject);
        assert!(!written.body.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("Dear winner")));
        assert!(written.body.contains("Mei  Ling") && !written.body.contains(['\r', '\u{2028}', '\u{202e}']));
    }
}

#[test]
fn a_reason_keeps_its_lines_and_nothing_else_that_steers() {
    let reason = "First.\r\n\r\nSecond.\u{1b}[2J {{ agency }}".to_owned();
    let matter = Matter::ApplicationWithdrawn { case: case(), on: Day::parse("2025-11-18").unwrap(), reason };
    let body = write(Language::English, &matter).body;
    assert!(body.contains("\n\nFirst.\n\nSecond. [2J {{ agency }}\n\n"), "{body}");
}

#[test]
fn a_template_that_names_what_is_not_there_is_an_error_and_no_gap() {
    let mut letters = letters();
    letters.templates.add_template("ApplicationReceived.en", "{{ case.nothing }}").unwrap();
    let received = &every_matter()[3];
    assert!(letters.write(Language::English, "Chan Tai Man", received).is_err());
}
