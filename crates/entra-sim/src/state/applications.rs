//! Applications: Microsoft's own, and what Entra knows of ours.

/// Microsoft's own application for kubelogin: a public one, and AKS knows it.
pub(crate) const KUBELOGIN: &str = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";

/// The object id of our application's service principal.
pub(crate) const SERVICE_PRINCIPAL: &str = "5e41ce00-0000-4000-8000-000000000009";
