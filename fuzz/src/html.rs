//! The structure of a page, which no value may change.

/// The tags of a page with their attributes, without texts and values. A value that escapes its place adds to
/// it.
pub fn skeleton(page: &str) -> String {
    let mut skeleton = String::new();
    let (mut in_tag, mut in_value) = (false, false);
    for character in page.chars() {
        match character {
            '<' if !in_value => in_tag = true,
            '"' if in_tag => in_value = !in_value,
            _ => {}
        }
        if in_tag && !in_value {
            skeleton.push(character);
        }
        if character == '>' && !in_value {
            in_tag = false;
        }
    }
    assert!(
        !in_tag && !in_value,
        "a tag or a value is not closed: {page}"
    );
    skeleton
}

/// `text` without characters that have a meaning in HTML.
pub fn harmless(text: &str) -> String {
    text.replace(['<', '>', '&', '"', '\''], "x")
}
