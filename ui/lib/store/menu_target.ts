import type { Channel } from "../../../core/api/channel.ts";
import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";

/** What a menu of the lists is about. */
export type MenuTarget =
  | { readonly kind: "home" }
  | { readonly kind: "guild"; readonly guild: Guild }
  | {
    readonly kind: "category";
    readonly guild: Guild;
    readonly category: Channel;
    readonly channels: readonly Channel[];
  }
  | { readonly kind: "channel"; readonly guild: Guild; readonly channel: Channel }
  | { readonly kind: "dm"; readonly dm: Dm }
  | {
    readonly kind: "person";
    readonly userId: string;
    readonly name: string;
    /** Where they are met as a member. */
    readonly guildId: string | null;
    /** The voice channel they stand in. */
    readonly voice?: { readonly room_id: string; readonly channel_id: string };
  };

export interface OpenMenu {
  readonly target: MenuTarget;
  readonly x: number;
  readonly y: number;
  /** Gets the focus back. */
  readonly from: HTMLElement;
}
