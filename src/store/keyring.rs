//! Seals everything that is stored or sent (ADR 4).

use std::iter;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::format::Format;
use crate::platform::Random;
use crate::settings::{Reader, table};
use crate::terms::Secret;
use crate::terms::encoding::base64url;

const KID_LENGTH: usize = 6;
const NONCE_LENGTH: usize = 24;

/// The operator's secrets: the first seals, all open.
pub struct Keyring {
    first: Key,
    others: Vec<Key>,
    /// What is written.
    format: Format,
}

impl Keyring {
    /// Reads `SESSION_SECRET` and `SESSION_RECORD_FORMAT`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let secrets = reader.read(&table::SESSION_SECRET);
        let format = reader.read(&table::SESSION_RECORD_FORMAT);
        let mut keys = secrets?.into_iter().map(Key::new);
        Some(Self {
            first: keys.next()?,
            others: keys.collect(),
            format: Format::written(format?),
        })
    }

    /// The id of the secret that seals. Handles carry it.
    pub fn kid(&self) -> &str {
        &self.first.kid
    }

    /// The name of `text` under the secret that seals. Nobody without that secret can tell whether
    /// something in the store is about `text`.
    pub fn name(&self, kind: &str, text: &str) -> [u8; 32] {
        self.first.name(kind, text)
    }

    /// The names of `text` under each secret, the first one first.
    pub fn names(&self, kind: &str, text: &str) -> Vec<[u8; 32]> {
        iter::once(&self.first)
            .chain(&self.others)
            .map(|key| key.name(kind, text))
            .collect()
    }

    /// Seals `plaintext` as version, kid, nonce and XChaCha20-Poly1305 ciphertext.
    ///
    /// The key is HKDF-SHA256 (RFC 5869) of the secret, with `salt` and with an info that names the
    /// kind. Kind, version and `name` (store key or cookie name) are authenticated too.
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8], random: &impl Random) -> Vec<u8> {
        let mut nonce = [0; NONCE_LENGTH];
        random.fill(&mut nonce);
        let payload = Payload {
            msg: plaintext,
            aad: &context.associated_data(self.format),
        };
        let ciphertext = self
            .first
            .cipher(context, self.format)
            .and_then(|cipher| cipher.encrypt(XNonce::from_slice(&nonce), payload).ok())
            .unwrap_or_default();
        let kid = self.first.kid.as_bytes();
        [&[self.format.version], kid, &nonce, &ciphertext].concat()
    }

    /// Opens what [`Keyring::seal`] made in the same context, in any format that is read.
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Opened {
        let Some((version, rest)) = sealed.split_first() else {
            return Opened::Not;
        };
        match Format::read(*version) {
            Some(format) => self
                .open_in(format, context, rest)
                .map_or(Opened::Not, Opened::Plain),
            None if Format::is_newer(*version) => Opened::Newer,
            None => Opened::Not,
        }
    }

    fn open_in(
        &self,
        format: Format,
        context: &Context<'_>,
        rest: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (kid, rest) = rest.split_at_checked(KID_LENGTH)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LENGTH)?;
        let key = iter::once(&self.first)
            .chain(&self.others)
            .find(|k| k.kid.as_bytes() == kid)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &context.associated_data(format),
        };
        let plaintext = key
            .cipher(context, format)?
            .decrypt(XNonce::from_slice(nonce), payload)
            .ok()?;
        Some(Zeroizing::new(plaintext))
    }
}

/// What is sealed, for whom and where. In another context it does not open.
pub struct Context<'a> {
    /// What it is (`session`, `tokens`, `attempt` …).
    pub kind: &'a str,
    /// The store key or cookie name under which it is found.
    pub name: &'a str,
    /// The handle or grant id that is needed to open it, or nothing.
    pub salt: &'a [u8],
}

impl Context<'_> {
    fn associated_data(&self, format: Format) -> Vec<u8> {
        let version = [0, format.version];
        [self.kind.as_bytes(), &version, self.name.as_bytes()].concat()
    }
}

/// The result of opening.
pub enum Opened {
    /// The plaintext.
    Plain(Zeroizing<Vec<u8>>),
    /// It does not open: it is forged, moved, damaged or of another secret. It counts as absent.
    Not,
    /// A newer release wrote it.
    Newer,
}

struct Key {
    kid: String,
    secret: Secret,
    /// HKDF of the secret without a salt, which is needed more than once for each request.
    unsalted: Hkdf<Sha256>,
}

impl Key {
    fn new(secret: Secret) -> Self {
        let unsalted = Hkdf::<Sha256>::new(None, secret.reveal().as_bytes());
        let mut kid = [0; 4];
        // Expanding to 4 bytes cannot fail: RFC 5869 allows up to 255 times the hash.
        let _ = unsalted.expand(b"kid", &mut kid);
        let kid = base64url(&kid).chars().take(KID_LENGTH).collect();
        Self {
            kid,
            secret,
            unsalted,
        }
    }

    fn name(&self, kind: &str, text: &str) -> [u8; 32] {
        let mut name = [0; 32];
        let info = ["name", kind, text].join("\0");
        // Expanding to 32 bytes cannot fail, as above.
        let _ = self.unsalted.expand(info.as_bytes(), &mut name);
        name
    }

    fn cipher(&self, context: &Context<'_>, format: Format) -> Option<XChaCha20Poly1305> {
        let mut key = Zeroizing::new([0; 32]);
        let info = format.info(context.kind);
        match context.salt {
            // To HMAC a key without bytes is one of zeros, which no salt stands for (RFC 5869, section 2.2).
            [] => self.unsalted.expand(&info, key.as_mut()),
            salt => Hkdf::<Sha256>::new(Some(salt), self.secret.reveal().as_bytes())
                .expand(&info, key.as_mut()),
        }
        .ok()?;
        Some(XChaCha20Poly1305::new(key.as_ref().into()))
    }
}
