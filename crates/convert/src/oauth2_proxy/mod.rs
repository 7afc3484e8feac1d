//! oauth2-proxy, by the flags of its source (`pkg/apis/options`, `main.go`).

mod apps;
mod server;
mod sessions;
mod sign_in;

use crate::row::{Program, Section};

/// oauth2-proxy.
pub const OAUTH2_PROXY: Program = Program {
    name: "oauth2-proxy",
    release: "7.15",
    has_file: true,
    sections: &[
        Section {
            title: "Sign-in",
            rows: sign_in::ENTRA,
        },
        Section {
            title: "Who may sign in",
            rows: sign_in::ADMISSION,
        },
        Section {
            title: "Other providers",
            rows: sign_in::OTHERS,
        },
        Section {
            title: "Sessions and cookies",
            rows: sessions::COOKIES,
        },
        Section {
            title: "Redis",
            rows: sessions::REDIS,
        },
        Section {
            title: "Apps: headers, upstreams, what needs no sign-in",
            rows: apps::ROWS,
        },
        Section {
            title: "Listening, TLS, probes, metrics",
            rows: server::LISTENING,
        },
        Section {
            title: "Log",
            rows: server::LOG,
        },
        Section {
            title: "Pages",
            rows: server::PAGES,
        },
        Section {
            title: "Its own files",
            rows: server::FILES,
        },
    ],
    presets: &[],
    to_do: &[
        "make a session secret, `openssl rand -hex 32`: SESSION_SECRET, in the chart sessionSecret.value or sessionSecret.existingSecret",
        "in Entra: a federated credential for the proxy's service account, and the permission for AKS (docs/install-aks.md)",
    ],
};
