/**
 * House rules that need the syntax tree, as rules of `deno lint`. An exception is a line
 * `// deno-lint-ignore openguild/RULE -- why`; tidy.ts refuses one without a reason.
 */
const MAX_FUNCTION_LINES = 70;

/** Where time and randomness enter: the adapters, tools, and code that runs in a browser. */
const AMBIENT_ALLOWED = [
  /_test\.tsx?$/,
  /(^|\/)tests\//,
  /(^|\/)scripts\//,
  /(^|\/)server\/system\/[^/]+\.ts$/,
  /(^|\/)ui\/islands\//,
  /(^|\/)ui\/client\.ts$/,
  /(^|\/)ui\/lib\/(browser|e2ee|voice)\//,
];

const AMBIENT_CALLS = new Set([
  "Date.now",
  "Math.random",
  "crypto.getRandomValues",
  "crypto.randomUUID",
  "globalThis.setTimeout",
  "globalThis.setInterval",
  "performance.now",
  "setInterval",
  "setTimeout",
]);

const AMBIENT_IMPORTS = new Set([
  "randomBytes",
  "randomFillSync",
  "randomInt",
  "randomUUID",
  "setInterval",
  "setTimeout",
]);

function calleeName(node: Deno.lint.Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return undefined;
  return `${node.object.name}.${node.property.name}`;
}

const noAmbient: Deno.lint.Rule = {
  create(context) {
    const path = context.filename.replaceAll("\\", "/");
    if (AMBIENT_ALLOWED.some((pattern) => pattern.test(path))) return {};
    const report = (node: Deno.lint.Node, name: string) =>
      context.report({
        node,
        message: `${name}: time and randomness are passed in`,
        hint: "Take a Clock or an Rng (core/ports) as an argument.",
      });
    return {
      CallExpression(node) {
        const name = calleeName(node.callee);
        if (name === "Date") report(node, "Date()");
        if (name !== undefined && AMBIENT_CALLS.has(name)) report(node, name);
      },
      NewExpression(node) {
        if (calleeName(node.callee) === "Date" && node.arguments.length === 0) {
          report(node, "new Date()");
        }
      },
      ImportDeclaration(node) {
        if (!/^node:(crypto|timers)/.test(node.source.value)) return;
        for (const specifier of node.specifiers) {
          if (specifier.type !== "ImportSpecifier") continue;
          if (specifier.imported.type !== "Identifier") continue;
          if (AMBIENT_IMPORTS.has(specifier.imported.name)) {
            report(specifier, specifier.imported.name);
          }
        }
      },
    };
  },
};

const functionLength: Deno.lint.Rule = {
  create(context) {
    if (/_test\.tsx?$|(^|\/)tests\//.test(context.filename.replaceAll("\\", "/"))) return {};
    const text = context.sourceCode.text;
    const judge = (
      node:
        | Deno.lint.FunctionDeclaration
        | Deno.lint.FunctionExpression
        | Deno.lint.ArrowFunctionExpression,
    ) => {
      const lines = text.slice(node.range[0], node.range[1]).split("\n").length;
      if (lines <= MAX_FUNCTION_LINES) return;
      context.report({
        range: [node.range[0], node.range[0] + 1],
        message: `This function has ${lines} lines; ${MAX_FUNCTION_LINES} is the bound`,
        hint: "Split it by what its parts do.",
      });
    };
    return {
      FunctionDeclaration: judge,
      FunctionExpression: judge,
      ArrowFunctionExpression: judge,
    };
  },
};

const noBarrel: Deno.lint.Rule = {
  create(context) {
    return {
      Program(node) {
        const exports = node.body.filter((statement) =>
          statement.type === "ExportAllDeclaration" ||
          (statement.type === "ExportNamedDeclaration" && statement.source !== null)
        );
        if (exports.length === 0 || exports.length < node.body.length) return;
        if (/(^|\/)ui\/lib\/fresh\//.test(context.filename)) return;
        context.report({
          node,
          message: "A file that only passes on what others export is a barrel",
          hint: "Import from the file that defines it.",
        });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "openguild",
  rules: {
    "no-ambient": noAmbient,
    "function-length": functionLength,
    "no-barrel": noBarrel,
  },
};
export default plugin;
