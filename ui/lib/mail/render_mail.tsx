import { renderToString } from "preact-render-to-string";
import { ENGLISH, languageOf } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { language, t } from "../i18n/t.ts";
import { type MailAbout, type MailParts, mailParts } from "./mail_parts.ts";

export interface MailPage {
  /** What the server is called, and where it is. */
  readonly server: string;
  readonly publicUrl: string;
  /** Code of a language of the pages; English for one that is not known. */
  readonly language: string;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail in plain text and in simple HTML, which say the same. */
export function renderMail(about: MailAbout, page: MailPage): MailText {
  return inLanguage(languageOf(page.language) ?? ENGLISH, () => {
    const parts = mailParts(about, page.server);
    return {
      subject: parts.subject,
      text: plainText(parts, page),
      html: "<!doctype html>" + renderToString(<Page parts={parts} page={page} />),
    };
  });
}

function plainText(parts: MailParts, page: MailPage): string {
  return [
    ...parts.lines,
    ...(parts.rows ?? []).map(({ text, url }) => `- ${text}\n  ${url}`),
    ...parts.links.map(({ label, url }) => `${label}:\n${url}`),
    ...parts.notes,
    `-- \n${page.server}\n${page.publicUrl}`,
  ].join("\n\n") + "\n";
}

/** Mail programs know neither style sheets nor our fonts: what it looks like stands at each part. */
const BODY = "margin:0;padding:24px 12px;background:#f4f2ee;color:#1d1b18;" +
  "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CARD = "max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border-radius:12px;" +
  "border:1px solid #e2ded6";
const BUTTON = "display:inline-block;padding:12px 20px;border-radius:8px;background:#0f5c57;" +
  "color:#ffffff;font-weight:600;text-decoration:none";
const SMALL = "font-size:14px;color:#5d5850";

function Page({ parts, page }: { parts: MailParts; page: MailPage }) {
  const { code, dir } = language();
  return (
    <html lang={code} dir={dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{parts.subject}</title>
      </head>
      <body style={BODY}>
        <div style={CARD}>
          {parts.lines.map((line) => <p key={line}>{line}</p>)}
          {parts.rows && (
            <ul style="padding-inline-start:20px">
              {parts.rows.map(({ text, url }) => (
                <li key={text}>
                  <a href={url} style="color:#0f5c57">{text}</a>
                </li>
              ))}
            </ul>
          )}
          {parts.links.map(({ label, url }) => (
            <div key={url}>
              <p>
                <a href={url} style={BUTTON}>{label}</a>
              </p>
              <p style={SMALL}>
                {t("mail.copy")}
                <br />
                <span style="word-break:break-all">{url}</span>
              </p>
            </div>
          ))}
          {parts.notes.map((note) => <p key={note} style={SMALL}>{note}</p>)}
          <p style={SMALL}>
            <a href={page.publicUrl} style="color:#0f5c57">{page.server}</a>
          </p>
        </div>
      </body>
    </html>
  );
}
