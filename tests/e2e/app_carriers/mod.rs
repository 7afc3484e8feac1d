//! Apps behind native code: `serve`, and `aks-oauth-proxy tunnel` in front of a component, which carry alike.

mod bodies;
mod carried;
mod hostile;
mod websockets;
