//! AADSTS codes that refine a verdict or explain it (Microsoft's error reference). Microsoft may
//! change codes. They alone decide nothing where `error` or `suberror` speak.

/// Somebody has to consent.
pub(super) const CONSENT: &[u32] = &[65001, 90008, 90094, 90095];

/// Only an administrator can consent.
pub(super) const ADMINISTRATOR: &[u32] = &[90094, 90095];

/// MFA, Conditional Access, device and risk conditions.
pub(super) const STEP_UP: &[u32] = &[
    50005, 50055, 50072, 50074, 50076, 50078, 50079, 50097, 50125, 50129, 50131, 50144, 50155,
    50158, 53000, 53001, 53002, 53003, 53004, 53011, 530_032, 530_034, 530_035,
];

/// Trouble at Entra.
pub(super) const TRANSIENT: &[u32] = &[50033, 50087, 90006, 90012, 90024, 90033, 90055, 90090];

/// The registration has no federated credential that fits the workload-identity token. For some
/// minutes after one was made, parts of Entra say this too.
pub(super) const UNKNOWN_CREDENTIAL: &[u32] = &[70021, 700_211, 700_212, 700_213, 7_000_272];

/// Entra sees a client that asks in a loop. Asking again makes it worse.
pub(super) const LOOP: &[u32] = &[50196];

/// What a code means for the user. What an operator does about it, the doctor says
/// (`crates/doctor/src/entra_codes.rs`): a test there keeps the two together.
pub fn explanation(code: u32) -> Option<&'static str> {
    Some(match code {
        65001 | 90008 => "This application has not been allowed yet to use AKS on your behalf.",
        65004 => "The permission was declined.",
        90094 | 90095 => "An administrator of your organisation has to allow this application.",
        50072 | 50074 | 50076 | 50078 | 50079 | 50158 => {
            "Your organisation asks for a further proof of identity (multi-factor authentication)."
        }
        50055 | 50125 | 50132 | 50133 | 50144 => "Your password has changed or expired.",
        53000..=53004
        | 53011
        | 530_032
        | 530_034
        | 530_035
        | 50005
        | 50097
        | 50129
        | 50131
        | 50155 => "A Conditional Access policy of your organisation does not allow this sign-in.",
        50173 | 70000 | 70008 | 70043 | 700_082 | 700_084 | 50089 => "The sign-in has expired.",
        54005 | 501_481 | 700_005 | 50147 => {
            "This sign-in was already used, or is not this browser's."
        }
        50105 => "Your account is not assigned to this application; ask the platform team.",
        50020 | 50034 | 50014 | 90072 | 51004 | 500_208 | 16000 => {
            "This account is not known in the organisation; use another account."
        }
        50053 | 50057 => "This account is locked or disabled.",
        500_021 | 500_022 | 500_212 | 500_213 | 50002 => {
            "A policy between organisations does not allow this sign-in."
        }
        50196 => "Microsoft Entra has seen too many requests of this kind; wait a few minutes.",
        65005 | 650_052 | 650_054 | 650_056 | 650_057 | 500_011 | 50001 | 70011 | 28002 | 28003 => {
            "The app registration lacks the AKS permission, or the tenant lacks AKS; the platform \
             team has to look at it."
        }
        50011 | 900_971 | 70004 => {
            "The redirect URI is not registered; the platform team has to look at it."
        }
        700_016 | 700_011 | 70001 | 7_000_112 | 7_000_229 | 90002 | 900_023 | 50059 | 50194
        | 90130 => {
            "The tenant or the application is not known; the platform team has to look at TENANT_ID and CLIENT_ID."
        }
        70021 | 7_000_272 => {
            "The app registration has no federated credential that fits the workload-identity \
             token; the platform team has to compare issuer, subject and audience."
        }
        700_211 => {
            "No federated credential of the app registration has the issuer of the \
             workload-identity token; the platform team has to compare it with the cluster's OIDC \
             issuer."
        }
        700_212 => {
            "No federated credential of the app registration has the audience of the \
             workload-identity token; the platform team has to compare them (it is \
             api://AzureADTokenExchange in most clouds)."
        }
        700_213 => {
            "No federated credential of the app registration has the subject of the \
             workload-identity token; the platform team has to compare it with \
             system:serviceaccount:NAMESPACE:NAME of the proxy's service account."
        }
        7_002_138 => {
            "The subject of the federated credential differs from that of the workload-identity \
             token in upper and lower case; the platform team has to correct it."
        }
        90061 | 50166 | 501_661 | 700_024 | 700_027 | 700_222 | 700_231 | 50012 | 50013
        | 500_133 => {
            "Microsoft Entra does not accept the workload-identity token; the platform team has to \
             look at the federated credential (issuer, subject, audience)."
        }
        7_000_215 | 7_000_218 | 7_000_222 | 700_025 | 70002 => {
            "The app registration does not take the proxy's kind of credential; the platform team has \
             to give it the platform \"Web\" and a federated credential."
        }
        50049 => {
            "AUTHORITY_HOST is no host of Microsoft Entra; the platform team has to look at it."
        }
        90038 | 900_382 | 900_432 => {
            "AUTHORITY_HOST names another cloud than the tenant's; the platform team has to look at it."
        }
        _ => return None,
    })
}
