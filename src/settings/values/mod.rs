//! From the operator's text to values: what a setting can be, and what is wrong with anything else.

pub(super) mod admission;
pub(super) mod consent;
pub(super) mod kubelogin;
pub(super) mod kubernetes;
pub(super) mod parse;
pub(super) mod same_site;
