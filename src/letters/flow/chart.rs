//! A chart of bars: drawn as paths, told apart by their pattern and not by colour, with its figures beside them and on its axis.

use super::{BOTTOM, Flow, Look, MARGIN, Part, Place, Read, TOP, Tongue, WIDTH};
use parley::Alignment;
use rules::calculation::money;
use rules::letter::Bars;
use rules::money::Cents;
use rules::text::Sentence;

/// How wide what stands before the bars is, and how much room their figures have after the longest of them.
const LABELS: f32 = 128.0;
const FIGURES: f32 = 92.0;
const LONGEST: f32 = WIDTH - LABELS - FIGURES;
const BAR: f32 = 9.0;
const BESIDE: f32 = 3.0;
/// Between two groups.
const APART: f32 = 8.0;
const SWATCH: f32 = 16.0;
/// The largest figures are those of words in a table.
const WORDS: f32 = 8.0;
const TICK: f32 = 3.0;
/// What the legend takes, in both languages, and the axis with its figures.
const HEAD: f32 = 2.0 * WORDS * 1.4 + 4.0;
const FOOT: f32 = 16.0;
/// What a heading before a chart takes.
const HEADING: f32 = 56.0;

/// Something that is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// From the left, from the top, how wide, how high.
    pub(crate) place: (f32, f32, f32, f32),
    pub(crate) pattern: Pattern,
    /// The number of what it belongs to.
    pub(crate) lines: usize,
}

/// How a shape is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// An outline with lines across it.
    Hatched,
    /// Filled.
    Solid,
    /// A line of the axis.
    Axis,
}

impl Pattern {
    const fn of(series: usize) -> Self {
        if series == 0 { Self::Hatched } else { Self::Solid }
    }
}

/// What a chart is drawn of.
pub(crate) struct Chart<'a> {
    pub(crate) groups: &'a [Bars],
    pub(crate) scale: Cents,
    pub(crate) series: &'a [Sentence],
    pub(crate) text: &'a Sentence,
}

impl Flow<'_> {
    /// Draws a chart, on one page.
    pub(super) fn chart(&mut self, chart: &Chart<'_>) {
        let heights = chart.groups.iter().map(|group| self.height_of(group)).collect::<Vec<_>>();
        let height = heights.iter().sum::<f32>() + HEAD + FOOT;
        self.keep_together(height);
        let (page, top) = (self.place.page, self.place.y);
        let lines = self.set.lines;
        self.set.lines = lines.saturating_add(1);
        let mut read = vec![Read::Lines(lines)];
        read.extend(self.legend(chart.series, lines));
        let mut y = top + HEAD;
        for (group, height) in chart.groups.iter().zip(heights) {
            read.extend(self.group(group, (chart.scale, y), lines));
            y += height;
        }
        read.extend(self.axis(chart.scale, (top + HEAD - 4.0, y), lines));
        self.place = Place { page, y: y + FOOT };
        let words = format!("{} {}", chart.text.en, chart.text.zh_hant);
        let part = Part::Figure { words, page, place: (MARGIN, top, WIDTH, height) };
        self.set.read.push(Read::Group(part, read));
    }

    /// Room for a heading and the chart after it, on the next page where this one has not as much.
    pub(super) fn make_room_for(&mut self, groups: &[Bars]) {
        let heights = groups.iter().map(|group| self.height_of(group)).sum::<f32>();
        self.keep_together(HEADING + HEAD + heights + FOOT);
    }

    fn keep_together(&mut self, height: f32) {
        if self.place.y + height > BOTTOM && height < BOTTOM - TOP {
            self.next_page();
        }
    }

    /// How much room a group takes: its bars, or its name where that is longer.
    fn height_of(&mut self, group: &Bars) -> f32 {
        let said = super::tongues(&group.label).map(|(words, tongue)| (words.to_owned(), tongue)).collect::<Vec<_>>();
        let label = said
            .into_iter()
            .map(|(words, tongue)| self.lay(&words, LABELS - 8.0, (tongue, Look::of(WORDS))).layout.height());
        let label = label.sum::<f32>();
        let bars = group.amounts.iter().fold(0.0, |sum, _| sum + BAR + BESIDE);
        f32::max(label, bars) + APART
    }

    /// What the patterns mean.
    fn legend(&mut self, series: &[Sentence], lines: usize) -> Vec<Read> {
        let (from, mut x, mut read) = (self.place, MARGIN + LABELS, Vec::new());
        for (place, name) in series.iter().enumerate() {
            self.shape((x, from.y + 2.0, SWATCH, BAR), Pattern::of(place), lines);
            self.place = from;
            read.extend(self.sentence(name, (x + SWATCH + 4.0, 110.0), Look::of(WORDS)));
            x += SWATCH + 120.0;
        }
        self.place = from;
        read
    }

    /// The name of a group, its bars, and their figures.
    fn group(&mut self, group: &Bars, (scale, y): (Cents, f32), lines: usize) -> Vec<Read> {
        let page = self.place.page;
        self.place = Place { page, y };
        let mut read = self.sentence(&group.label, (MARGIN, LABELS - 8.0), Look::of(WORDS));
        let mut y = y;
        for (place, amount) in group.amounts.iter().enumerate() {
            let long = part(*amount, scale) * LONGEST;
            if *amount > Cents::ZERO {
                self.shape((MARGIN + LABELS, y, long, BAR), Pattern::of(place), lines);
            }
            self.place = Place { page, y: y - 1.5 };
            let figure = (MARGIN + LABELS + long + 4.0, FIGURES + LONGEST);
            read.extend(self.words(&money(*amount), figure, (Tongue::English, Look::of(WORDS))));
            y += BAR + BESIDE;
        }
        self.place = Place { page, y };
        read
    }

    /// The line at which the bars begin, the one that measures them, and what its marks stand for.
    fn axis(&mut self, scale: Cents, (top, bottom): (f32, f32), lines: usize) -> Vec<Read> {
        let (from, page, mut read) = (MARGIN + LABELS, self.place.page, Vec::new());
        self.shape((from, top, 0.0, bottom - top), Pattern::Axis, lines);
        self.shape((from, bottom, LONGEST, 0.0), Pattern::Axis, lines);
        for mark in marks(scale) {
            let x = from + part(mark, scale) * LONGEST;
            self.shape((x, bottom, 0.0, TICK), Pattern::Axis, lines);
            self.place = Place { page, y: bottom + TICK };
            let said = money(mark);
            let said = said.strip_suffix(".00").unwrap_or(&said);
            let look = Look { alignment: Alignment::Center, ..Look::of(7.0) };
            read.extend(self.words(said, (x - 45.0, 90.0), (Tongue::English, look)));
        }
        read
    }

    fn shape(&mut self, place: (f32, f32, f32, f32), pattern: Pattern, lines: usize) {
        if let Some(page) = self.set.pages.get_mut(self.place.page) {
            page.shapes.push(Shape { place, pattern, lines });
        }
    }
}

/// Which part of a scale an amount is, in ten-thousandths, which is finer than a printer: whole numbers as far as they go.
fn part(amount: Cents, scale: Cents) -> f32 {
    let parts = i128::from(amount.get()).saturating_mul(10_000).checked_div(i128::from(scale.get().max(1)));
    let parts = parts.and_then(|parts| u16::try_from(parts).ok()).unwrap_or_default();
    f32::from(parts.min(10_000)) / 10_000.0
}

/// At which amounts an axis has a mark: at nothing, and at round steps, of which there are no more than three.
fn marks(scale: Cents) -> Vec<Cents> {
    let whole = scale.get();
    let mut power = 1_i64;
    while power.saturating_mul(10) <= whole {
        power = power.saturating_mul(10);
    }
    let steps = [5, 10, 25, 50].map(|tenths: i64| power.saturating_mul(tenths).checked_div(10).unwrap_or_default());
    let step = steps.into_iter().find(|step| *step > 0 && whole.checked_div(*step).is_some_and(|count| count <= 3));
    let Some(step) = step.filter(|_| whole > 0) else { return vec![Cents::ZERO] };
    (0..=whole.checked_div(step).unwrap_or_default()).map(|count| Cents::new(step.saturating_mul(count))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_marks_and_a_bar_is_as_long_as_its_part_of_the_scale() {
        for (scale, expected) in [
            (0, vec![0]),
            (1, vec![0, 1]),
            (75_000, vec![0, 25_000, 50_000, 75_000]),
            (100_000, vec![0, 50_000, 100_000]),
            (2_250_000_000, vec![0, 1_000_000_000, 2_000_000_000]),
            (999_999_999, vec![0, 250_000_000, 500_000_000, 750_000_000]),
        ] {
            let marks = marks(Cents::new(scale)).into_iter().map(Cents::get).collect::<Vec<_>>();
            assert_eq!(marks, expected, "{scale}");
        }
        for (amount, scale, expected) in [(0, 0, 0.0), (0, 9, 0.0), (1, 3, 0.3333), (9, 9, 1.0), (i64::MAX, 1, 0.0)] {
            assert!((part(Cents::new(amount), Cents::new(scale)) - expected).abs() < f32::EPSILON, "{amount}");
        }
    }
}
