//! What an editor offers between the attribute's parentheses: the names of the options, and the words that some of them take.
//!
//! rust-analyzer completes a word where it stands in the expansion. So there every word between the parentheses is imported from
//! a module that contains the options: as modules, documented as in `docs/options.md`, with their words inside. The runtime
//! crate has that module, and [`module`] writes it from the table.
//!
//! rustc must see nothing of it. The runtime crate has a macro for that, whose expansion is empty unless that crate has
//! `cfg(rust_analyzer)`, which only the server sets. A `#[cfg]` here would be reported in the user's crate, as unknown.

use super::Key;
use super::raw_option::RawOption;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Path;

const DOCS: &str = include_str!("../../docs/options.md");

/// The module `option`: an empty module for each option, and one in it for each word that it takes.
pub(crate) fn module() -> TokenStream {
    let options = Key::ALL.iter().filter_map(|key| {
        let name = key.row().name;
        let module = name_of(&Ident::new("x", Span::call_site()), name)?;
        let words = words(name).map(|(word, meaning)| {
            let word = Ident::new(word, Span::call_site());
            quote! {
                #[doc = #meaning]
                pub mod #word {}
            }
        });
        let text = format!("{}.\n\n{}", meaning(name), section(name));
        Some(quote! {
            #[doc = #text]
            pub mod #module { #(#words)* }
        })
    });
    quote! {
        /// The options of the attribute.
        pub mod option { #(#options)* }
    }
}

/// Imports of the words between the parentheses. `None` if what is there is not a word.
pub(crate) fn uses(options: &TokenStream, krate: Option<&Path>) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let private = private(krate);
    let module = quote_spanned!(site=> #private::ide::option);
    let mut uses = Vec::new();
    for option in RawOption::each(options.clone()).into_iter().flatten() {
        let key = &option.key;
        if let Some(name) = name_of(key, &key.to_string()) {
            uses.push(quote_spanned!(site=> use #module::{#name as _};));
        }
        let value = option.value.as_ref().map(|value| value.tokens.clone());
        let value: Vec<_> = value.unwrap_or_default().into_iter().collect();
        let takes_word = words(&key.to_string()).next().is_some();
        if let ([TokenTree::Ident(word)], true) = (&value[..], takes_word) {
            let word = name_of(word, &word.to_string());
            uses.extend(word.map(|word| quote_spanned!(site=> use #module::#key::{#word as _};)));
        }
    }
    // The first word will be looked for where it is not yet.
    if options.is_empty() {
        uses.push(quote_spanned!(site=> use #module::{};));
    }
    (!uses.is_empty()).then(|| quote!(#(#uses)*))
}

/// Items that only an editor sees. For rustc they need not even parse.
pub(crate) fn only_there(items: &TokenStream, krate: Option<&Path>) -> TokenStream {
    let private = private(krate);
    quote_spanned!(Span::mixed_site()=> #private::ide! { #items })
}

fn private(krate: Option<&Path>) -> TokenStream {
    let site = Span::mixed_site();
    match krate {
        Some(path) => quote_spanned!(site=> #path::__private),
        None => quote_spanned!(site=> ::sync_twin::__private),
    }
}

/// A name at the place of `word`, raw if it is a keyword. `None` for `crate`, which no item can be named.
fn name_of(word: &Ident, name: &str) -> Option<Ident> {
    let plain = syn::parse_str::<Ident>(name.trim_start_matches("r#"));
    let mut found = match plain {
        Ok(found) => found,
        Err(_) => syn::parse_str::<Ident>(&format!("r#{name}")).ok()?,
    };
    found.set_span(word.span());
    Some(found)
}

/// What the table of the docs says about an option.
fn meaning(name: &str) -> String {
    let rows = DOCS.lines().filter(|line| line.starts_with("| `"));
    let mut cells = rows.map(|row| row.split('|').map(str::trim).skip(1).collect::<Vec<_>>());
    let is_named = |option: &str| option.trim_matches('`').split([' ', '(']).next() == Some(name);
    let row = cells.find(|cells| cells[0].split(", ").any(is_named));
    row.map_or_else(String::new, |cells| unlink(cells[2]))
}

/// The section of the docs about an option, up to its first example.
fn section(name: &str) -> &'static str {
    let quoted = format!("`{name}`");
    let mut sections = DOCS.split("\n## ").skip(1);
    let section = sections.find(|section| {
        let title = section.lines().next().unwrap_or_default();
        title.split(" and ").any(|part| part == quoted)
    });
    let text = section.and_then(|section| section.split_once('\n'));
    let text = text.map_or("", |(_, text)| text);
    text.split("```").next().unwrap_or_default().trim()
}

/// The words that an option takes, as `"auto"`, each with what its section's table says about it.
fn words(name: &str) -> impl Iterator<Item = (&'static str, String)> {
    let head = format!("| {name} |");
    let table = section(name)
        .lines()
        .skip_while(move |line| !line.starts_with(&head));
    table
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let (word, rest) = line.strip_prefix("| `\"")?.split_once("\"`")?;
            let cells = rest.split('|').map(|cell| cell.trim_matches([' ', ',']));
            let meaning: Vec<_> = cells.filter(|cell| !cell.is_empty()).collect();
            Some((word, meaning.join("; ")))
        })
}

/// Text without the links into the page that it is from.
fn unlink(text: &str) -> String {
    let mut plain = String::new();
    for part in text.split("](#") {
        match part.split_once(')') {
            Some((_, rest)) if !plain.is_empty() => plain.push_str(rest),
            _ => plain.push_str(part),
        }
    }
    plain.replace('[', "")
}

#[cfg(test)]
mod tests {
    use super::{meaning, module, section, uses, words};
    use crate::options::Key;
    use quote::quote;

    #[test]
    fn every_option_is_there_with_its_docs() {
        assert!(syn::parse2::<syn::File>(module()).is_ok());
        let module = module().to_string();
        for key in Key::ALL {
            let name = key.row().name;
            assert!(!meaning(name).is_empty(), "{name}");
            assert!(!meaning(name).contains(['[', '#']), "{}", meaning(name));
            let is_there = module.contains(&format!("pub mod {name} "))
                || module.contains(&format!("pub mod r#{name} "));
            // No item can have the name `crate`.
            assert_eq!(is_there, name != "crate", "{name}");
        }
        assert!(section("timeout").starts_with("The value is any expression of type `Duration`"));
    }

    #[test]
    fn words_are_those_that_the_option_takes() {
        let of = |name| words(name).map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(of("isolation"), ["auto", "always", "never"]);
        assert_eq!(
            of("flavor"),
            ["current_thread", "multi_thread", "per_thread", "auto"]
        );
        assert_eq!(of("on_driver"), ["allow", "warn", "deny"]);
        assert_eq!(of("on_worker"), ["allow", "warn", "deny"]);
        assert!(of("runtime").is_empty() && of("name").is_empty());
    }

    #[test]
    fn every_word_is_imported_where_it_is() {
        let found = uses(
            &quote!(na, type = T, crate = ::c, isolation = al, timeout = x),
            None,
        );
        let option = quote!(::sync_twin::__private::ide::option);
        let expected = quote! {
            use #option::{na as _};
            use #option::{r#type as _};
            use #option::{isolation as _};
            use #option::isolation::{al as _};
            use #option::{timeout as _};
        };
        assert_eq!(found.unwrap().to_string(), expected.to_string());
        let none = uses(&quote!(), None).unwrap().to_string();
        assert_eq!(none, quote!(use #option::{};).to_string());
    }
}
