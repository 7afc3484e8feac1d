//! End to end: the real component in the real host, with its sidecar and entra-sim.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod admission;
mod app_bearers;
mod app_carriers;
mod app_cluster;
mod app_consent;
mod apps_in_a_browser;
mod attacks;
mod chart;
mod clocks;
mod configuration;
mod consent;
mod crashes;
mod credential_unknown;
mod device_code;
mod doctor;
mod every_page_in_a_browser;
mod first_page;
mod floods;
mod formats;
mod forward_auth;
mod forward_proxy;
mod fronts;
mod group_names;
mod host;
mod id_token;
mod image;
mod in_a_browser;
mod job_service;
mod keyboard_in_a_browser;
mod kubectl_table;
mod kubelogin;
mod kubernetes;
mod kubernetes_attacks;
mod kubernetes_bodies;
mod kubernetes_clients;
mod kubernetes_direct;
mod kubernetes_host;
mod kubernetes_identity;
mod kubernetes_impersonation;
mod kubernetes_messages;
mod kubernetes_streams;
mod kubernetes_tokens;
mod kubernetes_transfers;
mod kubernetes_tunnel;
mod logout;
mod metrics;
mod outages;
mod redis;
mod refreshes;
mod refusals;
mod replicas;
mod requests;
mod reverse_proxy;
mod rollover;
mod secrets;
mod sign_in;
mod store;
mod strangers;
mod traces;
mod walk_in_a_browser;
mod without_scripts_in_a_browser;
