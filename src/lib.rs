//! The AKS OAuth Proxy's Spin component.
