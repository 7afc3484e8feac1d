//! Runs a Spin manifest.
