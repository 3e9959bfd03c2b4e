import type { Org } from "../org/org.ts";
import type { User } from "../org/types.ts";
import { hash, pick } from "../random.ts";
import type { Scenario } from "../switches.ts";
import { kinds } from "./blocks.ts";

/** An event with all its parts; the parts that are only printed are JSON text (api.md §3.4). */
export interface Described {
  ms: number;
  requestId: string;
  requestType: string | null;
  /** JSON text after `"performer":`, or null when the key is absent. */
  performer: string | null;
  performerId: string | null;
  performerType: string | null;
  ip: string | null;
  type: string;
  targetType: string;
  /** undefined: the key is absent. */
  targetId: number | null | undefined;
  meta: string;
  /** event_time without milliseconds, as one awkward record has it. */
  bareTime?: boolean;
}

const hex4 = Array.from({ length: 65536 }, (_, i) => i.toString(16).padStart(4, "0"));
const hex = (h: number): string => (hex4[h >>> 16] as string) + (hex4[h & 65535] as string);

const pages = [
  "/dashboard",
  "/people",
  "/plans",
  "/configure/users",
  "/sdash/4100001004",
  "/guides/12",
  "/reports",
  "/alljobs",
];
const pageRequests = [
  "my_dashboard/controllers/my_dashboard#index",
  "people#index",
  "plans#index",
  "account/users#index",
  "sdash#show",
];
const updates: readonly (readonly [string, string, string])[] = [
  ["people#change_application_state", "Application", '{"status":["active","rejected"]}'],
  ["users#update", "User", '{"site_admin":[false,true]}'],
  ["developer/sso/saml_configs#update", "Single Sign-On Changed", '{"enabled":[false,true]}'],
  ["jobs#update", "Job", '{"name":["Engineer","Senior Engineer"]}'],
];
const creates: readonly (readonly [string, string])[] = [
  ["email_settings#create_organization_email", "OrganizationEmail"],
  ["people#change_application_state", "RejectionDetails"],
  ["candidates#create", "Candidate"],
];
const actions: readonly (readonly [string, string])[] = [
  ["email_settings#create_organization_email", "Global Email Added"],
  ["people#change_application_state", "Candidate or Prospect rejected"],
  ["people#unhire", "Candidate has been unhired"],
  ["agencies#invite", "Agency Recruiter Invited"],
  ["api_credentials#create", "API Key Created"],
  ["users/bulk#update", "Bulk user permission edited"],
  ["approvals#update", "Approval Plan Edited"],
];
const keyNames = ["Payroll sync key", "Data warehouse", "Careers site", "Onboarding"];
const keyAccess: readonly (readonly [string, string])[] = [
  ["Candidates", "candidates"],
  ["Applications", "applications"],
  ["Jobs", "jobs"],
  ["Users", "users"],
  ["Offers", "offers"],
];

/** Turns a generated event into its parts. The answer depends on nothing but the arguments. */
export type Describe = (kind: number, ms: number, actor: number, request: number, part: number) => Described;

export function makeDescribe(org: Org, scenario: Scenario): Describe {
  const { ids, actors, specials, sizes } = org;
  const performers: (PerformerText | undefined)[] = [];
  let metaStyle = scenario["audit.userMeta"];

  const performerOf = (actor: number, ms: number): PerformerText => {
    if (metaStyle !== scenario["audit.userMeta"]) {
      performers.length = 0;
      metaStyle = scenario["audit.userMeta"];
    }
    const user = actors[actor] as User;
    const then = user.formerly.find((was) => ms < was.until);
    if (then) return performerText(user, then, actor, sizes.seed, metaStyle);
    const kept = performers[actor];
    if (kept && kept.version === org.version) return kept;
    const made = { ...performerText(user, user, actor, sizes.seed, metaStyle), version: org.version };
    performers[actor] = made;
    return made;
  };
  const keyMeta = (): string =>
    ({ text: '"harvest"', object: '{"api_key_type":"harvest"}', null: "null" })[scenario["audit.keyMeta"]];
  const key = (index: number): [string, string] =>
    scenario["audit.apiKeyPerformer"] === "name"
      ? [pick(keyNames, index), JSON.stringify(pick(keyNames, index))]
      : [String(830_004 + (index % 4) * 1000), String(830_004 + (index % 4) * 1000)];
  const internal =
    '{"id":77,"type":"greenhouse_internal","ip_address":null,"meta":{"name":"Support","username":null}}';
  const createMeta = (h: number, id: number): string => {
    const style = scenario["audit.createMeta"];
    const scalars = style === "mixed" ? h % 2 === 0 : style === "scalars";
    return scalars
      ? `{"application_id":${ids.of("candidate", h % 90_000)},"id":${id}}`
      : `{"id":[null,${id}]}`;
  };
  const access = (request: number, ms: number): Described => {
    const [performerId, idText] = key(hash(request, 50));
    const [target, path] = pick(keyAccess, hash(request, 51));
    return {
      ms,
      requestId: hex(request) + hex(hash(request, 60)),
      requestType: `https://harvest.greenhouse.io/v1/${path}?per_page=500`,
      performerId,
      performerType: "api_key",
      ip: "203.0.113.42",
      performer: `{"id":${idText},"type":"api_key","ip_address":"203.0.113.42","meta":${keyMeta()}}`,
      type: "harvest_access",
      targetType: target,
      targetId: null,
      meta: "null",
    };
  };

  return (kind, ms, actor, request, part) => {
    const requestId =
      hex(request) +
      hex(hash(request, 60)) +
      (request & 1 ? hex(hash(request, 61)) + hex(hash(request, 62)) : "");
    const h = hash(request, 52, part);
    const base = {
      ms,
      requestId,
      performer: null,
      performerId: null,
      performerType: null,
      ip: null,
    } satisfies Partial<Described>;
    const other = (
      type: string,
      id: number,
      ip: string | null,
    ): Pick<Described, "performer" | "performerId" | "performerType" | "ip"> => ({
      performer: `{"id":${id},"type":"${type}","ip_address":${JSON.stringify(ip)},"meta":null}`,
      performerId: String(id),
      performerType: type,
      ip,
    });
    const support = {
      performer: internal,
      performerId: "77",
      performerType: "greenhouse_internal",
      ip: null,
    };
    const candidate = ids.of("candidate", h % 5_000_000);
    switch (kind) {
      case kinds.pageView: {
        const mailOnly =
          scenario["audit.mailOnlyShare"] > 0 &&
          (request >>> 5) / 134217728 < scenario["audit.mailOnlyShare"];
        const who = performerOf(actor, ms);
        const by = mailOnly
          ? { ...who, performer: who.performer.replace(/^\{"id":\d+/, '{"id":null'), performerId: null }
          : who;
        return {
          ...base,
          performer: by.performer,
          performerId: by.performerId,
          performerType: "user",
          ip: by.ip,
          requestType: pick(pageRequests, h),
          type: "action",
          targetType: "PII Page Accessed",
          targetId: undefined,
          meta: `{"path":"${pick(pages, h >>> 3)}"}`,
        };
      }
      case kinds.update: {
        const [requestType, targetType, meta] = pick(updates, hash(request, 53));
        const targetId =
          targetType === "User"
            ? (actors[h % actors.length] as User).id
            : targetType === "Job"
              ? ids.of("job", h % sizes.jobs)
              : candidate;
        const { performer, performerId, ip } = performerOf(actor, ms);
        return {
          ...base,
          performer,
          performerId,
          performerType: "user",
          ip,
          requestType,
          type: "data_change_update",
          targetType,
          targetId,
          meta,
        };
      }
      case kinds.create: {
        const [requestType, targetType] = pick(creates, hash(request, 54));
        const { performer, performerId, ip } = performerOf(actor, ms);
        return {
          ...base,
          performer,
          performerId,
          performerType: "user",
          ip,
          requestType,
          type: "data_change_create",
          targetType,
          targetId: candidate,
          meta: createMeta(h, candidate),
        };
      }
      case kinds.destroy: {
        const { performer, performerId, ip } = performerOf(actor, ms);
        return {
          ...base,
          performer,
          performerId,
          performerType: "user",
          ip,
          requestType: "jobs#destroy",
          type: "data_change_destroy",
          targetType: "Candidate",
          targetId: candidate,
          meta: '{"name":["X",null]}',
        };
      }
      case kinds.action: {
        const [requestType, targetType] = pick(actions, hash(request, 55));
        const { performer, performerId, ip } = performerOf(actor, ms);
        return {
          ...base,
          performer,
          performerId,
          performerType: "user",
          ip,
          requestType,
          type: "action",
          targetType,
          targetId: h % 2 ? candidate : null,
          meta: "null",
        };
      }
      case kinds.userAccess: {
        const { performer, performerId, ip } = performerOf(actor, ms);
        return {
          ...base,
          performer,
          performerId,
          performerType: "user",
          ip,
          requestType: "/v1/candidates/123456",
          type: "harvest_access",
          targetType: "Candidates",
          targetId: candidate,
          meta: "null",
        };
      }
      case kinds.apiAccess:
        return access(request, ms);
      case kinds.nobody:
      case kinds.pinned + 4:
        return {
          ...base,
          performer: "null",
          requestType: "nightly_retention",
          type: "data_change_destroy",
          targetType: "Candidate",
          targetId: candidate,
          meta: '{"name":["X",null]}',
        };
      case kinds.missing:
      case kinds.pinned + 5:
        return {
          ...base,
          requestType: null,
          type: "data_change_create",
          targetType: "RejectionDetails",
          targetId: candidate,
          meta: `{"application_id":${ids.of("candidate", 40)},"id":${candidate}}`,
        };
      case kinds.service:
      case kinds.pinned + 6: {
        const id = kind === kinds.service ? (specials.services[0] as User).id : specials.bo.id;
        return {
          ...base,
          ...other("service_user", id, "198.51.100.5"),
          requestType: "ai#toggle",
          type: "policy_evaluated",
          targetType: "AI Feature Toggled",
          targetId: undefined,
          meta: "{}",
          bareTime: kind !== kinds.service,
        };
      }
      case kinds.unknownType:
        return {
          ...base,
          ...other("workflow_bot", 990_004, null),
          requestType: "workflows#run",
          type: "action",
          targetType: "Candidate packet updated",
          targetId: candidate,
          meta: "null",
        };
      case kinds.stranger:
        return {
          ...base,
          ...other("user", ids.special(3999999999004), "198.51.100.77"),
          requestType: "people#index",
          type: "action",
          targetType: "PII Page Accessed",
          targetId: undefined,
          meta: '{"path":"/people"}',
        };
      case kinds.pinned: {
        const { performer, performerId } = performerOf(actor, ms);
        const v6 = performer.replace(/"ip_address":"[^"]*"/, '"ip_address":"2001:db8::7"');
        return {
          ...base,
          performer: v6,
          performerId,
          performerType: "user",
          ip: "2001:db8::7",
          requestType: pageRequests[0] as string,
          type: "action",
          targetType: "PII Page Accessed",
          targetId: undefined,
          meta: '{"path":"/dashboard"}',
        };
      }
      case kinds.pinned + 1: {
        const name = keyNames[0] as string;
        return {
          ...access(request, ms),
          performer: `{"id":${JSON.stringify(name)},"type":"api_key","ip_address":"203.0.113.42","meta":${keyMeta()}}`,
          performerId: name,
          targetType: "Candidates",
        };
      }
      default: {
        const internalUpdate =
          kind === kinds.pinned + 2 || kind === kinds.pinned + 3 || kind === kinds.internal;
        const targetId =
          kind === kinds.pinned + 2
            ? specials.bo.id
            : kind === kinds.pinned + 3
              ? specials.zoe.id
              : (actors[h % actors.length] as User).id;
        return {
          ...base,
          ...(internalUpdate ? support : {}),
          requestType: "users#update",
          type: "data_change_update",
          targetType: "User",
          targetId,
          meta: '{"site_admin":[false,true]}',
        };
      }
    }
  };
}

interface PerformerText {
  performer: string;
  performerId: string;
  ip: string;
  version: number;
}

function performerText(
  user: User,
  named: { name: string | null; primaryEmail: string | null },
  actor: number,
  seed: number,
  style: Scenario["audit.userMeta"],
): PerformerText {
  const h = hash(seed, actor, 56);
  const ip =
    h % 5 === 0
      ? `2001:db8::${((h >>> 8) & 0xffff).toString(16)}`
      : `198.51.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 254)}`;
  const meta =
    style === "text"
      ? JSON.stringify(named.primaryEmail)
      : JSON.stringify({ name: named.name, username: named.primaryEmail });
  return {
    performer: `{"id":${user.id},"type":"user","ip_address":"${ip}","meta":${meta}}`,
    performerId: String(user.id),
    ip,
    version: -1,
  };
}

const ms3 = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, "0"));
let lastSecond = -1;
let lastPrefix = "";

/** Writes one event as JSON (api.md §3.4, §6.6). */
export function eventText(e: Described, organizationId: number): string {
  const second = Math.floor(e.ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastPrefix = new Date(second * 1000).toISOString().slice(0, 19);
  }
  const time = e.bareTime ? `${lastPrefix}Z` : `${lastPrefix}.${ms3[e.ms - second * 1000]}Z`;
  const performer = e.performer === null ? "" : `"performer":${e.performer},`;
  const target = e.targetId === undefined ? "" : `"target_id":${e.targetId},`;
  const requestType = e.requestType === null ? "null" : `"${e.requestType}"`;
  return `{"organization_id":${organizationId},"event_time":"${time}","request":{"id":"${e.requestId}","type":${requestType}},${performer}"event":{"type":"${e.type}",${target}"target_type":"${e.targetType}","meta":${e.meta}}}`;
}
