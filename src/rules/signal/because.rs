//! Why a signal fired, as a sentence with the facts.

use super::{OtherCase, Shared};
use crate::interest::Party;
use crate::text::Sentence;

/// Names in one line, in the manner of a language.
fn listed(names: &[String], more: bool, (between, others): (&str, &str)) -> String {
    let listed = names.join(between);
    if more { format!("{listed}{others}") } else { listed }
}

/// Names in both languages.
fn both(names: &[String], more: bool) -> [String; 2] {
    [listed(names, more, (", ", " and others")), listed(names, more, ("、", "等"))]
}

fn sentence(en: String, zh_hant: String) -> Sentence {
    Sentence { en, zh_hant }
}

fn references(cases: &[OtherCase], more: bool) -> [String; 2] {
    let names = cases.iter().map(|case| format!("{} ({})", case.reference, case.organisation_name));
    both(&names.collect::<Vec<_>>(), more)
}

/// What an organisation shares with one that applies. `fact` is it, in words.
pub(super) fn shared(
    (what, fact): (&Shared, &str),
    applying: &str,
    (with, cases): (&[Party], &[OtherCase]),
    more: bool,
) -> Sentence {
    let names = with.iter().map(|party| party.name.clone());
    let cases = cases.iter().map(|case| format!("{} ({})", case.reference, case.organisation_name));
    let [en, zh] = both(&names.chain(cases).collect::<Vec<_>>(), more);
    match what {
        Shared::Person(..) => sentence(
            format!("{fact} is on the side of {applying}, and of {en} as well."),
            format!("{fact}屬於{applying}一方，亦屬於{zh}一方。"),
        ),
        Shared::Address => sentence(
            format!("{applying} has the same address on file as {en}: {fact}."),
            format!("{applying}與{zh}登記的地址相同：{fact}。"),
        ),
        Shared::Telephone => sentence(
            format!("{applying} has the same telephone number on file as {en}: {fact}."),
            format!("{applying}與{zh}登記的電話號碼相同：{fact}。"),
        ),
        Shared::Account => sentence(
            format!("{applying} has the same bank account on file as {en}: the one that ends in {fact}."),
            format!("{applying}與{zh}登記的銀行帳戶相同，帳號尾數為{fact}。"),
        ),
        Shared::Domain(_) => sentence(
            format!("The domain {fact} stands behind {applying}, and behind {en} as well."),
            format!("網域{fact}屬於{applying}一方，亦見於{zh}。"),
        ),
    }
}

pub(super) fn named_person(name: &str, cases: &[OtherCase], more: bool) -> Sentence {
    let [en, zh] = references(cases, more);
    sentence(
        format!("{name} is named here, and with the same e-mail address in {en}."),
        format!("{name}列名於本申請，並以相同電郵地址列名於{zh}。"),
    )
}

pub(super) fn same_document(name: &str, cases: &[OtherCase], more: bool) -> Sentence {
    let [en, zh] = references(cases, more);
    sentence(
        format!("The file \"{name}\" has the same content as a file of {en}."),
        format!("檔案「{name}」的內容與{zh}的一個檔案相同。"),
    )
}

pub(super) fn same_amount(amount: &str, cases: &[OtherCase], more: bool) -> Sentence {
    let [en, zh] = references(cases, more);
    sentence(
        format!("Exactly {amount} is asked for here, and in the same scheme in {en}."),
        format!("本申請與同一計劃下的{zh}申請的款額同為{amount}。"),
    )
}

pub(super) fn same_costs(cases: &[OtherCase], more: bool) -> Sentence {
    let [en, zh] = references(cases, more);
    sentence(
        format!("Every line of cost is the same as in {en}, in the same scheme."),
        format!("每項成本均與同一計劃下的{zh}相同。"),
    )
}

pub(super) fn own_quotation(supplier: &str, amount: &str) -> Sentence {
    sentence(
        format!("{supplier}, which quotes {amount}, is the applicant itself."),
        format!("報價{amount}的{supplier}即為申請機構本身。"),
    )
}

pub(super) fn related_quotation((supplier, amount): (&str, &str), applicant: &str, group: &str) -> Sentence {
    sentence(
        format!("{supplier}, which quotes {amount}, is on file as related to {applicant} ({group})."),
        format!("報價{amount}的{supplier}，按紀錄與{applicant}有關連（{group}）。"),
    )
}

pub(super) fn linked_quotation((supplier, amount): (&str, &str), applying: &str, shared: &Shared) -> Sentence {
    let (en, zh) = match shared {
        Shared::Person(_, name) => (format!("{name}, who is on the side of both"), format!("同屬雙方的{name}")),
        Shared::Address => ("an address".to_owned(), "地址".to_owned()),
        Shared::Telephone => ("a telephone number".to_owned(), "電話號碼".to_owned()),
        Shared::Account => ("a bank account".to_owned(), "銀行帳戶".to_owned()),
        Shared::Domain(domain) => (format!("the domain {domain}"), format!("網域{domain}")),
    };
    sentence(
        format!("{supplier}, which quotes {amount}, shares this with {applying}: {en}."),
        format!("報價{amount}的{supplier}與{applying}有以下共通之處：{zh}。"),
    )
}
