import assert from "node:assert/strict";
import { allSettings, ConfigError, type ConfigInput, loadConfig } from "./config.ts";
import { isTrial, listenAddress, publicUrl, serverName } from "./derived.ts";

function load(
  options: {
    flags?: Record<string, string>;
    env?: Record<string, string>;
    files?: Record<string, string>;
  } & Partial<Pick<ConfigInput, "configFile" | "dataFolder">> = {},
) {
  const { flags = {}, env = {}, files = {}, ...rest } = options;
  return loadConfig({
    ...rest,
    flags: new Map(Object.entries(flags)),
    env,
    workingFolder: "/srv",
    readFile: (path) => files[path],
  });
}

function problemsOf(options: Parameters<typeof load>[0]): readonly string[] {
  try {
    load(options);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  assert.fail("the configuration was accepted");
}

const FILE = "/srv/openguild-data/openguild.yaml";

Deno.test("a data folder that is named by nothing is refused", () => {
  assert.deepEqual(problemsOf({ dataFolder: "" }), [
    "--data is empty: it must name the data folder",
  ]);
  assert.equal(load({ env: { OPENGUILD_DATA: "" } }).dataFolder, "/srv/openguild-data");
});

Deno.test("nothing given: a trial on localhost with everything at its default", () => {
  const config = load();
  assert.equal(config.dataFolder, "/srv/openguild-data");
  assert.equal(config.file, undefined);
  assert.equal(isTrial(config), true);
  assert.equal(serverName(config), "localhost");
  assert.deepEqual(listenAddress(config), { host: "127.0.0.1", port: 8080 });
  assert.equal(publicUrl(config, 8080), "http://localhost:8080");
  assert.equal(config.accounts.registration, "invite");
  assert.equal(config.media.maxUpload, 25 * 1024 * 1024);
  assert.equal(config.origins.get("listen.port"), "default");
});

Deno.test("flags win over the environment, that over the file, that over defaults", () => {
  const files = { [FILE]: "listen:\n  port: 1001\n  host: 0.0.0.0\nlog:\n  level: warn\n" };
  const env = { OPENGUILD_PORT: "1002", OPENGUILD_HOST: "::1" };
  const config = load({ files, env, flags: { "listen.port": "1003" } });
  assert.equal(config.listen.port, 1003);
  assert.equal(config.listen.host, "::1");
  assert.equal(config.log.level, "warn");
  assert.deepEqual(
    ["listen.port", "listen.host", "log.level", "log.format"].map((id) => config.origins.get(id)),
    ["flag", "environment", "file", "default"],
  );
  assert.equal(config.file, FILE);
});

Deno.test("sizes, times, lists and yes-no are read from YAML and from text alike", () => {
  const text = load({
    env: {
      OPENGUILD_MEDIA_MAX_UPLOAD: "2 GiB",
      OPENGUILD_LISTEN_IDLE_TIMEOUT: "1500ms",
      OPENGUILD_LISTEN_TRUSTED_PROXIES: "10.0.0.0/8, ::1",
      OPENGUILD_BLOBS_S3_PATH_STYLE: "no",
    },
  });
  const yaml = load({
    files: {
      [FILE]: [
        "media: { max_upload: 2147483648 }",
        "listen: { idle_timeout: 1500ms, trusted_proxies: [10.0.0.0/8, '::1'] }",
        "blobs: { s3_path_style: false }",
      ].join("\n"),
    },
  });
  for (const config of [text, yaml]) {
    assert.equal(config.media.maxUpload, 2 * 1024 ** 3);
    assert.equal(config.listen.idleTimeout, 1500);
    assert.deepEqual(config.listen.trustedProxies, ["10.0.0.0/8", "::1"]);
    assert.equal(config.blobs.s3PathStyle, false);
  }
});

Deno.test("unknown names are refused with the nearest known one", () => {
  const problems = problemsOf({
    files: { [FILE]: "lisen:\n  port: 1\nlisten:\n  prot: 1\n" },
    env: { OPENGUILD_PROT: "1" },
    flags: { "listen.prt": "1" },
  });
  assert.deepEqual(problems, [
    `${FILE}: there is no section "lisen"; did you mean "listen"?`,
    `${FILE}: there is no setting "listen.prot"; did you mean "listen.port"?`,
    'the environment variable OPENGUILD_PROT is no setting; did you mean "OPENGUILD_PORT"?',
    'there is no setting "listen.prt"; did you mean "listen.port"?',
  ]);
});

Deno.test("every wrong value is named with its place, its text and what it must be", () => {
  const problems = problemsOf({
    files: { [FILE]: "listen:\n  port: many\nserver:\n  name: Example.org\n" },
    env: { OPENGUILD_MEDIA_MAX_UPLOAD: "25 apples" },
    flags: { "log.level": "loud", "listen.idle_timeout": "30" },
  });
  assert.deepEqual(problems, [
    `${FILE}: server.name is "Example.org": it must be a DNS name in lower case, such as example.org; localhost is that of every trial`,
    `${FILE}: listen.port is "many": it must be a whole number from 0 to 65535`,
    '--set listen.idle_timeout is "30": it must be a time with its unit, such as 500ms, 30s, 15m, 12h or 7d',
    'OPENGUILD_MEDIA_MAX_UPLOAD is "25 apples": it must be a size such as 512 KiB, 25 MiB or 2 GiB',
    '--log-level is "loud": it must be one of debug, info, warn, error',
  ]);
});

Deno.test("people who report abuse are led somewhere: to a mail address or an https address", () => {
  const contact = (text: string) => ({ flags: { "server.abuse_contact": text } });
  for (const good of ["abuse@example.org", "https://example.org/abuse?how=1"]) {
    assert.equal(load(contact(good)).server.abuseContact, good);
  }
  for (
    const wrong of ["ask Bob", "http://example.org", "javascript://%0aalert(1)", "@ann", "a@b@c"]
  ) {
    assert.match(
      problemsOf(contact(wrong))[0] ?? "",
      /^--set server\.abuse_contact is ".*": it must be a mail address such as .* or .* https:/,
      wrong,
    );
  }
});

Deno.test("a broken or misplaced file is a sentence, not a stack", () => {
  assert.match(problemsOf({ files: { [FILE]: "listen: [\n" } })[0] ?? "", /^\/srv\/.*yaml: /);
  assert.match(problemsOf({ files: { [FILE]: "just text" } })[0] ?? "", /list of sections/);
  assert.match(problemsOf({ files: { [FILE]: "listen: 8080" } })[0] ?? "", /settings below it/);
  assert.deepEqual(problemsOf({ configFile: "og.yaml" }), ["/srv/og.yaml: there is no such file"]);
});

Deno.test("an empty file, section, setting or variable is as good as none", () => {
  const config = load({
    files: { [FILE]: "# nothing\nlisten:\nlog:\n  level:\n" },
    env: { OPENGUILD_PORT: "" },
  });
  assert.equal(config.listen.port, 8080);
  assert.equal(config.log.level, "info");
});

Deno.test("secrets never show, not even when they are wrong", () => {
  const secret = "postgres://u:hunter2@db/x";
  const config = load({ env: { DATABASE_URL: secret } });
  assert.equal(config.database.url?.reveal(), secret);
  for (
    const shown of [
      JSON.stringify(config),
      Deno.inspect(config, { depth: 9 }),
      String(config.database.url),
      `${config.database.url}`,
    ]
  ) {
    assert.ok(!shown.includes("hunter2"), shown);
  }
  assert.deepEqual(problemsOf({ files: { [FILE]: "database:\n  url: ' '\n" } }).length, 1);
  for (const wrong of ["hunter2", "mysql://u:hunter2@db/x", "db:5432/hunter2", "postgres://"]) {
    const [problem = ""] = problemsOf({ env: { DATABASE_URL: wrong } });
    assert.match(problem, /^DATABASE_URL must be the address of a Postgres: postgres:/);
    assert.ok(!problem.includes("hunter2"), problem);
  }
});

Deno.test("a secret may lie in a file that a variable names", () => {
  const config = load({
    env: { DATABASE_URL_FILE: "/run/secrets/db" },
    files: { "/run/secrets/db": "postgres://u:p@db/x\n" },
  });
  assert.equal(config.database.url?.reveal(), "postgres://u:p@db/x");
  assert.match(
    problemsOf({ env: { OPENGUILD_METRICS_TOKEN_FILE: "/nowhere" } })[0] ?? "",
    /no file "\/nowhere"/,
  );
});

Deno.test("settings that belong together or exclude each other are said so", () => {
  for (
    const [env, expected] of [
      [{ OPENGUILD_TLS_CERT: "c.pem" }, /tls\.cert and tls\.key belong together/],
      [
        { OPENGUILD_TLS_CERT: "c", OPENGUILD_TLS_KEY: "k", OPENGUILD_TLS_ACME: "a.org" },
        /exclude each other/,
      ],
      [{ OPENGUILD_BLOBS_S3_BUCKET: "b" }, /needs blobs\.s3_access_key/],
      [{ OPENGUILD_BLOBS_S3_ENDPOINT: "http://s3" }, /need blobs\.s3_bucket/],
      [{ OPENGUILD_SEARCH_ENGINE: "meilisearch" }, /set search\.meilisearch_url and/],
      [{ OPENGUILD_SEARCH_MEILISEARCH_URL: "http://m" }, /need search\.engine "meilisearch"/],
      [
        {
          OPENGUILD_SEARCH_ENGINE: "meilisearch",
          OPENGUILD_SEARCH_MEILISEARCH_URL: "http://m",
          OPENGUILD_SEARCH_MEILISEARCH_KEY: "k",
        },
        /needs a Postgres in database\.url/,
      ],
      [{ OPENGUILD_METRICS_ACCESS: "token" }, /set metrics\.token/],
    ] as const
  ) {
    assert.match(problemsOf({ env })[0] ?? "", expected);
  }
});

Deno.test("a certificate opens the server to the network on 443 unless told otherwise", () => {
  const config = load({ env: { OPENGUILD_TLS_ACME: "chat.example.org" } });
  assert.deepEqual(listenAddress(config), { host: "0.0.0.0", port: 443 });
  assert.equal(publicUrl(config, 443), "https://chat.example.org");
  const moved = load({
    env: { OPENGUILD_TLS_ACME: "chat.example.org" },
    flags: { "listen.port": "8443", "listen.host": "10.0.0.1" },
  });
  assert.deepEqual(listenAddress(moved), { host: "10.0.0.1", port: 8443 });
  assert.equal(publicUrl(moved, 8443), "https://chat.example.org:8443");
});

Deno.test("the public address is the set one, else the name's", () => {
  assert.equal(
    publicUrl(load({ env: { OPENGUILD_NAME: "example.org" } }), 8080),
    "https://example.org",
  );
  assert.equal(
    publicUrl(load({ env: { OPENGUILD_PUBLIC_URL: "https://chat.example.org/" } }), 8080),
    "https://chat.example.org",
  );
});

Deno.test("server names: DNS names, ports and IPv6, nothing else", () => {
  for (
    const name of ["example.org", "a.localhost", "a.b-c.d:8448", "[2001:db8::1]:443", "10.0.0.1"]
  ) {
    assert.equal(load({ env: { OPENGUILD_NAME: name } }).server.name, name);
  }
  for (
    const name of [
      "localhost",
      "-a.org",
      "a..b",
      "a_b.org",
      "exa mple.org",
      "a.org/",
      "[::1",
      "ä.org",
    ]
  ) {
    assert.equal(problemsOf({ env: { OPENGUILD_NAME: name } }).length, 1, name);
  }
});

Deno.test("no two settings share a variable or an option, and every default is valid", () => {
  const settings = allSettings();
  const names = settings.flatMap(({ env, setting }) => [env, setting.flag ?? `${env} `]);
  assert.equal(new Set(names).size, names.length);
  for (const { id, setting } of settings) {
    if (setting.fallback !== undefined) {
      assert.ok(setting.schema.safeParse(setting.fallback).success, id);
    }
  }
});
