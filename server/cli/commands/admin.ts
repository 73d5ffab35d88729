import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addAdminGuild } from "./admin_guild.ts";
import { addAdminKey } from "./admin_key.ts";
import { addAdminMail } from "./admin_mail.ts";
import { addAdminMedia } from "./admin_media.ts";
import { addAdminSetting } from "./admin_setting.ts";
import { addAdminToken } from "./admin_token.ts";
import { addAdminUser } from "./admin_user.ts";

/** `admin ...`: what the one who runs the server looks after. */
export function addAdmin(program: Command, context: CliContext): void {
  const admin = program.command("admin").description("look after what this server keeps");
  addAdminUser(admin, context);
  addAdminGuild(admin, context);
  addAdminToken(admin, context);
  addAdminMail(admin, context);
  addAdminMedia(admin, context);
  addAdminKey(admin, context);
  addAdminSetting(admin, context);
}
