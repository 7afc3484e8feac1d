//! Looks at HTML as far as these tests need it. The pages are ours: every value is quoted.

/// The tags `name`, with their attributes.
pub(super) fn tags<'a>(page: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("<{name}");
    let pieces = page.split('<').skip(1).map(|piece| {
        let end = piece.find('>').unwrap();
        piece.get(..end).unwrap()
    });
    let wanted = start.trim_start_matches('<').to_owned();
    pieces.filter(move |tag| tag.split([' ', '>']).next() == Some(wanted.as_str()))
}

/// The value of an attribute.
pub(super) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// The values of all `id`.
pub(super) fn ids(page: &str) -> impl Iterator<Item = &str> {
    page.split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}

/// The levels of the headings, in their order.
pub(super) fn headings(page: &str) -> Vec<u32> {
    page.split("<h")
        .skip(1)
        .filter_map(|rest| rest.chars().next()?.to_digit(10))
        .collect()
}

/// The tags with the names of their attributes, without texts and values.
pub(super) fn skeleton(page: &str) -> String {
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
    assert!(!in_tag && !in_value, "a tag or a value is not closed");
    skeleton
}
