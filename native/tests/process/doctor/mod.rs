//! `aks-oauth-proxy doctor`: each test breaks one thing, and the right row must fail and name the remedy.

mod api_server;
mod cluster;
mod entra;
mod identity;
mod output;
mod settings;
mod store;
mod world;
