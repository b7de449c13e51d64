//! The scanner: a server of the tests that speaks clamd's protocol on a real socket, and what becomes of files with it and without.

use crate::attaching::{PDF, lying};
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::site::{Call, morning};
use crate::world::{World, at};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;

pub const CODES: &[&str] = &["attachment.infected", "scanner.unavailable"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// The file that every scanner takes for malicious (www.eicar.org), put together so that this one is not.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "!$H+H*"].concat().into_bytes()
}

/// Takes one file as clamd does (clamd(8), INSTREAM), and says what it found in it.
fn scan(mut line: impl Read + Write) -> io::Result<()> {
    let mut command = [0; 10];
    line.read_exact(&mut command)?;
    if &command != b"zINSTREAM\0" {
        return line.write_all(b"UNKNOWN COMMAND\0");
    }
    let mut file = Vec::new();
    loop {
        let mut length = [0; 4];
        line.read_exact(&mut length)?;
        let length = u64::from(u32::from_be_bytes(length));
        if length == 0 {
            break;
        }
        let read = io::copy(&mut Read::by_ref(&mut line).take(length), &mut file)?;
        assert_eq!(read, length);
    }
    let eicar = eicar();
    let found = file.windows(eicar.len()).any(|window| window == eicar);
    // An error of the scanner itself is neither yes nor no.
    if file.ends_with(b"too much") {
        return line.write_all(b"INSTREAM size limit exceeded. ERROR\0");
    }
    line.write_all(if found { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" })
}

fn over_tcp() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().flatten().for_each(|line: TcpStream| drop(scan(line))));
    format!("tcp:{address}")
}

#[tokio::test]
async fn a_malicious_file_is_not_kept_and_without_its_scanner_the_house_takes_none() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let socket = std::env::temp_dir().join(format!("almoner-{}.ctl", uuid::Uuid::now_v7().simple()));
    let unix = UnixListener::bind(&socket).unwrap();
    thread::spawn(move || unix.incoming().flatten().for_each(|line| drop(scan(line))));
    let mut kept = Vec::new();
    for scanner in [over_tcp(), format!("unix:{}", socket.display())] {
        let desk = Desk::with(&world, morning(DAY), &[("files.scanner", &scanner)]);
        assert_eq!(desk.send(&Call::get("/health/ready")).text("/scanner"), "on");
        let caller = desk.sign_in(&applicant.actor).await;
        let clean = caller.send(&caller.file(case.id, "filename=a.pdf", "application/pdf", PDF));
        assert_eq!((clean.told(), clean.text("/scanned")), ((201, ""), "clean"));
        kept.push(clean.text("/id").to_owned());
        let infected = [PDF, &[b' '; 70_000], &eicar()].concat();
        let reply = desk
            .refuses(
                &caller.file(case.id, "filename=a.pdf", "application/pdf", &infected),
                (422, "attachment.infected"),
            )
            .await;
        assert!(!reply.text("/detail").contains("Eicar"));
        let unclear = caller.file(case.id, "filename=a.txt", "text/plain", b"too much");
        desk.refuses(&unclear, (503, "scanner.unavailable")).await;
        let mut lies = lying(&world.database);
        lies.sort();
        assert_eq!(lies, kept);
        desk.told_exactly(CODES);
    }
    std::fs::remove_file(&socket).unwrap();
    // Nobody listens there any more.
    let desk = Desk::with(&world, morning(DAY), &[("files.scanner", &format!("unix:{}", socket.display()))]);
    let caller = desk.sign_in(&applicant.actor).await;
    let reply = desk
        .refuses(&caller.file(case.id, "filename=a.pdf", "application/pdf", PDF), (503, "scanner.unavailable"))
        .await;
    assert_eq!((reply.header("retry-after"), lying(&world.database).len()), ("30", 2));
    // Off is seen to be off, at the door for machines and at each file.
    let desk = Desk::open(&world, morning(DAY));
    assert_eq!(desk.send(&Call::get("/health/ready")).text("/scanner"), "off");
    let caller = desk.sign_in(&applicant.actor).await;
    let unseen = caller.send(&caller.file(case.id, "filename=a.pdf", "application/pdf", PDF));
    assert_eq!((unseen.told(), unseen.text("/scanned")), ((201, ""), "not_scanned"));
}
