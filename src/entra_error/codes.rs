//! AADSTS codes that refine a verdict or explain it (Microsoft's error reference). Microsoft may
//! change codes. They alone decide nothing where `error` or `suberror` speak.

/// Somebody has to consent.
pub(super) const CONSENT: &[u32] = &[65001, 90008, 90094, 90095];

/// Only an administrator can consent.
pub(super) const ADMINISTRATOR: &[u32] = &[90094, 90095];

/// Multi-factor authentication, passwords, Conditional Access, device and risk conditions. None of
/// them is answered with a device code.
pub(super) const STEP_UP: &[u32] = &[
    50005, 50055, 50072, 50074, 50076, 50078, 50079, 50086, 50088, 50097, 50125, 50127, 50129,
    50131, 50135, 50137, 50142, 50144, 50155, 50158, 50159, 50161, 50170, 50172, 50176, 50177,
    50178, 50180, 50187, 51006, 53000, 53001, 53002, 53003, 53004, 53010, 53011, 80012, 135_011,
    500_121, 500_881, 530_001, 530_002, 530_003, 530_021, 530_032, 530_033, 530_034, 530_035,
    530_036, 530_084, 5_001_256,
];

/// Trouble at Entra.
pub(super) const TRANSIENT: &[u32] = &[50033, 50087, 90006, 90012, 90024, 90033, 90055, 90090];

/// The registration has no federated credential that fits the workload-identity token. For some
/// minutes after one was made, parts of Entra say this too.
pub(super) const UNKNOWN_CREDENTIAL: &[u32] = &[70021, 700_211, 700_212, 700_213, 7_000_272];

/// Entra sees a client that asks in a loop. Asking again makes it worse.
pub(super) const LOOP: &[u32] = &[50196];

/// What a code means for the user, and what they can do now. What an operator does about it, the doctor
/// says (`crates/doctor/src/entra_codes.rs`): a test there keeps the two together. A test here compares
/// this table with Microsoft's list (`tests/published.rs`).
pub fn explanation(code: u32) -> Option<&'static str> {
    Some(match code {
        // Consent.
        50150 | 65001 | 90008 => {
            "This application has not been allowed yet to use AKS on your behalf; ask Microsoft \
             Entra for the permission."
        }
        65004 => "The permission was declined; ask Microsoft Entra again, and allow it.",
        90093 | 90094 | 90095 | 90099 => {
            "An administrator of your organisation has to allow this application; come back when \
             that is done."
        }
        9_002_341 => {
            "Windows needs your permission to sign you in to this application; sign in again, and \
             allow it."
        }
        // Further proofs of identity.
        50074 | 50076 | 50078 | 50086 | 500_121 => {
            "Your organisation asks for a further proof of identity (multi-factor authentication); \
             sign in again and give it."
        }
        50072 | 50079 | 53004 => {
            "Your organisation asks you to register for multi-factor authentication; sign in \
             again, and register when Microsoft Entra asks."
        }
        53010 => {
            "Your organisation allows the registration for multi-factor authentication only from \
             certain places or devices; register from one of them, or ask your IT support."
        }
        50088 | 500_881 => {
            "Microsoft's limit for text messages and calls has been reached; wait a few minutes, \
             or prove your identity in another way."
        }
        50158 => {
            "Your organisation asks for a further step, such as its terms of use or the proof of \
             identity of another provider; sign in again and complete it."
        }
        50159 | 50161 | 50170 | 50172 | 50176 | 50177 | 50178 | 5_001_256 => {
            "The external provider to which your organisation sends you for a further proof of \
             identity did not confirm it; sign in again, and ask your IT support if it happens \
             again."
        }
        // Passwords.
        50055 | 50125 | 50132 | 50133 | 50144 => {
            "Your password has changed or expired; sign in again, and change it if Microsoft Entra \
             asks."
        }
        50135 | 50137 | 50142 => {
            "Your organisation asks you to change your password; sign in again and change it."
        }
        50056 | 50064 | 50126 => {
            "Microsoft Entra did not accept the user name or the password; sign in again."
        }
        // Conditional Access, devices and risks.
        50131 | 53003 | 530_032 => {
            "A Conditional Access policy of your organisation does not allow this sign-in; ask \
             your IT support what it asks for."
        }
        50097 | 50129 | 50155 | 50187 | 53000 | 53001 | 135_011 | 530_002 | 530_003 | 530_084 => {
            "Your organisation allows this sign-in only from a device that it manages; use such a \
             device, or ask your IT support."
        }
        50005 | 530_001 => {
            "Your organisation does not allow this sign-in from this kind of device or browser; \
             use another one, or ask your IT support."
        }
        50127 | 53002 | 530_021 => {
            "Your organisation allows this sign-in only in certain apps; use one of them, or ask \
             your IT support."
        }
        530_033 | 530_036 => {
            "Your organisation does not allow device codes; ask Microsoft Entra for the permission \
             instead."
        }
        530_035 => {
            "The security defaults of your organisation block this sign-in; ask your IT support."
        }
        53011 | 530_034 => {
            "Microsoft Entra has seen a risk for your account and blocks this sign-in; ask the IT \
             support of your own organisation."
        }
        50180 | 51006 => {
            "Your organisation asks for the sign-in of Windows (integrated Windows \
             authentication); use a computer of your organisation, or ask your IT support."
        }
        // What has ended, or was not finished.
        50058 | 50085 | 50089 | 50139 | 50143 | 70000 | 70008 | 70043 | 70044 | 140_001
        | 700_082 | 700_084 => "The sign-in has expired; sign in again.",
        50173 => {
            "Your earlier sign-ins were revoked, for example because your password was changed; \
             sign in again."
        }
        16001 | 16002 | 50136 | 50140 | 50157 | 50160 | 50168 | 50199 | 160_011 | 160_021
        | 500_141 | 700_020 | 900_561 => {
            "Microsoft Entra needs another step of yours in the browser; sign in again."
        }
        50148 | 54005 | 501_481 | 700_005 => {
            "This sign-in was already used, or was not begun in this browser; begin a new one."
        }
        // Accounts and organisations.
        50105 => "Your account is not assigned to this application; ask the platform team.",
        16000 | 16003 | 50014 | 50020 | 50034 | 50197 | 51004 | 90072 | 90084 | 500_207
        | 500_208 => {
            "This account is not known in the organisation, or is not of a kind that may sign in \
             to it; use another account."
        }
        50053 => {
            "This account is locked for the moment, or Microsoft Entra blocks the address from \
             which you sign in; wait a while, or ask your IT support."
        }
        50057 => "This account is disabled; ask your IT support.",
        80012 => {
            "Your organisation does not allow sign-ins at this hour; try again later, or ask your \
             IT support."
        }
        50015 | 54000 => {
            "Microsoft Entra does not allow this application for the age group of your account; \
             ask your IT support."
        }
        50002 | 500_021 | 500_022 => {
            "The network that you use does not let you sign in to this organisation (tenant \
             restrictions); use another network, or ask your IT support."
        }
        500_212 | 500_213 | 1_000_104 => {
            "A policy between organisations does not allow this sign-in; ask your IT support."
        }
        5_000_224 => {
            "Microsoft has blocked this organisation; the organisation has to ask Microsoft's \
             support."
        }
        20001 | 20012 | 20033 | 40008 | 40009 | 40010 | 40015 | 50017 | 50107 | 50169 | 50192
        | 80001 | 80002 | 80005 | 80007 | 80010 | 80013 | 80014 | 90123 | 220_501 | 399_284
        | 901_011 | 901_012 | 901_014 => {
            "The identity provider of your organisation did not confirm who you are; sign in \
             again, and ask your IT support if it happens again."
        }
        // Device codes.
        70016 => "The device code has not been entered yet; enter it, or get a new one.",
        70018 | 90119 => {
            "Microsoft Entra does not know the code that was entered; get a new device code, and \
             enter it as it is shown."
        }
        70019 | 70020 => "The device code has expired; get a new one.",
        90120 => "The device code was already used or declined; get a new one.",
        50134 => {
            "The device code was entered in another region of Microsoft Entra than the one that \
             made it; ask Microsoft Entra for the permission instead."
        }
        // Entra itself.
        50000 | 50033 | 50087 | 51005 | 70012 | 90006 | 90012 | 90024 | 90033 | 90036 | 90055
        | 90090 | 90091 | 90092 | 230_109 => {
            "Microsoft Entra has trouble at the moment; try again in a few minutes, and ask for \
             help if it stays."
        }
        50196 => "Microsoft Entra has seen too many requests of this kind; wait a few minutes.",
        50050 | 50117 | 50147 | 50149 | 70003 | 70005 | 70007 | 90004 | 90005 | 90007 | 90010
        | 90013 | 90014 | 90015 | 90016 | 90023 | 90056 | 90100 | 90102 | 90117 | 90121
        | 165_900 | 501_491 | 700_054 | 900_144 | 901_002 | 9_001_023 | 9_002_313 => {
            "Microsoft Entra did not accept the form of this proxy's request; begin again, and ask \
             for help if it happens again."
        }
        // What the platform team has to mend.
        50001 | 65005 | 500_011 | 500_014 | 650_052 | 650_054 | 650_056 | 650_057 => {
            "The app registration lacks the AKS permission, or the tenant lacks AKS or has \
             disabled it; the platform team has to look at it."
        }
        28002 | 28003 | 70011 | 90009 | 700_022 | 700_023 => {
            "The scope that this proxy asks for is not valid; the platform team has to look at \
             AKS_SERVER_ID."
        }
        65002 => {
            "Microsoft does not allow kubelogin's application to ask for this API; the platform \
             team has to look at KUBELOGIN_CLIENT_ID and AKS_SERVER_ID."
        }
        50011 | 70004 | 900_971 => {
            "The redirect URI is not registered; the platform team has to look at it."
        }
        50029 | 50059 | 50128 | 50194 | 70001 | 90002 | 90019 | 90027 | 90112 | 90124 | 90130
        | 650_059 | 700_011 | 700_016 | 900_023 | 1_000_031 | 7_000_112 | 7_000_229 | 9_002_332 => {
            "The tenant or the application is not known or is disabled, or the one does not fit \
             the other; the platform team has to look at TENANT_ID and CLIENT_ID."
        }
        50003 | 50042 | 50043 | 50100 | 50101 | 50102 | 50103 | 50108 | 50109 | 50111 | 50123
        | 50124 | 50130 | 50146 | 50162 | 50163 | 50165 | 501_461 | 501_621 => {
            "Microsoft Entra cannot make a token with the claims or keys that are configured for \
             this application; the platform team has to look at the claims mapping of the app \
             registration."
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
        50006 | 50012 | 50013 | 50027 | 50048 | 50098 | 50099 | 50120 | 50166 | 90061 | 500_133
        | 501_661 | 700_024 | 700_027 | 700_030 | 700_222 | 700_229 | 700_231 | 900_384 => {
            "Microsoft Entra does not accept the workload-identity token; the platform team has to \
             look at the federated credential (issuer, subject, audience)."
        }
        70002 | 700_025 | 7_000_215 | 7_000_218 | 7_000_222 => {
            "The app registration does not take the proxy's kind of credential; the platform team \
             has to give it the platform \"Web\" and a federated credential."
        }
        50049 => {
            "AUTHORITY_HOST is no host of Microsoft Entra; the platform team has to look at it."
        }
        90038 | 90043 | 90051 | 900_382 | 900_432 => {
            "AUTHORITY_HOST names another cloud than the tenant's; the platform team has to look \
             at it."
        }
        _ => return None,
    })
}
