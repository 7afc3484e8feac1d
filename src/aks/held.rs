//! What a session holds of tokens that are renewed, and whose turn it is to renew them.

use super::failure::AksFailure;
use crate::admission::Door;
use crate::outbound::{Away, Dependency};
use crate::platform::Platform;
use crate::session::lease::{self, Lease, Patience, Turn};
use crate::session::{Holder, Tokens};
use crate::store::StoreFailure;

/// What a session holds.
pub enum Held<T = Tokens> {
    /// What is still valid.
    Token(T),
    /// Nothing that is valid, and why; with all that the grant has.
    Nothing(Box<Tokens>, AksFailure),
    /// The session has ended.
    Ended,
}

/// Tokens among those of a grant, which are renewed when they are due.
pub(super) trait Renewed {
    /// What serves while it is valid.
    type Living;

    /// What is still valid of `tokens`.
    fn living(&self, tokens: &Tokens) -> Option<Self::Living>;

    /// Whether it has to be renewed already.
    fn is_due(&self, tokens: &Tokens, living: &Self::Living) -> bool;

    /// Why Entra must not be asked: the outcome of the last try, or that there is nothing to ask with.
    fn known(&self, tokens: &Tokens) -> Option<AksFailure>;
}

/// What follows for one request.
pub(super) enum Next<L> {
    /// This serves, and is among these tokens.
    Use(Box<Tokens>, L),
    /// It asks Entra. The others wait for it.
    Renew(Box<Lease>),
    /// There is nothing to use, and why.
    Nothing(Box<Tokens>, AksFailure),
    /// The session has ended.
    Ended,
}

/// What follows for a request that wants what is `renewed` of `holder`. When it is due, one request on one
/// replica asks Entra. The others use the old one while it is valid, and otherwise wait for the new one.
///
/// # Errors
/// When the store fails.
pub(super) async fn next<P: Platform, R: Renewed>(
    renewed: &R,
    door: &Door<'_, P>,
    holder: &Holder<'_>,
) -> Result<Next<R::Living>, StoreFailure> {
    let mut patience = Patience::begin(door.records);
    loop {
        let Some(tokens) = holder.tokens(door.records).await? else {
            return Ok(Next::Ended);
        };
        let tokens = Box::new(tokens);
        let living = match renewed.living(&tokens) {
            Some(living) if !renewed.is_due(&tokens, &living) => {
                return Ok(Next::Use(tokens, living));
            }
            living => living,
        };
        if let Some(failure) = renewed.known(&tokens) {
            return Ok(match serving(living, &failure) {
                Some(living) => Next::Use(tokens, living),
                None => Next::Nothing(tokens, failure),
            });
        }
        let turn = lease::take(door.records, door.clock_tolerance, holder, &tokens).await?;
        match (turn, living) {
            (Turn::Mine(lease), _) => return Ok(Next::Renew(lease)),
            (Turn::Ended, _) => return Ok(Next::Ended),
            (Turn::Another, Some(living)) => return Ok(Next::Use(tokens, living)),
            (Turn::Another, None) => {
                if let Err(busy) = patience.wait().await {
                    let away = Away::new(Dependency::Entra, busy.to_string());
                    return Ok(Next::Nothing(tokens, AksFailure::Away(away)));
                }
            }
            (Turn::Moved, _) => {}
        }
    }
}

/// What serves after a failure. A final one counts even if something is valid. After any other what is valid
/// serves.
pub(super) fn serving<L>(living: Option<L>, failure: &AksFailure) -> Option<L> {
    let is_final = matches!(
        failure,
        AksFailure::SignInAgain(_) | AksFailure::NotAdmitted(_)
    );
    living.filter(|_| !is_final)
}
