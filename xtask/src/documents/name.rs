//! A name of a setting or of another variable in a text.

/// A name in a page.
pub(super) struct Name {
    pub(super) line: usize,
    pub(super) name: String,
}

/// The names in a text: words of capital letters and digits, with an underscore in them.
pub(super) fn names(text: &str) -> impl Iterator<Item = Name> {
    text.lines().zip(1..).flat_map(|(content, line)| {
        let words = content.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
        words.filter(|word| is_name(word)).map(move |word| Name {
            line,
            name: word.to_owned(),
        })
    })
}

fn is_name(word: &str) -> bool {
    let is_capital = |one: char| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_';
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.contains('_')
        && !word.ends_with('_')
        && word.chars().all(is_capital)
}
