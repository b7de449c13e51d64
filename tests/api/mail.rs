//! Mail goes out over real SMTP: in the reader's language, once, and in spite of what mail servers do.

use crate::post::{Post, at};
use crate::until::until;
use almoner::access::RandomToken;
use almoner::actions::{Error, outbox, people};
use almoner::sink::Manner;
use almoner::store::outbox as notices;
use almoner::store::{Tx, password_tokens, people as accounts};
use rules::actor::{Actor, Role};
use rules::ids::NoticeId;
use rules::person::Language;
use rules::refusal::Refusal;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn a_letter_arrives_in_the_language_of_its_reader() {
    let post = Post::open().await;
    for language in Language::ALL {
        post.invite(&format!("{}@example.hk", language.code()), language).await;
    }
    let worker = post.worker(&[]);
    while worker.deliver_next(&|| at(60)).await.unwrap() {}
    let mails = post.mails();
    let subjects = mails.iter().map(|mail| mail.subject()).collect::<Vec<_>>();
    assert_eq!(subjects, ["Choose a password for your account", "請為閣下的帳戶設定密碼", "请为您的账户设定密码"]);
    for ((mail, to), (tag, said, signed)) in mails.iter().zip(["en@", "zh-hant@", "zh-hans@"]).zip([
        ("en", "until 10:01 on 23 November 2026 (Hong Kong time)", "Yours faithfully,\nGrants Office"),
        ("zh-Hant-HK", "有效至2026年11月23日10時01分（香港時間）", "資助辦事處 謹啟"),
        ("zh-Hans-HK", "有效至2026年11月23日10时01分（香港时间）", "资助办事处 谨启"),
    ]) {
        assert_eq!(mail.to, [format!("{to}example.hk")]);
        assert!(mail.text().contains(said) && mail.text().contains(signed), "{}", mail.text());
        assert_eq!(mail.token().len(), 43);
        let parsed = mail.parsed();
        let header = |name: &str| parsed.header_raw(name).unwrap().trim().to_owned();
        assert_eq!(header("Content-Language"), tag);
        assert_eq!((header("Auto-Submitted").as_str(), header("MIME-Version").as_str()), ("auto-generated", "1.0"));
        assert_eq!(header("From"), "Almoner <almoner@example.hk>");
        assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-11-22T02:01:00Z");
        assert!(mail.raw.is_ascii(), "a server may take no more than seven bits");
    }
    assert_eq!(post.notices().await, ["sent 1", "sent 1", "sent 1"]);
}

#[tokio::test]
async fn what_is_refused_for_now_is_sent_later() {
    for manner in [
        Manner::Mail(451),
        Manner::Reader(450),
        Manner::Drop,
        // What a server has against the agency is no letter's fault, however final it sounds.
        Manner::Greet(554),
        Manner::Sender(550),
    ] {
        let post = Post::open().await;
        post.invite("somebody@example.hk", Language::English).await;
        post.sink.mailbox.behave([manner]);
        let worker = post.worker(&[]);
        assert!(worker.deliver_next(&|| at(0)).await.unwrap());
        let [waiting] = post.notices().await.try_into().unwrap();
        assert!(waiting.starts_with("waiting 1 ") && post.mails().is_empty(), "{manner:?}: {waiting}");
        assert!(!worker.deliver_next(&|| at(14)).await.unwrap(), "{manner:?}: half of the pause at least");
        assert!(worker.deliver_next(&|| at(31)).await.unwrap(), "{manner:?}: all of the pause at most");
        assert_eq!((post.mails().len(), post.sink.mailbox.connections()), (1, 2), "{manner:?}");
        assert!(post.notices().await[0].starts_with("sent 2 "));
    }
}

#[tokio::test]
async fn a_wrong_account_at_the_mail_server_gives_nothing_up() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    post.sink.mailbox.behave([Manner::Account(535)]);
    let worker = post.worker(&[("mail.username", "almoner"), ("mail.password", "wrong and long")]);
    assert!(worker.deliver_next(&|| at(0)).await.unwrap());
    assert!(post.notices().await[0].starts_with("waiting 1 permanent error (535)"), "{:?}", post.notices().await);
    assert!(worker.deliver_next(&|| at(31)).await.unwrap());
    assert_eq!(post.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_alone_for_a_while() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    post.sink.mailbox.behave([Manner::Hang]);
    let worker = post.worker(&[("mail.attempt_s", "1")]);
    assert!(worker.deliver_next(&|| at(0)).await.unwrap());
    assert_eq!(post.notices().await, ["waiting 1 no end after 1 s"]);
    assert!(worker.deliver_next(&|| at(31)).await.unwrap());
    assert_eq!(post.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_tried_until_the_attempts_are_used_up() {
    let mut post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    let worker = post.worker(&[("worker.attempts_max", "3")]);
    let away = std::mem::replace(&mut post.sink, almoner::sink::Sink::start(0).await.unwrap());
    let address = away.address;
    drop(away);
    until("the end of the mail server", async || TcpStream::connect(address).await.is_err()).await;
    for (seconds, state) in [(0, "waiting 1"), (100, "waiting 2"), (1000, "dead 3")] {
        assert!(worker.deliver_next(&|| at(seconds)).await.unwrap());
        assert!(post.notices().await[0].starts_with(state), "{:?}", post.notices().await);
    }
    assert!(!worker.deliver_next(&|| at(1_000_000)).await.unwrap());
}

#[tokio::test]
async fn what_is_refused_for_good_is_shown_to_the_administrator_alone_who_can_have_it_sent() {
    let post = Post::open().await;
    post.invite("bounce@example.hk", Language::English).await;
    post.invite("refuse@example.hk", Language::English).await;
    post.sink.mailbox.behave([Manner::Reader(550), Manner::Mail(554)]);
    let worker = post.worker(&[]);
    while worker.deliver_next(&|| at(0)).await.unwrap() {}
    assert_eq!(post.notices().await, ["dead 1 permanent error (550): reader", "dead 1 permanent error (554): mail"]);

    let mut reader = post.db.reader().await.unwrap();
    let administrator = Actor { roles: BTreeSet::from([Role::Administrator]), ..Actor::visitor() };
    let dead = outbox::dead(&mut reader, &administrator, None, 10).await.unwrap();
    assert_eq!(dead.iter().map(|dead| dead.attempts).collect::<Vec<_>>(), [1, 1]);
    let after_first = outbox::dead(&mut reader, &administrator, Some(dead[0].id), 10).await.unwrap();
    assert_eq!(after_first, dead[1..]);
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Administrator) {
        let other = Actor { roles: BTreeSet::from([role]), ..Actor::visitor() };
        assert!(outbox::dead(&mut reader, &other, None, 10).await.is_err(), "{role:?}");
        let put_back = post.db.write(at(1), async |tx: &mut Tx<'_>| outbox::put_back(tx, &other, dead[1].id).await);
        assert!(matches!(put_back.await, Err(Error::Refused(Refusal::NotPermitted { .. }))), "{role:?}");
    }

    let put_back = async |id: NoticeId, seconds| {
        post.db.write(at(seconds), async |tx: &mut Tx<'_>| outbox::put_back(tx, &administrator, id).await).await
    };
    put_back(dead[1].id, 100).await.unwrap();
    assert!(worker.deliver_next(&|| at(100)).await.unwrap());
    assert_eq!(post.mails().into_iter().map(|mail| mail.to).collect::<Vec<_>>(), [["bounce@example.hk"]]);
    assert!(matches!(put_back(dead[1].id, 101).await, Err(Error::Refused(Refusal::NoticeNotDead { state: "sent" }))));
    let unknown = NoticeId(uuid::Uuid::now_v7());
    assert!(matches!(put_back(unknown, 101).await, Err(Error::Refused(Refusal::NotFound))));
    let kept = post.database.lines("SELECT event AS line FROM audit_entries WHERE subject = 'notice'").await;
    assert_eq!(kept, [format!(r#"{{"event":"notice.put_back","notice":"{}"}}"#, dead[1].id)]);
}

#[tokio::test]
async fn two_workers_send_two_hundred_notices_once_each() {
    let post = Post::open().await;
    for number in 0..200 {
        post.invite(&format!("person{number}@example.hk"), Language::ALL[number % 3]).await;
    }
    let (stop, stopped) = watch::channel(false);
    let workers = [(); 2].map(|()| tokio::spawn(post.worker(&[("worker.poll_s", "1")]).run(|| at(1), stopped.clone())));
    timeout(Duration::from_secs(60), async {
        while post.mails().len() < 200 {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    stop.send_replace(true);
    for worker in workers {
        timeout(Duration::from_secs(20), worker).await.unwrap().unwrap();
    }
    let mails = post.mails();
    let readers = mails.iter().map(|mail| mail.to[0].clone()).collect::<BTreeSet<_>>();
    let ids = mails.iter().map(|mail| mail.id()).collect::<BTreeSet<_>>();
    assert_eq!((mails.len(), readers.len(), ids.len()), (200, 200, 200));
    assert!(post.notices().await.iter().all(|notice| notice == "sent 1"));
}

#[tokio::test]
async fn a_worker_that_is_killed_after_sending_leaves_the_notice_to_another_who_sends_it_again() {
    let post = Post::open().await;
    let person = post.invite("somebody@example.hk", Language::English).await;
    post.sink.mailbox.behave([Manner::TakeAndHang]);
    let doomed = post.worker(&[]);
    let killed = tokio::spawn(async move { doomed.deliver_next(&|| at(0)).await });
    until("a mail", async || !post.mails().is_empty()).await;
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    assert_eq!(post.notices().await, ["waiting 0 held"]);

    let other = post.worker(&[]);
    assert!(!other.deliver_next(&|| at(100)).await.unwrap(), "the lease has not run out");
    assert!(other.deliver_next(&|| at(141)).await.unwrap());
    assert_eq!(post.notices().await, ["sent 1"]);
    let mails = post.mails();
    assert_eq!((mails.len(), mails[0].id()), (2, mails[1].id()));
    // Each attempt made a link of its own: of the first one nothing is kept that it could be read from.
    assert_ne!(mails[0].token(), mails[1].token());
    let mut reader = post.db.reader().await.unwrap();
    for mail in mails {
        let hash = RandomToken::hash(&mail.token());
        let found = password_tokens::find(&mut reader, &hash, at(200).recorded_at).await.unwrap();
        assert_eq!(found, Some(person));
    }
}

#[tokio::test]
async fn an_attempt_that_outlived_its_lease_cannot_call_a_sent_notice_failed() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    let claim = async |seconds| {
        let until = at(seconds + 10).recorded_at;
        let claimed = post.db.write(at(seconds), async |tx: &mut Tx<'_>| notices::claim(tx, until, 1).await).await;
        claimed.unwrap().pop()
    };
    let slow = claim(0).await.unwrap();
    assert_eq!(claim(9).await, None);
    let quick = claim(11).await.unwrap();
    let fail = async |claimed| {
        post.db
            .write(at(12), async |tx: &mut Tx<'_>| notices::fail(tx, claimed, "late", notices::Unsent::GivenUp).await)
            .await
            .unwrap();
    };
    fail(&slow).await;
    assert_eq!(post.notices().await, ["waiting 0 held"]);
    post.db.write(at(13), async |tx: &mut Tx<'_>| notices::settle(tx, quick.id).await).await.unwrap();
    fail(&slow).await;
    fail(&quick).await;
    assert_eq!(post.notices().await, ["sent 1"]);
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_finishes_what_is_under_way() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    post.sink.mailbox.behave([Manner::TakeAndHang]);
    let (stop, stopped) = watch::channel(false);
    let work = tokio::spawn(post.worker(&[("mail.attempt_s", "1")]).run(|| at(0), stopped));
    until("a mail", async || !post.mails().is_empty()).await;
    stop.send_replace(true);
    timeout(Duration::from_secs(10), work).await.unwrap().unwrap();
    assert_eq!(post.notices().await, ["waiting 1 no end after 1 s"]);
}

#[tokio::test]
async fn a_panic_ends_one_piece_of_work_and_the_worker_goes_on() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    let readings = Arc::new(AtomicU32::new(0));
    let clock = move || {
        assert!(readings.fetch_add(1, Ordering::Relaxed) >= 4, "a defect in the first four pieces of work");
        at(1)
    };
    let (stop, stopped) = watch::channel(false);
    let changed = [("worker.lanes", "1"), ("worker.poll_s", "1"), ("worker.calendar_s", "1")];
    let work = tokio::spawn(post.worker(&changed).run(clock, stopped));
    until("a mail", async || !post.mails().is_empty()).await;
    stop.send_replace(true);
    timeout(Duration::from_secs(10), work).await.unwrap().unwrap();
    assert_eq!(post.notices().await, ["sent 1"]);
}

#[tokio::test]
async fn nobody_is_written_to_whose_account_has_been_closed() {
    let post = Post::open().await;
    let id = post.invite("gone@example.hk", Language::English).await;
    let administrator = Actor { roles: BTreeSet::from([Role::Administrator]), ..Actor::visitor() };
    let closed = post.db.write(at(1), async |tx: &mut Tx<'_>| {
        let version = accounts::find(tx, id).await?.unwrap().version;
        people::change_roles(tx, &administrator, id, version, BTreeSet::new(), false).await
    });
    closed.await.unwrap();
    assert!(post.worker(&[]).deliver_next(&|| at(2)).await.unwrap());
    assert_eq!(post.notices().await, ["dead 1 the account has been closed"]);
    assert_eq!(post.sink.mailbox.connections(), 0);
}
