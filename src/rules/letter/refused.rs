//! What the letter of a refusal says: what was asked for, what was decided and why, and until when it can be asked to look at that again.

use super::head::{Head, both, heading, paragraph, told};
use super::{Block, LetterKind, LetterText, Telling};
use crate::application::{Application, State};
use crate::calendar::Day;
use crate::prose::words::{day, money, same};
use crate::review::first;
use crate::text::Sentence;

/// What the letter of a refusal is composed of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused<'a> {
    /// The case, refused.
    pub application: &'a Application,
    /// What else is known of it.
    pub telling: &'a Telling<'a>,
    /// Why.
    pub reason: &'a str,
}

impl Refused<'_> {
    pub(super) fn letter(&self) -> LetterText {
        let head = self.head();
        let mut blocks = vec![head.parties(told([], "Applicant", "申請機構"))];
        blocks.extend(self.asked(&head).into_iter().flatten());
        let (title, decision) = self.decision();
        blocks.extend([heading("The decision", "決定"), paragraph(decision)]);
        blocks.extend([heading("The reason", "理由"), paragraph(both(same(self.reason)))]);
        blocks.extend(self.review(&head));
        blocks.extend(head.rules());
        head.letter(LetterKind::Refusal, title, blocks)
    }

    const fn is_ineligible(&self) -> bool {
        matches!(self.application.state, State::Ineligible)
    }

    fn head(&self) -> Head<'_> {
        let Telling { agency, scheme, at, .. } = *self.telling;
        Head { application: self.application, scheme, agency, day: Day::in_hong_kong(at) }
    }

    /// What was asked for, and when.
    fn asked(&self, head: &Head<'_>) -> Option<[Block; 2]> {
        let submission = self.application.submission.as_ref()?;
        let asked = told(
            [&head.scheme.file.name, &money(submission.requested), &day(submission.on)],
            "The application was submitted on {2} under the {0}. It asks for a grant of {1}.",
            "申請於{2}按「{0}」提交，申請資助額為 {1}。",
        );
        Some([heading("What was asked for", "申請內容"), paragraph(asked)])
    }

    /// What the letter is called, and what was decided.
    fn decision(&self) -> (Sentence, Sentence) {
        let about = [&same(&self.application.content.title), &day(self.telling.decided_on)];
        if self.is_ineligible() {
            let said = told(
                about,
                "The application \"{0}\" was screened on {1} and found not to be eligible. It is therefore not assessed, and this says nothing about the merit of the project.",
                "申請「{0}」於{1}完成初步審核，認為不符合資格，因此不會進入評審程序。這並不代表對項目優劣的評價。",
            );
            return (told([], "Application not eligible", "申請不符合資格"), said);
        }
        let said = told(
            about,
            "The application \"{0}\" was not successful. It was decided on {1}. Another application may be submitted while the scheme receives them.",
            "申請「{0}」未獲批准。有關決定於{1}作出。在計劃接受申請期間，可再次提交申請。",
        );
        (told([], "Application not successful", "申請未獲批准"), said)
    }

    /// How, and until when, it can be asked to look at it again.
    fn review(&self, head: &Head<'_>) -> Vec<Block> {
        let mut blocks = vec![heading("Looking at it again", "再作審視")];
        match first(head.scheme, head.submitted(), head.day) {
            Some((name, last_day)) => {
                blocks.push(paragraph(told(
                    [name, &day(last_day)],
                    "The applicant may ask, until the end of {1} (Hong Kong time), that the decision be looked at again. What is asked for is called: {0}. It is decided by somebody who has had no part in the case.",
                    "申請機構可於{1}（香港時間）當日結束前，要求再作審視（{0}），由沒有參與本個案的人員作出決定。",
                )));
                blocks.push(paragraph(told(
                    [],
                    "An authorised signatory of the applicant asks for it once, on the application itself in the system in which it was submitted, and says what is wrong with the decision.",
                    "有關要求須由申請機構的獲授權簽署人，於提交申請的系統內就本申請提出，以一次為限，並須說明該決定有何不當。",
                )));
            }
            None => blocks.push(paragraph(told(
                [],
                "The rules of the scheme under which the application was submitted have no review of decisions.",
                "申請所適用的計劃規則，並無再作審視的程序。",
            ))),
        }
        if self.is_ineligible() {
            blocks.push(paragraph(told(
                [],
                "Whoever believes that the finding rests on a mistake may also write to the agency and say why: the application can be reinstated.",
                "如認為上述結論有誤，亦可致函本處說明理由；如理由成立，申請可獲恢復處理。",
            )));
        }
        blocks
    }
}
