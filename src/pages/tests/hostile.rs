//! What others might write where a name is expected.

/// The corpus. Each is what one name, claim or message is.
pub(super) const HOSTILE: &[fn() -> String] = &[
    || "<script>alert(1)</script>".to_owned(),
    || "\"><img src=x onerror=alert(1)>".to_owned(),
    || "' onmouseover='alert(1)' x='".to_owned(),
    || "</title></pre></textarea><svg/onload=alert(1)>".to_owned(),
    || "<!--".to_owned(),
    || "]]><![CDATA[<b>".to_owned(),
    || "&lt;b&gt;&#60;script&#62;&amp".to_owned(),
    || "javascript:alert(1)".to_owned(),
    || "{user}{name}{{7*7}}${7*7}".to_owned(),
    || "alice\u{202e}moc.live@\u{2066}x\u{2069}".to_owned(),
    || "al\u{200b}ice\u{200d}\u{feff}\u{2060}\u{ad}\u{3164}".to_owned(),
    || "a\0b\u{7}c\u{1b}[31md\u{7f}\u{85}\u{9b}e".to_owned(),
    || "one\r\ntwo\u{2028}three\u{2029}four".to_owned(),
    || "\u{e0041}\u{e007f}\u{fff9}a\u{fffb}".to_owned(),
    || "\u{645}\u{62d}\u{645}\u{62f}".to_owned(),
    || "Z\u{335}\u{336}\u{337}".repeat(200),
    || "x".repeat(10_000),
    || "<b>".repeat(4000),
    || "\u{1f468}\u{1f3fd}".repeat(2500),
    || " ".repeat(10_000),
    String::new,
];

/// Characters that may be in no page.
pub(super) const MISLEADING: &[char] = &[
    '\u{ad}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{3164}',
    '\u{feff}',
    '\u{fff9}',
    '\u{fffb}',
    '\u{e0041}',
    '\u{e007f}',
];
