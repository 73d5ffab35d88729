// Written by ui/dev.ts from the folders routes/ and islands/. Do not edit.
import type { Snapshot } from "./lib/fresh/types.ts";
import * as route0 from "./routes/_404.tsx";
import * as route1 from "./routes/_app.tsx";
import * as route2 from "./routes/_error.tsx";
import * as route3 from "./routes/_middleware.ts";
import * as route4 from "./routes/dm/[room]/[message].tsx";
import * as route5 from "./routes/dm/[room]/index.tsx";
import * as route6 from "./routes/g/[guild]/[channel]/[message].tsx";
import * as route7 from "./routes/g/[guild]/[channel]/index.tsx";
import * as route8 from "./routes/g/[guild]/index.tsx";
import * as route9 from "./routes/home.tsx";
import * as route10 from "./routes/index.tsx";
import * as route11 from "./routes/invite/[code].tsx";
import * as route12 from "./routes/login.tsx";
import * as route13 from "./routes/logout.ts";
import * as route14 from "./routes/register.tsx";
import * as route15 from "./routes/reset/[token].tsx";
import * as route16 from "./routes/setup/[token].tsx";
import island0 from "./islands/ChatApp.tsx";

export const snapshot: Snapshot = {
  routes: [
    { file: "_404.tsx", module: route0 },
    { file: "_app.tsx", module: route1 },
    { file: "_error.tsx", module: route2 },
    { file: "_middleware.ts", module: route3 },
    { file: "dm/[room]/[message].tsx", module: route4 },
    { file: "dm/[room]/index.tsx", module: route5 },
    { file: "g/[guild]/[channel]/[message].tsx", module: route6 },
    { file: "g/[guild]/[channel]/index.tsx", module: route7 },
    { file: "g/[guild]/index.tsx", module: route8 },
    { file: "home.tsx", module: route9 },
    { file: "index.tsx", module: route10 },
    { file: "invite/[code].tsx", module: route11 },
    { file: "login.tsx", module: route12 },
    { file: "logout.ts", module: route13 },
    { file: "register.tsx", module: route14 },
    { file: "reset/[token].tsx", module: route15 },
    { file: "setup/[token].tsx", module: route16 },
  ],
  islands: [
    { name: "ChatApp", component: island0 },
  ],
};
