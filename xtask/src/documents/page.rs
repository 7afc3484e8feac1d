//! One page of Markdown: its headings, links and blocks of code.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::name::{Name, names};

/// The checked parts of a page.
#[derive(Default)]
pub(super) struct Page {
    /// Its first heading.
    pub(super) title: String,
    /// The anchors of its headings.
    pub(super) anchors: BTreeSet<String>,
    pub(super) links: Vec<Link>,
    pub(super) blocks: Vec<Block>,
    pub(super) names: Vec<Name>,
}

/// A link or a picture.
pub(super) struct Link {
    pub(super) line: usize,
    pub(super) target: String,
}

/// A fenced block of code.
#[derive(Default)]
pub(super) struct Block {
    pub(super) line: usize,
    pub(super) language: String,
    pub(super) text: String,
}

impl Page {
    /// Reads it.
    pub(super) fn of(text: &str) -> Self {
        let mut reading = Reading::default();
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            reading.take(event, || line(text, &range));
        }
        reading.page.names = names(text).collect();
        reading.page
    }
}

/// The line of `range`, from 1.
fn line(text: &str, range: &Range<usize>) -> usize {
    let before = text.get(..range.start).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// A page as far as it has been read.
#[derive(Default)]
struct Reading {
    page: Page,
    heading: Option<String>,
    block: Option<Block>,
    /// How often a heading with these words has come.
    seen: BTreeMap<String, usize>,
}

impl Reading {
    fn take(&mut self, event: Event<'_>, line: impl Fn() -> usize) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.heading = Some(String::new()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let target = dest_url.to_string();
                let line = line();
                self.page.links.push(Link { line, target });
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                self.block = Some(Block {
                    line: line(),
                    language: language.to_string(),
                    text: String::new(),
                });
            }
            Event::Html(html) | Event::InlineHtml(html) => self.sources(&html, line),
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::End(TagEnd::Heading(_)) => self.end_heading(),
            Event::End(TagEnd::CodeBlock) => self.page.blocks.extend(self.block.take()),
            _ => {}
        }
    }

    /// The pictures of a piece of HTML.
    fn sources(&mut self, html: &str, line: impl Fn() -> usize) {
        let after = html.split("src=\"").skip(1);
        for target in after.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())) {
            let line = line();
            self.page.links.push(Link { line, target });
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.push_str(text);
        }
        if let Some(block) = &mut self.block {
            block.text.push_str(text);
        }
    }

    /// A second heading with the same words gets `-1`, the next `-2`, as in GitHub and mdBook.
    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else {
            return;
        };
        let anchor = anchor(&heading);
        if self.page.title.is_empty() {
            self.page.title = heading;
        }
        let before = self.seen.entry(anchor.clone()).or_default();
        self.page.anchors.insert(match *before {
            0 => anchor,
            number => format!("{anchor}-{number}"),
        });
        *before += 1;
    }
}

/// An anchor as in GitHub and mdBook: lower case, hyphens for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let characters = heading
        .trim()
        .chars()
        .filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            _ => Some(character).filter(|character| character.is_alphanumeric()),
        });
    characters.flat_map(char::to_lowercase).collect()
}
