//! The user's AKS token, and those for other APIs. They are obtained and refreshed silently. Here is also
//! what to do when Entra wants more.

mod acquire;
mod failure;
mod for_scope;
mod held;
mod interaction;
mod led;
mod log;
mod refused;
mod token;
mod way;
mod without;

pub use self::acquire::{acquire, keep};
pub use self::failure::AksFailure;
pub use self::for_scope::{ForScope, RENEWED_AFTER};
pub use self::held::Held;
pub use self::interaction::{
    begin_interaction, challenged, end_interaction, wanted, wanted_step_up,
};
pub use self::led::{Trip, is_led_for_aks, leads, wish};
pub use self::log::log;
pub use self::refused::NoAksToken;
pub use self::token::AksToken;
pub use self::way::{Way, leads_to_kubelogin, way, way_of};
pub use self::without::{Without, without};
