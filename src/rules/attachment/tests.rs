//! What may be attached, of each kind of no; and which documents are missing.

use super::*;
use crate::application::State;
use crate::permission::Verb;
use crate::sample::{application, day, instant, permit, person};
use crate::scheme::sample::Sample;
use uuid::Uuid;

const PLAN: &str = "[document.plan]\nname = { en = \"Plan\", zh-Hant = \"計劃書\", zh-Hans = \"计划书\" }\ntypes = [\"pdf\"]\nmebibytes_max = 1\n\
    required = [{ from = \"2024-01-01\", is = true, source = \"guide\" }, { from = \"2025-01-01\", is = \"unknown\", source = \"guide\" }, { from = \"2026-01-01\", is = false, source = \"guide\" }]\n\
    [document.letter]\nname = { en = \"Letter\", zh-Hant = \"信件\", zh-Hans = \"信件\" }";

fn scheme() -> Scheme {
    Sample::new().add(PLAN).read()
}

fn arrived(document: Option<&str>, media_type: MediaType, bytes: u64) -> Arrived {
    let (id, name) = (AttachmentId(Uuid::from_u128(7)), " plan.pdf ".to_owned());
    let document = document.map(str::to_owned);
    Arrived { id, document, name, media_type, bytes, sha256: "0".repeat(64), scan: Scan::NotScanned }
}

fn attached(state: State, there: &[Attachment], new: Arrived) -> Result<Attachment, &'static str> {
    let (case, scheme) = (application(state), scheme());
    let room = case.room_for(&scheme, new.document.as_deref(), (there, None), 4 * MEBIBYTE);
    let permit = permit(Verb::ApplicationEdit);
    let by = (person(1), instant("2025-02-05"));
    let decided = room.and_then(|room| case.attach(&permit, &room, (there, None), by, new));
    decided.map(|(_, attachment)| attachment).map_err(|refusal| refusal.code())
}

#[test]
fn a_file_is_attached_to_a_draft_that_has_room_for_it() {
    let plain = || arrived(None, MediaType::Csv, 1);
    let one = attached(State::Draft, &[], plain()).unwrap();
    assert_eq!((one.name.as_str(), one.bytes), ("plan.pdf", 1));
    let many = vec![one.clone(); ATTACHMENTS_MAX];
    let large = [Attachment { bytes: TOTAL_BYTES_MAX, ..one }];
    for (told, there, new) in [
        ("attachment.empty", &[][..], arrived(None, MediaType::Csv, 0)),
        ("attachment.too_many", &many, plain()),
        ("attachment.total_too_large", &large, plain()),
        ("attachment.document_unknown", &[], arrived(Some("plans"), MediaType::Pdf, 1)),
        ("attachment.type_not_taken", &[], arrived(Some("plan"), MediaType::Docx, 1)),
    ] {
        assert_eq!(attached(State::Draft, there, new), Err(told));
    }
    assert!(attached(State::Draft, &[], arrived(Some("plan"), MediaType::Pdf, MEBIBYTE)).is_ok());
    assert!(attached(State::Draft, &[], arrived(Some("letter"), MediaType::Png, MEBIBYTE)).is_ok());
    for state in State::ALL.into_iter().filter(|state| *state != State::Draft) {
        assert_eq!(attached(state, &[], plain()), Err("application.wrong_state"), "{state:?}");
    }
}

#[test]
fn a_document_has_room_as_its_scheme_says_and_never_more_than_the_house() {
    let room =
        |document, bytes_max| application(State::Draft).room_for(&scheme(), document, (&[], None), bytes_max).unwrap();
    assert_eq!(room(Some("plan"), 4 * MEBIBYTE), Room { types: vec![MediaType::Pdf], bytes_max: MEBIBYTE });
    assert_eq!(room(Some("plan"), 10).bytes_max, 10);
    assert_eq!(room(Some("letter"), 10), room(None, 10));
}

#[test]
fn a_required_document_is_missing_until_it_is_there_and_only_while_the_scheme_says_so() {
    let missing = |on: &str, there: &[Attachment]| missing_documents(&scheme(), day(on), there);
    assert_eq!(missing("2024-06-01", &[]), [RequestFault::malformed("/documents/plan", "attach \"Plan\"")]);
    let none = Vec::<RequestFault>::new();
    // Nobody has seen whether it is required, or it is not any more.
    assert_eq!((missing("2025-06-01", &[]), missing("2026-06-01", &[])), (none.clone(), none.clone()));
    let plan = attached(State::Draft, &[], arrived(Some("plan"), MediaType::Pdf, 1)).unwrap();
    assert_eq!(missing("2024-06-01", std::slice::from_ref(&plan)), none);
    let another = Attachment { document: Some("letter".to_owned()), ..plan };
    assert_eq!(missing("2024-06-01", &[another]).len(), 1);
}
