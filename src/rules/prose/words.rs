//! The words of sentences in three languages: what fills a template, and how values and lists read.

use crate::calculation;
use crate::calendar::{Day, Minute};
use crate::money::{Cents, Share};
use crate::scheme::Grade;
use crate::text::Text;
use chrono::Datelike;
use std::fmt::Display;

/// A text that reads the same in every language.
pub(crate) fn same(text: impl Display) -> Text {
    let text = text.to_string();
    Text { en: text.clone(), zh_hant: text.clone(), zh_hans: text }
}

/// A template in each language with its parts filled in: `{0}` is the first of them.
pub(crate) fn say<const N: usize>(parts: [&Text; N], en: &str, zh_hant: &str, zh_hans: &str) -> Text {
    debug_assert!(
        (0..N).all(|index| [en, zh_hant, zh_hans].iter().all(|template| template.contains(&format!("{{{index}}}")))),
        "each part is in each language: {en}"
    );
    Text {
        en: filled(en, &parts.map(|part| part.en.as_str())),
        zh_hant: filled(zh_hant, &parts.map(|part| part.zh_hant.as_str())),
        zh_hans: filled(zh_hans, &parts.map(|part| part.zh_hans.as_str())),
    }
}

/// The template with its parts; what is no part stays as it is, so that a test can see it.
fn filled(template: &str, parts: &[&str]) -> String {
    let (mut text, mut rest) = (String::with_capacity(template.len()), template);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let part =
            after.split_once('}').and_then(|(index, after)| Some((parts.get(index.parse::<usize>().ok()?)?, after)));
        if let Some((part, after)) = part {
            // Chinese sets a space before a number, and none before another Chinese word.
            if text.strip_suffix(' ').is_some_and(|before| before.ends_with(is_chinese)) && part.starts_with(is_chinese)
            {
                text.pop();
            }
            text.push_str(part);
            rest = after;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

/// Whether a character belongs to Chinese text, its quotation marks and brackets among them.
const fn is_chinese(character: char) -> bool {
    matches!(character, '\u{201c}' | '\u{201d}' | '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff60}')
}

/// A text as a sentence: it begins with a capital letter and ends with a full stop.
pub(crate) fn sentence(text: Text) -> Text {
    let mut characters = text.en.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase).collect::<String>();
    let en = first + characters.as_str();
    Text { en: stopped(en, '.'), zh_hant: stopped(text.zh_hant, '。'), zh_hans: stopped(text.zh_hans, '。') }
}

fn stopped(mut text: String, stop: char) -> String {
    if !text.ends_with(['.', '。', '?', '？']) {
        text.push(stop);
    }
    text
}

/// Sentences as one text.
pub(super) fn joined(sentences: impl IntoIterator<Item = Text>) -> Text {
    list(sentences, [" ", " "], ["", ""], ["", ""])
}

/// Texts with separators: between them, and before the last.
fn list(texts: impl IntoIterator<Item = Text>, en: [&str; 2], zh_hant: [&str; 2], zh_hans: [&str; 2]) -> Text {
    let texts = texts.into_iter().collect::<Vec<_>>();
    let join = |of: fn(&Text) -> &str, [between, last]: [&str; 2]| {
        let words = texts.iter().map(of).collect::<Vec<_>>();
        match words.split_last() {
            None => String::new(),
            Some((word, [])) => (*word).to_owned(),
            Some((word, words)) => {
                let words = words.join(between);
                let [before, after] =
                    [words.ends_with(is_chinese), word.starts_with(is_chinese)].map(space_beside(last));
                format!("{words}{before}{last}{after}{word}")
            }
        }
    };
    Text {
        en: join(|text| &text.en, en),
        zh_hant: join(|text| &text.zh_hant, zh_hant),
        zh_hans: join(|text| &text.zh_hans, zh_hans),
    }
}

/// What parts a Chinese "and" or "or" from a word beside it: nothing from a Chinese one, a space from any other.
fn space_beside(conjunction: &str) -> impl Fn(bool) -> &'static str {
    let is_word = conjunction.starts_with(|first| matches!(first, '\u{4e00}'..='\u{9fff}'));
    move |beside_chinese| if is_word && !beside_chinese { " " } else { "" }
}

/// All of them.
pub(super) fn and(texts: impl IntoIterator<Item = Text>) -> Text {
    list(texts, [", ", " and "], ["、", "及"], ["、", "及"])
}

/// One of them.
pub(super) fn or(texts: impl IntoIterator<Item = Text>) -> Text {
    list(texts, [", ", " or "], ["、", "或"], ["、", "或"])
}

/// One after the other.
pub(super) fn listed(texts: impl IntoIterator<Item = Text>) -> Text {
    list(texts, ["; ", "; "], ["；", "；"], ["；", "；"])
}

/// A name as it stands in a sentence.
pub(crate) fn quoted(name: &Text) -> Text {
    say([name], "\"{0}\"", "「{0}」", "“{0}”")
}

/// Yes or no.
pub(super) fn yes_or_no(answer: bool) -> Text {
    if answer { say([], "yes", "是", "是") } else { say([], "no", "否", "否") }
}

/// An amount.
pub(crate) fn money(amount: Cents) -> Text {
    same(calculation::money(amount))
}

/// A share as people write it: in hundredths where they are exact, else as a fraction.
pub(crate) fn share(share: Share) -> Text {
    let (parts, whole) = (u64::from(share.numerator).saturating_mul(10_000), u64::from(share.denominator));
    let Some(parts) = parts.checked_div(whole).filter(|_| parts.checked_rem(whole) == Some(0)) else {
        return same(share);
    };
    let (whole, rest) = (parts.checked_div(100).unwrap_or_default(), parts.checked_rem(100).unwrap_or_default());
    let places = if rest == 0 { String::new() } else { format!(".{rest:02}") };
    same(format!("{whole}{}%", places.trim_end_matches('0')))
}

/// A day as people write it.
pub(crate) fn day(day: Day) -> Text {
    let date = day.date();
    let chinese = format!("{}年{}月{}日", date.year(), date.month(), date.day());
    Text { en: date.format("%-d %B %Y").to_string(), zh_hant: chinese.clone(), zh_hans: chinese }
}

/// A minute as people write it.
pub(crate) fn minute(minute: Minute) -> Text {
    say([&day(minute.day()), &same(minute.time())], "{1} on {0}", "{0} {1}", "{0} {1}")
}

/// How good a source is.
pub(crate) fn grade(grade: Grade) -> Text {
    match grade {
        Grade::Official => say([], "official", "官方", "官方"),
        Grade::Restated => say([], "restated", "轉述", "转述"),
        Grade::Press => say([], "press", "報章及第三方", "报章及第三方"),
        Grade::House => say([], "house", "本處決定", "本处决定"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_filled_in_once_however_it_is_written() {
        let part = same("{1} of {0}");
        assert_eq!(say([&part], "at {0}.", "{0}", "{0}").en, "at {1} of {0}.");
        assert_eq!(filled("{0} {7} {", &["a"]), "a {7} {");
    }

    #[test]
    fn a_space_parts_chinese_from_a_number_and_from_nothing_else() {
        assert_eq!(filled("最多為 {0}，{1}", &["10", "餘額"]), "最多為 10，餘額");
        assert_eq!(filled("最多為 {0}", &["合資格成本的 10%"]), "最多為合資格成本的 10%");
        assert_eq!(filled("最多为 {0}", &["“甲”的 10%"]), "最多为“甲”的 10%");
        assert_eq!(filled("at most {0}", &["「甲」"]), "at most 「甲」");
    }

    #[test]
    fn shares_read_in_hundredths_where_they_are_exact() {
        for (written, read) in [("70%", "70%"), ("1/3", "1/3"), ("1/2", "50%"), ("12.5%", "12.5%"), ("1/8", "12.5%")] {
            assert_eq!(share(Share::parse(written).unwrap()).en, read);
        }
        assert_eq!(share(Share::parse_multiple("300%").unwrap()).en, "300%");
    }

    #[test]
    fn days_read_as_people_write_them() {
        let read = day(Day::parse("2025-02-05").unwrap());
        assert_eq!((read.en.as_str(), read.zh_hant.as_str()), ("5 February 2025", "2025年2月5日"));
    }

    #[test]
    fn lists_say_and_before_the_last() {
        assert_eq!(and(["a", "b", "c"].map(same)).en, "a, b and c");
        assert_eq!(or(["a"].map(same)).zh_hant, "a");
        assert_eq!(and(["a", "b", "c"].map(same)).zh_hant, "a、b 及 c");
        assert_eq!(or([same("a"), quoted(&same("b"))]).zh_hans, "a 或“b”");
    }
}
