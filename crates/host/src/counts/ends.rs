//! Notifies a listener of sign-outs and revocations.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// The log events of these (docs/logging.md).
const ENDS: [&str; 2] = ["revocation", "sign_out"];

type Tell = Box<dyn Fn() + Send + Sync>;

/// The listener, if there is one. All clones share it.
#[derive(Clone, Default)]
pub(super) struct Ends(Arc<OnceLock<Tell>>);

impl Ends {
    /// Sets the listener. Only the first one counts.
    pub(super) fn tell(&self, tell: Tell) {
        let _ = self.0.set(tell);
    }

    /// A component has logged this event.
    pub(super) fn logged(&self, event: &str) {
        if let Some(tell) = self.0.get().filter(|_| ENDS.contains(&event)) {
            tell();
        }
    }
}

impl fmt::Debug for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ends")
    }
}
