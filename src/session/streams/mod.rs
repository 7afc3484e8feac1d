//! How many requests that last somebody has under way: watches, followed logs, uploads, tunnels.
//!
//! Everybody has a number of places. Each has a note of its own: who takes it writes that, and who gives it back
//! writes that too. So neither gets lost between two who write at once. A place that is looked at alone is
//! renewed in its note. Those that are looked at together are renewed in one note for all of them (ADR 42). A
//! place that nobody has renewed for a while is free, so a crash gives its places back. Without compare-and-swap
//! two holders may take one place. The limit is approximate, and no security depends on it.

mod holder;
mod kept;
mod place;
mod renew;
mod renewals;
mod take;

pub use self::holder::Holder;
pub use self::place::Place;
pub use self::renew::renew;
pub use self::take::take;
