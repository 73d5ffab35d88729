import type { Operation } from "../../core/api/operation.ts";
import { API_PAGE_POLICY, apiPage } from "./api_page.ts";
import type { PlainRoute } from "./app.ts";
import { openApiDocument } from "./openapi.ts";
import { JSON_TYPE } from "./reply.ts";

/** GET /client/v1/openapi.json and GET /docs/api: what the mounted operations say. */
export function apiDocumentRoutes(
  operations: readonly Operation[],
  options: { version: string },
): PlainRoute[] {
  // Made when first asked for: a start must not wait for it.
  let made: { json: string; page: string } | undefined;
  const make = () => {
    if (made === undefined) {
      const document = openApiDocument(operations, options);
      made = { json: JSON.stringify(document), page: apiPage(document) };
    }
    return made;
  };
  return [
    {
      method: "GET",
      path: "/client/v1/openapi.json",
      answer: () =>
        Promise.resolve({
          status: 200,
          headers: { "content-type": JSON_TYPE, "cache-control": "no-cache" },
          body: make().json,
        }),
    },
    {
      method: "GET",
      path: "/docs/api",
      answer: () =>
        Promise.resolve({
          status: 200,
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": API_PAGE_POLICY,
            "cache-control": "no-cache",
          },
          body: make().page,
        }),
    },
  ];
}
