//! Who makes the spans.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use crate::settings::Settings;

/// The program that makes spans.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// What it is called if the settings do not say.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// What is said of `program`. As the specification has it, `OTEL_SERVICE_NAME` counts before
/// `OTEL_RESOURCE_ATTRIBUTES`, and both before what we say ourselves.
pub(crate) fn resource(settings: &Settings, program: Program) -> Resource {
    let given = settings.resource.iter();
    let given = given.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let name = settings.service_name.clone();
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attribute(KeyValue::new("service.name", program.name))
        .with_attribute(KeyValue::new("service.version", program.version))
        .with_attributes(given)
        .with_attributes(name.map(|name| KeyValue::new("service.name", name)))
        .build()
}
