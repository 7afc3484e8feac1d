//! What a reviewer would try on the way to the API server, which is played here: its side of each
//! request is seen to the byte.

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
