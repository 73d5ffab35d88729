import type { JsonObject } from "../json.ts";
import { parseChannelId } from "../../ids/channel_id.ts";
import { parseRoleId } from "../../ids/role_id.ts";
import { parseUserId } from "../../ids/user_id.ts";
import type { Shape } from "./shape.ts";

/** Which graph an event of the type belongs to; a redaction may be in either. PROTOCOL.md 2. */
export type Plane = "control" | "timeline" | "both";

/** What the `state_key` of a control type is; `none`: the type has no state. */
export type StateKeyRule = "none" | "empty" | "user" | "role" | "channel" | "emoji";

/** A type of event as data: one file each in this folder, all of them in `../kinds.ts`. */
export interface EventKind<Content = unknown> {
  readonly type: string;
  readonly plane: Plane;
  readonly stateKey: StateKeyRule;
  /** Auth rules read it (or the room's meaning hangs on it): redactions and purges never cover it. */
  readonly authority: boolean;
  readonly content: Shape<Content>;
  /** The fields for the table that opens PROTOCOL.md. */
  readonly fields: string;
  /** The right needed, for the same table; `core/auth` holds the rules themselves. */
  readonly right: string;
}

/** Keeps the type of the content; adds nothing. */
export function defineKind<Content>(kind: EventKind<Content>): EventKind<Content> {
  return kind;
}

export const EMOJI_NAME = /^[0-9A-Za-z_]{2,32}$/;

/** Whether a state key (or its absence) fits the rule. */
export function fitsStateKey(rule: StateKeyRule, stateKey: string | undefined): boolean {
  if (stateKey === undefined) return rule === "none";
  switch (rule) {
    case "none":
      return false;
    case "empty":
      return stateKey === "";
    case "user":
      return parseUserId(stateKey) !== undefined;
    case "role":
      return parseRoleId(stateKey) !== undefined;
    case "channel":
      return parseChannelId(stateKey) !== undefined;
    case "emoji":
      return EMOJI_NAME.test(stateKey);
  }
}

/** The content as its kind's type, or undefined where it has another shape: then it is not shown. */
export function readContent<Content>(
  kind: EventKind<Content>,
  content: JsonObject,
): Content | undefined {
  return kind.content.fault(content) === undefined ? content as Content : undefined;
}

/** What is wrong with a content, for the one who builds it, or undefined. */
export function contentFault(kind: EventKind, content: JsonObject): string | undefined {
  const fault = kind.content.fault(content);
  return fault === undefined ? undefined : `${kind.type}: content${fault}`;
}
