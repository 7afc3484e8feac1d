//! Text that others wrote, made harmless. `maud` escapes HTML. What is done here is about what people
//! see: no character hides or reverses the text beside it, and no text is endless.

/// The longest text that is shown, in characters.
const LONGEST: usize = 256;

/// `text` as it may be shown in a line.
pub(super) fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut line: String = characters
        .by_ref()
        .take(LONGEST)
        .map(|character| {
            if misleads(character) {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect();
    if characters.next().is_some() {
        line.push('\u{2026}');
    }
    line
}

/// Whether a character moves or hides others: controls, line ends, directions, and what has no width.
fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
