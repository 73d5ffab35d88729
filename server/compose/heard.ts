import type { EduShow } from "../../federation/edus/ports.ts";

/** What people and servers say to people and servers, past the rooms. */
export type Heard = Pick<EduShow, "relationship" | "profile" | "devices" | "toDevice" | "group">;

/** From now on these hear what is theirs. */
export type HearBy = (hearing: Partial<Heard>) => void;

/**
 * Who hears is made with what it answers by, after the doors to other servers: until it is known
 * nothing is heard, and what must not be lost is said again by who says it.
 */
export function heardLater(): { readonly heard: Heard; readonly by: HearBy } {
  const nobody = () => Promise.resolve();
  let hearing: Heard = {
    relationship: nobody,
    profile: () => {},
    devices: nobody,
    toDevice: nobody,
    group: nobody,
  };
  return {
    heard: {
      relationship: (said) => hearing.relationship(said),
      profile: (user) => hearing.profile(user),
      devices: (user, version) => hearing.devices(user, version),
      toDevice: (message) => hearing.toDevice(message),
      group: (said) => hearing.group(said),
    },
    by: (present) => {
      hearing = { ...hearing, ...present };
    },
  };
}
