//! The floors of the component from the lowest, as in the table in the documentation.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use anyhow::{Context, Result};

use super::graph::Imports;

/// What stands before and after the table.
const MARKS: (&str, &str) = ("<!-- floors -->", "<!-- /floors -->");

/// The floor of each room. A room is a file or a folder of the component.
pub(super) struct Floors(BTreeMap<String, usize>);

impl Floors {
    /// Reads the table in `plan`.
    pub(super) fn read(plan: &Path) -> Result<Self> {
        let text = fs::read_to_string(plan)
            .with_context(|| format!("cannot read the floor plan {}", plan.display()))?;
        Self::parse(&text).with_context(|| {
            format!(
                "{} has no table between {} and {}",
                plan.display(),
                MARKS.0,
                MARKS.1
            )
        })
    }

    /// Rows of the form ``| 1 | `terms` | … |``. Rooms of one floor do not import each other.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once(MARKS.0)?;
        let (table, _) = rest.split_once(MARKS.1)?;
        let mut floors = BTreeMap::new();
        for row in table.lines() {
            let mut cells = row.split('|').map(str::trim).skip(1);
            let Some(floor) = cells.next().and_then(|cell| cell.parse().ok()) else {
                continue;
            };
            let rooms = cells.next()?.split('`').skip(1).step_by(2);
            floors.extend(rooms.map(|room| (room.to_owned(), floor)));
        }
        Some(Self(floors))
    }

    /// The imports that violate the plan.
    pub(super) fn faults(&self, imports: &Imports) -> Vec<String> {
        let rooms: Vec<&str> = imports.files.iter().filter_map(|file| room(file)).collect();
        let unplanned = rooms
            .iter()
            .filter(|room| !self.0.contains_key(**room))
            .map(|room| format!("`{room}` is on no floor"));
        let gone = self
            .0
            .keys()
            .filter(|room| !rooms.contains(&room.as_str()))
            .map(|room| format!("`{room}` has a floor and is no room"));
        let upwards = imports.arrows.iter().filter_map(|((from, to), name)| {
            let (from_room, to_room) = (room(from)?, room(to)?);
            let (below, above) = (self.0.get(from_room)?, self.0.get(to_room)?);
            (from_room != to_room && below <= above).then(|| {
                format!(
                    "floor {below} imports from floor {above}: {} -> {}: {name}",
                    from.display(),
                    to.display()
                )
            })
        });
        let mut faults: Vec<String> = unplanned.chain(gone).chain(upwards).collect();
        faults.dedup();
        faults
    }
}

/// The top folder or file below the crate's root; nothing for the root itself.
fn room(file: &Path) -> Option<&str> {
    let Component::Normal(first) = file.components().next()? else {
        return None;
    };
    let room = first.to_str()?;
    let room = room.strip_suffix(".rs").unwrap_or(room);
    (room != "lib").then_some(room)
}
