//! What there is to choose among.

/// Which traces are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sampling {
    AlwaysOn,
    AlwaysOff,
    /// A part of them, by their ids.
    Ratio,
    /// As whoever calls has decided; without a caller all, none, or a part.
    ParentOrOn,
    ParentOrOff,
    ParentOrRatio,
}

/// With whom traces are shared.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Propagation {
    /// With nobody.
    None,
    /// With the other parts of this installation and the API server.
    #[default]
    Own,
    /// Also with the proxies in front, whose word counts.
    FromProxies,
}
