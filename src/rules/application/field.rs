//! What the fields of an application are called, for whoever is asked to change them.

use crate::scheme::Scheme;
use crate::text::Text;

/// What a field is called, by its pointer: the scheme's own words where it has some.
#[must_use]
pub fn field_name(pointer: &str, scheme: &Scheme) -> Option<Text> {
    let file = &scheme.file;
    let path = pointer.strip_prefix('/')?;
    Some(match path.split('/').collect::<Vec<_>>().as_slice() {
        ["summary"] => text("Summary", "項目摘要", "项目摘要"),
        ["starts_on"] => text("Start of the project", "項目開始日期", "项目开始日期"),
        ["milestones"] => text("Milestones", "項目里程碑", "项目里程碑"),
        ["people"] => text("People", "項目人員", "项目人员"),
        ["quotations"] => text("Quotations", "報價", "报价"),
        ["documents"] => text("Documents", "文件", "文件"),
        ["request", "requested"] => text("Amount asked for", "申請金額", "申请金额"),
        ["request", "project", "stages"] => text("Stages and their cost", "各階段及成本", "各阶段及成本"),
        ["answers", code] => file.form.question.get(*code)?.name.clone(),
        ["documents", code] => file.document.get(*code)?.name.clone(),
        ["request", "applicant", "facts", code] => file.facts.applicant.get(*code)?.name.clone(),
        ["request", "project", "facts", code] => file.facts.project.get(*code)?.name.clone(),
        ["request", "project", "stages", _, part] => match *part {
            "costs" => text("Cost of a stage", "階段成本", "阶段成本"),
            "contributions" => text("Contributions to a stage", "階段出資", "阶段出资"),
            "posts" => text("Posts of a stage", "階段職位", "阶段职位"),
            "months" => text("Length of a stage", "階段為期", "阶段为期"),
            _ => return None,
        },
        _ => return None,
    })
}

fn text(en: &str, zh_hant: &str, zh_hans: &str) -> Text {
    Text { en: en.to_owned(), zh_hant: zh_hant.to_owned(), zh_hans: zh_hans.to_owned() }
}
