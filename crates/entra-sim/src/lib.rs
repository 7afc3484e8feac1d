//! An Entra ID that runs on localhost.
