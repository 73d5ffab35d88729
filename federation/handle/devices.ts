import { queryDevices as operation } from "../../core/api/federation/encryption.ts";
import { parseUserId, type UserId } from "../../core/ids/user_id.ts";
import { defineHandler } from "../ports.ts";
import type { DeviceReader } from "./ports.ts";

/**
 * What users of this server have published for encryption, for servers that have to do with them.
 * Of others is told what is told of people who do not exist. PROTOCOL.md 10 (devices).
 */
export function devicesHandler({ devices }: { readonly devices: DeviceReader }) {
  return defineHandler({
    operation,
    async answer(asked, request) {
      const users = request.users.map(parseUserId)
        .filter((user): user is UserId => user !== undefined);
      return { users: [...await devices.find(asked.origin, [...new Set(users)])] };
    },
  });
}
