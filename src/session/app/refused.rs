//! Why no app cookie comes of a ticket.

use crate::problem::{Note, Problem, Tell, WayOn, sentences};
use crate::terms::ReturnPath;

/// Why no app cookie comes of a ticket.
#[derive(Debug)]
pub enum TicketRefused {
    /// It is not for this host, or not for this browser; or this browser has begun nothing, or too long
    /// ago.
    NotForYou,
    /// It is older than a minute.
    Late(ReturnPath),
    /// It was used before.
    Used(ReturnPath),
    /// The sign-in from which it comes has ended meanwhile.
    Ended(ReturnPath),
}

impl Tell for TicketRefused {
    fn problem(&self) -> Problem {
        let (sentence, led_to) = match self {
            Self::NotForYou => (&sentences::APP_NOT_BEGUN_HERE, None),
            Self::Late(led_to) => (&sentences::APP_TICKET_LATE, Some(led_to)),
            Self::Used(led_to) => (&sentences::APP_TICKET_USED, Some(led_to)),
            Self::Ended(led_to) => (&sentences::APP_SESSION_ENDED, Some(led_to)),
        };
        Problem::new(400, sentence)
            .leading_to(led_to.cloned())
            .way_on(WayOn::App)
    }

    fn note(&self) -> Option<Note<'_>> {
        match self {
            Self::NotForYou | Self::Late(_) | Self::Used(_) | Self::Ended(_) => {
                Some(Note::default())
            }
        }
    }
}
