/** Texts of the installed app: reading without a connection, new versions. */
export const app = {
  "offline.title": "No connection",
  "offline.nothing":
    "The server cannot be reached, and nothing is kept on this device that could be read meanwhile.",
  "offline.otherPage": "This page comes from the server, and the server cannot be reached.",
  "offline.read": "Read what is kept here",
  "offline.bar":
    "No connection. You can read what is kept here; what you write is sent when it is back.",
  "offline.notKept": "Not kept on this device",
  "offline.notKeptText":
    "The newest messages of what you read last are kept here. This loads by itself when the connection is back.",
  "offline.notKeptMore": "The rest is not kept here. It loads when the connection is back.",
  "update.ready": "A new version is ready.",
  "update.reload": "Reload",
  "install.conversations": "Conversations",
  "install.settings": "Settings",
} as const;
