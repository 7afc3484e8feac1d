//! From their values to ours.

mod admission;
mod apps;
mod entra;
mod kubernetes;
mod lines;
mod redis;
mod sessions;

pub(crate) use self::admission::{email_domains, groups, trusted_proxies};
pub(crate) use self::apps::{
    cookie_domains, id_token, ping, prefix, ready, return_origins, upstreams,
};
pub(crate) use self::entra::{client_id, issuer, provider, redirect_uri, scopes, tenant};
pub(crate) use self::kubernetes::{
    api_server, group_prefix, groups_claim, no_impersonation, passthrough, user_claim, user_prefix,
};
pub(crate) use self::redis::{
    redis_address, redis_password, redis_username, sentinel_service, sentinels,
};
pub(crate) use self::sessions::{
    cookie_expire, cookie_name, cookie_samesite, cookie_secure, store,
};
