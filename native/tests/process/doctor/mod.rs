//! `aks-oauth-proxy doctor`: each thing broken in turn, the right row is red, and says what to do.

mod api_server;
mod cluster;
mod entra;
mod identity;
mod output;
mod settings;
mod store;
mod world;
