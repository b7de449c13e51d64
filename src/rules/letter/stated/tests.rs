//! A statement on paper says each figure in both languages, and its charts say theirs in words.

use super::*;
use crate::application::State;
use crate::award::Instalment;
use crate::sample::{NIAS, agency, application, cents, instant, scheme};
use crate::scheme::DueOn;
use crate::statement::statement;
use crate::statement::tests::recovered;

#[test]
fn a_statement_on_paper_says_every_figure_when_it_was_made_and_what_the_bars_say() {
    let mut books = recovered();
    // Many instalments of nothing: the bars go on in another chart, on the same scale.
    let more = (1..=9).map(|number| Instalment::on(format!("later_{number}"), DueOn::Milestone, Cents::ZERO));
    books.plan.extend(more);
    let (case, scheme, agency) = (application(State::Completed), scheme(NIAS), agency());
    let statement = statement(&books).unwrap();
    let at = instant("2026-05-01");
    let stated = Stated { application: &case, scheme: &scheme, agency: &agency, statement: &statement, at };
    let text = stated.letter();
    let (written, sha256) = text.written();
    assert_eq!((serde_json_canonicalizer::to_string(&text).unwrap(), sha256.len()), (written.clone(), 64));
    assert_eq!(text, serde_json::from_str::<LetterText>(&written).unwrap());
    for words in [
        "10:00 on 1 May 2026",
        "2026年5月1日 10:00",
        "Overpaid and not demanded yet",
        "多付而尚未要求退還",
        "HK$35.50",
        "Brought back by a bank",
        "銀行退回",
        "Demanded, by 1 April 2026 (REC-2026-000007)",
        "要求退還，限期2026年4月1日（REC-2026-000007）",
        "Receipt reversed (REC-2026-000007)",
    ] {
        assert!(written.contains(words), "{words}: {written}");
    }
    // Nobody's name, and nothing of the bank's or of the agency's own words.
    assert!(!written.contains("a reference of the bank") && !written.contains("the accounts allow less"), "{written}");
    let charts = text.blocks.iter().filter_map(|block| match block {
        Block::Chart { groups, scale, text, .. } => Some((groups.len(), *scale, text)),
        _ => None,
    });
    let charts = charts.collect::<Vec<_>>();
    assert_eq!(charts.iter().map(|(groups, ..)| *groups).collect::<Vec<_>>(), [10, 1]);
    assert!(charts.iter().all(|(_, scale, _)| *scale == cents("750.00")));
    let (_, _, words) = charts[0];
    assert!(
        words.en.contains("planned HK$250.00, paid HK$250.00.")
            && words.zh_hant.contains("計劃 HK$750.00，已付 HK$0.00。"),
        "{words:?}"
    );
}
