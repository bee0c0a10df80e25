//! What stands around every page: who looks, where one can go, where this is; and how it is printed.

use crate::console::shown::Asked;
use crate::model::{AccountRole, Language, Said};
use crate::said;
use askama::Template;

/// The parts of the console, in the order in which an office needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Today,
    Flags,
    Findings,
    Coverage,
    Draws,
    Record,
    Imports,
    Quarantine,
    Reports,
    Setup,
}

impl Tab {
    const ALL: [Tab; 10] = [
        Tab::Today,
        Tab::Flags,
        Tab::Findings,
        Tab::Coverage,
        Tab::Draws,
        Tab::Record,
        Tab::Imports,
        Tab::Quarantine,
        Tab::Reports,
        Tab::Setup,
    ];

    pub fn address(self) -> &'static str {
        match self {
            Tab::Today => "/today",
            Tab::Flags => "/flags",
            Tab::Findings => "/findings",
            Tab::Coverage => "/coverage",
            Tab::Draws => "/draws",
            Tab::Record => "/record",
            Tab::Imports => "/imports",
            Tab::Quarantine => "/quarantine",
            Tab::Reports => "/reports",
            Tab::Setup => "/setup",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Tab::Today => said!("Today", "今日"),
            Tab::Flags => said!("Flags", "疑点"),
            Tab::Findings => said!("Findings", "整改"),
            Tab::Coverage => said!("Coverage", "覆盖"),
            Tab::Draws => said!("Draws", "抽取"),
            Tab::Record => said!("Enter results", "代填结果"),
            Tab::Imports => said!("Imports", "导入"),
            Tab::Quarantine => said!("Mail to check", "待核邮件"),
            Tab::Reports => said!("Reports", "报告"),
            Tab::Setup => said!("Set-up", "设置"),
        }
    }

    fn is_for(self, role: AccountRole) -> bool {
        use AccountRole::{Administrator, Auditor, Dispatcher, Head, Viewer};
        match self {
            Tab::Today | Tab::Flags | Tab::Coverage | Tab::Draws | Tab::Reports => role != Administrator,
            Tab::Findings | Tab::Imports | Tab::Quarantine => !matches!(role, Administrator | Viewer),
            Tab::Record => matches!(role, Dispatcher | Head),
            Tab::Setup => matches!(role, Head | Auditor | Administrator),
        }
    }
}

/// A page without what stands around it.
pub struct Inside<'a> {
    /// Where it belongs; none for what has no place among the parts.
    pub tab: Option<Tab>,
    pub title: &'a str,
    pub body: &'a str,
    /// Its own address and when it was made: a sheet of paper tells where it came from.
    pub foot: &'a str,
}

/// The whole page for somebody who signed in. `None` only where the template fails to render.
pub fn page(asked: &Asked<'_>, inside: &Inside<'_>) -> Option<String> {
    let viewer = asked.viewer;
    let tab = |tab: Tab| TabView {
        href: tab.address(),
        name: viewer.language.pick(&tab.said().en, &tab.said().zh).to_owned(),
        here: inside.tab == Some(tab),
    };
    let who = match viewer.language {
        Language::En => format!("{} ({})", viewer.name, viewer.role.said().en),
        Language::ZhHans => format!("{}（{}）", viewer.name, viewer.role.said().zh),
    };
    let view = View {
        tabs: Tab::ALL.into_iter().filter(|tab| tab.is_for(viewer.role)).map(tab).collect(),
        who: Some(&who),
        csrf: asked.csrf,
        notice: asked.notice.as_ref().map(|notice| notice.in_language(viewer.language)),
        ..View::new(inside, viewer.language)
    };
    view.render().ok()
}

/// A page for somebody who did not sign in.
pub fn outside(inside: &Inside<'_>, notice: Option<&Said>, language: Language) -> Option<String> {
    let notice = notice.map(|notice| notice.in_language(language));
    View { notice, ..View::new(inside, language) }.render().ok()
}

#[derive(Template)]
#[template(path = "shell.html")]
struct View<'a> {
    lang: &'static str,
    product: &'static str,
    words: Words,
    title: &'a str,
    body: &'a str,
    foot: &'a str,
    tabs: Vec<TabView>,
    who: Option<&'a str>,
    csrf: &'a str,
    notice: Option<&'a str>,
}

struct TabView {
    href: &'static str,
    name: String,
    here: bool,
}

struct Words {
    skip: &'static str,
    nav: &'static str,
    logout: &'static str,
    /// The language that is not shown, in itself.
    other: &'static str,
    other_tag: &'static str,
}

impl<'a> View<'a> {
    fn new(inside: &Inside<'a>, language: Language) -> View<'a> {
        let (other, other_tag) = match language {
            Language::En => ("中文", Language::ZhHans.tag()),
            Language::ZhHans => ("English", Language::En.tag()),
        };
        View {
            lang: language.tag(),
            product: language.pick("Spotcheck", "随机抽查"),
            words: Words {
                skip: language.pick("Skip to the content", "跳到正文"),
                nav: language.pick("Parts", "栏目"),
                logout: language.pick("Log out", "退出"),
                other,
                other_tag,
            },
            title: inside.title,
            body: inside.body,
            foot: inside.foot,
            tabs: Vec::new(),
            who: None,
            csrf: "",
            notice: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_sees_nothing_about_people() {
        let of = |role| Tab::ALL.into_iter().filter(|tab| tab.is_for(role)).collect::<Vec<_>>();
        assert_eq!(of(AccountRole::Administrator), [Tab::Setup]);
        assert!(!of(AccountRole::Viewer).contains(&Tab::Findings));
        assert_eq!(of(AccountRole::Head).len(), Tab::ALL.len());
    }
}
