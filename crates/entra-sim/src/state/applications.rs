//! Microsoft's own applications.

/// Microsoft's own application for kubelogin: a public one, and AKS knows it.
pub(crate) const KUBELOGIN: &str = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";
