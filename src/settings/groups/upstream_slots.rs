//! The slots for the origins of apps: `spin.toml` grants no list, but sixteen variables.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::settings::setting::Setting;
use crate::settings::table;
use crate::settings::values::{parse, upstreams};
use crate::terms::Origin;

/// The settings that say which origins the function may reach. `spin.toml` grants each of them.
pub(super) const SLOTS: [&Setting<Option<Origin>>; 16] = [
    &table::UPSTREAM_ORIGIN1,
    &table::UPSTREAM_ORIGIN2,
    &table::UPSTREAM_ORIGIN3,
    &table::UPSTREAM_ORIGIN4,
    &table::UPSTREAM_ORIGIN5,
    &table::UPSTREAM_ORIGIN6,
    &table::UPSTREAM_ORIGIN7,
    &table::UPSTREAM_ORIGIN8,
    &table::UPSTREAM_ORIGIN9,
    &table::UPSTREAM_ORIGIN10,
    &table::UPSTREAM_ORIGIN11,
    &table::UPSTREAM_ORIGIN12,
    &table::UPSTREAM_ORIGIN13,
    &table::UPSTREAM_ORIGIN14,
    &table::UPSTREAM_ORIGIN15,
    &table::UPSTREAM_ORIGIN16,
];

/// Puts the origins of `UPSTREAMS` into the slots that are free, so that nobody has to name them twice. More
/// than there is room for are left out, which the check of all settings tells. `variables` are by name, in
/// lower case.
pub fn fill_slots(variables: &mut BTreeMap<String, String>) {
    let text = variables.get(&table::UPSTREAMS.variable());
    let entries = text.and_then(|text| upstreams::list(text).ok());
    for entry in entries.unwrap_or_default() {
        let Some(url) = entry.get("url").and_then(Value::as_str) else {
            continue;
        };
        let mut slots = SLOTS.iter().map(|slot| slot.variable());
        let has_slot = |slot: &String| variables.get(slot).is_some_and(|given| given == url);
        if slots.clone().any(|slot| has_slot(&slot)) {
            continue;
        }
        // What is no origin would make every grant of the function unreadable.
        let is_origin = parse::any_origin(url).is_ok();
        let free = slots.find(|slot| !variables.contains_key(slot));
        if let Some(slot) = free.filter(|_| is_origin) {
            variables.insert(slot, url.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::fill_slots;

    #[test]
    fn origins_are_put_into_slots_that_are_free() {
        let upstreams = json!([
            { "host": "a.example.com", "url": "http://a.svc" },
            { "host": "b.example.com", "url": "http://b.svc" },
            { "host": "c.example.com", "url": "http://a.svc" },
            { "host": "d.example.com", "url": "http://d.svc/x" },
            { "host": "e.example.com", "url": "http://e.svc" },
        ]);
        let given = [
            ("upstreams", upstreams.to_string()),
            ("upstream_origin1", "http://b.svc".to_owned()),
            ("upstream_origin3", "http://x.svc".to_owned()),
        ];
        let given = given.map(|(name, value)| (name.to_owned(), value));
        let mut variables = BTreeMap::from(given);
        fill_slots(&mut variables);
        let slot = |at: u8| {
            variables
                .get(&format!("upstream_origin{at}"))
                .map(String::as_str)
        };
        assert_eq!(slot(1), Some("http://b.svc"));
        assert_eq!(slot(2), Some("http://a.svc"));
        assert_eq!(slot(3), Some("http://x.svc"));
        assert_eq!(slot(4), Some("http://e.svc"));
        assert_eq!(slot(5), None);
        for text in ["", "{", "[1]", "[{}]"] {
            let mut broken = BTreeMap::from([("upstreams".to_owned(), text.to_owned())]);
            fill_slots(&mut broken);
            assert_eq!(broken.len(), 1, "{text}");
        }
    }
}
