import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addAdminMedia } from "./admin_media.ts";

/** `admin ...`: what the one who runs the server looks after. */
export function addAdmin(program: Command, context: CliContext): void {
  const admin = program.command("admin").description("look after what this server keeps");
  addAdminMedia(admin, context);
}
