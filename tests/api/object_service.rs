//! Files at an S3-compatible service: a server of the tests that speaks as much of its protocol as is needed, on a real socket.

use crate::attaching::lying;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::site::morning;
use crate::world::{World, at};
use almoner::clock::Clock;
use almoner::files::Files;
use almoner::settings::{self, Place, Scanner, Service};
use almoner::worker::clocks;
use chrono::TimeDelta;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// What lies in the bucket, and what has come of it in parts.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
}

/// A service with one bucket, `grants`.
struct Bucketed {
    address: String,
    bucket: Arc<Mutex<Bucket>>,
}

impl Bucketed {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let bucket = Arc::<Mutex<Bucket>>::default();
        let its = Arc::clone(&bucket);
        thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let bucket = Arc::clone(&its);
                thread::spawn(move || while answer(&line, &bucket).is_some() {});
            }
        });
        Self { address, bucket }
    }

    fn keys(&self) -> Vec<String> {
        self.bucket.lock().unwrap().objects.keys().cloned().collect()
    }
}

/// One request; `None` where the line has ended.
fn answer(line: &TcpStream, bucket: &Mutex<Bucket>) -> Option<()> {
    let mut reader = BufReader::new(line);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (reader.read_line(&mut head).ok()? > 0).then_some(())?;
    }
    let header = |name: &str| {
        head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)))
    };
    assert!(header("authorization").unwrap().1.contains("Credential=almoner/"), "{head}");
    let mut body = vec![0; header("content-length").map_or(0, |(_, length)| length.trim().parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let mut words = head.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let key = path.strip_prefix("/grants").unwrap().trim_start_matches('/').to_owned();
    let asked = |name: &str| query.split('&').find_map(|part| part.split_once('=').filter(|(known, _)| *known == name));
    let mut bucket = bucket.lock().unwrap();
    let (status, headers, body) = match (method, asked("uploadId"), asked("partNumber")) {
        ("POST", None, _) => {
            bucket.parts.insert(key.clone(), BTreeMap::new());
            let xml =
                format!("<InitiateMultipartUploadResult><UploadId>{key}</UploadId></InitiateMultipartUploadResult>");
            (200, String::new(), xml.into_bytes())
        }
        ("PUT", Some(_), Some((_, number))) => match bucket.parts.get_mut(&key) {
            Some(parts) => {
                parts.insert(number.parse().unwrap(), body);
                (200, format!("ETag: \"{number}\"\r\n"), Vec::new())
            }
            // It was on its way when the upload was given up.
            None => (404, String::new(), Vec::new()),
        },
        ("POST", Some(_), _) => {
            let whole = bucket.parts.remove(&key).unwrap().into_values().flatten().collect();
            bucket.objects.insert(key, whole);
            let xml = "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>";
            (200, String::new(), xml.as_bytes().to_vec())
        }
        ("DELETE", Some(_), _) => {
            bucket.parts.remove(&key);
            (204, String::new(), Vec::new())
        }
        ("DELETE", ..) => {
            bucket.objects.remove(&key);
            (204, String::new(), Vec::new())
        }
        ("GET", ..) if key.is_empty() => {
            let one = |(key, bytes): (&String, &Vec<u8>)| {
                format!(
                    "<Contents><Key>{key}</Key><Size>{}</Size><LastModified>2026-11-29T00:00:00.000Z</LastModified><ETag>\"whole\"</ETag></Contents>",
                    bytes.len()
                )
            };
            let all = bucket.objects.iter().map(one).collect::<String>();
            (200, String::new(), format!("<ListBucketResult>{all}</ListBucketResult>").into_bytes())
        }
        ("GET", ..) => match bucket.objects.get(&key) {
            Some(whole) => {
                let modified = "ETag: \"whole\"\r\nLast-Modified: Sun, 29 Nov 2026 00:00:00 GMT\r\n".to_owned();
                ranged(whole, header("range").map(|(_, range)| range), modified)
            }
            None => (404, String::new(), Vec::new()),
        },
        _ => panic!("nobody has said what to answer to {head}"),
    };
    let mut line = line;
    line.write_all(format!("HTTP/1.1 {status} So\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).as_bytes())
        .ok()?;
    line.write_all(&body).ok()
}

fn ranged(whole: &[u8], range: Option<&str>, headers: String) -> (u16, String, Vec<u8>) {
    let Some(range) = range else { return (200, headers, whole.to_vec()) };
    let (first, last) = range.trim().strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (first, last) = (first.parse::<usize>().unwrap(), last.parse::<usize>().unwrap());
    let told = format!("{headers}Content-Range: bytes {first}-{last}/{}\r\n", whole.len());
    (206, told, whole[first..=last].to_vec())
}

#[tokio::test]
async fn files_lie_at_a_service_as_they_would_in_a_folder() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let service = Bucketed::open();
    let settings = [
        ("files.place", "s3:grants"),
        ("files.s3_endpoint", service.address.as_str()),
        ("files.s3_key_id", "almoner"),
        ("files.s3_secret_key", "a key of the tests"),
    ];
    let desk = Desk::with(&world, morning(DAY), &settings);
    let caller = desk.sign_in(&applicant.actor).await;
    // Longer than two parts.
    let picture = [PNG, &[7; 11 * 1024 * 1024]].concat();
    let attached = caller.send(&caller.file(case.id, "filename=a.png", "image/png", &picture));
    assert_eq!(attached.told(), (201, ""), "{}", attached.json);
    let (id, lie) = (attached.text("/id").to_owned(), Vec::<String>::new());
    assert_eq!((service.keys(), lying(&world.database)), (vec![format!("attachments/{id}")], lie));
    let content = format!("/api/v1/attachments/{id}/content");
    let part = caller.send(&caller.get(&content).header("range", "bytes=1-3"));
    assert_eq!((part.status.as_u16(), part.bytes.as_slice()), (206, b"PNG".as_slice()));
    let disagrees = caller.file(case.id, "filename=a.pdf", "application/pdf", &picture);
    desk.refuses(&disagrees, (422, "attachment.type_disagrees")).await;
    assert!(service.bucket.lock().unwrap().parts.is_empty(), "what had come was given up");
    // Belonging to nothing, and old enough to be swept.
    let nobodys = format!("attachments/{}", uuid::Uuid::now_v7());
    service.bucket.lock().unwrap().objects.insert(nobodys, b"whole".to_vec());
    let place = Place::Service(Service {
        endpoint: service.address.clone(),
        region: "ap-east-1".to_owned(),
        bucket: "grants".to_owned(),
        key_id: "almoner".to_owned(),
        secret_key: SecretString::from("a key of the tests"),
    });
    let patience = Duration::from_secs(60);
    let settings = settings::Files {
        place,
        bytes_max: 1,
        upload_time_max: patience,
        uploads_max: 1,
        scanner: Scanner::Off,
        scan_time_max: patience,
    };
    let files = Files::open(&settings).unwrap();
    let later = Clock::default().moment().now.max("2026-11-29T00:00:00Z".parse().unwrap()) + TimeDelta::days(2);
    assert_eq!(clocks::sweep_files(&world.db, &files, later).await.unwrap(), 1);
    assert_eq!(service.keys(), [format!("attachments/{id}")]);
    assert_eq!(caller.send(&caller.delete(format!("/api/v1/attachments/{id}"))).told(), (204, ""));
    assert_eq!(service.keys(), Vec::<String>::new());
}
