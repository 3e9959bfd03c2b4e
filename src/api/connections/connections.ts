/** Connections: the handlers of contract/connections.ts. */
import { DEFAULT_SETTINGS, withChange } from "../../model/connection.ts";
import { seesConnection } from "../../model/member.ts";
import {
  credentialState,
  getCredential,
  listConnections,
  listDeletions,
} from "../../store/connections/connections.ts";
import { extentOf } from "../../store/upkeep/extent.ts";
import type { ConnectionView, TestStepView } from "../contract/connections.ts";
import type { Asked } from "../contract.ts";
import {
  type Asking,
  connectionOf,
  type Handlers,
  iso,
  refuseFrozen,
  requirePerson,
  requireRole,
  working,
} from "../handler.ts";
import type { ConnectionPatch, Draft, TestStep } from "../services.ts";
import { changed } from "../trail/trail-changes.ts";
import { askerOf } from "./asker.ts";
import { readAdminUser, readCredential } from "./credential.ts";
import { chooseOrigins } from "./origins.ts";
import { connectionView, connectionViews, testStepView } from "./view.ts";

/** Greenhouse keeps 30 days of events (api.md §3): what is older exists only here. */
const LOG_KEEPS_MS = 30 * 86_400_000;
/** Enough to tell two apart in Greenhouse's list. */
const SHOWN_OF_CLIENT_ID = 4;

type Names =
  | "listConnections"
  | "createConnection"
  | "testDraft"
  | "draftSiteAdmins"
  | "getConnection"
  | "updateConnection"
  | "credentialInUse"
  | "replaceCredential"
  | "testConnection"
  | "verdicts"
  | "disconnectPreview"
  | "disconnect"
  | "listDeletions";

export const connectionHandlers: Pick<Handlers, Names> = {
  async listConnections({ query }, asking) {
    const { db, who, now } = asking;
    const works = await working(asking);
    const wanted = (id: number) => query.id === undefined || query.id.includes(String(id));
    const all = await listConnections(db);
    const connections = all.filter(({ id }) => wanted(id) && seesConnection(who, id));
    return { items: await connectionViews(db, connections, now(), works), nextCursor: null };
  },

  async getConnection({ params }, asking) {
    return viewOf(asking, params.c);
  },

  async *createConnection({ body }, asking) {
    const { draft, notes } = readDraft(body, asking);
    for (const text of notes) yield { type: "note", text };
    const testing = asking.services.connect(draft, asking.signal, askerOf(asking.who));
    for (;;) {
      const next = await testing.next();
      if (!next.done) {
        yield { type: "step", step: testStepView(next.value) };
        continue;
      }
      const connection = await viewOf(asking, String(next.value));
      yield { type: "saved", connection };
      return connection;
    }
  },

  async *testDraft({ body }, asking) {
    const { draft, notes } = readDraft({ ...body, name: body.name ?? "(test)" }, asking);
    for (const text of notes) yield { type: "note", text };
    const { answer, ended } = yield* stepByStep(asking.services.testDraft(draft, asking.signal));
    const accountOf =
      ended && seesConnection(asking.who, ended.id) ? { id: ended.id, name: ended.name } : null;
    yield { type: "done", well: answer.well, accountOf };
    return { ...answer, accountOf };
  },

  async draftSiteAdmins({ body }, asking) {
    const { draft } = readDraft({ ...body, name: body.name ?? "(test)" }, asking);
    return { items: await asking.services.draftSiteAdmins(draft, asking.signal) };
  },

  async *testConnection({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    refuseFrozen(connection);
    return yield* testing(asking.services.testConnection(connection, asking.signal));
  },

  async updateConnection({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    if (body.name !== undefined || body.settings || body.permissionType)
      requireRole(asking, "admin", "Renaming, or changing settings or the permission type,");
    const { permissionType, settings, ...rest } = body;
    const patch: ConnectionPatch = { ...rest, settings: settings && { ...settings } };
    if (permissionType !== undefined && permissionType !== connection.permissionType) {
      requirePerson(asking, "Changing the permission type");
      patch.permissionType = permissionType;
    }
    const { secondApproval } = settings ?? {};
    if (secondApproval !== undefined && secondApproval !== connection.settings.secondApproval) {
      requirePerson(asking, "Deciding whether actions need a second approval");
    } else {
      // As it stood when it was looked at: nobody has asked for a change, which may undo one of this moment.
      delete patch.settings?.secondApproval;
    }
    asking.trail.details = changed(
      { ...connection, ...connection.settings },
      { ...body, ...settings, settings: undefined },
    );
    if (body.paused !== undefined || settings) refuseFrozen(connection);
    await asking.services.updateConnection(connection, patch, askerOf(asking.who));
    return viewOf(asking, String(connection.id));
  },

  async credentialInUse({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const { seal } = asking.services;
    const [state, credential] = await Promise.all([
      credentialState(asking.db, seal, connection.id),
      getCredential(asking.db, seal, connection.id),
    ]);
    const clientIdEnds = credential?.clientId?.slice(-SHOWN_OF_CLIENT_ID) ?? null;
    return { kind: connection.credentialKind, state, clientIdEnds };
  },

  async *replaceCredential({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    const given = body.credential ? readCredential(body.credential) : null;
    if (!given) refuseFrozen(connection);
    for (const text of given?.notes ?? []) yield { type: "note", text };
    const credential = given?.credential ?? null;
    const adminUserId = body.adminUser === undefined ? connection.adminUserId : readAdminUser(body.adminUser);
    const input = { credential, adminUserId };
    const by = askerOf(asking.who);
    const steps = asking.services.replaceCredential(connection, input, asking.signal, by);
    for await (const step of steps) yield { type: "step", step: testStepView(step) };
    const view = await viewOf(asking, String(connection.id));
    yield { type: "saved", connection: view };
    return view;
  },

  async verdicts({ params }, asking) {
    const { streams, ...connection } = await viewOf(asking, params.c);
    const { id, name, state, stateText, paused } = connection;
    return {
      connection: { id, name, state, stateText, paused },
      needsAttention: state === "needs_attention" || state === "failing",
      items: streams,
    };
  },

  async disconnectPreview({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const extent = await extentOf(asking.db, connection.id);
    return { ...extent, eventsBefore: extent.events > 0 ? iso(asking.now() - LOG_KEEPS_MS) : null };
  },

  async disconnect({ params, query }, asking) {
    const connection = await connectionOf(asking, params.c);
    const { data, wait = true } = query;
    await asking.services.disconnect(connection, data, wait);
    if (data === "keep") return { data: "kept" };
    const left = await listDeletions(asking.db);
    return { data: left.some(({ id }) => id === connection.id) ? "deleting" : "deleted" };
  },

  async listDeletions(_, { db, who }) {
    const all = await listDeletions(db);
    return { items: all.filter(({ id }) => seesConnection(who, id)), nextCursor: null };
  },
};

async function viewOf(asking: Asking, nameOrId: string): Promise<ConnectionView> {
  return connectionView(asking.db, await connectionOf(asking, nameOrId), asking.now(), await working(asking));
}

async function* testing(steps: AsyncGenerator<TestStep, void, void>) {
  const { answer } = yield* stepByStep(steps);
  yield { type: "done", well: answer.well } as const;
  return answer;
}

async function* stepByStep<R>(steps: AsyncGenerator<TestStep, R, void>) {
  const all: TestStepView[] = [];
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) {
        const well = all.every((each) => each.state !== "failed");
        return { answer: { well, steps: all }, ended: next.value };
      }
      const step = testStepView(next.value);
      if (step.state !== "asking") all.push(step);
      yield { type: "step", step } as const;
    }
  } finally {
    // Whoever stops listening stops the test.
    await steps.return(undefined as never);
  }
}

export function readDraft(
  body: Asked<"createConnection">["body"],
  { config, who }: Asking,
): { draft: Draft; notes: string[] } {
  const { credential, notes } = readCredential(body.credential);
  const settings = withChange(DEFAULT_SETTINGS, body.settings ?? {});
  return {
    notes,
    draft: {
      name: body.name,
      credential,
      permissionType: body.permissionType,
      adminUserId: readAdminUser(body.adminUser),
      origins: chooseOrigins(body.origins, config.origins, who.kind === "machine"),
      settings: body.usage
        ? settings
        : { ...settings, off: [...new Set([...settings.off, "audit_log" as const])] },
    },
  };
}
