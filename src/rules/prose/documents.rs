//! Documents that an application comes with, in words.

use super::Chapter;
use super::words::{quoted, same, say};
use super::writer::Writer;
use crate::attachment::MediaType;
use crate::scheme::{Document, Tables};

impl Writer<'_> {
    pub(super) fn documents(&mut self, documents: &Tables<Document>) {
        self.chapter(Chapter::Applicants);
        for (code, Document { name, required, types, mebibytes_max }) in documents {
            let name = quoted(name);
            let types = same(MediaType::listed(if types.is_empty() { &MediaType::ALL } else { types }));
            let text = match mebibytes_max {
                None => say(
                    [&name, &types],
                    "the document {0} is attached as {1}",
                    "文件{0}以 {1} 格式提交",
                    "文件{0}以 {1} 格式提交",
                ),
                Some(most) => say(
                    [&name, &types, &same(most.get_ref())],
                    "the document {0} is attached as {1}, each file of at most {2} MiB",
                    "文件{0}以 {1} 格式提交，每份不超過 {2} MiB",
                    "文件{0}以 {1} 格式提交，每份不超过 {2} MiB",
                ),
            };
            self.undated(format!("document.{code}"), text);
            if let Some(required) = required {
                self.needed(format!("document.{code}.required"), required, &name);
            }
        }
    }
}
