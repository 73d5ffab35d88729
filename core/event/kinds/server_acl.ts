import { limits } from "../../limits.ts";
import { defineKind } from "./kind.ts";
import { flag, type Infer, list, object, text } from "./shape.ts";

const globs = list(text(limits.event.maxIdBytes, 1), limits.content.maxAclEntries);
const content = object({ allow: globs, deny: globs, allow_ip_literals: flag });
export type ServerAclContent = Infer<typeof content>;

/** Which servers may take part. `*` stands for any run of characters, `?` for one. PROTOCOL.md 7. */
export const serverAclKind = defineKind<ServerAclContent>({
  type: "m.room.server_acl",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`allow: [glob]`, `deny: [glob]`, `allow_ip_literals`",
  right: "MANAGE_GUILD",
});
