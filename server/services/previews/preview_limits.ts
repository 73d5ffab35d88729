import { PREVIEW_WORDS } from "../../../core/previews/preview_words.ts";

/** Bounds of link previews that nobody needs to change. docs/OPERATIONS.md names those people feel. */
export const PREVIEW_LIMITS = {
  ...PREVIEW_WORDS,
  /** As much of a page is read, and no more is asked of its server. */
  pageBytes: 512 * 1024,
  /** The whole way to a page, redirects too; then the same for its picture. */
  pageMs: 10_000,
  pictureMs: 10_000,
  /** Redirects followed on the way to a page, and to its picture. */
  redirects: 4,
  pictureBytes: 5 * 1024 * 1024,
  /** All frames together. */
  picturePixels: 16 * 1024 * 1024,
  /** The box that the stored picture fits into, CSS pixels at twice the density. */
  pictureBox: 400,
  altChars: 200,
  /** A page is asked again after this at the earliest, and only for a new message. */
  freshMs: 24 * 3_600_000,
  /** One that gave nothing, or was not reached. */
  missMs: 3_600_000,
  /** A process that asks for a page is done with it by then, or has ended. */
  askingMs: 60_000,
  /** Pages asked for at once, of all hosts and of one. */
  atOnce: 4,
  atOncePerHost: 2,
  /** Pages that wait for that, of all hosts and of one; beyond it they get no preview. */
  waiting: 200,
  waitingPerHost: 20,
  /** Messages that are looked at or wait for it; what comes while they are so many gets none. */
  messages: 1000,
  /** Links that one author's messages, or their questions, may have previewed within `authorMs`. */
  authorLinks: 30,
  authorMs: 10 * 60_000,
  /** Authors who are counted; beyond it the longest counted are forgotten. */
  authors: 10_000,
  /** Pages of one host asked for within `hostMs`, counted as authors are. */
  hostPages: 60,
  hostMs: 60_000,
  hosts: 10_000,
  /** Servers that hear of a message of another ask within this, each at its own time. */
  spreadMs: 20_000,
  /** What comes within it is told in one dispatch for each message. */
  gatherMs: 300,
  /** Messages that are told of one page. */
  toldPerPage: 100,
  /** A message is told what was found for its link when it came within this before. */
  awaitMs: 10 * 60_000,
  /** Rows that one statement of cleaning takes away; there are as many as it needs. */
  cleanedAtOnce: 1000,
  cleanMs: 3_600_000,
} as const;
