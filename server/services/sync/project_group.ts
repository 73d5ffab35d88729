import type { Dispatch } from "../../http/gateway/source.ts";
import type { GroupNotice } from "../e2ee/group_notice.ts";

/** What a change of an encrypted group, or of what it needs, means for those connected. */
export function projectGroup(notice: GroupNotice): Dispatch[] {
  switch (notice.kind) {
    case "epoch": {
      const { roomId, epoch } = notice;
      const audience = { to: "room", roomId } as const;
      return [{ t: "group.update", d: { room_id: roomId, epoch }, audience }];
    }
    case "welcome": {
      const { roomId, userIds } = notice;
      const audience = { to: "users", userIds } as const;
      return [{ t: "welcome", d: { room_id: roomId }, audience }];
    }
    case "keys_low": {
      const audience = { to: "users", userIds: notice.userIds } as const;
      return [{ t: "key_packages.low", d: {}, audience }];
    }
  }
}
