//! The configurations that users copy from a document; tests start real programs with them.

const PAGE: &str = include_str!("../../docs/http-apps-proxies.md");

/// The first block in `language` below the heading `section` of docs/http-apps-proxies.md.
pub fn snippet(section: &str, language: &str) -> String {
    let heading = format!("\n## {section}\n");
    let (_, rest) = PAGE.split_once(&heading).expect("there is this section");
    let fence = format!("\n```{language}\n");
    let (_, block) = rest.split_once(&fence).expect("there is such a block");
    let (block, _) = block.split_once("\n```\n").expect("the block ends");
    format!("{block}\n")
}
