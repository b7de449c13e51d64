//! How a letter flows: its blocks as lines on pages, and the order in which they are read.
#![expect(clippy::float_arithmetic, reason = "places on a page are in points, of which there are 72 to the inch")]

mod chart;

pub(crate) use chart::{Pattern, Shape};

use crate::fonts::Fonts;
use chart::Chart;
use parley::{
    Alignment, AlignmentOptions, FontContext, FontFamily, FontWeight, Layout, LayoutContext, LineHeight, OverflowWrap,
    StyleProperty,
};
use rules::letter::{Block, Column, LetterText};
use rules::text::Sentence;
use std::borrow::Cow;
use std::rc::Rc;

/// A4, and what stays empty around what is read.
pub(crate) const PAGE: (f32, f32) = (595.28, 841.89);
pub(crate) const MARGIN: f32 = 62.0;
const TOP: f32 = 62.0;
const BOTTOM: f32 = 770.0;
/// Where the foot of a page stands.
const FOOT: f32 = 790.0;
const WIDTH: f32 = 595.28 - 2.0 * MARGIN;

const BODY: f32 = 10.5;
const SMALL: f32 = 9.0;
const HEADING: f32 = 12.5;
const TITLE: f32 = 18.0;

/// The language of words, as PDF names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// English, and what is the same in every language.
    English,
    /// Chinese as Hong Kong writes it.
    Chinese,
}

impl Tongue {
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-HK",
            Self::Chinese => "zh-Hant-HK",
        }
    }
}

/// What a part of a letter is to whoever has it read aloud.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// The heading of a level, with its words.
    Heading(u16, String),
    Paragraph,
    Table,
    Row,
    /// The head of a column.
    Head,
    Cell,
    List,
    Item,
    /// The sign before an item.
    Sign,
    Body,
    /// What is drawn, with what it says in words, and where it stands: on which page, from the left, from the top, how wide, how high.
    Figure {
        words: String,
        page: usize,
        place: (f32, f32, f32, f32),
    },
}

/// What is read, in its order.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    /// Something with parts.
    Group(Part, Vec<Self>),
    /// The lines with this number.
    Lines(usize),
}

/// Words, set in lines.
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) layout: Layout<()>,
    pub(crate) tongue: Tongue,
}

/// One line in its place.
pub(crate) struct Placed {
    /// Of which words.
    pub(crate) words: Rc<Words>,
    /// Which line of them.
    pub(crate) line: usize,
    /// Where the first line of the words would begin, were all of them on this page.
    pub(crate) at: (f32, f32),
    /// The number of what it belongs to; none at the foot of a page.
    pub(crate) lines: Option<usize>,
}

/// A page: its lines, what is drawn on it, and the heights of the rules that part the rows of tables.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) placed: Vec<Placed>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) rules: Vec<f32>,
}

/// A letter, set.
pub(crate) struct Set {
    pub(crate) pages: Vec<Page>,
    pub(crate) read: Vec<Read>,
    /// How many lines there are to read: the numbers of [`Read::Lines`].
    pub(crate) lines: usize,
}

/// Where the next thing goes.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Place {
    page: usize,
    y: f32,
}

struct Flow<'a> {
    fonts: &'a Fonts,
    context: FontContext,
    layouts: LayoutContext<()>,
    set: Set,
    place: Place,
}

/// How words are to look.
#[derive(Clone, Copy)]
struct Look {
    size: f32,
    bold: bool,
    alignment: Alignment,
}

impl Look {
    const fn of(size: f32) -> Self {
        Self { size, bold: false, alignment: Alignment::Start }
    }

    const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// Sets a letter.
pub(crate) fn set(text: &LetterText, sha256: &str, fonts: &Fonts) -> Set {
    let set = Set { pages: vec![Page::default()], read: Vec::new(), lines: 0 };
    let place = Place { page: 0, y: TOP };
    let mut flow = Flow { fonts, context: fonts.context(), layouts: LayoutContext::new(), set, place };
    if let Some(sender) = &text.sender {
        flow.sender(sender);
    }
    flow.heading(1, &text.title, Look::of(TITLE));
    for (place, block) in (1..).zip(&text.blocks) {
        // A chart does not stand on another page than its heading.
        if let (Block::Heading { .. }, Some(Block::Chart { groups, .. })) = (block, text.blocks.get(place)) {
            flow.make_room_for(groups);
        }
        flow.block(block);
    }
    flow.feet(&text.reference, sha256);
    flow.set
}

impl Flow<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { text } => {
                self.place.y += 8.0;
                self.heading(2, text, Look::of(HEADING));
            }
            Block::Paragraph { text } => {
                let read = self.sentence(text, (MARGIN, WIDTH), Look::of(BODY));
                self.set.read.extend(read.into_iter().map(|lines| Read::Group(Part::Paragraph, vec![lines])));
            }
            Block::List { items } => {
                let items = items.iter().map(|item| self.item(item)).collect();
                self.set.read.push(Read::Group(Part::List, items));
            }
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Chart { groups, scale, series, text } => {
                self.chart(&Chart { groups, scale: *scale, series, text });
            }
        }
        self.place.y += 4.0;
    }

    /// Who sends it, above everything else.
    fn sender(&mut self, text: &Sentence) {
        let read = self.sentence(text, (MARGIN, WIDTH), Look::of(BODY).bold());
        self.set.read.push(Read::Group(Part::Paragraph, read));
        self.place.y += 10.0;
    }

    /// A heading in both languages is one: it is read first in the one, then in the other.
    fn heading(&mut self, level: u16, text: &Sentence, look: Look) {
        // Not alone at the end of a page.
        if self.place.y > BOTTOM - 4.0 * look.size {
            self.next_page();
        }
        let read = self.sentence(text, (MARGIN, WIDTH), look.bold());
        let words = if text.en == text.zh_hant { text.en.clone() } else { format!("{} {}", text.en, text.zh_hant) };
        self.set.read.push(Read::Group(Part::Heading(level, words), read));
    }

    fn item(&mut self, item: &Sentence) -> Read {
        let from = self.place;
        let sign = self.words("•", (MARGIN, 12.0), (Tongue::English, Look::of(BODY)));
        // The item begins where its sign does, on this page or the next.
        self.place = Place { page: self.place.page, y: if from.page == self.place.page { from.y } else { TOP } };
        let body = self.sentence(item, (MARGIN + 14.0, WIDTH - 14.0), Look::of(BODY));
        Read::Group(Part::Item, vec![Read::Group(Part::Sign, sign), Read::Group(Part::Body, body)])
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<Sentence>]) {
        let widths = self.widths(columns, rows);
        let head = columns.iter().map(|column| &column.head).collect::<Vec<_>>();
        let mut read = vec![self.row((columns, &widths), &head, Part::Head)];
        for row in rows {
            let cells = row.iter().collect::<Vec<_>>();
            read.push(self.row((columns, &widths), &cells, Part::Cell));
        }
        self.set.read.push(Read::Group(Part::Table, read));
        self.place.y += 4.0;
    }

    /// How wide each column is: amounts need as much as the largest one, and the others share the rest by what they hold.
    fn widths(&mut self, columns: &[Column], rows: &[Vec<Sentence>]) -> Vec<f32> {
        const AMOUNT: f32 = 120.0;
        const NARROWEST: f32 = 90.0;
        const WIDEST: f32 = 420.0;
        let (mut widths, mut needed) = (Vec::with_capacity(columns.len()), Vec::with_capacity(columns.len()));
        for (index, column) in columns.iter().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(index)).chain([&column.head]);
            let words = cells.flat_map(tongues).collect::<Vec<_>>();
            let lay = |(words, tongue)| self.lay(words, f32::MAX, (tongue, Look::of(SMALL))).layout.width();
            let width = words.into_iter().map(lay).fold(0.0, f32::max);
            widths.push(width.clamp(NARROWEST, WIDEST));
            needed.push(width + 9.0);
        }
        let of = |amounts: bool| columns.iter().zip(&widths).filter(move |(column, _)| column.amounts == amounts);
        let (taken, shared) =
            (of(true).fold(0.0, |sum, _| sum + AMOUNT), of(false).fold(0.0, |sum, (_, width)| sum + width));
        let share = if shared > 0.0 { (WIDTH - taken) / shared } else { 1.0 };
        let wide = |(column, width): (&Column, &f32)| if column.amounts { AMOUNT } else { width * share };
        let mut wide = columns.iter().zip(&widths).map(wide).collect::<Vec<_>>();
        // Short words, such as days, are not broken for the sake of long ones.
        for place in 0..wide.len() {
            let lacking = needed.get(place).zip(wide.get(place)).map(|(needed, wide)| needed - wide);
            let is_short = needed.get(place).is_some_and(|needed| *needed <= NARROWEST);
            let Some(lacking) = lacking.filter(|lacking| is_short && *lacking > 0.0) else { continue };
            if let Some(widest) = wide.iter_mut().max_by(|one, other| one.total_cmp(other)) {
                *widest -= lacking;
            }
            wide.iter_mut().skip(place).take(1).for_each(|narrow| *narrow += lacking);
        }
        wide
    }

    /// A row is kept on one page where it fits on one at all.
    fn row(&mut self, (columns, widths): (&[Column], &[f32]), cells: &[&Sentence], part: Part) -> Read {
        let head = matches!(part, Part::Head);
        let looks = columns.iter().map(|column| Look {
            size: SMALL,
            bold: head,
            alignment: if column.amounts { Alignment::End } else { Alignment::Start },
        });
        let looks = looks.collect::<Vec<_>>();
        let of_each = || cells.iter().zip(widths).zip(&looks);
        let heights = of_each().map(|((cell, width), look)| {
            tongues(cell)
                .map(|(words, tongue)| self.lay(words, width - 8.0, (tongue, *look)).layout.height())
                .sum::<f32>()
        });
        let height = heights.collect::<Vec<_>>().into_iter().fold(0.0_f32, f32::max) + 6.0;
        if self.place.y + height > BOTTOM && height < BOTTOM - TOP {
            self.next_page();
        }
        self.place.y += 2.0;
        let (from, mut end, mut x, mut read) = (self.place, self.place, MARGIN, Vec::new());
        for ((cell, width), look) in of_each().map(|((cell, width), look)| ((*cell, *width), *look)).collect::<Vec<_>>()
        {
            self.place = from;
            let lines = self.sentence(cell, (x, width - 8.0), look);
            read.push(Read::Group(part.clone(), lines));
            if self.place > end {
                end = self.place;
            }
            x += width;
        }
        self.place = Place { y: end.y + 2.0, ..end };
        if let Some(page) = self.set.pages.get_mut(end.page) {
            page.rules.push(self.place.y);
        }
        Read::Group(Part::Row, read)
    }

    /// Words in both languages, one under the other; once where they are the same.
    fn sentence(&mut self, text: &Sentence, (x, width): (f32, f32), look: Look) -> Vec<Read> {
        let said = tongues(text).map(|(words, tongue)| (words.to_owned(), tongue)).collect::<Vec<_>>();
        said.into_iter().flat_map(|(words, tongue)| self.words(&words, (x, width), (tongue, look))).collect()
    }

    /// Words in their lines, from here on.
    fn words(&mut self, text: &str, (x, width): (f32, f32), how: (Tongue, Look)) -> Vec<Read> {
        let mut read = Vec::new();
        for paragraph in text.split('\n').filter(|words| !words.trim().is_empty()) {
            let words = Rc::new(self.lay(paragraph, width, how));
            let number = self.set.lines;
            self.set.lines = number.saturating_add(1);
            for (line, set) in words.layout.lines().enumerate() {
                let metrics = set.metrics();
                let height = metrics.block_max_coord - metrics.block_min_coord;
                if self.place.y + height > BOTTOM {
                    self.next_page();
                }
                let at = (x, self.place.y - metrics.block_min_coord);
                let placed = Placed { words: Rc::clone(&words), line, at, lines: Some(number) };
                if let Some(page) = self.set.pages.get_mut(self.place.page) {
                    page.placed.push(placed);
                }
                self.place.y += height;
            }
            read.push(Read::Lines(number));
        }
        read
    }

    fn lay(&mut self, text: &str, width: f32, (tongue, look): (Tongue, Look)) -> Words {
        let mut builder = self.layouts.ranged_builder(&mut self.context, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Owned(self.fonts.families()))));
        builder.push_default(StyleProperty::FontSize(look.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.4)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        builder.push_default(StyleProperty::Locale(tongue.tag().parse().ok()));
        if look.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        layout.align(look.alignment, AlignmentOptions::default());
        Words { text: text.to_owned(), layout, tongue }
    }

    /// What stands below stands on the next page, which another column of a row may have begun.
    fn next_page(&mut self) {
        let next = self.place.page.saturating_add(1);
        if next == self.set.pages.len() {
            self.set.pages.push(Page::default());
        }
        self.place = Place { page: next, y: TOP };
    }

    /// The foot of each page: which letter this is, which page of how many, and the hash by which its text is known.
    fn feet(&mut self, reference: &str, sha256: &str) {
        let count = self.set.pages.len();
        for index in 0..count {
            let number = index.saturating_add(1);
            let foot = format!("{reference}    {number} / {count}\nSHA-256 {sha256}");
            for (foot, y) in foot.lines().zip([FOOT, FOOT + 11.0]) {
                let words = Rc::new(self.lay(foot, WIDTH, (Tongue::English, Look::of(7.5))));
                let placed = Placed { words, line: 0, at: (MARGIN, y), lines: None };
                if let Some(page) = self.set.pages.get_mut(index) {
                    page.placed.push(placed);
                }
            }
        }
    }
}

/// The words of a sentence with their languages; once where they are the same.
fn tongues(text: &Sentence) -> impl Iterator<Item = (&str, Tongue)> {
    let once = (text.en == text.zh_hant).then_some((text.en.as_str(), Tongue::English));
    let both =
        once.is_none().then_some([(text.en.as_str(), Tongue::English), (text.zh_hant.as_str(), Tongue::Chinese)]);
    once.into_iter().chain(both.into_iter().flatten())
}
