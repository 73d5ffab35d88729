import { MEDIA_LIMITS } from "./media_settings.ts";

/** Controls, bidirectional overrides and what a file system or a shell takes for more than a name. */
// deno-lint-ignore no-control-regex -- control characters are what it is for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff<>:"|?*]/g;
const FALLBACK = "file";

/** The last part of what a browser called the file, safe to show and to save under. */
export function cleanFileName(name: string): string {
  const last = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const clean = last.toWellFormed().replace(UNSAFE, "").replace(/\s+/g, " ").trim()
    .replace(/^\.+/, "").replace(/[. ]+$/, "");
  const short = shorten(clean);
  return short === "" ? FALLBACK : short;
}

/** Keeps the ending of a name that is too long. */
function shorten(name: string): string {
  const characters = [...name];
  if (characters.length <= MEDIA_LIMITS.maxNameLength) return name;
  const dot = characters.lastIndexOf(".");
  const ending = dot > 0 && characters.length - dot <= 12 ? characters.slice(dot) : [];
  return [...characters.slice(0, MEDIA_LIMITS.maxNameLength - ending.length), ...ending].join("");
}

/** The name with the ending of a type it was changed into. */
export function renameEnding(name: string, ending: string): string {
  const dot = name.lastIndexOf(".");
  return `${dot > 0 ? name.slice(0, dot) : name}.${ending}`;
}
