//! What proves a sender where the mail server does not: signatures that the program verifies itself, and the
//! head's trust in a relay (REPLIES 2).

use super::house::{EVE, House, Setting, on_both, time};
use super::names::NameServer;
use super::post::{Read, Reply, reply};
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{DkimSigner, Done};
use rustls::pki_types::PrivateKeyDer;
use spotcheck::mail::{Dkim, Resolver, Signed};
use spotcheck::store::Ids;
use spotcheck::work::quarantine::{self, Sorted};
use spotcheck::work::senders::{self, Decision};
use std::process::Command;

const FIELDS: [&str; 5] = ["From", "To", "Subject", "Date", "Message-ID"];
const ALL: &str = "V1.1 absent\nV1.2 present\nC1 present\nC2 no answer";

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let all = chunk.iter().fold(0u32, |all, b| all << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4usize {
            let digit = usize::try_from(all >> (18 - 6 * place) & 63).unwrap();
            out.push(if place <= chunk.len() { char::from(LETTERS[digit]) } else { '=' });
        }
    }
    out
}

/// A key of its own for every test, and the record that publishes it.
fn small_key() -> (Ed25519Key, String) {
    let key = Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
    let record = format!("v=DKIM1; k=ed25519; p={}", base64(&key.public_key()));
    (key, record)
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl is installed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

fn signer<K: SigningKey>(key: K, domain: &str) -> DkimSigner<K, Done> {
    DkimSigner::from_key(key).domain(domain).selector("s1").headers(FIELDS)
}

/// As it leaves the provider: signed, and nothing else about its sender.
fn signed<K: SigningKey>(letter: &Read, name: &str, body: &str, signer: &DkimSigner<K, Done>) -> Vec<u8> {
    let raw = String::from_utf8(reply(letter, name, body).bytes()).unwrap();
    let (_, mail) = raw.split_once("From: ").unwrap();
    let mail = format!("From: {mail}");
    let signature = signer.sign(mail.as_bytes()).unwrap().to_header();
    format!("{signature}{mail}").into_bytes()
}

/// A house whose mail server says nothing about senders.
async fn alone(names: &NameServer) -> (House, Read) {
    let mut house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    house.ctx.config.intake.authserv_id = None;
    house.ctx.dkim = Some(Dkim::new(Resolver::At(names.address)).unwrap());
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    (house, letter)
}

#[tokio::test]
async fn a_signature_of_the_senders_domain_proves_it() {
    let names = NameServer::start();
    let (house, letter) = alone(&names).await;
    let (key, record) = small_key();
    names.publish("s1._domainkey.field.example", &record);
    house.deliver(&signed(&letter, "a", ALL, &signer(key, "field.example"))).await;
    house.at("2026-03-03 10:30").await;
    assert_eq!(house.recorded(&letter.assignment()).await.len(), 4);
    assert_eq!(house.inbox().await, ["1 done ok"]);
}

#[tokio::test]
async fn rsa_as_most_providers_use_it() {
    let names = NameServer::start();
    let (house, letter) = alone(&names).await;
    let private =
        openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"], b"");
    let public = openssl(&["pkey", "-inform", "DER", "-pubout", "-outform", "DER"], &private);
    names.publish("s1._domainkey.field.example", &format!("v=DKIM1; k=rsa; p={}", base64(&public)));
    let key: RsaKey<Sha256> = RsaKey::from_key_der(PrivateKeyDer::try_from(private).unwrap()).unwrap();
    house.deliver(&signed(&letter, "a", ALL, &signer(key, "field.example"))).await;
    house.at("2026-03-03 10:30").await;
    assert_eq!(house.inbox().await, ["1 done ok"]);
}

#[tokio::test]
async fn what_a_signature_does_not_cover_is_not_proven() {
    let names = NameServer::start();
    let dkim = Dkim::new(Resolver::At(names.address)).unwrap();
    let (house, letter) = alone(&names).await;
    let pkcs8 = Ed25519Key::generate_pkcs8().unwrap();
    let key = || Ed25519Key::from_pkcs8_der(&pkcs8).unwrap();
    let record = format!("v=DKIM1; k=ed25519; p={}", base64(&key().public_key()));
    names.publish("s1._domainkey.field.example", &record);
    names.publish("s1._domainkey.evil.example", &record);
    let whole = signed(&letter, "a", "V1.1 present", &signer(key(), "field.example"));
    let by = |domain: &str| Signed { by: vec![domain.to_owned()], unsettled: Vec::new() };
    assert_eq!(dkim.signers(&whole).await, by("field.example"));
    let text = String::from_utf8(whole).unwrap();
    let changed = text.replace("V1.1 present", "V1.1 absent");
    assert_eq!(dkim.signers(changed.as_bytes()).await, Signed::default(), "another body");
    let renamed = text.replace("Zhao Xin <", "Zhao <");
    assert_eq!(dkim.signers(renamed.as_bytes()).await, Signed::default(), "another From");
    let lengthy = signer(key(), "field.example").body_length(true);
    let appended = [&signed(&letter, "l", "V1.1 present", &lengthy)[..], b"\r\nC1 absent\r\n"].concat();
    assert_eq!(dkim.signers(&appended).await, Signed::default(), "only a part of the body");
    let nameless = DkimSigner::from_key(key()).domain("field.example").selector("s1").headers(["Subject", "Date"]);
    assert_eq!(dkim.signers(&signed(&letter, "n", ALL, &nameless)).await, Signed::default(), "not the sender");
    let unknown = DkimSigner::from_key(key()).domain("field.example").selector("s9").headers(FIELDS);
    assert_eq!(dkim.signers(&signed(&letter, "u", ALL, &unknown)).await, Signed::default(), "no such key");
    let before = names.asked();
    let many = text.split_once("From: ").unwrap().0.repeat(50);
    assert_eq!(dkim.signers(format!("{many}{text}").as_bytes()).await, Signed::default());
    assert_eq!(names.asked(), before, "nobody is asked fifty times");

    // Somebody else's good signature proves somebody else.
    let foreign = signed(&letter, "f", ALL, &signer(key(), "evil.example"));
    assert_eq!(dkim.signers(&foreign).await, by("evil.example"));
    house.deliver(&foreign).await;
    house.deliver(changed.as_bytes()).await;
    let before = names.asked();
    let key = letter.message_id.split('@').next().unwrap().rsplit('.').next().unwrap();
    let reference = key.to_uppercase();
    let keyless = text
        .replace(key, "0000000000000000")
        .replace(&format!("{}-{}", &reference[..4], &reference[4..8]), "0000-0000");
    let stranger = text.replace("zhaoxin@field", "somebody@field");
    house.deliver(keyless.as_bytes()).await;
    house.deliver(stranger.as_bytes()).await;
    house.at("2026-03-03 10:30").await;
    assert!(house.recorded(&letter.assignment()).await.is_empty());
    let inbox = house.inbox().await;
    assert!(inbox.contains(&"2 quarantine unauthenticated".to_owned()) && inbox.len() == 3, "{inbox:?}");
    assert!(names.asked() <= before + 2, "who has no key or another address has nobody asked");
}

#[tokio::test]
async fn a_mail_whose_key_cannot_be_looked_up_waits_and_is_read_later() {
    let names = NameServer::start();
    let (house, letter) = alone(&names).await;
    let (key, record) = small_key();
    names.publish("s1._domainkey.field.example", &record);
    names.broken(true);
    house.deliver(&signed(&letter, "a", ALL, &signer(key, "field.example"))).await;
    house.at("2026-03-03 10:30").await;
    assert_eq!(house.inbox().await, ["1 new "], "neither read nor refused");
    // Others are not kept waiting.
    house.deliver(&Reply { proof: "none", ..reply(&letter, "other", ALL) }.bytes()).await;
    house.at("2026-03-03 10:30").await;
    assert_eq!(house.inbox().await, ["1 new ", "1 quarantine unauthenticated"]);
    names.broken(false);
    house.at("2026-03-03 11:31").await;
    assert_eq!(house.recorded(&letter.assignment()).await.len(), 4);
    assert_eq!(house.inbox().await, ["1 done ok", "1 quarantine unauthenticated"]);
}

#[tokio::test]
async fn a_mail_whose_key_is_never_found_goes_to_a_person_after_two_days() {
    let names = NameServer::start();
    let (house, letter) = alone(&names).await;
    let (key, _) = small_key();
    names.broken(true);
    house.deliver(&signed(&letter, "a", ALL, &signer(key, "field.example"))).await;
    house.at("2026-03-03 10:30").await;
    house.at("2026-03-05 10:31").await;
    assert_eq!(house.inbox().await, ["1 quarantine unauthenticated"]);
    // Later the key is there, but what was found out stays: reading again finds the same.
    names.broken(false);
    let waiting = quarantine::mails(&house.ctx, Some("quarantine")).await.unwrap();
    assert_eq!(waiting[0].dkim.as_deref(), Some(""));
    let accepted = quarantine::accept(&house.ctx, &waiting[0].id, "Chen Fang", None).await.unwrap();
    assert_eq!(accepted, Sorted::Done("ok".to_owned()));
}

fn through(letter: &Read, name: &str, relay: &str) -> Vec<u8> {
    let raw = String::from_utf8(Reply { proof: "dmarc=none", ..reply(letter, name, "V1.1 present") }.bytes()).unwrap();
    assert!(raw.contains("from mail.field.example by"));
    raw.replace("from mail.field.example by", &format!("from mail.field.example ({relay}) by")).into_bytes()
}

#[tokio::test]
async fn the_head_trusts_a_relay_for_ninety_days() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        let decision = Decision {
            address: "ZhaoXin@field.example",
            relay: "relay.field.example",
            by: "Chen Fang",
            reason: "its provider signs nothing",
        };
        let nobody = Decision { address: "nobody@field.example", ..decision };
        let trouble = senders::trust(&house.ctx, nobody).await.unwrap_err().to_string();
        assert!(trouble.contains("no inspector") && !trouble.contains("nobody@"), "{trouble}");
        assert!(senders::trust(&house.ctx, Decision { relay: "a b", ..decision }).await.is_err());
        let ends = senders::trust(&house.ctx, decision).await.unwrap();
        assert_eq!(ends.0 - time("2026-03-03 07:30").0, 90 * 86_400_000);
        for (name, relay) in [("other", "other.example [203.0.113.9]"), ("claimed", "unknown [203.0.113.9]")] {
            house.deliver(&through(&letter, name, relay)).await;
        }
        house.at("2026-03-03 10:30").await;
        assert!(house.recorded(&letter.assignment()).await.is_empty());
        house.deliver(&through(&letter, "relayed", "relay.field.example [203.0.113.5]")).await;
        house.at("2026-03-03 10:31").await;
        assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 present"]);
        assert_eq!(house.inbox().await, ["1 done ok", "2 quarantine unauthenticated"]);

        // Another address is not trusted with it, and a revoked one no longer.
        assert!(senders::revoke(&house.ctx, decision).await.unwrap());
        assert!(!senders::revoke(&house.ctx, decision).await.unwrap());
        house.deliver(&through(&letter, "revoked", "relay.field.example [203.0.113.5]")).await;
        house.at("2026-03-03 10:32").await;
        assert_eq!(house.inbox().await, ["1 done ok", "3 quarantine unauthenticated"]);
        let stands = senders::trusts(&house.ctx).await.unwrap();
        assert_eq!((stands.len(), stands[0].decision.as_str(), stands[0].actor.as_str()), (1, "revoke", "Chen Fang"));

        // A trust ends by itself.
        senders::trust(&house.ctx, decision).await.unwrap();
        let mut tx = house.ctx.store.read().await.unwrap();
        let trusted = tx.relays_of(&Ids::new(["zhaoxin@field.example", "a@b.example"])).await.unwrap();
        let [(.., ends)] = trusted.as_slice() else { panic!("{trusted:?}") };
        assert!(*ends > time("2026-05-30 10:00") && *ends < time("2026-06-01 10:33"));
        drop(tx);
        house.ctx.clock.set(time("2026-06-01 10:33"));
        assert!(!senders::revoke(&house.ctx, decision).await.unwrap(), "it ended by itself");
    })
    .await;
}
