//! A set letter is a PDF of the words it is made of, the same each time, whatever is written in it.

use super::*;
use rules::calendar::Day;
use rules::letter::{Bars, Block, Column, LetterKind};
use rules::money::Cents;
use rules::text::Sentence;

fn fonts() -> Fonts {
    let files = std::fs::read_dir("/usr/share/fonts/truetype/wqy").expect("apt-get install fonts-wqy-microhei");
    Fonts::of(files.map(|file| std::fs::read(file.unwrap().path()).unwrap())).unwrap()
}

fn both(en: &str, zh_hant: &str) -> Sentence {
    Sentence { en: en.to_owned(), zh_hant: zh_hant.to_owned() }
}

fn letter(blocks: Vec<Block>) -> LetterText {
    let title = both("Offer of a grant", "資助要約");
    LetterText {
        blocks,
        day: Day::parse("2025-03-06").unwrap(),
        kind: LetterKind::Offer,
        reference: "NIAS-2025-000001".to_owned(),
        sender: Some(both("Grants Office", "資助辦事處")),
        title,
    }
}

fn paragraph(en: &str, zh_hant: &str) -> Block {
    Block::Paragraph { text: both(en, zh_hant) }
}

fn table(rows: usize, words: &str) -> Block {
    let columns = vec![
        Column { amounts: false, head: both("Step", "步驟") },
        Column { amounts: true, head: both("Amount", "款額") },
    ];
    let rows = (0..rows).map(|_| vec![both(words, "按比例計算"), both("HK$1,234.00", "HK$1,234.00")]).collect();
    Block::Table { columns, rows }
}

/// So many groups of two bars, of a scale of 100.00.
fn chart(groups: usize, label: &str) -> Block {
    let amounts = vec![Cents::new(10_000), Cents::new(3_333)];
    let groups = vec![Bars { amounts, label: both(label, "首期") }; groups];
    let series = vec![both("Planned", "計劃款額"), both("Paid", "已付款額")];
    let text = both("Planned HK$100.00, paid HK$33.33.", "計劃 HK$100.00，已付 HK$33.33。");
    Block::Chart { groups, scale: Cents::new(10_000), series, text }
}

fn is_a_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF")
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

#[test]
fn a_letter_is_a_tagged_pdf_and_the_same_each_time() {
    let text = letter(vec![
        Block::Heading { text: both("The offer", "要約") },
        paragraph("A grant of at most HK$100.00 is offered.", "現就此發出資助要約，資助額上限為 HK$100.00。"),
        Block::List {
            items: vec![both("Name the director.", "Name the director."), both("Report.", "提交報告。")]
        },
        table(3, "What the ratio adds"),
    ]);
    let fonts = fonts();
    let once = pdf(&text, "abc", &fonts).unwrap();
    assert!(is_a_pdf(&once));
    for (marks, what) in
        [("/MarkInfo", "tagged"), ("pdfuaid:part", "PDF/UA"), ("/Lang", "a language"), ("/FontFile", "fonts")]
    {
        assert!(has(&once, marks.as_bytes()), "{what}");
    }
    assert!(once == pdf(&text, "abc", &self::fonts()).unwrap());
    assert!(once.len() < 100_000, "{}", once.len());
}

#[test]
fn what_is_longer_than_a_page_goes_on_on_the_next() {
    let fonts = fonts();
    let pages = |blocks| flow::set(&letter(blocks), "abc", &fonts).pages.len();
    let long = "A condition that is long enough to fill a line or two. ".repeat(200);
    assert_eq!(pages(vec![paragraph("Short.", "短。")]), 1);
    for blocks in [
        vec![paragraph(&long, &"條件".repeat(1_000))],
        vec![table(100, "a step")],
        // One row that no page holds.
        vec![table(1, &long)],
        vec![Block::List { items: vec![both(&long, &long); 2] }],
    ] {
        assert!(pages(blocks.clone()) > 1);
        assert!(is_a_pdf(&pdf(&letter(blocks), "abc", &fonts).unwrap()));
    }
}

#[test]
fn a_chart_stands_on_one_page_and_is_a_figure_with_its_figures_in_words() {
    let fonts = fonts();
    let blocks = vec![table(25, "a step"), chart(10, "First instalment"), chart(1, "Last instalment")];
    let text = letter(blocks);
    let set = flow::set(&text, "abc", &fonts);
    let drawn = set.pages.iter().map(|page| page.shapes.len()).collect::<Vec<_>>();
    // Two samples of the legend, two bars a group, two lines and three marks of the axis.
    assert_eq!(drawn, [0, 2 + 20 + 5 + 2 + 2 + 5], "the first chart did not go over to the second page as a whole");
    let figures = set.read.iter().filter_map(|read| match read {
        flow::Read::Group(flow::Part::Figure { words, page, .. }, parts) => Some((words.as_str(), *page, parts.len())),
        _ => None,
    });
    let words = "Planned HK$100.00, paid HK$33.33. 計劃 HK$100.00，已付 HK$33.33。";
    // The bars, the legend and labels in both languages, the figures beside the bars and on the axis.
    assert_eq!(figures.collect::<Vec<_>>(), [(words, 1, 1 + 4 + 10 * 4 + 3), (words, 1, 1 + 4 + 4 + 3)]);
    let once = pdf(&text, "abc", &fonts).unwrap();
    assert!(is_a_pdf(&once) && once == pdf(&text, "abc", &fonts).unwrap());
    for (groups, label) in [(0, ""), (200, "more than a page holds"), (1, &*"長".repeat(500))] {
        assert!(is_a_pdf(&pdf(&letter(vec![chart(groups, label)]), "abc", &fonts).unwrap()), "{groups}");
    }
}

#[test]
fn whatever_an_applicant_writes_can_be_set() {
    let fonts = fonts();
    let words = [
        "",
        " ",
        "\n\n",
        "a\nb",
        "\u{0}\u{1}\u{7f}",
        "😀 👨‍👩‍👧 ❤️",
        "مرحبا بالعالم",
        "हैलो",
        "e\u{301}a\u{0300}",
        "\u{feff}\u{fffe}\u{ffff}",
        "\u{e000}\u{f8ff}\u{100000}",
        "\u{202e}turned\u{202c}",
        "fi ffl ﬁ",
        "衞説𨋢喺嘅",
        "<b>#let x = 1</b> $x$ \\",
        "\u{ad}\u{2028}\u{2029}",
    ];
    let long = "x".repeat(3_000);
    for words in words.into_iter().chain([long.as_str()]) {
        let blocks = vec![paragraph(words, "同"), Block::List { items: vec![both(words, words)] }, table(2, words)];
        let set = pdf(&letter(blocks), "abc", &fonts);
        assert!(set.as_ref().is_ok_and(|bytes| is_a_pdf(bytes)), "{words:?} {:?}", set.err());
    }
}

#[test]
fn a_character_that_no_font_has_is_shown_as_missing_and_one_that_is_not_seen_is_left_out() {
    let fonts = fonts();
    let set = |words| match fonts.settable(&letter(vec![paragraph(words, "")])).blocks.remove(0) {
        Block::Paragraph { text } => text.en,
        other => panic!("{other:?}"),
    };
    for (words, as_set) in
        [("a😀b", "a〓b"), ("a\u{202e}b\u{feff}", "ab"), ("a\tb\u{a0}c", "a b c"), ("資助\nb", "資助\nb")]
    {
        assert_eq!(set(words), as_set);
    }
}

#[test]
fn files_without_a_font_of_both_scripts_set_nothing() {
    let latin = std::fs::read("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").ok();
    for files in [vec![], vec![b"no font".to_vec()], latin.into_iter().collect()] {
        assert_eq!(Fonts::of(files).err(), Some(Fault::NoFont));
    }
}
