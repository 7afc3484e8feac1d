//! `fermyon:spin/variables`.

use super::bindings::fermyon::spin::variables;
use super::state::State;
use crate::variables::NoValue;

impl variables::Host for State {
    fn get(&mut self, name: String) -> wasmtime::Result<Result<String, variables::Error>> {
        Ok(match self.grants.variables.get(&name) {
            Ok(value) => Ok(value.to_owned()),
            Err(NoValue::Undefined) => Err(variables::Error::Undefined(name)),
            Err(NoValue::InvalidName) => Err(variables::Error::InvalidName(name)),
        })
    }
}
