//! Signing in and out, the one-time address, the language; and the stylesheet.

use super::answer::{Answer, Session, local};
use super::call::Call;
use super::plain::{First, Login, Own, Plain, Second, Told, around, failed, render};
use crate::config::SecondFactor;
use crate::console::pages::shell::{self, Inside};
use crate::console::qr;
use crate::model::password::SHORTEST;
use crate::model::{AccountRole, Language, Said};
use crate::said;
use crate::work::sign_in::{self, Attempt, Signed};
use crate::work::{Done, Failure, accounts, second_factor};
use axum::http::StatusCode;

/// Longer texts are no names and no passwords.
const LONGEST: usize = 400;

pub async fn css(_: &Call<'_>) -> Done<Answer> {
    Ok(Answer::Css(include_str!("../templates/console.css")))
}

pub async fn home(call: &Call<'_>) -> Done<Answer> {
    let role = call.signed()?.viewer.role;
    Ok(Answer::see(if role == AccountRole::Administrator { "/setup/users" } else { "/today" }))
}

fn form(language: Language, said: Option<&Said>, next: &str, status: StatusCode) -> Answer {
    let page = Plain::new(language, &said!("Sign in", "登录"));
    let said = said.map(|said| said.in_language(language));
    let body = render(&Login { language, said, next });
    Answer::Page { status, html: around(&page, &body) }
}

pub async fn login(call: &Call<'_>) -> Done<Answer> {
    if call.signed.is_some_and(|signed| signed.signed_in) {
        return Ok(Answer::see("/"));
    }
    let asked = call.query.get("lang").and_then(|tag| tag.parse().ok());
    let next = call.query.get("next").map_or("/", |next| local(next));
    Ok(form(asked.unwrap_or(call.language), None, next, StatusCode::OK))
}

pub async fn sign_in(call: &Call<'_>) -> Done<Answer> {
    let (account, password, next) = (call.form.get("account"), call.form.get("password"), local(call.form.get("next")));
    let wrong = said!(
        "Name or password is wrong. Capitals of the password matter; those of the name do not.",
        "登录名或口令不正确。口令区分大小写，登录名不区分。"
    );
    if account.len() > LONGEST || password.chars().count() > LONGEST {
        return Ok(form(call.language, Some(&wrong), next, StatusCode::UNAUTHORIZED));
    }
    let attempt = sign_in::sign_in(call.ctx, call.console, (account, password), call.address, call.secret).await?;
    Ok(match attempt {
        Attempt::In(secret) => Answer::See { to: next.to_owned(), session: Some(Session::Is(secret)) },
        Attempt::Second(secret) => Answer::See { to: "/login/second".to_owned(), session: Some(Session::Is(secret)) },
        Attempt::Wrong => form(call.language, Some(&wrong), next, StatusCode::UNAUTHORIZED),
        Attempt::Wait => form(call.language, Some(&wait()), next, StatusCode::TOO_MANY_REQUESTS),
    })
}

fn wait() -> Said {
    said!(
        "Too many attempts from this address: wait some minutes, then try again. Your account is not locked.",
        "此地址尝试次数过多：请过几分钟再试。您的账户未被锁定。"
    )
}

/// The page of the second factor, as it stands with this session.
fn second_page(call: &Call<'_>, signed: &Signed, said: Option<&Said>, status: StatusCode) -> Answer {
    let (language, account) = (signed.viewer.language, &signed.account);
    let off = call.console.second_factor == SecondFactor::Off;
    let proved = account.second_on;
    let secret = call.ctx.second_factor(account).filter(|_| !proved).map(|secret| second_factor::base32(&secret));
    let address = secret.as_ref().map(|secret| {
        let name = super::answer::encoded(&account.id);
        format!("otpauth://totp/Spotcheck:{name}?secret={secret}&issuer=Spotcheck")
    });
    let label = language.pick("The key as a QR code", "密钥二维码");
    let body = render(&Second {
        language,
        qr: address.as_ref().and_then(|address| qr::square(address, label)).unwrap_or_default(),
        said: said.map(|said| said.in_language(language)),
        csrf: &signed.csrf,
        on: signed.signed_in && (proved || off),
        code: secret.is_some() || (proved && !signed.signed_in),
        begin: secret.is_none() && !proved,
        secret,
        address: address.unwrap_or_default(),
    });
    let page = Plain::new(language, &said!("Second factor", "动态码"));
    Answer::Page { status, html: around(&page, &body) }
}

pub async fn second(call: &Call<'_>) -> Done<Answer> {
    Ok(second_page(call, call.signed()?, None, StatusCode::OK))
}

pub async fn try_code(call: &Call<'_>) -> Done<Answer> {
    let signed = call.signed()?;
    if call.form.get("begin") == "yes" {
        sign_in::begin_second(call.ctx, signed).await?;
        return Ok(Answer::see("/login/second"));
    }
    let code = call.form.get("code");
    Ok(match sign_in::second(call.ctx, signed, code, call.address).await? {
        Attempt::In(secret) | Attempt::Second(secret) => {
            Answer::See { to: "/".to_owned(), session: Some(Session::Is(secret)) }
        }
        Attempt::Wrong => {
            let wrong = said!(
                "This code does not fit, or was used before: wait for the next one. Phone and server need the right time.",
                "动态码不符或已用过：请等待下一个。手机和服务器的时间须准确。"
            );
            second_page(call, signed, Some(&wrong), StatusCode::UNAUTHORIZED)
        }
        Attempt::Wait => second_page(call, signed, Some(&wait()), StatusCode::TOO_MANY_REQUESTS),
    })
}

pub async fn sign_out(call: &Call<'_>) -> Done<Answer> {
    sign_in::sign_out(call.ctx, call.signed()?, call.address).await?;
    Ok(Answer::See { to: "/login".to_owned(), session: Some(Session::Ends) })
}

pub async fn language(call: &Call<'_>) -> Done<Answer> {
    let Ok(language) = call.form.get("language").parse() else { return Ok(Answer::see("/")) };
    accounts::set_language(call.ctx, &call.signed()?.account.id, language).await?;
    Ok(Answer::see(local(call.came_from)))
}

/// The own account: who one is here, and a new password.
fn own_page(call: &Call<'_>, said: Option<&Said>, status: StatusCode) -> Done<Answer> {
    let signed = call.signed()?;
    let (language, account) = (signed.viewer.language, &signed.account);
    let body = render(&Own {
        language,
        said: said.map(|said| said.in_language(language)),
        csrf: &signed.csrf,
        account: &account.id,
        role: account.role.said().in_language(language).to_owned(),
        second_on: account.second_on,
        shortest: SHORTEST,
    });
    let name = account.name.as_str();
    let inside = Inside { tab: None, title: name, body: &body, foot: "" };
    let html = shell::page(&call.asked(signed), &inside);
    Ok(Answer::Page { status, html: html.unwrap_or_else(|| failed(&"shell")) })
}

pub async fn own(call: &Call<'_>) -> Done<Answer> {
    own_page(call, None, StatusCode::OK)
}

pub async fn change_password(call: &Call<'_>) -> Done<Answer> {
    let (signed, form) = (call.signed()?, call.form);
    let (old, new) = (form.get("old"), form.get("password"));
    if new != form.get("again") {
        return own_page(call, Some(&not_the_same()), StatusCode::UNPROCESSABLE_ENTITY);
    }
    match sign_in::change_password(call.ctx, signed, (old, new), call.address).await {
        Ok(Attempt::In(secret) | Attempt::Second(secret)) => {
            Ok(Answer::See { to: "/".to_owned(), session: Some(Session::Is(secret)) })
        }
        Ok(Attempt::Wrong) => {
            let said = said!("The present password is another one.", "原口令不正确。");
            own_page(call, Some(&said), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Ok(Attempt::Wait) => own_page(call, Some(&wait()), StatusCode::TOO_MANY_REQUESTS),
        Err(Failure::Trouble(weak)) => own_page(call, Some(&weak.said), StatusCode::UNPROCESSABLE_ENTITY),
        Err(failure) => Err(failure),
    }
}

fn not_the_same() -> Said {
    said!("The two are not the same: type or paste it again.", "两次输入不一致：请重新输入或粘贴。")
}

fn over(call: &Call<'_>) -> Answer {
    let language = call.language;
    let page = Plain::new(language, &said!("This address is used up", "此地址已失效"));
    let said = said!(
        "It works once and within 24 hours. The administrator gives you a new one.",
        "此地址24小时内有效，且只能用一次。请系统管理员重新给您一个。"
    );
    let link = Some(("/login".to_owned(), language.pick("Sign in", "登录").to_owned()));
    let body = render(&Told { said: said.in_language(language), secret: None, link });
    Answer::Page { status: StatusCode::NOT_FOUND, html: around(&page, &body) }
}

fn first_page(call: &Call<'_>, account: &crate::store::AccountRow, said: Option<&Said>, status: StatusCode) -> Answer {
    let language = account.language;
    let body = render(&First {
        language,
        said: said.map(|said| said.in_language(language)),
        account: &account.id,
        secret: call.id(),
        shortest: SHORTEST,
    });
    let page = Plain::new(language, &said!("Set your password", "设定口令"));
    Answer::Page { status, html: around(&page, &body) }
}

pub async fn first(call: &Call<'_>) -> Done<Answer> {
    Ok(match accounts::of_one_time(call.ctx, call.id()).await? {
        Some(account) => first_page(call, &account, None, StatusCode::OK),
        None => over(call),
    })
}

pub async fn set_password(call: &Call<'_>) -> Done<Answer> {
    let Some(account) = accounts::of_one_time(call.ctx, call.id()).await? else { return Ok(over(call)) };
    let password = call.form.get("password");
    if password != call.form.get("again") {
        return Ok(first_page(call, &account, Some(&not_the_same()), StatusCode::UNPROCESSABLE_ENTITY));
    }
    match accounts::begin_with(call.ctx, call.id(), password, call.address).await {
        Ok(true) => {
            let language = account.language;
            let page = Plain::new(language, &said!("Your password is set", "口令已设定"));
            let said = said!("Sign in with it now.", "现在可以登录。");
            let link = Some(("/login".to_owned(), language.pick("Sign in", "登录").to_owned()));
            let body = render(&Told { said: said.in_language(language), secret: None, link });
            Ok(Answer::page(around(&page, &body)))
        }
        Ok(false) => Ok(over(call)),
        Err(Failure::Trouble(weak)) => {
            Ok(first_page(call, &account, Some(&weak.said), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(failure) => Err(failure),
    }
}
