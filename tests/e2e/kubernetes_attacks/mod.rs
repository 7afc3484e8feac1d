//! A reviewer's attacks on the way to the API server, which the tests play to see every byte.

mod answers;
mod bearers;
mod bodies;
mod cut;
mod ends;
mod floods;
mod kubeconfigs;
mod passed_on;
mod requests;
mod upgrades;
