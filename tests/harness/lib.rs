//! What every end-to-end test uses.
