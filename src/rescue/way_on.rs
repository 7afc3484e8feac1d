//! What a client can do after an error.

use crate::addresses::{self, CALLBACK, DEVICE_CODE, LOGIN, LOGOUT, OAUTH2_CALLBACK};
use crate::problem::{Problem, WayOn};
use crate::request::Request;
use crate::terms::ReturnPath;
use crate::texts::{Text, en};

/// What the button says.
pub(super) fn label(way: WayOn) -> Text {
    match way {
        WayOn::SignIn => en::WAY_SIGN_IN,
        WayOn::AnotherAccount => en::WAY_ANOTHER_ACCOUNT,
        WayOn::AskAgain => en::WAY_ASK_AGAIN,
        WayOn::DeviceCode => en::WAY_DEVICE_CODE,
        WayOn::SignOut => en::WAY_SIGN_OUT,
        WayOn::App => en::WAY_OPEN_APP,
    }
}

/// The extension member that names it. Its address is to be followed, or to be posted to.
pub(super) fn member(way: WayOn) -> &'static str {
    match way {
        WayOn::SignIn | WayOn::AnotherAccount | WayOn::AskAgain => "login",
        WayOn::DeviceCode => "device_code",
        WayOn::SignOut => "logout",
        WayOn::App => "start",
    }
}

/// Its address, for the sender of `request`.
pub(super) fn address(way: WayOn, problem: &Problem, request: &Request) -> String {
    let led_to = problem.leads_to().cloned();
    let back = || led_to.clone().unwrap_or_else(|| back_to(request));
    match way {
        WayOn::SignIn | WayOn::AnotherAccount => addresses::login(&back(), false),
        WayOn::AskAgain => addresses::login(&back(), true),
        WayOn::DeviceCode => addresses::device_code(&back()),
        WayOn::SignOut => LOGOUT.to_owned(),
        WayOn::App => addresses::app_start(&led_to.unwrap_or_else(ReturnPath::root)),
    }
}

/// Where the user was going.
fn back_to(request: &Request) -> ReturnPath {
    match request.path() {
        LOGIN | DEVICE_CODE => {
            let wish = request.query().return_path().ok().flatten();
            wish.unwrap_or_else(ReturnPath::whoami)
        }
        CALLBACK | OAUTH2_CALLBACK | LOGOUT => ReturnPath::whoami(),
        _ => request.return_path(),
    }
}
