//! What the webhook of workload identity has set, against the settings. The proxy reads the settings; a
//! service account that is annotated for another application shows that one of them is wrong.

use aks_oauth_proxy_component::settings::Client;

use crate::check::Check;
use crate::installation::Webhook;
use crate::row::Row;

const NAME: Check = Check::WorkloadIdentity;

/// Compares what is there.
pub(crate) fn check(webhook: &Webhook, client: &Client) -> Row {
    let authority = webhook.authority_host.as_deref();
    let compared = [
        (
            "AZURE_CLIENT_ID",
            webhook.client_id.as_deref(),
            "CLIENT_ID",
            client.client_id.as_str(),
        ),
        (
            "AZURE_TENANT_ID",
            webhook.tenant_id.as_deref(),
            "TENANT_ID",
            client.tenant_id.as_str(),
        ),
        (
            "AZURE_AUTHORITY_HOST",
            authority.map(|host| host.trim_end_matches('/')),
            "AUTHORITY_HOST",
            client.authority_host.as_str(),
        ),
    ];
    if compared.iter().all(|(_, theirs, ..)| theirs.is_none()) {
        return Row::skipped(NAME, "the webhook has set nothing here");
    }
    let differing: Vec<String> = compared
        .iter()
        .filter_map(|(variable, theirs, setting, ours)| {
            let theirs = theirs.filter(|theirs| !theirs.eq_ignore_ascii_case(ours))?;
            Some(format!("{variable} is {theirs}, {setting} is {ours}"))
        })
        .collect();
    if differing.is_empty() {
        return Row::ok(NAME, "the webhook says the same as the settings");
    }
    Row::warning(
        NAME,
        differing.join("; "),
        "the settings count. Correct them, or the annotations azure.workload.identity/client-id and \
         /tenant-id of the service account",
    )
}
