/** What the SCIM endpoints say of themselves (RFC 7643, 5 to 7): only what they really keep. */
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from "../../model/scim/scim.ts";

export const MOST_RESULTS = 200;

const SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema";

interface Attribute {
  name: string;
  type: "string" | "boolean" | "complex" | "reference";
  description: string;
  multiValued?: boolean;
  required?: boolean;
  caseExact?: boolean;
  uniqueness?: "none" | "server";
  mutability?: "readOnly" | "readWrite";
  subAttributes?: readonly Attribute[];
  canonicalValues?: readonly string[];
}

function attribute({ subAttributes, canonicalValues, ...given }: Attribute): object {
  return {
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...given,
    ...(canonicalValues ? { canonicalValues } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(attribute) } : {}),
  };
}

const text = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  type: "string",
  description,
  ...more,
});

const USER: readonly Attribute[] = [
  text("userName", "What the client calls the user by; an e-mail address is one to be found by.", {
    required: true,
    uniqueness: "server",
  }),
  text("externalId", "The client's own identifier of the user.", { caseExact: true }),
  {
    name: "name",
    type: "complex",
    description: "The user's name.",
    subAttributes: [
      text("formatted", "The whole name."),
      text("givenName", "The first name."),
      text("familyName", "The last name."),
    ],
  },
  text("displayName", "The name as it is shown."),
  {
    name: "active",
    type: "boolean",
    description: "false: the user has left.",
  },
  {
    name: "emails",
    type: "complex",
    description: "Every e-mail address that the user may be found by.",
    multiValued: true,
    subAttributes: [
      text("value", "The address."),
      text("type", "What it is for.", { canonicalValues: ["work", "home", "other"] }),
      { name: "primary", type: "boolean", description: "The main one." },
    ],
  },
];

const ENTERPRISE: readonly Attribute[] = [
  text("employeeNumber", "The employee ID, unique in the directory.", { uniqueness: "server" }),
  text("department", "The department."),
  {
    name: "manager",
    type: "complex",
    description: "The user's manager.",
    subAttributes: [
      text("value", "The client's identifier of the manager."),
      text("displayName", "The manager's name."),
    ],
  },
];

const meta = (resourceType: string, location: string) => ({ meta: { resourceType, location } });

export function schemas(base: string): { id: string; [name: string]: unknown }[] {
  const schema = (id: string, name: string, description: string, attributes: readonly Attribute[]) => ({
    schemas: [SCHEMA],
    id,
    name,
    description,
    attributes: attributes.map(attribute),
    ...meta("Schema", `${base}/Schemas/${id}`),
  });
  return [
    schema(USER_SCHEMA, "User", "User Account", USER),
    schema(ENTERPRISE_SCHEMA, "EnterpriseUser", "Enterprise User", ENTERPRISE),
  ];
}

export function resourceTypes(base: string): { id: string; [name: string]: unknown }[] {
  return [
    {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
      id: "User",
      name: "User",
      endpoint: "/Users",
      description: "Employees",
      schema: USER_SCHEMA,
      schemaExtensions: [{ schema: ENTERPRISE_SCHEMA, required: false }],
      ...meta("ResourceType", `${base}/ResourceTypes/User`),
    },
  ];
}

export function serviceProviderConfig(base: string): object {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MOST_RESULTS },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "OAuth Bearer Token",
        description: "A SCIM token, made on the page Employees.",
        specUri: "https://www.rfc-editor.org/info/rfc6750",
        primary: true,
      },
    ],
    ...meta("ServiceProviderConfig", `${base}/ServiceProviderConfig`),
  };
}
