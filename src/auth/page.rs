//! The page that the browser shows at the end. It needs nothing from elsewhere.

use std::fmt::Write;

/// What the page says.
#[derive(Debug)]
pub(super) struct Page {
    /// The first line.
    pub title: String,
    /// Paragraphs below it.
    pub text: Vec<String>,
    /// The lines of a list.
    pub list: Vec<String>,
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;\
                     padding:0 1rem;color:#111;background:#fff}h1{font-size:1.5rem}\
                     @media(prefers-color-scheme:dark){body{color:#eee;background:#111}}";

impl Page {
    /// The page for an outcome that is not what was wanted.
    pub(super) fn of_failure(words: &str) -> Self {
        Page {
            title: "Not connected".to_owned(),
            text: vec![
                crate::words::foreign(words),
                "The terminal says the same. You can close this page.".to_owned(),
            ],
            list: Vec::new(),
        }
    }

    /// The page as HTML.
    pub(super) fn html(&self) -> String {
        let title = escape(&self.title);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title} - tap-tiktok-ads</title><style>{STYLE}</style></head>\n\
             <body><h1>{title}</h1>\n"
        );
        // Writing to a `String` cannot fail.
        for paragraph in &self.text {
            let _ = writeln!(html, "<p>{}</p>", escape(paragraph));
        }
        if !self.list.is_empty() {
            let items = self.list.iter().map(|item| format!("<li>{}</li>\n", escape(item)));
            let _ = write!(html, "<ul>\n{}</ul>\n", items.collect::<String>());
        }
        html.push_str("</body></html>\n");
        html
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_become_markup() {
        let page = Page {
            title: "<b>".to_owned(),
            text: vec!["a & b".to_owned()],
            list: vec!["\"Quoted\" <script>alert('1')</script>".to_owned()],
        };
        let html = page.html();
        assert!(html.contains("&lt;b&gt;") && html.contains("a &amp; b"));
        assert!(html.contains("&quot;Quoted&quot; &lt;script&gt;alert(&#39;1&#39;)"), "{html}");
        assert!(!html.contains("<script") && !html.contains("<b>"));
    }
}
