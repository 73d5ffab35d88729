import type { Right } from "./bits.ts";

/**
 * One line for people on each right, for the specification and for refusals. Pages have lines of
 * their own in each language, and are spared these.
 */
export const RIGHT_DESCRIPTIONS: Readonly<Record<Right, string>> = {
  VIEW_CHANNEL: "See a channel. Without it nothing else counts there.",
  READ_HISTORY: "Read what was said before.",
  SEND: "Post messages, files and polls.",
  SEND_IN_THREADS: "Post in threads.",
  ADD_REACTIONS: "React to messages.",
  PIN: "Pin messages and take pins off.",
  MANAGE_MESSAGES: "Delete messages of others.",
  MANAGE_THREADS: "Rename, lock and archive threads of others.",
  ATTACH: "Attach files and pictures.",
  EMBED: "Have links shown with a preview.",
  EXTERNAL_EMOJI: "Use emoji of other guilds.",
  MENTION_EVERYONE: "Notify everyone, or a role that is not open to mentions.",
  MANAGE_CHANNELS: "Create, change and close channels and categories.",
  MANAGE_ROLES: "Create, change and give roles below the own rank.",
  MANAGE_GUILD: "Change name, icon, join rules and server access.",
  MANAGE_EXPRESSIONS: "Add, rename and remove emoji.",
  MANAGE_WEBHOOKS: "Add webhooks to channels.",
  VIEW_AUDIT_LOG: "Read who changed what.",
  CREATE_INVITE: "Invite people.",
  CHANGE_NICKNAME: "Change the own nickname and guild avatar.",
  MANAGE_NICKNAMES: "Change nicknames of members below the own rank.",
  KICK: "Remove members below the own rank; they may come back.",
  BAN: "Ban members below the own rank, lift bans, purge messages.",
  MODERATE_MEMBERS: "Time members below the own rank out.",
  CONNECT: "Join a voice channel and hear it.",
  SPEAK: "Talk in a voice channel.",
  VIDEO: "Share camera or screen.",
  USE_VOICE_ACTIVITY: "Talk without push-to-talk.",
  PRIORITY_SPEAKER: "Be heard over others while talking.",
  MUTE_MEMBERS: "Mute others in voice channels.",
  DEAFEN_MEMBERS: "Deafen others in voice channels.",
  MOVE_MEMBERS: "Move others between voice channels, or disconnect them.",
  ADMINISTRATOR: "Everything, past all entries of channels. Give it to very few.",
};
