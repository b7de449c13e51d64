//! How a set letter becomes a PDF: its lines as glyphs with the words behind them, and the tree by which it is read aloud.
#![expect(clippy::float_arithmetic, reason = "places on a page are in points, of which there are 72 to the inch")]

use crate::Fault;
use crate::flow::{MARGIN, PAGE, Part, Placed, Read, Set, Tongue};
use chrono::Datelike;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagKind, TagTree,
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
