import type { Org } from "../org/org.ts";
import type { User } from "../org/types.ts";
import { hash, pick } from "../random.ts";
import type { Scenario } from "../switches.ts";
import { kinds } from "./blocks.ts";
import type { PerformerText } from "./performers.ts";
import { other, performerText, support } from "./performers.ts";
import type { Described } from "./text.ts";
import {
  actions,
  creates,
  hex,
  keyAccess,
  keyNames,
  pageRequests,
  pages,
  plainActions,
  updates,
  userChange,
} from "./vocabulary.ts";

/** One in so many of those who act may make API keys and webhooks. */
const DEVELOPERS = 15;

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
    // Neighbouring parts have neighbouring targets: no two events of one request are the same.
    const h = hash(request, 52) + part;
    const base = {
      ms,
      requestId,
      performer: null,
      performerId: null,
      performerType: null,
      ip: null,
    } satisfies Partial<Described>;
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
        const developer = actor % DEVELOPERS === 0;
        const [requestType, targetType] = pick(developer ? actions : plainActions, hash(request, 55));
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
        const printed = kind === kinds.pinned + 2 || kind === kinds.pinned + 3;
        const internalUpdate = printed || kind === kinds.internal;
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
          meta: printed ? '{"site_admin":[false,true]}' : userChange,
        };
      }
    }
  };
}
