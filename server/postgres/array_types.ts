import type postgres from "postgres";

/**
 * One-dimensional arrays as parameters and results. The driver can learn array types from the
 * database by itself, but asks on each new pool's first connection in a way that ends the
 * process when that connection is lost meanwhile; so the few that we use are named here.
 */
export const ARRAY_TYPES = {
  textArray: arrayType(1009, (text) => text),
  integerArray: arrayType(1007, Number),
  bigintArray: arrayType(1016, Number),
};

function arrayType(
  oid: number,
  parseItem: (text: string) => string | number,
): postgres.PostgresType<readonly (string | number | null)[]> {
  return {
    to: oid,
    from: [oid],
    serialize: serializeArray,
    parse: (text: string) => parseArray(text).map((item) => item === null ? null : parseItem(item)),
  };
}

/** `{"a","b\"c",NULL}` */
export function serializeArray(items: readonly unknown[]): string {
  const parts = items.map((item) =>
    item === null ? "NULL" : `"${String(item).replace(/["\\]/g, "\\$&")}"`
  );
  return `{${parts.join(",")}}`;
}

/** @throws Error for arrays of arrays, which no query of ours gives. */
export function parseArray(text: string): (string | null)[] {
  if (text === "{}") return [];
  const items: (string | null)[] = [];
  const item = /(?:"((?:[^"\\]|\\.)*)"|([^",{}]+))([,}])/gsy;
  item.lastIndex = 1;
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (!match) throw new Error("The database answered with an array that is no plain list.");
    const [, quoted, bare] = match;
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/gs, "$1"));
    else items.push(bare === "NULL" || bare === undefined ? null : bare);
  }
  return items;
}
