import type { ControlEvent } from "../../core/event/event.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { HostilePeer } from "./hostile_peer.ts";
import { ShadowRoom } from "./shadow_room.ts";

/** A guild of a hostile server's own, in which its user may do everything. */
export async function makeRoom(peer: HostilePeer, owner: UserId): Promise<ShadowRoom> {
  const ts = Date.now() - 60_000;
  const create: ControlEvent = await buildControlEvent({
    type: "m.room.create",
    sender: owner,
    stateKey: "",
    originTs: ts,
    content: {
      room_version: "og1",
      nonce: encodeBase58Of16(peer.rng.bytes(16)),
      kind: "guild",
      federate: true,
    },
    prevEvents: [],
    authEvents: [],
  }, { signer: peer.signer, rng: peer.rng });
  const room = new ShadowRoom(create, peer.rng);
  const drafts = [
    { type: "m.guild.owner", stateKey: "", content: { user: owner } },
    { type: "m.room.member", stateKey: owner, content: { membership: "join" } },
    {
      type: "m.guild.roles",
      stateKey: "",
      content: { everyone: "7", roles: { all: { position: 99, bits: "1ffffffff" } } },
    },
    { type: "m.guild.member_roles", stateKey: owner, content: { roles: ["all"] } },
  ];
  for (const draft of drafts) {
    room.learn(await room.build({ ...draft, sender: owner, ts }, peer.signer));
  }
  return room;
}
