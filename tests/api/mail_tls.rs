//! Mail to a server that speaks TLS, with a certificate of an authority of the agency's own.

use crate::post::{Post, at, worker};
use almoner::sink::{Mailbox, Opening};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rules::person::Language;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A mail server with TLS from the first byte on, or from the client's wish on.
struct Server {
    address: SocketAddr,
    mailbox: Mailbox,
    /// The file with the authority that vouches for it.
    authority: PathBuf,
}

impl Server {
    async fn start(implicit: bool) -> Self {
        let mut of_authority = CertificateParams::new(Vec::new()).unwrap();
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(of_authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, mailbox) = (listener.local_addr().unwrap(), Mailbox::default());
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("authority-{}.pem", address.port()));
        fs::write(&file, authority.pem()).unwrap();
        let kept = mailbox.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stream =
                    if implicit { Some(stream) } else { kept.converse(stream, Opening::OfferingTls).await.unwrap() };
                let opening = if implicit { Opening::Plain } else { Opening::Protected };
                if let Some(stream) = stream
                    && let Ok(protected) = acceptor.accept(stream).await
                {
                    kept.converse(protected, opening).await.ok();
                }
            }
        });
        Self { address, mailbox, authority: file }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        fs::remove_file(&self.authority).ok();
    }
}

#[tokio::test]
async fn mail_goes_out_over_tls_to_a_server_that_an_authority_of_ones_own_vouches_for() {
    for (tls, implicit) in [("implicit", true), ("starttls", false)] {
        let (post, server) = (Post::open().await, Server::start(implicit).await);
        post.invite("somebody@example.hk", Language::English).await;
        let authority = server.authority.to_str().unwrap();
        let settings = [("mail.tls", tls), ("mail.authority_file", authority)];
        let worker = worker(&post.database, server.address.port(), &settings).unwrap();
        assert!(worker.deliver_next(&|| at(0)).await.unwrap());
        assert_eq!((post.notices().await, server.mailbox.received().len()), (vec!["sent 1".to_owned()], 1), "{tls}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_nothing_and_nothing_is_given_up() {
    for (tls, implicit) in [("implicit", true), ("starttls", false)] {
        let (post, server) = (Post::open().await, Server::start(implicit).await);
        post.invite("somebody@example.hk", Language::English).await;
        let worker = worker(&post.database, server.address.port(), &[("mail.tls", tls)]).unwrap();
        assert!(worker.deliver_next(&|| at(0)).await.unwrap());
        let [waiting] = post.notices().await.try_into().unwrap();
        assert!(waiting.starts_with("waiting 1 ") && waiting.contains("certificate"), "{tls}: {waiting}");
        assert!(server.mailbox.received().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_offers_no_tls_where_it_is_wanted_gets_nothing() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    assert!(post.worker(&[("mail.tls", "starttls")]).deliver_next(&|| at(0)).await.unwrap());
    let [waiting] = post.notices().await.try_into().unwrap();
    assert!(waiting.starts_with("waiting 1 ") && waiting.contains("STARTTLS"), "{waiting}");
    assert!(post.mails().is_empty());
}
