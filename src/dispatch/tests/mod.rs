#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod apps;
mod costs;
mod documents;
mod forms;
mod further_tries;
mod group_names;
mod handles;
mod heads;
mod home;
mod language;
mod late;
mod manifest;
mod pages;
mod sign_ins;
