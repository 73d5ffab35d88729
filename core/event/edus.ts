/** A message between servers that is no event: not signed by itself, not kept, may be lost. PROTOCOL.md 10. */
export interface EduKind {
  readonly type: string;
  readonly fields: string;
  /** Whose it must be; anything else is ignored. */
  readonly from: string;
  readonly to: string;
}

/** Every EDU of `og1`, in the order of the table in PROTOCOL.md. Each at most 8 KiB. */
export const EDUS: readonly EduKind[] = [
  {
    type: "m.typing",
    fields:
      "`room_id`, `channel_id`, `thread_id?`, `user`, `typing`, `timeout_ms` (at most 30,000)",
    from: "a joined user of the origin with VIEW_CHANNEL there",
    to: "servers with a viewer of the channel",
  },
  {
    type: "m.read",
    fields: "`room_id`, `channel_id`, `user`, `event_id`",
    from: "a joined user of the origin with VIEW_CHANNEL there",
    to: "servers with a viewer of the channel",
  },
  {
    type: "m.presence",
    fields: "`user`, `presence: online/idle/dnd/offline`, `status?`",
    from: "a user of the origin who shows it",
    to: "servers that share a room with the user, or have a friend of theirs",
  },
  {
    type: "m.profile",
    fields: "`user`",
    from: "a user of the origin, whose profile has changed: whoever holds a copy asks for it anew",
    to: "servers that share a room with the user, or have a friend of theirs",
  },
  {
    type: "m.relationship",
    fields: "`from`, `to`, `action: request/accept/remove`",
    from: "a user of the origin (`from`); no room needed",
    to: "the server of `to`; refusal is silence",
  },
  {
    type: "m.device",
    fields: "`user`, `version`",
    from: "a user of the origin, whose identity or devices have changed",
    to: "servers that share an encrypted room with the user",
  },
  {
    type: "m.group",
    fields: "`room_id`, `term`, `epoch`",
    from: "the server that orders the group of an encrypted room",
    to: "servers with a joined member",
  },
  {
    type: "m.to_device",
    fields: "`from`, `from_device?`, `to`, `device` (or `*`), `kind`, `body`",
    from: "a user of the origin (`from`) who shares a room with `to` or is friends with them",
    to: "the server of `to`; refusal is silence",
  },
];
