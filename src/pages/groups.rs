//! The user's groups by their names.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::shown::shown;
use super::view::View;
use crate::entra::{Group, NamedGroups, NoNames};
use crate::texts::en;

/// The most groups that are shown: a page has its limits.
const MOST: usize = 20;

/// A card with the groups, or with what keeps them away; nothing where nobody wants it.
pub(super) fn groups(view: &View, groups: Option<&Result<NamedGroups, NoNames>>) -> Markup {
    html! {
        @if let Some(groups) = groups {
            div.card {
                h2 { (view.say(&en::GROUPS_TITLE)) }
                @match groups {
                    Ok(named) => (list(view, named)),
                    Err(NoNames::NotAllowed) => p { (view.say(&en::GROUPS_NOT_ALLOWED)) },
                    Err(NoNames::Away) => p { (view.say(&en::GROUPS_AWAY)) },
                }
            }
        }
    }
}

fn list(view: &View, named: &NamedGroups) -> Markup {
    let mut groups: Vec<&Group> = named.groups.iter().collect();
    groups.sort_by(|one, other| in_order(one, other));
    let left_out = groups.len().saturating_sub(MOST).to_string();
    let more = match named.more {
        true => &en::MORE_THAN,
        false => &en::MORE,
    };
    html! {
        @if groups.is_empty() {
            p { (view.say(&en::GROUPS_NONE)) }
        } @else {
            p.soft { (view.say(&en::GROUPS_WHAT)) }
            ul.rows { @for group in groups.iter().take(MOST) { li { (row(group)) } } }
        }
        @if left_out != "0" {
            p.soft { (more.filled(view.language, &[("number", &left_out)])) }
        }
    }
}

/// By name, in any case; those without one come last.
fn in_order(one: &Group, other: &Group) -> Ordering {
    let key = |group: &Group| {
        (
            group.name.is_none(),
            group.name.as_ref().map(|name| name.to_lowercase()),
        )
    };
    key(one).cmp(&key(other))
}

fn row(group: &Group) -> Markup {
    html! {
        div {
            @if let Some(name) = &group.name { p { bdi { (shown(name)) } } }
            p.small { code { (shown(&group.id)) } }
        }
    }
}
