//! What is wrong with a page in a real browser: for every screen, and with every preference of a user.

use serde_json::json;

use crate::{Axe, RealBrowser};

impl RealBrowser {
    /// Looks at the page of this name, which must be without flaws, and keeps a picture of it in
    /// `target/screenshots`.
    pub async fn examine(&self, name: &str, axe: Option<&Axe>) {
        self.screenshot(name).await;
        let flaws = self.flaws(axe).await;
        assert!(flaws.is_empty(), "{name}: {flaws:#?}");
    }

    /// What is wrong with the page. Where WebDriver alone cannot change the screen, there is one screen.
    pub async fn flaws(&self, axe: Option<&Axe>) -> Vec<String> {
        let mut flaws = self.complaints().await;
        flaws.extend(self.inaccessible(axe, "").await);
        if !self.has_devtools() {
            return flaws;
        }
        for (width, scale, screen) in [(320, 1, "at 320 px"), (640, 2, "at 200 %")] {
            self.resize(width, scale).await;
            let fits = self.evaluate(FITS).await;
            if fits != json!([true, width, scale]) {
                flaws.push(format!("{screen}: {fits}"));
            }
            flaws.extend(self.inaccessible(axe, screen).await);
        }
        self.resize(900, 1).await;
        self.prefer("prefers-color-scheme", "dark").await;
        flaws.extend(self.inaccessible(axe, "dark").await);
        self.prefer("forced-colors", "active").await;
        let unseen = self.evaluate(UNSEEN).await;
        if unseen != json!([]) {
            flaws.push(format!("in forced colours: {unseen}"));
        }
        self.prefer("prefers-reduced-motion", "reduce").await;
        let moving = self
            .evaluate("return document.getAnimations().length")
            .await;
        if moving != json!(0) {
            flaws.push(format!("with reduced motion: {moving} animations"));
        }
        self.prefer("prefers-reduced-motion", "").await;
        flaws
    }

    async fn inaccessible(&self, axe: Option<&Axe>, screen: &str) -> Vec<String> {
        let Some(axe) = axe else { return Vec::new() };
        let findings = axe.findings(self).await;
        let findings = findings.as_array().unwrap().iter();
        findings
            .map(|finding| format!("{screen} {finding}"))
            .collect()
    }
}

/// Whether nothing is cut off, and the screen.
const FITS: &str = "
    const page = document.documentElement;
    return [page.scrollWidth <= page.clientWidth, innerWidth, devicePixelRatio];
";

/// The buttons and fields without an edge, or without an outline when focused, in forced colours; and a word
/// if colours are not forced.
const UNSEEN: &str = "
    const unseen = matchMedia('(forced-colors: active)').matches ? [] : ['no forced colours'];
    for (const element of document.querySelectorAll('button:not([hidden]), .button, input:not([type=hidden])')) {
        const ground = getComputedStyle(document.body).backgroundColor;
        const edge = getComputedStyle(element);
        if (edge.borderTopStyle !== 'solid' || edge.borderTopColor === ground) unseen.push(element.outerHTML);
        element.focus({ focusVisible: true });
        const outline = getComputedStyle(element);
        if (outline.outlineStyle !== 'solid' || outline.outlineColor === ground) unseen.push(element.outerHTML);
    }
    return unseen;
";
