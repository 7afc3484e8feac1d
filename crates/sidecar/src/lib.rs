//! The native companion of the component.
