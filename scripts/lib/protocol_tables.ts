import { keepRuleOf } from "../../core/event/keep.ts";
import { KINDS, RESERVED_TYPES } from "../../core/event/kinds.ts";
import type { EventKind } from "../../core/event/kinds/kind.ts";
import { RIGHT_NAMES, RIGHTS } from "../../core/permissions/bits.ts";
import { RIGHT_DESCRIPTIONS } from "../../core/permissions/right_descriptions.ts";
import { EDUS } from "../../core/event/edus.ts";
import { limits } from "../../core/limits.ts";

const STATE_KEYS: Readonly<Record<EventKind["stateKey"], string>> = {
  none: "none",
  empty: '`""`',
  user: "user id",
  role: "role id",
  channel: "channel id",
  emoji: "emoji name, `[0-9A-Za-z_]{2,32}`",
};

function keptOf(kind: EventKind): string {
  const rule = keepRuleOf(kind.type, kind.plane === "timeline");
  if (rule === "all") return "all";
  if (rule === "fields") return "the fields listed, but not `reason`";
  return rule === "relation" ? "`relates_to {kind, event_id}`" : "nothing";
}

function cells(row: readonly string[]): string {
  return `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [cells(head), cells(head.map(() => "---")), ...rows.map(cells)].join("\n");
}

/** Every event type, for the table that opens PROTOCOL.md. */
export function eventTable(): string {
  const head = ["type", "graph", "state key", "content", "kept on redaction", "right needed"];
  const rows = KINDS.map((kind) => [
    `\`${kind.type}\``,
    kind.plane === "both" ? "control or timeline" : kind.plane,
    STATE_KEYS[kind.stateKey],
    kind.fields,
    keptOf(kind),
    kind.right,
  ]);
  const other = [
    ["any other with a state key", "control", "any", "any", "nothing", "ADMINISTRATOR"],
    [
      "any other with a channel",
      "timeline",
      "none",
      "any",
      "`relates_to {kind, event_id}`",
      "SEND",
    ],
  ];
  const reserved = RESERVED_TYPES.map((type) => `\`${type}\``).join(", ");
  return `${table(head, [...rows, ...other])}\n\nReserved type names: ${reserved}.`;
}

/** Every EDU, for the second table. */
export function eduTable(): string {
  const head = ["EDU", "content", "from", "to"];
  return table(head, EDUS.map((edu) => [`\`${edu.type}\``, edu.fields, edu.from, edu.to]));
}

/** Every permission bit, for the third table. */
export function rightTable(): string {
  const rows = RIGHT_NAMES.map((name) => {
    const { bit, group, inChannel } = RIGHTS[name];
    const description = RIGHT_DESCRIPTIONS[name];
    return [String(bit), `\`${name}\``, group, inChannel ? "yes" : "no", description];
  });
  return table(["bit", "name", "group", "in channel entries", "meaning"], rows);
}

/** Every number of core/limits.ts. */
export function limitTable(): string {
  const rows = Object.entries(limits).flatMap(([section, numbers]) =>
    Object.entries(numbers).map(([name, value]) => [
      `\`${section}.${name}\``,
      value.toLocaleString("en-US"),
    ])
  );
  return table(["name", "value"], rows);
}
