import assert from "node:assert/strict";
import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { splitSeen } from "./view_as.ts";

function channel(id: string, rest: Partial<Channel> = {}): Channel {
  return {
    room_id: "!guild",
    id,
    kind: "text",
    private: false,
    encrypted: false,
    may_encrypt: false,
    name: id,
    topic: null,
    parent: null,
    order: 0,
    slow_mode_s: 0,
    archived: false,
    age_restricted: false,
    user_limit: 0,
    bitrate: 40_000,
    hidden: false,
    entries: [],
    permissions: "1",
    last_message_id: null,
    ...rest,
  };
}

Deno.test("view as: what is hidden stands apart, an empty category is not shown", () => {
  const channels = [
    channel("garden", { kind: "category" }),
    channel("plans", { parent: "garden" }),
    channel("staff", { kind: "category" }),
    channel("back", { parent: "staff" }),
    channel("hall"),
    channel("main", { private: true }),
  ];
  const { groups, hidden } = splitSeen({ channels } as unknown as Guild, [
    { id: "garden", permissions: "1" },
    { id: "plans", permissions: "5" },
    { id: "staff", permissions: "1" },
    { id: "back", permissions: "4" },
    { id: "hall", permissions: "1" },
  ]);
  assert.deepEqual(
    groups.map((group) => [group.category?.id, group.channels.map(({ id }) => id)]),
    [[undefined, ["hall"]], ["garden", ["plans"]]],
  );
  assert.deepEqual(hidden.map(({ id }) => id), ["back"]);
});
