//! Which proxy leads to a target, by the variables that everybody knows.

use std::sync::Arc;

use crate::exceptions::Exceptions;
use crate::proxy::Proxy;
use crate::target::Target;

/// For targets that speak TLS.
const HTTPS: Variable = Variable {
    names: ["HTTPS_PROXY", "https_proxy"],
    example: "http://proxy.example:3128",
};
/// For the others.
const HTTP: Variable = Variable {
    names: ["HTTP_PROXY", "http_proxy"],
    example: "http://proxy.example:3128",
};
/// For whom there is none.
const NO: Variable = Variable {
    names: ["NO_PROXY", "no_proxy"],
    example: ".svc,10.0.0.0/8,git.example:8443",
};

/// One of the three. As in Go the first name that has a value counts.
struct Variable {
    names: [&'static str; 2],
    example: &'static str,
}

/// The proxies of the environment, and who is reached without one.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    https: Option<Arc<Proxy>>,
    http: Option<Arc<Proxy>>,
    exceptions: Exceptions,
    direct: Vec<Target>,
}

/// A variable that cannot be understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wrong {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong with it, as the rest of a sentence. It holds no password.
    pub what: String,
    /// A right value.
    pub example: &'static str,
}

impl Proxies {
    /// Reads the variables from `environment`.
    ///
    /// # Errors
    /// With all that cannot be understood.
    pub fn read(environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let proxy = |text: &str| Proxy::parse(text).map(Arc::new).map_err(str::to_owned);
        let proxies = Self {
            https: HTTPS.read(environment, proxy, &mut wrong),
            http: HTTP.read(environment, proxy, &mut wrong),
            exceptions: NO
                .read(environment, Exceptions::parse, &mut wrong)
                .unwrap_or_default(),
            direct: Vec::new(),
        };
        match wrong.is_empty() {
            true => Ok(proxies),
            false => Err(wrong),
        }
    }

    /// The same; `targets` are reached without a proxy, whatever the variables say.
    pub fn never_for(mut self, targets: impl IntoIterator<Item = Target>) -> Self {
        self.direct.extend(targets);
        self
    }

    /// The proxy that leads to `target`; nothing if it is reached without one.
    pub fn to(&self, target: &Target) -> Option<&Arc<Proxy>> {
        let proxy = match target.secure {
            true => self.https.as_ref(),
            false => self.http.as_ref(),
        };
        proxy.filter(|_| {
            !target.is_loopback()
                && !self.direct.contains(target)
                && !self.exceptions.include(target)
        })
    }
}

impl Variable {
    /// Its value, if it has one; what is wrong with it is added to `wrong`.
    fn read<T>(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
        parse: impl Fn(&str) -> Result<T, String>,
        wrong: &mut Vec<Wrong>,
    ) -> Option<T> {
        let (variable, text) = self.names.iter().find_map(|name| {
            let text = environment(name)?;
            let text = text.trim();
            (!text.is_empty()).then(|| (*name, text.to_owned()))
        })?;
        let example = self.example;
        parse(&text)
            .map_err(|what| {
                wrong.push(Wrong {
                    variable,
                    what,
                    example,
                });
            })
            .ok()
    }
}
