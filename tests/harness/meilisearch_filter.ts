type Doc = Readonly<Record<string, unknown>>;
type Fits = (document: Doc) => boolean;

/**
 * Meilisearch's filter expressions, as far as the server writes them: AND, OR, NOT, parentheses,
 * IN, STARTS WITH, comparisons with numbers. Strings are compared without regard to case, as there.
 * https://www.meilisearch.com/docs/learn/filtering_and_sorting/filter_expression_reference
 */
export function parseFilter(
  text: string,
  filterable: readonly string[],
): { readonly fits: Fits } | { readonly problem: string } {
  try {
    return { fits: new Parser(text, filterable).whole() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const TOKEN = /\s*(?:("[^"\\]*")|(-?\d+(?![\w]))|(>=|<=|[=<>()[\],])|([A-Za-z_]+))/y;

class Parser {
  readonly #tokens: string[] = [];
  readonly #filterable: readonly string[];
  #at = 0;

  constructor(text: string, filterable: readonly string[]) {
    this.#filterable = filterable;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (match === null) throw new Error(`Found unexpected characters at ${at} of the filter.`);
      this.#tokens.push(match[0].trim());
    }
  }

  whole(): Fits {
    const fits = this.#either();
    if (this.#at < this.#tokens.length) throw new Error(`Unexpected ${this.#tokens[this.#at]}.`);
    return fits;
  }

  #either(): Fits {
    const parts = [this.#all()];
    while (this.#took("OR")) parts.push(this.#all());
    return (document) => parts.some((fits) => fits(document));
  }

  #all(): Fits {
    const parts = [this.#one()];
    while (this.#took("AND")) parts.push(this.#one());
    return (document) => parts.every((fits) => fits(document));
  }

  #one(): Fits {
    if (this.#took("NOT")) {
      const fits = this.#one();
      return (document) => !fits(document);
    }
    if (!this.#took("(")) return this.#condition();
    const fits = this.#either();
    this.#expect(")");
    return fits;
  }

  #condition(): Fits {
    const name = this.#next();
    if (!this.#filterable.includes(name)) {
      throw new Error(`Attribute \`${name}\` is not filterable.`);
    }
    if (this.#took("IN")) return this.#within(name);
    if (this.#took("STARTS")) {
      this.#expect("WITH");
      const begin = this.#quoted();
      return (document) => valuesOf(document, name).some((each) => each.startsWith(begin));
    }
    return this.#compared(name);
  }

  #within(name: string): Fits {
    const values = new Set<string>();
    this.#expect("[");
    do values.add(this.#quoted()); while (this.#took(","));
    this.#expect("]");
    return (document) => valuesOf(document, name).some((each) => values.has(each));
  }

  #compared(name: string): Fits {
    const operator = this.#next();
    const number = Number(this.#next());
    if (Number.isNaN(number)) throw new Error(`${name} ${operator} wants a number.`);
    const holds: Record<string, (value: number) => boolean> = {
      "=": (value) => value === number,
      "<": (value) => value < number,
      ">": (value) => value > number,
      "<=": (value) => value <= number,
      ">=": (value) => value >= number,
    };
    const compare = holds[operator];
    if (compare === undefined) throw new Error(`${operator} is no operator.`);
    return (document) => typeof document[name] === "number" && compare(Number(document[name]));
  }

  #quoted(): string {
    const token = this.#next();
    if (!token.startsWith('"')) throw new Error(`${token} is not quoted.`);
    return token.slice(1, -1).toLowerCase();
  }

  #took(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#took(token)) throw new Error(`Expected ${token} at ${this.#tokens[this.#at]}.`);
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error("The filter ends too early.");
    return token;
  }
}

function valuesOf(document: Doc, name: string): string[] {
  const value = document[name];
  return (Array.isArray(value) ? value : [value]).map((each) => String(each).toLowerCase());
}
