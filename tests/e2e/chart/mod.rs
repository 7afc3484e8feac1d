//! The chart on a real API server, by the real helm; the kubelet runs our binary as the image would.

mod accepted;
mod definitions;
mod installed;
mod replicas;
mod spin;
