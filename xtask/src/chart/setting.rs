//! The settings, as their source declares them.

use anyhow::{Context, Result};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, File, Ident, Item, Lit, LitStr, Macro, Member, Path, Token, Type};

/// A setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Setting {
    /// As in the environment.
    pub(super) name: String,
    pub(super) fallback: Fallback,
    /// The function that parses it, with its module.
    pub(super) parser: String,
    pub(super) example: String,
    pub(super) summary: String,
}

/// The default of a setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Fallback {
    Required,
    Value(String),
    Derived(String),
}

impl Setting {
    /// As in the chart's values: `TENANT_ID` is `tenantId`.
    pub(super) fn camel(&self) -> String {
        let mut camel = String::new();
        for word in self.name.to_ascii_lowercase().split('_') {
            let (first, rest) = word.split_at(word.len().min(1));
            match camel.is_empty() {
                true => camel.push_str(first),
                false => camel.push_str(&first.to_ascii_uppercase()),
            }
            camel.push_str(rest);
        }
        camel
    }

    /// The function that parses it.
    pub(super) fn kind(&self) -> &str {
        self.parser.rsplit("::").next().unwrap_or_default()
    }
}

/// The rows of the macro `settings!`, in the file of the component's settings.
pub(super) fn of_table(source: &str) -> Result<Vec<Setting>> {
    let file: File = syn::parse_str(source)?;
    let is_table = |found: &&Macro| found.path.is_ident("settings");
    let table = file.items.iter().find_map(|item| match item {
        Item::Macro(item) => Some(&item.mac).filter(is_table),
        _ => None,
    });
    let tokens = table.context("there is no settings!")?.tokens.clone();
    let rows = Punctuated::<Setting, Token![;]>::parse_terminated.parse2(tokens)?;
    Ok(rows.into_iter().collect())
}

/// A row: `NAME: Type = Fallback, parser, "example", "summary"`.
impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        input.parse::<Type>()?;
        input.parse::<Token![=]>()?;
        let fallback: Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let parser: Path = input.parse()?;
        input.parse::<Token![,]>()?;
        let example: LitStr = input.parse()?;
        input.parse::<Token![,]>()?;
        let summary: LitStr = input.parse()?;
        let unknown = || syn::Error::new_spanned(&name, "has no fallback that is known");
        Ok(Self {
            fallback: Fallback::of(&fallback).ok_or_else(unknown)?,
            name: name.to_string(),
            parser: text(&parser),
            example: example.value(),
            summary: summary.value(),
        })
    }
}

/// The constants of the type `Setting`, in the file of the native binary's settings.
pub(super) fn of_constants(source: &str) -> Result<Vec<Setting>> {
    let file: File = syn::parse_str(source)?;
    let constants = file.items.iter().filter_map(|item| match item {
        Item::Const(constant) => match &*constant.expr {
            Expr::Struct(fields) => Some((&constant.ident, fields)),
            _ => None,
        },
        _ => None,
    });
    let setting = |(name, fields): (&Ident, &syn::ExprStruct)| {
        let field = |wanted: &str| {
            let is_it = |member: &Member| matches!(member, Member::Named(name) if name == wanted);
            let found = fields.fields.iter().find(|field| is_it(&field.member));
            found.map(|field| &field.expr)
        };
        let setting = || {
            Some(Setting {
                name: literal(field("name")?)?,
                fallback: Fallback::of(field("fallback")?)?,
                parser: match field("parse")? {
                    Expr::Path(path) => text(&path.path),
                    _ => return None,
                },
                example: literal(field("example")?)?,
                summary: literal(field("summary")?)?,
            })
        };
        setting().with_context(|| format!("{name} is not written as settings are"))
    };
    constants.map(setting).collect()
}

impl Fallback {
    fn of(expression: &Expr) -> Option<Self> {
        match expression {
            Expr::Path(path) if path.path.is_ident("Required") => Some(Self::Required),
            Expr::Call(call) => {
                let Expr::Path(kind) = &*call.func else {
                    return None;
                };
                let value = literal(call.args.first()?)?;
                match kind.path.get_ident()?.to_string().as_str() {
                    "Value" => Some(Self::Value(value)),
                    "Derived" => Some(Self::Derived(value)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn text(path: &Path) -> String {
    let segments = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    segments.collect::<Vec<_>>().join("::")
}
