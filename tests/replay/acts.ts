import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { type Homeserver, makeGuild, type Person } from "../harness/homeserver.ts";

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));
const KEYS = ["👍", "👀", "🎉"];
const NAMES = ["ann", "bob", "viewer"];

/** People of two guilds and a random one of everything that can happen there. */
export interface World {
  readonly viewer: Person;
  /** Something happens; resolves the name of what did, undefined where it was refused. */
  act(): Promise<string | undefined>;
  /** Says something where the viewer always is: who has heard it has heard all before. */
  lastWord(): Promise<string>;
}

interface Spoken {
  readonly roomId: string;
  readonly channelId: string;
  readonly id: string;
  readonly by: Person;
}

export async function makeWorld(server: Homeserver, random: () => number): Promise<World> {
  const { owner, members, guildId, general } = await makeGuild(server, ["owner", ...NAMES]);
  const [ann, bob, viewer] = members;
  if (ann === undefined || bob === undefined || viewer === undefined) throw new Error("nobody");
  const second = await ann.do("POST", "/guilds", { name: "Second guild" });
  const scene = new Scene(random, { owner, ann, bob, viewer, guildId, second: second.id });
  scene.channels.push({ roomId: guildId, channelId: general });
  await scene.open();
  return {
    viewer,
    act: () => scene.act(),
    lastWord: () => scene.lastWord(),
  };
}

interface Cast {
  readonly owner: Person;
  readonly ann: Person;
  readonly bob: Person;
  readonly viewer: Person;
  readonly guildId: string;
  readonly second: string;
}

class Scene {
  readonly channels: { roomId: string; channelId: string }[] = [];
  readonly #random: () => number;
  readonly #cast: Cast;
  readonly #spoken: Spoken[] = [];
  readonly #roles: string[] = [];
  readonly #made: { roomId: string; channelId: string }[] = [];
  readonly #acts: readonly (readonly [weight: number, name: string, act: () => Promise<boolean>])[];
  #count = 0;
  #dm = "";

  constructor(random: () => number, cast: Cast) {
    this.#random = random;
    this.#cast = cast;
    this.#acts = [...this.#talk(), ...this.#rule(), ...this.#people()];
  }

  /** A role, a channel of its own and a conversation from the start. */
  async open(): Promise<void> {
    const { owner, ann, viewer, guildId } = this.#cast;
    for (const color of ["#aa0000", "#00aa00"]) {
      const role = await owner.do("POST", "/roles", {
        guild_id: guildId,
        name: `role ${color}`,
        color,
        hoist: true,
      });
      this.#roles.push(role.id);
    }
    await this.#makeChannel({ name: "changing" });
    await this.#makeChannel({ name: "closed", private: true, allow_roles: [this.#roles[0]] });
    const dm = await ann.do("POST", "/dms", { user_id: viewer.id });
    await viewer.do("POST", `/rooms/${dm.room_id}/join`);
    this.channels.push({ roomId: dm.room_id, channelId: "main" });
    this.#dm = dm.room_id;
  }

  async lastWord(): Promise<string> {
    const said = await this.#cast.ann.do("POST", `/rooms/${this.#dm}/send`, { body: "last word" });
    return said.id;
  }

  async act(): Promise<string | undefined> {
    const total = this.#acts.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random() * total;
    for (const [weight, name, act] of this.#acts) {
      at -= weight;
      if (at <= 0) return await act() ? name : undefined;
    }
    return undefined;
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  #anyone(): Person {
    const { owner, ann, bob, viewer } = this.#cast;
    return this.#pick([owner, ann, bob, viewer]) ?? owner;
  }

  async #try(person: Person, method: string, path: string, body?: unknown): Promise<boolean> {
    const { status } = await person.try(method, path, body);
    if (status >= 500) throw new Error(`${method} ${path}: ${status}`);
    return status === 200;
  }

  async #makeChannel(more: Record<string, unknown>): Promise<boolean> {
    const { owner, guildId } = this.#cast;
    const channel = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      ...more,
    });
    const ref = { roomId: channel.room_id, channelId: channel.id };
    this.channels.push(ref);
    this.#made.push(ref);
    return true;
  }

  #talk(): [number, string, () => Promise<boolean>][] {
    const { viewer } = this.#cast;
    const about = (act: (one: Spoken) => Promise<boolean>) => () => {
      const one = this.#pick(this.#spoken);
      return one === undefined ? Promise.resolve(false) : act(one);
    };
    return [
      [10, "send", () => this.#send()],
      [
        4,
        "edit",
        about((one) =>
          this.#try(one.by, "PATCH", `/rooms/${one.roomId}/messages/${one.id}`, {
            body: `edited ${this.#count++}`,
          })
        ),
      ],
      [
        6,
        "react",
        about((one) =>
          this.#try(this.#anyone(), "POST", "/reactions", {
            room_id: one.roomId,
            event_id: one.id,
            key: this.#pick(KEYS),
          })
        ),
      ],
      [
        4,
        "unreact",
        about((one) =>
          this.#try(this.#anyone(), "DELETE", "/reactions", {
            room_id: one.roomId,
            event_id: one.id,
            key: this.#pick(KEYS),
          })
        ),
      ],
      [
        3,
        "pin",
        about((one) =>
          this.#try(this.#cast.owner, "PUT", `/rooms/${one.roomId}/pins/${one.id}`, {
            on: this.#random() < 0.6,
          })
        ),
      ],
      [
        4,
        "redact",
        about((one) =>
          this.#try(one.by, "POST", "/redact", {
            room_id: one.roomId,
            channel_id: one.channelId,
            event_ids: [one.id],
          })
        ),
      ],
      [
        4,
        "read",
        about((one) =>
          this.#try(viewer, "POST", `/rooms/${one.roomId}/read`, {
            channel_id: one.channelId,
            event_id: this.#random() < 0.1 ? null : one.id,
            back: this.#random() < 0.3,
          })
        ),
      ],
    ];
  }

  async #send(): Promise<boolean> {
    const by = this.#anyone();
    const place = this.#pick(this.channels);
    if (place === undefined) return false;
    const { roomId, channelId } = place;
    const answered = this.#pick(this.#spoken.filter((one) => one.channelId === channelId));
    const pings = [`<${this.#cast.viewer.id}>`, `<&${this.#roles[0]}>`, "@everyone", "", "", ""];
    const { status, body } = await by.try("POST", `/rooms/${roomId}/send`, {
      channel_id: channelId,
      body: `said ${this.#count++} ${this.#pick(pings)}`,
      ...(answered !== undefined && this.#random() < 0.3 ? { reply_to: answered.id } : {}),
    });
    if (status !== 200) return false;
    this.#spoken.push({ roomId, channelId, id: body.id, by });
    return true;
  }

  #rule(): [number, string, () => Promise<boolean>][] {
    const { owner, guildId } = this.#cast;
    const role = () => this.#pick(this.#roles);
    return [
      [
        1,
        "guild",
        () => this.#try(owner, "PATCH", `/guilds/${guildId}`, { name: `Guild ${this.#count++}` }),
      ],
      [
        1,
        "channel.create",
        () =>
          this.#made.length < 5
            ? this.#makeChannel({ name: `made-${this.#count++}` })
            : Promise.resolve(false),
      ],
      [1, "channel.topic", () => {
        const { roomId, channelId } = this.#pick(this.#made) ?? { roomId: "", channelId: "" };
        return this.#try(owner, "PATCH", `/rooms/${roomId}/channels/${channelId}`, {
          topic: `topic ${this.#count++}`,
        });
      }],
      [3, "channel.hide", () => {
        const { roomId, channelId } = this.#made[0] ?? { roomId: "", channelId: "" };
        return this.#try(owner, "PATCH", `/rooms/${roomId}/channels/${channelId}`, {
          entries: [
            ...(this.#random() < 0.6 ? [{ target: "everyone", allow: "0", deny: VIEW }] : []),
            ...(this.#random() < 0.5 ? [{ target: role(), allow: VIEW, deny: "0" }] : []),
          ],
        });
      }],
      [0.5, "channel.delete", () => {
        const at = 2 + Math.floor(this.#random() * (this.#made.length - 2));
        const ref = this.#made[at];
        if (ref === undefined) return Promise.resolve(false);
        this.#made.splice(at, 1);
        return this.#try(owner, "DELETE", `/rooms/${ref.roomId}/channels/${ref.channelId}`, {});
      }],
      [2, "role.edit", () =>
        this.#try(owner, "PATCH", `/guilds/${guildId}/roles/${role()}`, {
          color: `#${Math.floor(this.#random() * 0xffffff).toString(16).padStart(6, "0")}`,
          hoist: this.#random() < 0.5,
        })],
      [1, "role.order", () =>
        this.#try(owner, "PUT", `/guilds/${guildId}/roles`, {
          roles: this.#random() < 0.5 ? this.#roles : this.#roles.toReversed(),
        })],
    ];
  }

  #people(): [number, string, () => Promise<boolean>][] {
    const { owner, ann, bob, viewer, guildId, second } = this.#cast;
    const someone = () => this.#pick([ann, bob, viewer]) ?? bob;
    const member = (person: Person) => `/guilds/${guildId}/members/${person.id}`;
    const join = async (person: Person, of: Person, guild: string) => {
      const { status, body } = await of.try("POST", "/invites", { guild_id: guild });
      return status === 200 && await this.#try(person, "POST", `/invites/${body.code}/accept`, {});
    };
    return [
      [4, "member.roles", () =>
        this.#try(owner, "PATCH", member(someone()), {
          roles: this.#roles.filter(() => this.#random() < 0.5),
        })],
      [2, "member.nickname", () =>
        this.#try(owner, "PATCH", member(someone()), {
          nickname: this.#random() < 0.3 ? null : `nick ${this.#count++}`,
        })],
      [1, "member.timeout", () =>
        this.#try(owner, "PATCH", member(someone()), {
          timeout_until: this.#random() < 0.7 ? null : Date.now() + 3_600_000,
        })],
      [1, "kick", () => this.#try(owner, "DELETE", member(bob), {})],
      [1, "ban", () => this.#try(owner, "PUT", `/guilds/${guildId}/bans/${bob.id}`, {})],
      [1, "unban", () => this.#try(owner, "DELETE", `/guilds/${guildId}/bans/${bob.id}`)],
      [3, "join", () => join(bob, owner, guildId)],
      [0.7, "viewer.kick", () => this.#try(owner, "DELETE", member(viewer), {})],
      [2, "viewer.join", () => join(viewer, owner, guildId)],
      [1, "second.join", () => join(viewer, ann, second)],
      [0.7, "second.leave", () => this.#try(viewer, "POST", `/guilds/${second}/leave`, {})],
      [
        2,
        "profile",
        () =>
          // Not bob: of who shares no room with the viewer nobody tells.
          this.#try(this.#pick([ann, viewer]) ?? ann, "PATCH", "/account", {
            display_name: `Name ${this.#count++}`,
          }),
      ],
      [0.5, "dm", () => this.#try(bob, "POST", "/dms", { user_id: viewer.id })],
    ];
  }
}
