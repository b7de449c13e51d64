//! Files of applications over HTTP: attached, fetched and taken away; what is refused leaves nothing behind, in no table and no folder.

use crate::attaching::{PDF, attach, lying};
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::{Call, morning};
use crate::until::until;
use crate::world::{World, at, text_of};
use almoner::store::audit::verify;
use rules::actor::Role;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::TcpStream;

pub const OF_FILES: &[&str] = &[
    "attachment.document_unknown",
    "attachment.empty",
    "attachment.name_not_usable",
    "attachment.type_disagrees",
    "attachment.type_not_taken",
    "not_found",
    "permission.denied",
    "range.not_there",
    "request.malformed",
    "request.too_large",
];
pub const OF_ROOM: &[&str] = &["application.wrong_state", "attachment.too_many", "attachment.total_too_large"];
pub const OF_TURNS: &[&str] = &["uploads.taken"];
pub const OF_DOCUMENTS: &[&str] = &["application.incomplete", "attachment.type_not_taken", "request.too_large"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
async fn a_file_comes_and_goes_as_it_was_and_a_repetition_is_one_file() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&applicant.actor).await;

    let named = "filename=\"plan.pdf\"; filename*=UTF-8''%E8%A8%88%E5%8A%83%20%22A%22.pdf";
    let call = caller.file(case.id, named, "application/pdf", PDF);
    let attached = caller.send(&call);
    assert_eq!(attached.told(), (201, ""), "{}", attached.json);
    let id = attached.text("/id").to_owned();
    let hash = rules::hexadecimal(&Sha256::digest(PDF));
    let expected = json!({ "id": id, "application": case.id, "document": null, "name": "計劃 \"A\".pdf", "media_type": "application/pdf",
        "bytes": PDF.len(), "sha256": hash, "scanned": "not_scanned", "attached_by": applicant.actor.person(),
        "attached_at": attached.json["attached_at"] });
    assert_eq!(attached.json, expected);
    assert_eq!(attached.header("location"), format!("/api/v1/attachments/{id}"));
    assert_eq!(caller.send(&call).json, expected, "the same key is the same wish");
    assert_eq!(lying(&world.database), std::slice::from_ref(&id));

    let list = format!("/api/v1/applications/{}/attachments", case.id);
    assert_eq!(caller.send(&caller.get(&list)).json, json!({ "items": [expected.clone()] }));
    let path = format!("/api/v1/attachments/{id}");
    assert_eq!(caller.send(&caller.get(&path)).json, expected);
    let content = format!("{path}/content");
    let fetched = caller.send(&caller.get(&content));
    assert_eq!((fetched.told(), fetched.bytes.as_slice()), ((200, ""), PDF));
    for (header, value) in [
        ("content-type", "application/pdf"),
        ("content-length", &PDF.len().to_string()),
        (
            "content-disposition",
            "attachment; filename=\"__ _A_.pdf\"; filename*=UTF-8''%E8%A8%88%E5%8A%83%20%22A%22.pdf",
        ),
        ("etag", &format!("\"{hash}\"")),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(fetched.header(header), value, "{header}");
    }
    let known = caller.send(&caller.get(&content).header("if-none-match", fetched.header("etag")));
    assert_eq!((known.status.as_u16(), known.bytes.len()), (304, 0));
    let of = format!("/{}", PDF.len());
    for (range, told, bytes) in [
        ("bytes=1-3", format!("bytes 1-3{of}"), &PDF[1..4]),
        ("bytes=30-", format!("bytes 30-{}{of}", PDF.len() - 1), &PDF[30..]),
        ("bytes=30-99999", format!("bytes 30-{}{of}", PDF.len() - 1), &PDF[30..]),
        ("bytes=-6", format!("bytes {}-{}{of}", PDF.len() - 6, PDF.len() - 1), b"%%EOF\n"),
    ] {
        let part = caller.send(&caller.get(&content).header("range", range));
        assert_eq!(
            (part.status.as_u16(), part.header("content-range"), part.bytes.as_slice()),
            (206, told.as_str(), bytes)
        );
    }
    for (name, value) in [("range", "lines=1-2"), ("range", "bytes=0-1,3-4"), ("if-range", "\"another\"")] {
        let call = caller.get(&content).header(name, value);
        let call = if name == "range" { call } else { call.header("range", "bytes=0-1") };
        assert_eq!(caller.send(&call).bytes, PDF, "{name}: {value}");
    }
    // Two of the same content are two files.
    let again = caller.send(&caller.file(case.id, "filename=a.pdf", "application/pdf", PDF));
    assert_eq!((again.told(), lying(&world.database).len()), ((201, ""), 2));
    assert_eq!(caller.send(&caller.delete(&path)).told(), (204, ""));
    assert_eq!(lying(&world.database), [again.text("/id")]);

    let sql =
        "SELECT event::json->>'event' AS line FROM audit_entries WHERE event LIKE '%\"attachment.%' ORDER BY sequence";
    assert_eq!(world.database.lines(sql).await, ["attachment.added", "attachment.added", "attachment.removed"]);
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    desk.told_exactly(&[]);
}

#[tokio::test]
async fn a_file_that_is_not_in_order_leaves_nothing_behind() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let kept = attach(&case, at(DAY, 0), "a.txt").await;
    let desk = Desk::with(&world, morning(DAY), &[("files.bytes_max", "4096")]);
    let caller = desk.sign_in(&applicant.actor).await;
    let long = [PDF, &[b' '; 4096]].concat();
    let cut_off = [b"PK\x03\x04".as_slice(), &[0; 100]].concat();
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (named, mime, bytes, told) in [
        ("filename=a.pdf", "application/pdf", b"".as_slice(), (422, "attachment.empty")),
        ("filename=a.pdf", "application/pdf", b"hello", (422, "attachment.type_not_taken")),
        ("filename=a.zip", "application/zip", b"PK\x03\x04", (422, "attachment.type_not_taken")),
        ("filename=a.docx", docx, &cut_off, (422, "attachment.type_not_taken")),
        ("filename=a.txt", "text/plain", b"<!DOCTYPE html><script>", (422, "attachment.type_not_taken")),
        ("filename=a.txt", "text/plain", b"a\0b", (422, "attachment.type_not_taken")),
        ("filename=a.png", "image/png", PDF, (422, "attachment.type_disagrees")),
        ("filename=a.txt", "text/plain", PDF, (422, "attachment.type_disagrees")),
        ("filename=a.pdf", "application/pdf", &long, (413, "request.too_large")),
        ("filename=\"../a.pdf\"", "application/pdf", PDF, (422, "attachment.name_not_usable")),
        ("filename*=UTF-8''a%0A.pdf", "application/pdf", PDF, (422, "attachment.name_not_usable")),
        ("filename*=UTF-8''a%00.pdf", "application/pdf", PDF, (422, "attachment.name_not_usable")),
        ("name=plan", "application/pdf", PDF, (400, "request.malformed")),
        ("name=plan; filename=a.pdf", "application/pdf", PDF, (422, "attachment.document_unknown")),
    ] {
        let reply = desk.refuses(&caller.file(case.id, named, mime, bytes), told).await;
        assert!(told.0 != 413 || reply.text("/detail").contains("4096"), "{}", reply.json);
        assert_eq!(lying(&world.database), [kept.id.to_string()], "{named} {mime}");
    }
    // In pieces, without a word of how many there are.
    let head = format!(
        "POST /api/v1/applications/{}/attachments HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\nIdempotency-Key: \"a\"\r\n\
         Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\nTransfer-Encoding: chunked\r\n\r\n",
        case.id, caller.token,
    );
    let piece = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let reply = desk.noted(desk.site.send_raw(format!("{head}{}", piece.repeat(5)).as_bytes()));
    assert_eq!(reply.refused(), (413, "request.too_large"));
    assert_eq!(lying(&world.database), [kept.id.to_string()]);
    // To others the application is as absent as ever, and so are its files; whoever may only read does no more.
    let path = format!("/api/v1/attachments/{}", kept.id);
    let beyond = caller.get(format!("{path}/content")).header("range", "bytes=5-");
    let reply = desk.refuses(&beyond, (416, "range.not_there")).await;
    assert_eq!(reply.header("content-range"), "bytes */5");
    let stranger = desk.sign_in(&world.applicant().await.actor).await;
    for call in [
        stranger.get(&path),
        stranger.get(format!("{path}/content")),
        stranger.delete(&path),
        stranger.file(case.id, "filename=a.pdf", "application/pdf", PDF),
    ] {
        desk.refuses(&call, (404, "not_found")).await;
    }
    case.submit(at(DAY, 1)).await.unwrap();
    let officer = desk.sign_in(&world.person(&[Role::Officer], &[]).await).await;
    assert_eq!(officer.send(&officer.get(format!("{path}/content"))).bytes, b"a.txt");
    desk.refuses(&officer.delete(&path), (403, "permission.denied")).await;
    desk.refuses(&officer.file(case.id, "filename=a.pdf", "application/pdf", PDF), (403, "permission.denied")).await;
    assert_eq!(lying(&world.database), [kept.id.to_string()]);
    desk.told_exactly(OF_FILES);
}

#[tokio::test]
async fn what_was_submitted_keeps_its_files_and_a_draft_has_room_for_so_many() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let proposal = || (CODE, accelerator("60000000.00", "30000000.00"));
    let case = world.draft(&staff, &applicant, proposal(), at(DAY, 0)).await;
    let kept = attach(&case, at(DAY, 0), "a.txt").await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&applicant.actor).await;
    let row = |application: &str, bytes: i64| {
        format!("INSERT INTO attachments SELECT gen_random_uuid(), '{application}', NULL, 'b.txt', 'text/plain', {bytes}, sha256,
                   'not_scanned', attached_by, attached_at FROM attachments WHERE id = '{}'", kept.id)
    };
    let full = world.draft(&staff, &applicant, proposal(), at(DAY, 0)).await.id.to_string();
    let small = caller.file(&full, "filename=a.pdf", "application/pdf", PDF);
    world.database.run(&row(&full, 1024 * 1024 * 1024)).await;
    desk.refuses(&small, (422, "attachment.total_too_large")).await;
    for _ in 0..49 {
        world.database.run(&row(&full, 1)).await;
    }
    desk.refuses(&small, (422, "attachment.too_many")).await;
    assert_eq!(lying(&world.database), [kept.id.to_string()]);

    case.submit(at(DAY, 1)).await.unwrap();
    let path = format!("/api/v1/attachments/{}", kept.id);
    desk.refuses(&caller.delete(&path), (409, "application.wrong_state")).await;
    desk.refuses(&caller.file(case.id, "filename=a.pdf", "application/pdf", PDF), (409, "application.wrong_state"))
        .await;
    // The database keeps it as well, whatever the server may be brought to do.
    for (sql, told) in [
        (format!("DELETE FROM attachments WHERE id = '{}'", kept.id), "stay as they were submitted"),
        (row(&case.id.to_string(), 1), "stay as they were submitted"),
        ("UPDATE attachments SET sha256 = repeat('0', 64)".to_owned(), "permission denied"),
        ("TRUNCATE attachments".to_owned(), "permission denied"),
    ] {
        let refused = world.database.as_server(&sql).await.unwrap_err();
        assert!(refused.contains(told), "{sql}: {refused}");
    }
    assert!(world.database.as_owner("UPDATE attachments SET name = 'b.txt'").await.is_err());
    let pinned = format!(
        "SELECT event::json->>'files' AS line FROM audit_entries WHERE subject_id = '{}' AND event LIKE '%application.submitted%'",
        case.id
    );
    let expected = format!("[{{\"attachment\":\"{}\",\"sha256\":\"{}\"}}]", kept.id, kept.sha256);
    assert_eq!(world.database.lines(&pinned).await, [expected]);
    desk.told_exactly(OF_ROOM);
}

/// A scheme that asks for a plan until March, in PDF alone.
fn with_documents() -> String {
    let document = "\n[document.plan]\nname = { en = \"Business plan\", zh-Hant = \"業務計劃\", zh-Hans = \"业务计划\" }\ntypes = [\"pdf\"]\n\
        mebibytes_max = 1\nrequired = [{ from = \"2020-01-01\", is = true, source = \"house\" }, { from = \"2026-03-01\", is = false, source = \"house\" }]\n";
    format!("{}{document}", text_of(CODE))
}

#[tokio::test]
async fn an_application_is_submitted_with_the_documents_that_its_scheme_requires() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(with_documents(), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    attach(&case, at(DAY, 0), "a.txt").await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&applicant.actor).await;
    let path = format!("/api/v1/applications/{}", case.id);
    let missing = || {
        let detail = caller.send(&caller.get(&path)).json["missing"].clone();
        assert_eq!(caller.send(&caller.get(format!("{path}/pre-check"))).json["missing"], detail);
        detail
    };
    let lacks = json!({ "pointer": "/documents/plan", "message": "attach \"Business plan\"" });
    assert_eq!(missing(), json!([lacks]));
    let submit = || caller.post(format!("{path}/submission"), &json!({})).if_match(1);
    let reply = desk.refuses(&submit(), (422, "application.incomplete")).await;
    assert_eq!(reply.json["errors"], json!([lacks]));
    let plan = "name=plan; filename=a";
    desk.refuses(&caller.file(case.id, plan, "text/plain", b"a"), (422, "attachment.type_not_taken")).await;
    let long = vec![b' '; 1024 * 1024 + 1];
    desk.refuses(&caller.file(case.id, plan, "application/pdf", &long), (413, "request.too_large")).await;
    let attached = caller.send(&caller.file(case.id, plan, "application/pdf", PDF));
    assert_eq!((attached.told(), attached.text("/document")), ((201, ""), "plan"));
    assert_eq!(missing(), json!([]));
    assert_eq!(caller.send(&submit()).told(), (200, ""));
    // Nobody is asked for it any more once the scheme does not.
    desk.site.clock.set(morning("2026-03-02"));
    let later = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let view = caller.send(&Call::get(format!("/api/v1/applications/{}", later.id)).with(&caller.token));
    assert_eq!(view.json["missing"], json!([]));
    desk.told_exactly(OF_DOCUMENTS);
}

#[tokio::test]
async fn that_a_document_has_come_in_answer_to_a_return_shows_to_its_applicant_alone_until_it_is_sent() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(with_documents(), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (author, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    let plan = || author.file(case.id, "name=plan; filename=a", "application/pdf", PDF);
    assert_eq!(author.send(&plan()).told(), (201, ""));
    case.submit(at(DAY, 0)).await.unwrap();
    // It is lost, and asked for again.
    world.database.run("SET session_replication_role = replica; DELETE FROM attachments").await;
    case.give_back_for(at(DAY, 0), &["/documents"], "2026-02-20").await.unwrap();
    let missing = |caller: &Caller<'_>| {
        let path = format!("/api/v1/applications/{}", case.id);
        let lists = ["", "/pre-check"].map(|door| caller.send(&caller.get(format!("{path}{door}"))).json);
        lists.map(|reply| reply["missing"].as_array().unwrap().len())
    };
    assert_eq!((missing(&author), missing(&officer)), ([1; 2], [1; 2]));
    assert_eq!(author.send(&plan()).told(), (201, ""));
    assert_eq!((missing(&author), missing(&officer)), ([0; 2], [1; 2]));
    case.resubmit(at(DAY, 0)).await.unwrap();
    assert_eq!(missing(&officer), [0; 2]);
}

/// Announces a file of ten bytes and sends none of them.
fn begin(desk: &Desk<'_>, token: &str, case: &Case<'_>) -> TcpStream {
    let mut line = TcpStream::connect(desk.site.address.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /api/v1/applications/{}/attachments HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Idempotency-Key: \"slow\"\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=slow.txt\r\n\
         Content-Length: 10\r\n\r\n",
        case.id,
    );
    line.write_all(head.as_bytes()).unwrap();
    line
}

#[tokio::test]
async fn as_many_files_arrive_at_once_as_the_settings_say_and_no_more() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let desk = Desk::with(&world, morning(DAY), &[("files.uploads_max", "1")]);
    let caller = desk.sign_in(&applicant.actor).await;
    let mut slow = begin(&desk, &caller.token, &case);
    until("a part that is begun", async || !lying(&world.database).is_empty()).await;
    let file = caller.file(case.id, "filename=a.txt", "text/plain", b"a");
    let refused = desk.refuses(&file, (503, "uploads.taken")).await;
    assert_eq!(refused.header("retry-after"), "10");
    let stranger = world.applicant().await;
    let stranger = desk.sign_in(&stranger.actor).await;
    let absent = desk.send(&stranger.file(case.id, "filename=a.txt", "text/plain", b"a"));
    assert_eq!(absent.told(), (404, "not_found"), "whoever may send none is told that");
    // Once it has come, others have their turn; and so they have when it breaks off.
    slow.write_all(b"ten bytes!").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(caller.send(&file).told(), (201, ""));
    drop(begin(&desk, &caller.token, &case));
    let next = || caller.file(case.id, "filename=b.txt", "text/plain", b"b");
    until("a turn", async || caller.send(&next()).status.as_u16() == 201).await;
}
