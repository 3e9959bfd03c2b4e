/** Where SCIM clients ask, and how its answers are written. */

import { ENTERPRISE_SCHEMA, USER_SCHEMA, userJson } from "../../model/scim/scim.ts";
import type { ScimRow } from "../../store/employees/scim.ts";

export const SCIM = "/scim/v2";
export const SCIM_TYPE = "application/scim+json; charset=utf-8";
const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";

/** Weak: it says that the resource is the same, not that its bytes are. */
export const etagOf = ({ version }: Pick<ScimRow, "version">): string => `W/"${version}"`;

export const locationOf = (base: string, { id }: Pick<ScimRow, "id">): string => `${base}/Users/${id}`;

export function resourceOf(row: ScimRow, base: string): Record<string, unknown> {
  const { schemas, ...attributes } = userJson(row.user);
  return {
    schemas,
    id: String(row.id),
    ...attributes,
    meta: {
      resourceType: "User",
      created: new Date(row.createdAt).toISOString(),
      lastModified: new Date(row.updatedAt).toISOString(),
      version: etagOf(row),
      location: locationOf(base, row),
    },
  };
}

export function listOf(resources: readonly object[], total: number, startIndex: number): object {
  return {
    schemas: [LIST_SCHEMA],
    totalResults: total,
    itemsPerPage: resources.length,
    startIndex,
    Resources: resources,
  };
}

export function errorOf(status: number, scimType: string | null, detail: string): object {
  return {
    schemas: [ERROR_SCHEMA],
    status: String(status),
    ...(scimType === null ? {} : { scimType }),
    detail,
  };
}

/** Only these attributes, or all but these (RFC 7644, 3.9). What identifies a resource is always told. */
export function projected(
  resource: Record<string, unknown>,
  {
    attributes,
    excludedAttributes,
  }: { attributes?: string | undefined; excludedAttributes?: string | undefined },
): Record<string, unknown> {
  const tops = (text: string) => new Set(text.split(",").map((each) => topOf(each.trim())));
  const wanted = attributes ? tops(attributes) : null;
  const unwanted = excludedAttributes ? tops(excludedAttributes) : null;
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => {
      const key = name.toLowerCase();
      if (key === "id" || key === "schemas") return true;
      return wanted ? wanted.has(key) : !unwanted?.has(key);
    }),
  );
}

/** `name` of `name.givenName`, the extension of an attribute of it. */
function topOf(path: string): string {
  const small = path.toLowerCase();
  if (small.startsWith(ENTERPRISE_SCHEMA.toLowerCase())) return ENTERPRISE_SCHEMA.toLowerCase();
  const core = `${USER_SCHEMA.toLowerCase()}:`;
  return (small.startsWith(core) ? small.slice(core.length) : small).split(".")[0]!;
}
