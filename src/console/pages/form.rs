//! Forms: every field has its label, what is decided has its reason, and nothing is sent by GET but a choice of what to
//! look at.

use crate::model::{Language, Said};
use crate::said;
use askama::Template;

pub struct Form {
    heading: Said,
    hint: Option<Said>,
    action: String,
    post: bool,
    upload: bool,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    submit: Said,
    weight: &'static str,
}

pub struct Field {
    name: &'static str,
    label: Said,
    hint: Option<Said>,
    value: String,
    required: bool,
    kind: Kind,
}

enum Kind {
    Radio(Vec<Choice>),
    Select(Vec<Choice>),
    Area(usize),
    Input(&'static str),
}

/// Something that can be chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: Said,
    pub chosen: bool,
}

impl Form {
    /// Does something.
    pub fn post(heading: Said, action: impl Into<String>, submit: Said) -> Form {
        Form {
            heading,
            hint: None,
            action: action.into(),
            post: true,
            upload: false,
            hidden: Vec::new(),
            fields: Vec::new(),
            submit,
            weight: "strong",
        }
    }

    /// Chooses what to look at.
    pub fn choose(heading: Said, action: impl Into<String>) -> Form {
        Form { post: false, weight: "", ..Form::post(heading, action, said!("Show", "显示")) }
    }

    #[must_use]
    pub fn hint(mut self, hint: Said) -> Form {
        self.hint = Some(hint);
        self
    }

    /// With a file.
    #[must_use]
    pub fn upload(mut self) -> Form {
        self.upload = true;
        self
    }

    /// What it does cannot be taken back.
    #[must_use]
    pub fn grave(mut self) -> Form {
        self.weight = "grave";
        self
    }

    #[must_use]
    pub fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Form {
        self.hidden.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn field(mut self, field: Field) -> Form {
        self.fields.push(field);
        self
    }

    /// The reason that every decision needs.
    #[must_use]
    pub fn reason(self) -> Form {
        self.field(Field::area("reason", said!("Reason", "理由"), crate::model::typed::LONGEST_REASON).required())
    }
}

impl Field {
    fn new(name: &'static str, label: Said, kind: Kind) -> Field {
        Field { name, label, hint: None, value: String::new(), required: false, kind }
    }

    pub fn text(name: &'static str, label: Said) -> Field {
        Field::new(name, label, Kind::Input("text"))
    }

    pub fn search(name: &'static str, label: Said) -> Field {
        Field::new(name, label, Kind::Input("search"))
    }

    pub fn day(name: &'static str, label: Said) -> Field {
        Field::new(name, label, Kind::Input("date"))
    }

    pub fn time(name: &'static str, label: Said) -> Field {
        Field::new(name, label, Kind::Input("time"))
    }

    pub fn file(name: &'static str, label: Said) -> Field {
        Field::new(name, label, Kind::Input("file"))
    }

    /// Several lines, at most so many characters.
    pub fn area(name: &'static str, label: Said, most: usize) -> Field {
        Field::new(name, label, Kind::Area(most))
    }

    pub fn select(name: &'static str, label: Said, choices: Vec<Choice>) -> Field {
        Field::new(name, label, Kind::Select(choices))
    }

    /// One of a few, each in sight; somebody has to choose.
    pub fn radio(name: &'static str, label: Said, choices: Vec<Choice>) -> Field {
        Field::new(name, label, Kind::Radio(choices))
    }

    #[must_use]
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Field {
        self.value = value.into();
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: Said) -> Field {
        self.hint = Some(hint);
        self
    }
}

impl Choice {
    pub fn new(value: impl Into<String>, label: Said) -> Choice {
        Choice { value: value.into(), label, chosen: false }
    }

    #[must_use]
    pub fn chosen_if(mut self, chosen: bool) -> Choice {
        self.chosen = chosen;
        self
    }
}

#[derive(Template)]
#[template(path = "pages/form.html")]
pub(super) struct View {
    form: FormView,
}

struct FormView {
    id: String,
    /// Of its heading.
    level: u8,
    heading: String,
    hint: Option<String>,
    action: String,
    method: &'static str,
    upload: bool,
    csrf: String,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<FieldView>,
    submit: String,
    weight: &'static str,
}

struct FieldView {
    name: &'static str,
    label: String,
    hint: Option<String>,
    value: String,
    required: bool,
    kind: FieldKind,
}

enum FieldKind {
    Radio(Vec<ChoiceView>),
    Select(Vec<ChoiceView>),
    Area(usize),
    Input(&'static str),
}

struct ChoiceView {
    value: String,
    label: String,
    chosen: bool,
}

impl View {
    /// `id`: no other form of the page has it.
    pub fn of(form: Form, (id, level): (String, u8), csrf: &str, language: Language) -> View {
        let text = |said: Said| said.in_language(language).to_owned();
        let choices = |choices: Vec<Choice>| {
            let one = |c: Choice| ChoiceView { value: c.value, label: text(c.label), chosen: c.chosen };
            choices.into_iter().map(one).collect()
        };
        let field = |field: Field| FieldView {
            name: field.name,
            label: text(field.label),
            hint: field.hint.map(text),
            value: field.value,
            required: field.required,
            kind: match field.kind {
                Kind::Radio(all) => FieldKind::Radio(choices(all)),
                Kind::Select(all) => FieldKind::Select(choices(all)),
                Kind::Area(most) => FieldKind::Area(most),
                Kind::Input(kind) => FieldKind::Input(kind),
            },
        };
        View {
            form: FormView {
                id,
                level,
                heading: text(form.heading),
                hint: form.hint.map(text),
                action: form.action,
                method: if form.post { "post" } else { "get" },
                upload: form.upload,
                csrf: csrf.to_owned(),
                hidden: form.hidden,
                fields: form.fields.into_iter().map(field).collect(),
                submit: text(form.submit),
                weight: form.weight,
            },
        }
    }
}
