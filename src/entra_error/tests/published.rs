//! The table of codes beside Microsoft's list: "Microsoft Entra authentication and authorization error
//! codes", docs/identity-platform/reference-error-codes.md of MicrosoftDocs/entra-docs, in its version
//! of 3 February 2025 (its `ms.date`). Microsoft adds codes and changes them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::codes::{ADMINISTRATOR, CONSENT, LOOP, STEP_UP, TRANSIENT, UNKNOWN_CREDENTIAL};
use super::super::{EntraError, Verdict, explanation};

/// All codes of the list.
const PUBLISHED: [u32; 345] = [
    16000, 16001, 16002, 16003, 17003, 20001, 20012, 20033, 28002, 28003, 40008, 40009, 40010,
    40015, 50000, 50001, 50002, 50003, 50005, 50006, 50007, 50008, 50010, 50011, 50012, 50013,
    50014, 50015, 50017, 50020, 50027, 50029, 50032, 50033, 50034, 50042, 50043, 50048, 50049,
    50050, 50053, 50055, 50056, 50057, 50058, 50059, 50061, 50064, 50068, 50070, 50071, 50072,
    50074, 50076, 50078, 50079, 50085, 50086, 50087, 50088, 50089, 50097, 50098, 50099, 50100,
    50101, 50102, 50103, 50105, 50107, 50108, 50109, 50111, 50117, 50120, 50123, 50124, 50125,
    50126, 50127, 50128, 50129, 50130, 50131, 50132, 50133, 50134, 50135, 50136, 50137, 50138,
    50139, 50140, 50141, 50142, 50143, 50144, 50146, 50147, 50148, 50149, 50150, 50155, 50156,
    50157, 50158, 50159, 50160, 50161, 50162, 50163, 50164, 50165, 50166, 50167, 50168, 50169,
    50170, 50171, 50172, 50173, 50176, 50177, 50178, 50180, 50187, 50192, 50194, 50196, 50197,
    50199, 51000, 51001, 51004, 51005, 51006, 52004, 53000, 53001, 53002, 53003, 53004, 53010,
    53011, 54000, 54005, 65001, 65002, 65004, 65005, 67003, 70000, 70001, 70002, 70003, 70004,
    70005, 70007, 70008, 70011, 70012, 70016, 70018, 70019, 70043, 75001, 75003, 75005, 75008,
    75011, 75016, 76021, 76026, 80001, 80002, 80005, 80007, 80010, 80012, 80013, 80014, 81004,
    81005, 81006, 81007, 81009, 81010, 81011, 81012, 90002, 90004, 90005, 90006, 90007, 90008,
    90009, 90010, 90012, 90013, 90014, 90015, 90016, 90019, 90020, 90022, 90023, 90024, 90027,
    90033, 90036, 90038, 90043, 90051, 90055, 90056, 90072, 90081, 90082, 90084, 90085, 90086,
    90087, 90090, 90091, 90092, 90093, 90094, 90095, 90099, 90100, 90101, 90102, 90107, 90112,
    90114, 90117, 90119, 90120, 90121, 90123, 90124, 90125, 90126, 90130, 100_007, 120_000,
    120_002, 120_003, 120_004, 120_005, 120_008, 120_011, 120_012, 120_013, 120_014, 120_015,
    120_016, 120_018, 120_020, 120_021, 130_004, 130_005, 130_006, 130_007, 130_008, 135_010,
    135_011, 140_000, 140_001, 160_021, 165_004, 165_900, 220_450, 220_501, 221_000, 230_109,
    240_001, 240_002, 399_284, 500_011, 500_014, 500_021, 500_022, 500_133, 500_141, 500_207,
    500_208, 500_212, 500_213, 501_241, 501_461, 501_481, 501_491, 501_621, 530_032, 530_034,
    530_035, 650_052, 650_054, 650_056, 650_057, 650_059, 700_005, 700_011, 700_016, 700_020,
    700_022, 700_023, 700_025, 700_027, 700_030, 700_054, 700_082, 700_084, 700_229, 750_054,
    900_144, 900_236, 900_382, 900_384, 900_432, 900_561, 900_971, 901_002, 901_011, 901_012,
    901_014, 1_000_000, 1_000_002, 1_000_031, 1_000_104, 5_000_224, 5_000_819, 5_001_256,
    7_000_112, 7_000_114, 7_000_215, 7_000_218, 7_000_222, 7_500_514, 7_500_529, 9_001_023,
    9_002_313, 9_002_332, 9_002_341,
];

/// Those of the list that belong to flows which this proxy does not use, or to pages of Entra from which
/// it does not send anybody back: SAML and WS-Federation, seamless single sign-on (Kerberos), keys and
/// registration of devices, the change of a password, the sign-out, the on-behalf-of flow, accounts of
/// LinkedIn, tokens in bulk, and what is said to Microsoft's own services.
const OF_OTHER_FLOWS: [u32; 84] = [
    17003, 50007, 50008, 50010, 50032, 50061, 50068, 50070, 50071, 50138, 50141, 50156, 50164,
    50167, 50171, 51000, 51001, 52004, 67003, 75001, 75003, 75005, 75008, 75011, 75016, 76021,
    76026, 81004, 81005, 81006, 81007, 81009, 81010, 81011, 81012, 90020, 90022, 90081, 90082,
    90085, 90086, 90087, 90101, 90107, 90114, 90125, 90126, 100_007, 120_000, 120_002, 120_003,
    120_004, 120_005, 120_008, 120_011, 120_012, 120_013, 120_014, 120_015, 120_016, 120_018,
    120_020, 120_021, 130_004, 130_005, 130_006, 130_007, 130_008, 135_010, 140_000, 165_004,
    220_450, 221_000, 240_001, 240_002, 501_241, 750_054, 900_236, 1_000_000, 1_000_002, 5_000_819,
    7_000_114, 7_500_514, 7_500_529,
];

/// Codes that Entra gives in these flows, and that the list lacks: of federated credentials, of
/// Conditional Access and of device codes.
const NOT_IN_THE_LIST: [u32; 25] = [
    70020, 70021, 70044, 90061, 160_011, 500_121, 500_881, 501_661, 530_001, 530_002, 530_003,
    530_021, 530_033, 530_036, 530_084, 700_024, 700_211, 700_212, 700_213, 700_222, 700_231,
    900_023, 7_000_229, 7_000_272, 7_002_138,
];

const DOCUMENT: &str = include_str!("../../../docs/errors.md");

/// Beyond all codes of Microsoft's.
const END: u32 = 10_000_000;

fn explained() -> BTreeSet<u32> {
    (0..END)
        .filter(|code| explanation(*code).is_some())
        .collect()
}

#[test]
fn each_published_code_of_our_flows_is_explained() {
    let published = BTreeSet::from(PUBLISHED);
    let other = BTreeSet::from(OF_OTHER_FLOWS);
    assert_eq!(published.len(), PUBLISHED.len());
    assert!(other.is_subset(&published));
    let expected: BTreeSet<u32> = published.difference(&other).copied().collect();
    let beyond: BTreeSet<u32> = explained().difference(&expected).copied().collect();
    let missing: Vec<u32> = expected.difference(&explained()).copied().collect();
    assert_eq!(missing, [0; 0]);
    assert_eq!(beyond, BTreeSet::from(NOT_IN_THE_LIST));
}

/// `docs/errors.md` says how many there are.
#[test]
fn the_documentation_counts_them() {
    let all = explained().len();
    let published = all - NOT_IN_THE_LIST.len();
    let counted = format!(
        "{all} codes: {published} of the {} in Microsoft's list",
        PUBLISHED.len()
    );
    assert!(DOCUMENT.contains(&counted), "{counted}");
}

/// `docs/errors.md` has each sentence with its codes. After a change this test prints the table.
#[test]
fn the_documentation_has_each_sentence_with_its_codes() {
    let mut codes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut sentences = Vec::new();
    for code in explained() {
        let sentence = explanation(code).unwrap_or_default();
        let same = codes.entry(sentence).or_insert_with(|| {
            sentences.push(sentence);
            Vec::new()
        });
        same.push(code.to_string());
    }
    let table: String = sentences
        .iter()
        .filter_map(|sentence| Some((sentence, codes.get(sentence)?.join(", "))))
        .map(|(sentence, codes)| format!("| {codes} | {sentence} |\n"))
        .collect();
    let head = "| AADSTS codes | sentence |\n|---|---|\n";
    let documented = DOCUMENT.split_once(head).map(|(_, rest)| rest);
    let documented = documented.and_then(|rest| rest.split("\n\n").next());
    assert_eq!(
        documented.map(str::trim_end),
        Some(table.trim_end()),
        "{table}"
    );
}

#[test]
fn each_explanation_says_what_to_do() {
    for code in explained() {
        let text = explanation(code).unwrap_or_default();
        let (what, step) = text.split_once("; ").unwrap_or_default();
        assert!(!what.is_empty() && step.ends_with('.'), "{code}: {text}");
    }
}

#[test]
fn what_decides_is_explained_too() {
    let lists = [
        CONSENT,
        ADMINISTRATOR,
        STEP_UP,
        TRANSIENT,
        UNKNOWN_CREDENTIAL,
        LOOP,
    ];
    for code in lists.concat() {
        assert!(explanation(code).is_some(), "{code}");
    }
}

/// A demand of the organisation is never taken for a permission that is missing: a device code would be
/// a way around it.
#[test]
fn a_demand_of_the_organisation_is_not_taken_for_missing_consent() {
    let demands = explained().into_iter().filter(|code| {
        explanation(*code).is_some_and(|text| {
            text.starts_with("Your organisation") || text.contains("Conditional Access")
        })
    });
    for code in demands {
        let body = format!(r#"{{"error":"interaction_required","error_codes":[{code}]}}"#);
        let error = EntraError::from_token_endpoint(body.as_bytes());
        let verdict = error.map(|error| error.verdict());
        assert_eq!(verdict, Some(Verdict::StepUp), "{code}");
    }
}

/// The table of `docs/errors.md`. If it differs, the test prints what it has to be.
#[test]
fn the_documentation_has_the_table() {
    let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
    for code in explained() {
        let text = explanation(code).unwrap_or_default();
        match rows.iter_mut().find(|(known, _)| *known == text) {
            Some((_, codes)) => codes.push(code.to_string()),
            None => rows.push((text, vec![code.to_string()])),
        }
    }
    let table: String = rows
        .iter()
        .map(|(text, codes)| {
            format!(
                "| {} | {text} |
",
                codes.join(", ")
            )
        })
        .collect();
    assert!(
        DOCUMENT.contains(&table),
        "
{table}"
    );
}
