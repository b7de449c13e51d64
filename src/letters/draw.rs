//! How a set letter becomes a PDF: its lines as glyphs with the words behind them, and the tree by which it is read aloud.
#![expect(clippy::float_arithmetic, reason = "places on a page are in points, of which there are 72 to the inch")]

use crate::Fault;
use crate::flow::{MARGIN, PAGE, Part, Pattern, Placed, Read, Set, Shape, Tongue};
use chrono::Datelike;
use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use parley::Run;
use rules::letter::LetterText;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroU16;

/// Fonts of the PDF by the fonts of the lines.
type Faces = HashMap<(u64, u32), Font>;

/// Draws a letter.
pub(crate) fn draw(text: &LetterText, sha256: &str, set: &Set) -> Result<Vec<u8>, Fault> {
    let settings = SerializeSettings { configuration: configuration()?, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut drawn: Vec<Vec<Identifier>> = vec![Vec::new(); set.lines];
    let (mut faces, mut outline) = (Faces::new(), Outline::new());
    for page in &set.pages {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Fault::NotConforming("the page".to_owned()))?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        for placed in &page.placed {
            let span = SpanTag::empty().with_lang(Some(placed.words.tongue.tag()));
            let tag = match placed.lines {
                Some(_) => ContentTag::Span(span),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)),
            };
            let identifier = surface.start_tagged(tag);
            line(&mut surface, placed, &mut faces)?;
            surface.end_tagged();
            if let Some(of) = placed.lines.and_then(|number| drawn.get_mut(number)) {
                of.push(identifier);
            }
        }
        for shapes in page.shapes.chunk_by(|one, other| one.lines == other.lines) {
            let identifier = surface.start_tagged(ContentTag::Other);
            shapes.iter().for_each(|shape| draw_shape(&mut surface, shape));
            surface.end_tagged();
            if let Some(of) = shapes.first().and_then(|shape| drawn.get_mut(shape.lines)) {
                of.push(identifier);
            }
        }
        for y in &page.rules {
            rule(&mut surface, *y);
        }
        surface.finish();
        sheet.finish();
    }
    let title = format!("{} {} — {}", text.title.en, text.title.zh_hant, text.reference);
    outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    document.set_metadata(metadata(text, sha256, title));
    let mut tree = TagTree::new().with_lang(Some(Tongue::English.tag().to_owned()));
    for read in &set.read {
        nodes(read, &drawn).into_iter().for_each(|node| tree.push(node));
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|error| Fault::NotConforming(format!("{error:?}")))
}

fn configuration() -> Result<krilla::configure::Configuration, Fault> {
    let builder = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    builder.finish().map_err(|error| Fault::NotConforming(format!("{error:?}")))
}

/// What the file says of itself. Its instant is the day of the letter, so that the same text gives the same file.
fn metadata(text: &LetterText, sha256: &str, title: String) -> Metadata {
    let date = text.day.date();
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
    let day = DateTime::new(u16::try_from(date.year()).unwrap_or_default()).month(month).day(day);
    let day = day.hour(0).minute(0).second(0).utc_offset_hour(8).utc_offset_minute(0);
    let authors = text.sender.iter().map(|sender| sender.en.clone()).collect();
    Metadata::new()
        .title(title)
        .authors(authors)
        .language(Tongue::English.tag().to_owned())
        .creator("Almoner".to_owned())
        .creation_date(day)
        .document_id(sha256.to_owned())
}

fn nodes(read: &Read, drawn: &[Vec<Identifier>]) -> Vec<Node> {
    match read {
        Read::Lines(number) => drawn.get(*number).into_iter().flatten().map(|id| Node::Leaf(*id)).collect(),
        Read::Group(part, parts) => {
            let children = parts.iter().flat_map(|part| nodes(part, drawn)).collect();
            vec![Node::Group(TagGroup::with_children(tag(part), children))]
        }
    }
}

fn tag(part: &Part) -> TagKind {
    match part {
        Part::Heading(level, words) => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(words.clone())).into()
        }
        Part::Paragraph => Tag::P.into(),
        Part::Table => Tag::Table.into(),
        Part::Row => Tag::TR.into(),
        Part::Head => Tag::TH(TableHeaderScope::Column).into(),
        Part::Cell => Tag::TD.into(),
        Part::List => Tag::L(ListNumbering::Disc).into(),
        Part::Item => Tag::LI.into(),
        Part::Sign => Tag::Lbl.into(),
        Part::Body => Tag::LBody.into(),
        Part::Figure { words, page, place: (x, y, width, height) } => {
            let place = Rect::from_xywh(*x, *y, *width, *height).map(|place| BBox::new(*page, place));
            Tag::Figure(Some(words.clone())).with_bbox(place).into()
        }
    }
}

/// One line, run by run.
fn line(surface: &mut Surface<'_>, placed: &Placed, faces: &mut Faces) -> Result<(), Fault> {
    let Some(line) = placed.words.layout.get(placed.line) else { return Ok(()) };
    let metrics = line.metrics();
    let (mut x, y) = (placed.at.0 + metrics.offset, placed.at.1 + metrics.baseline);
    for run in line.runs() {
        let font = run.font().clone();
        let key = (font.data.id(), font.index);
        let face = match faces.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let (bytes, _) = font.data.into_raw_parts();
                let face = Font::new(bytes.into(), font.index);
                new.insert(face.ok_or_else(|| Fault::NotConforming("a font cannot be embedded".to_owned()))?)
            }
        };
        let glyphs = glyphs(&run);
        surface.set_fill(Some(Fill::default()));
        // A family without a bold face gets a thicker line.
        let thicker = Stroke { width: run.font_size() * 0.03, ..Stroke::default() };
        surface.set_stroke(run.synthesis().embolden().then_some(thicker));
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, face.clone(), &placed.words.text, run.font_size(), false);
        x += run.advance();
    }
    surface.set_stroke(None);
    Ok(())
}

/// The glyphs of a run with the words that they stand for.
fn glyphs<'a>(run: &'a Run<'a, ()>) -> Vec<KrillaGlyph> {
    let size = run.font_size();
    let mut glyphs: Vec<KrillaGlyph> = Vec::new();
    for cluster in run.visual_clusters() {
        if cluster.is_ligature_continuation() {
            if let Some(glyph) = glyphs.last_mut() {
                glyph.text_range.end = cluster.text_range().end;
            }
            continue;
        }
        glyphs.extend(cluster.glyphs().map(|glyph| {
            let id = GlyphId::new(glyph.id);
            let advance = glyph.advance / size;
            KrillaGlyph::new(id, advance, glyph.x / size, glyph.y / size, 0.0, cluster.text_range(), None)
        }));
    }
    glyphs
}

/// A bar or a line of a chart: what is planned is hatched, what is paid is filled, so that they are told apart without colour.
fn draw_shape(surface: &mut Surface<'_>, shape: &Shape) {
    const GREY: u8 = 70;
    let (x, y, width, height) = shape.place;
    let outline = Stroke { width: 0.6, ..Stroke::default() };
    let (fill, stroke) = match shape.pattern {
        Pattern::Solid => (Some(Fill { paint: luma::Color::new(GREY).into(), ..Fill::default() }), outline),
        Pattern::Hatched => (None, outline),
        Pattern::Axis => (None, Stroke { width: 0.5, ..Stroke::default() }),
    };
    surface.set_fill(fill);
    surface.set_stroke(Some(stroke));
    let mut path = PathBuilder::new();
    if shape.pattern == Pattern::Axis {
        path.move_to(x, y);
        path.line_to(x + width, y + height);
    } else if let Some(bar) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(bar);
    }
    path.finish().iter().for_each(|path| surface.draw_path(path));
    if shape.pattern == Pattern::Hatched {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { width: 0.4, ..Stroke::default() }));
        hatching(shape.place).iter().for_each(|path| surface.draw_path(path));
    }
    surface.set_stroke(None);
}

/// Lines across a bar from below left to above right, each as far as the bar goes.
fn hatching((x, y, width, height): (f32, f32, f32, f32)) -> Option<Path> {
    const STEP: f32 = 4.0;
    let mut path = PathBuilder::new();
    let mut from = STEP - height;
    while from < width {
        let (left, right) = (from.max(0.0), (from + height).min(width));
        path.move_to(x + left, y + height - (left - from));
        path.line_to(x + right, y + height - (right - from));
        from += STEP;
    }
    path.finish()
}

/// A thin rule under a row of a table; it says nothing.
fn rule(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(MARGIN, y);
    path.line_to(PAGE.0 - MARGIN, y);
    if let Some(path) = path.finish() {
        let _artifact = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { width: 0.3, ..Stroke::default() }));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}
