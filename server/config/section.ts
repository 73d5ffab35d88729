import type { Setting } from "./setting.ts";

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** One part of the configuration: a file of this folder, a table in docs/OPERATIONS.md. */
export interface Section<S extends Settings = Settings> {
  readonly name: string;
  readonly doc: string;
  readonly settings: S;
}

export type SectionValues<S extends Section> = {
  readonly [K in keyof S["settings"]]: S["settings"][K] extends Setting<infer T> ? T : never;
};

/** Keeps the literal types of one section; adds nothing. */
export function defineSection<const S extends Settings>(section: Section<S>): Section<S> {
  return section;
}

/** `publicUrl` -> `public_url`, as files and variables write it. */
export function fileKey(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function envName(section: string, key: string, setting: Setting<unknown>): string {
  return setting.env ?? `OPENGUILD_${section}_${fileKey(key)}`.toUpperCase();
}
