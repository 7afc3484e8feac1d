//! Parses the operator's text into values, and says what is wrong with any other text.

pub(super) mod admission;
pub(super) mod apps;
pub(super) mod audience;
pub(super) mod brand;
pub(super) mod consent;
mod fields;
pub(super) mod kubelogin;
pub(super) mod kubernetes;
pub(super) mod parse;
pub(super) mod pattern;
pub(super) mod picture;
pub(super) mod record_format;
pub(super) mod redis;
pub(super) mod same_site;
pub(super) mod scope;
pub(super) mod shown_apps;
pub(super) mod upstreams;
