//! What a scheme gives in words: what it is, how contributions are matched, what counts, and which costs are eligible.

use super::tiers::{of_ratio, of_share};
use super::words::{and, quoted, say, share};
use super::writer::Writer;
use super::{Chapter, given};
use crate::calculation::Form;
use crate::dated::{Dated, Entry, Known};
use crate::money::Rounding;
use crate::scheme::{
    Category, CategoryList, Cost, Counts, Forms, Matching, Plain, RatioRule, SchemeKind, ShareRule, Tables, Treatment,
};

impl Writer<'_> {
    pub(super) fn kind(&mut self, kind: SchemeKind) {
        let kind = match kind {
            SchemeKind::Grant => say(
                [],
                "the scheme gives grants, which are not paid back",
                "計劃提供資助，無須償還",
                "计划提供资助，无须偿还",
            ),
            SchemeKind::Investment => say(
                [],
                "the scheme invests: what it gives is capital, paid by capital calls",
                "計劃作出投資：所撥付的是資本，透過催繳資本支付",
                "计划作出投资：所拨付的是资本，通过催缴资本支付",
            ),
            SchemeKind::Deduction => say(
                [],
                "the scheme is a deduction from what is taxed: no money is given",
                "計劃從應評稅利潤中作出扣除：不發放款項",
                "计划从应评税利润中作出扣除：不发放款项",
            ),
        };
        self.undated("kind", kind);
    }

    pub(super) fn rounding(&mut self, rounding: &Plain<Rounding>) {
        self.chapter(Chapter::Matching);
        let subject = say([], "fractions of a cent", "不足一仙的零數", "不足一仙的零数");
        self.dated("rounding", &rounding.is, &subject, |rounding| match rounding {
            Rounding::Down => {
                say([], "a fraction of a cent is left out", "不足一仙的零數不予計算", "不足一仙的零数不予计算")
            }
            Rounding::HalfUp => {
                say([], "amounts are rounded to the nearest cent", "金額四捨五入至仙", "金额四舍五入至仙")
            }
        });
    }

    pub(super) fn matching(&mut self, matching: &Matching) {
        let Matching { ratio, share, in_kind_share, in_kind_excess, requires } = matching;
        self.ratios(ratio, share);
        self.shares(share);
        self.chapter(Chapter::Contribution);
        for (stage, Plain { is }) in in_kind_share {
            let stage_name = self.names().stage(stage);
            let subject = say([&stage_name], "the part in kind in {0}", "{0}的實物出資比例", "{0}的实物出资比例");
            self.dated(format!("matching.in_kind_share.{stage}"), is, &subject, |part| {
                let parts = [&stage_name, &super::words::share(*part)];
                say(
                    parts,
                    "contributions in kind may be at most {1} of what counts in {0}",
                    "{0}的實物出資最多可佔計算在內出資的 {1}",
                    "{0}的实物出资最多可占计算在内出资的 {1}",
                )
            });
        }
        for (stage, Plain { is }) in in_kind_excess {
            let stage_name = self.names().stage(stage);
            let subject = say(
                [&stage_name],
                "contributions in kind above that part in {0}",
                "{0}超出該比例的實物出資",
                "{0}超出该比例的实物出资",
            );
            self.dated(format!("matching.in_kind_excess.{stage}"), is, &subject, |treatment| match treatment {
                Treatment::Disregard => say([&subject], "{0} are disregarded", "{0}不予計算", "{0}不予计算"),
                Treatment::Refuse => say([&subject], "{0} are refused", "{0}不獲批准", "{0}不获批准"),
            });
        }
        self.required(requires);
    }

    fn ratios(&mut self, ratios: &Tables<Plain<RatioRule>>, shares: &Tables<Plain<ShareRule>>) {
        let given = given::amount(self.gives());
        for (stage, Plain { is }) in ratios {
            let stage_name = self.names().stage(stage);
            let subject = say([&stage_name], "the matching ratio of {0}", "{0}的配對比例", "{0}的配对比例");
            let own_share = shares.contains_key(stage);
            self.dated(format!("matching.ratio.{stage}"), is, &subject, |rule| match rule {
                RatioRule::One(_) if own_share => say(
                    [&stage_name, &of_ratio(rule)],
                    "in {0}, what counts as contribution is matched at {1}, government to applicant",
                    "{0}計算在內的出資按政府與申請者 {1} 的比例配對",
                    "{0}计算在内的出资按政府与申请者 {1} 的比例配对",
                ),
                RatioRule::One(ratio) => say(
                    [&stage_name, &of_ratio(rule), &share(ratio.share())],
                    "in {0}, what counts as contribution is matched at {1}, government to applicant: at most {2} of eligible cost",
                    "{0}計算在內的出資按政府與申請者 {1} 的比例配對，即最多為合資格成本的 {2}",
                    "{0}计算在内的出资按政府与申请者 {1} 的比例配对，即最多为合资格成本的 {2}",
                ),
                RatioRule::Marginal(_) => say(
                    [&stage_name, &of_ratio(rule)],
                    "in {0}, each part of what counts as contribution is matched at its own ratio, government to applicant ({1})",
                    "{0}計算在內的出資按級距分段配對，以下為政府與申請者的比例（{1}）",
                    "{0}计算在内的出资按级距分段配对，以下为政府与申请者的比例（{1}）",
                ),
                RatioRule::Slab(_) => say(
                    [&stage_name, &of_ratio(rule), &given],
                    "in {0}, the size of the {2} says what it needs, government to applicant ({1})",
                    "{0}所需的出資視乎{2}而定，以下為政府與申請者的比例（{1}）",
                    "{0}所需的出资视乎{2}而定，以下为政府与申请者的比例（{1}）",
                ),
            });
        }
    }

    fn shares(&mut self, shares: &Tables<Plain<ShareRule>>) {
        for (stage, Plain { is }) in shares {
            let stage_name = self.names().stage(stage);
            let subject = given::part_of(self.gives(), &stage_name);
            self.dated(format!("matching.share.{stage}"), is, &subject, |rule| match rule {
                ShareRule::One(_) => say(
                    [&subject, &of_share(rule)],
                    "{0} is at most {1} of eligible cost",
                    "{0}最多為合資格成本的 {1}",
                    "{0}最多为合资格成本的 {1}",
                ),
                ShareRule::Marginal(_) => say(
                    [&subject, &of_share(rule)],
                    "{0} is worked out part by part of eligible cost, each at its own share ({1})",
                    "{0}按合資格成本的級距分段計算（{1}）",
                    "{0}按合资格成本的级距分段计算（{1}）",
                ),
                ShareRule::Slab(_) => say(
                    [&subject, &of_share(rule)],
                    "{0} is one share of all eligible cost, by the tier that it reaches ({1})",
                    "{0}按合資格成本所屬級別，以單一比例計算（{1}）",
                    "{0}按合资格成本所属级别，以单一比例计算（{1}）",
                ),
            });
        }
    }

    fn required(&mut self, requires: &Tables<Plain<Vec<String>>>) {
        let names = self.names();
        for (stage, Plain { is }) in requires {
            let stage_name = self.names().stage(stage);
            let subject =
                say([&stage_name], "who must contribute in {0}", "哪些出資者須參與{0}", "哪些出资者须参与{0}");
            self.dated(format!("matching.requires.{stage}"), is, &subject, |required| match required.as_slice() {
                [] => say(
                    [&stage_name],
                    "in {0}, no contributor must be there",
                    "{0}不設必須參與的出資者",
                    "{0}不设必须参与的出资者",
                ),
                required => say(
                    [&stage_name, &and(required.iter().map(|name| names.contributor(name)))],
                    "in {0}, there must be contributions from {1}",
                    "{0}必須有{1}的出資",
                    "{0}必须有{1}的出资",
                ),
            });
        }
    }

    pub(super) fn contributions(&mut self, contributions: &Tables<Tables<Plain<Forms>>>) {
        for (stage, contributors) in contributions {
            for (contributor, Plain { is }) in contributors {
                for form in [Form::Cash, Form::InKind, Form::Investment] {
                    let (from, stage_name) = (self.names().contributor(contributor), self.names().stage(stage));
                    let subject = match form {
                        Form::Cash => {
                            say([&from, &stage_name], "cash of {0} in {1}", "{0}於{1}的現金出資", "{0}于{1}的现金出资")
                        }
                        Form::InKind => say(
                            [&from, &stage_name],
                            "what {0} gives in kind in {1}",
                            "{0}於{1}的實物出資",
                            "{0}于{1}的实物出资",
                        ),
                        Form::Investment => {
                            say([&from, &stage_name], "what {0} invests in {1}", "{0}於{1}的投資", "{0}于{1}的投资")
                        }
                    };
                    let path = format!("contribution.{stage}.{contributor}.{}", form.code());
                    self.dated(path, &of_form(is, form), &subject, |counts| {
                        if *counts {
                            say([&subject], "{0} counts as contribution", "{0}計算為出資", "{0}计算为出资")
                        } else {
                            say(
                                [&subject],
                                "{0} does not count as contribution; it still covers cost",
                                "{0}不計算為出資，但仍可用於支付成本",
                                "{0}不计算为出资，但仍可用于支付成本",
                            )
                        }
                    });
                }
            }
        }
    }

    pub(super) fn costs(&mut self, Cost { list, category }: &Cost) {
        self.chapter(Chapter::Costs);
        let subject = say([], "costs outside the categories of the scheme", "計劃類別以外的開支", "计划类别以外的开支");
        self.dated("cost.list", &list.is, &subject, |list| match list {
            CategoryList::Open => say(
                [],
                "costs outside the categories named here are eligible without a cap, as long as the list of the source has not been seen",
                "由於未見來源的開支類別表，下列類別以外的開支亦屬合資格，不設上限",
                "由于未见来源的开支类别表，下列类别以外的开支亦属合资格，不设上限",
            ),
            CategoryList::Closed => say(
                [],
                "only the categories named here are eligible",
                "只有下列類別的開支屬合資格",
                "只有下列类别的开支属合资格",
            ),
        });
        for (name, category) in category {
            self.cost_category(name, category);
        }
    }

    fn cost_category(&mut self, code: &str, Category { name, eligible, cap, share }: &Category) {
        let (path, name, names) = (format!("cost.category.{code}"), quoted(name), self.names());
        if let Some(eligible) = eligible {
            let subject = say([&name], "costs of {0}", "{0}的開支", "{0}的开支");
            self.dated(format!("{path}.eligible"), eligible, &subject, |eligible| match eligible {
                true => say([&name], "{0} is eligible", "{0}屬合資格開支", "{0}属合资格开支"),
                false => say([&name], "{0} is not eligible", "{0}不屬合資格開支", "{0}不属合资格开支"),
            });
        } else {
            self.undated(
                path.clone(),
                say([&name], "{0} is a category of eligible cost", "{0}為合資格開支類別", "{0}为合资格开支类别"),
            );
        }
        if let Some(cap) = cap {
            let subject = say([&name], "the cap of {0}", "{0}的上限", "{0}的上限");
            self.dated(format!("{path}.cap"), cap, &subject, |limit| {
                let parts = [&name, &names.limit(limit)];
                say(parts, "of {0}, at most {1} is eligible", "{0}的合資格開支最多為 {1}", "{0}的合资格开支最多为 {1}")
            });
        }
        if let Some(part) = share {
            let subject = say([&name], "the largest part of {0}", "{0}的最高比例", "{0}的最高比例");
            self.dated(format!("{path}.share"), part, &subject, |part| {
                let parts = [&name, &super::words::share(*part)];
                say(
                    parts,
                    "{0} may be at most {1} of all eligible cost",
                    "{0}最多可佔全部合資格成本的 {1}",
                    "{0}最多可占全部合资格成本的 {1}",
                )
            });
        }
    }
}

/// The life of one form: whether it counts.
fn of_form(dated: &Dated<Forms>, form: Form) -> Dated<bool> {
    let counts = |known: &Known<Forms>| match known {
        Known::Is(forms) => match forms.of(form) {
            Counts::Counts => Known::Is(true),
            Counts::DoesNotCount => Known::Is(false),
            Counts::Unknown => Known::Unknown,
        },
        Known::None => Known::None,
        Known::Unknown => Known::Unknown,
    };
    let entry = |entry: &Entry<Forms>| Entry {
        from: entry.from,
        is: counts(&entry.is),
        // What counts holds for everybody: the check allows no cases here.
        cases: Vec::new(),
        source: entry.source.clone(),
        span: entry.span.clone(),
    };
    Dated { entries: dated.entries.iter().map(entry).collect() }
}
