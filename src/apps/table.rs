//! The rules as one table: the documentation shows it, and tests ask every row of it.

use super::rule::Rule;

/// A rule, what it is about, and an example each of who is admitted and who is not.
#[derive(Debug)]
pub struct Row {
    /// The rule.
    pub rule: Rule,
    /// What it lists.
    pub lists: &'static str,
    /// With what that is compared, and how.
    pub compared_with: &'static str,
    /// Values of the parameter that admit alice of `entra-sim`.
    pub admitting: &'static [&'static str],
    /// Values of the parameter that do not.
    pub denying: &'static [&'static str],
}

/// All rules, in the order in which they are asked. Alice is `alice@contoso.example`, of object id
/// `a11ce000-0000-4000-8000-000000000001`, with the role `cluster-user`, and in the groups 1 and 2.
pub const TABLE: &[Row] = &[
    Row {
        rule: Rule::Groups,
        lists: "object ids of groups",
        compared_with: "the user's groups, those of groups in groups too, in any case",
        admitting: &[
            "6700d000-0000-4000-8000-000000000002",
            "6700d000-0000-4000-8000-000000000009,6700D000-0000-4000-8000-000000000001",
        ],
        denying: &[
            "6700d000-0000-4000-8000-000000000009",
            "6700d000-0000-4000-8000-00000000000",
            "*",
            "",
        ],
    },
    Row {
        rule: Rule::Emails,
        lists: "e-mail addresses",
        compared_with: "the e-mail address, if Entra says that it is verified, and the user principal name, in any case",
        admitting: &[
            "alice@contoso.example",
            "bob@contoso.example,Alice@Contoso.example",
        ],
        denying: &[
            "bob@contoso.example",
            "alice@contoso.example.evil.example",
            "contoso.example",
            "*",
            "",
        ],
    },
    Row {
        rule: Rule::EmailDomains,
        lists: "domains; `.example.com` or `*.example.com` is the domain and all below it",
        compared_with: "what stands after the `@` of these two, in any case",
        admitting: &[
            "contoso.example",
            "fabrikam.example,.EXAMPLE",
            "*.contoso.example",
        ],
        denying: &[
            "fabrikam.example",
            "oso.example",
            ".oso.example",
            "example",
            "*",
            "",
        ],
    },
    Row {
        rule: Rule::Roles,
        lists: "app roles of the registration",
        compared_with: "the user's app roles, byte for byte",
        admitting: &["cluster-user", "admin,cluster-user"],
        denying: &["admin", "Cluster-User", "cluster", "*", ""],
    },
    Row {
        rule: Rule::Users,
        lists: "object ids of users, or user principal names",
        compared_with: "the object id or the user principal name, in any case",
        admitting: &[
            "a11ce000-0000-4000-8000-000000000001",
            "bob@contoso.example,ALICE@contoso.example",
        ],
        denying: &[
            "b0b00000-0000-4000-8000-000000000002",
            "alice",
            "alice@contoso.example@contoso.example",
            "*",
            "",
        ],
    },
];

/// The rules as a Markdown table, for the documentation.
pub fn markdown() -> String {
    let code = |values: &[&str]| {
        let values = values.iter().map(|value| match *value {
            "" => "nothing".to_owned(),
            value => format!("`{value}`"),
        });
        values.collect::<Vec<_>>().join("<br>")
    };
    let rows = TABLE.iter().map(|row| {
        format!(
            "| `{}` | {} | {} | {} | {} |\n",
            row.rule.parameter(),
            row.lists,
            row.compared_with,
            code(row.admitting),
            code(row.denying),
        )
    });
    [
        "| parameter | lists | compared with | admits alice | does not |\n|---|---|---|---|---|\n"
            .to_owned(),
    ]
    .into_iter()
    .chain(rows)
    .collect()
}
