/** Servers such as Postgres refuse to run as root: who runs them instead. Empty when not root. */
export async function unprivilegedUser(
  preferred = "postgres",
): Promise<{ uid: number; gid: number } | Record<string, never>> {
  if (Deno.uid() !== 0) return {};
  const lines = (await Deno.readTextFile("/etc/passwd")).split("\n");
  for (const name of [preferred, "nobody"]) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(`Neither user "${preferred}" nor "nobody" exists; run the tests without root.`);
}
