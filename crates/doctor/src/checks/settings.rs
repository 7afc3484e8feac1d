//! Every setting, as `serve` checks it.

use aks_oauth_proxy_component::settings::Fault;

use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Settings;

/// A row for each fault, and for each piece of advice.
pub(crate) fn check(faults: &[Fault], advice: &[Fault]) -> Vec<Row> {
    let mut rows: Vec<Row> = faults.iter().map(row).collect();
    if faults.is_empty() {
        rows.push(Row::ok(NAME, "all are right"));
    }
    rows.extend(advice.iter().map(better));
    rows
}

fn better(advice: &Fault) -> Row {
    let (setting, example) = (advice.setting, advice.example);
    Row::warning(
        NAME,
        format!("{setting} {}", advice.what),
        format!("set {setting}, for example: {example}"),
    )
}

fn row(fault: &Fault) -> Row {
    let remedy = match (fault.setting, fault.what.as_str()) {
        ("AZURE_FEDERATED_TOKEN_FILE", "is not set") => {
            "the webhook of workload identity sets it: label the pod azure.workload.identity/use=true, \
             annotate its service account with azure.workload.identity/client-id, and replace the pod \
             (az aks update --enable-workload-identity brings the webhook)"
                .to_owned()
        }
        ("SESSION_SECRET", _) => {
            "set SESSION_SECRET to the output of: openssl rand -base64 32".to_owned()
        }
        (setting, _) => format!("correct {setting}, for example: {}", fault.example),
    };
    Row::failed(NAME, format!("{} {}", fault.setting, fault.what), remedy)
}
