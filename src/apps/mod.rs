//! Any HTTP app behind the sign-in: the rules, without IO. What forward-auth and the reverse proxy
//! decide is decided here (docs/http-apps.md).

mod carried;
mod described;
mod facts;
pub mod identity;
mod methods;
mod navigation;
mod policy;
mod return_origin;
mod rule;
mod shown;
mod site;
mod table;
mod undescribed;

#[cfg(test)]
mod tests;

pub use self::carried::{Asker, Ours, head};
pub use self::described::Described;
pub use self::facts::Facts;
pub use self::methods::methods;
pub use self::navigation::is_navigation;
pub use self::policy::{Denied, Policy};
pub use self::return_origin::{NotAReturnAddress, ReturnAddress, ReturnOrigins};
pub use self::rule::Rule;
pub(crate) use self::shown::shown;
pub use self::site::{Led, NoWay, lead};
pub use self::table::{Row, TABLE, markdown};
pub use self::undescribed::Undescribed;
