/** What acts: implements the API's Services over sync, connectors and the store. */
import type { SingleSignOn } from "./access/oidc.ts";
import { noWorkerSince, START_A_WORKER } from "./api/connections/verdict-view.ts";
import { ApiError } from "./api/errors.ts";
import type { Alerting, Draft, OtherWorkers, Services, SyncRequest } from "./api/services.ts";
import type { Known, Session } from "./connectors/connector.ts";
import { ConnectorError } from "./connectors/errors.ts";
import { applyAction, approveAction, stopAction } from "./jobs/actions/decide.ts";
import { endActionsOf } from "./jobs/actions/ending.ts";
import { previewAction } from "./jobs/actions/preview.ts";
import type { ActionRunner } from "./jobs/actions/runner.ts";
import type { Deletions } from "./jobs/deletions.ts";
import { follow } from "./jobs/follow.ts";
import type { Worker } from "./jobs/worker.ts";
import type { Connection, Credential } from "./model/connection.ts";
import { dayZone } from "./model/day.ts";
import { isRecruiting, LANE_NAMES, laneOf, type Stream } from "./model/stream.ts";
import { operating } from "./operating.ts";
import { told } from "./progress.ts";
import { tellConnection } from "./store/alerts/alerts.ts";
import {
  createConnection,
  deleteConnectionBatch,
  FingerprintTaken,
  fingerprintOf,
  freezeConnection,
  getConnection,
  getCredential,
  listConnections,
  NameTaken,
  replaceCredential,
  updateConnection,
} from "./store/connections/connections.ts";
import { listVerdicts, saveVerdict } from "./store/connections/verdicts.ts";
import { lockConnection } from "./store/engine/engine.ts";
import { laneMemory, laneState } from "./store/lanes/lane-state.ts";
import { workersSeen } from "./store/lanes/workers.ts";
import { countListed } from "./store/listings/known.ts";
import { acceptHeld, heldListing } from "./store/listings/listings.ts";
import type { Store } from "./store/store.ts";
import { recountDeeds } from "./store/usage/deeds.ts";
import { rebuildOrgDays } from "./store/usage/usage.ts";
import { changeTimeZone } from "./store/usage/usage-rules.ts";
import { readCheckpoint } from "./sync/checkpoint.ts";
import type { SyncDeps } from "./sync/context.ts";
import { knownTo, NOTHING_KNOWN } from "./sync/known.ts";
import { connectionOfAccount, sameAccount } from "./sync/same-account.ts";
import { openSession } from "./sync/session.ts";
import { switchedOff, well } from "./sync/verdicts.ts";

/** For so long whoever has deleted a connection waits for the end. */
const DELETING_MS = 20_000;

export function control(
  deps: SyncDeps,
  { worker, actions, deletions }: { worker: Worker; actions: ActionRunner; deletions: Deletions },
  alerts: Alerting,
  options: { dataDir: string; env: NodeJS.ProcessEnv; sso?: SingleSignOn | null },
): Services {
  const { store, seal } = deps;

  async function openDraft(draft: Draft, connection: number, signal: AbortSignal): Promise<Session> {
    return deps.connectors.greenhouse.open({
      connection: {
        id: connection,
        fingerprint: fingerprintOf(seal, draft.origins, draft.credential),
        adminUserId: draft.adminUserId,
        permissionType: draft.permissionType,
        credentialKind: draft.credential.kind,
        settings: draft.settings,
      },
      credential: draft.credential,
      origins: draft.origins,
      tokens: deps.tokens,
      traffic: deps.traffic,
      eventKey: new Uint8Array(32),
      signal,
      now: deps.now,
      timeScale: deps.timeScale(draft.origins),
    });
  }

  async function openSaved(connection: Connection, signal: AbortSignal): Promise<Session> {
    const session = await openSession(deps, connection, { signal });
    if (!session) throw locked(connection);
    return session;
  }

  async function storedCredential(connection: Connection): Promise<Credential> {
    const credential = await getCredential(store.read, seal, connection.id);
    if (credential) return credential;
    throw locked(connection);
  }

  async function* steps(session: Session, known: Known, off: readonly Stream[]) {
    let usersWell = false;
    for await (const step of session.test(known, !off.includes("audit_log"))) {
      if (step.step === "users" && step.state === "well") usersWell = true;
      yield step;
    }
    return usersWell;
  }

  function refuseFrozen(connection: Connection): void {
    if (connection.frozenAt !== null) {
      throw new ApiError(
        "connection_frozen",
        `${connection.name} is frozen: its credential was destroyed, its data kept.`,
        "Replace the credential to go on.",
      );
    }
  }

  async function others(): Promise<OtherWorkers | null> {
    if (!deps.shared) return null;
    const seen = (await workersSeen(store.read, deps.now())).filter(({ worker }) => worker !== deps.owner);
    return { alive: seen.filter(({ alive }) => alive).length, lastSeenAt: seen[0]?.seenAt ?? null };
  }

  /** What nobody would do is not asked for: who waits for it would wait for ever. */
  async function refuseWithoutWorker(): Promise<void> {
    const found = worker.mode === "none" ? await others() : null;
    if (found === null || found.alive > 0) return;
    throw new ApiError("no_worker", `Nothing would sync: ${noWorkerSince(found.lastSeenAt)}`, START_A_WORKER);
  }

  return {
    store,
    seal,
    sso: options.sso ?? null,
    alerts,
    others,

    async *testDraft(draft, signal) {
      const session = await openDraft(draft, 0, signal);
      const usersWell = yield* steps(session, NOTHING_KNOWN, draft.settings.off);
      return usersWell ? connectionOfAccount(store, session, draft.origins) : null;
    },

    async draftSiteAdmins(draft, signal) {
      const session = await openDraft(draft, 0, signal);
      try {
        return await session.siteAdmins();
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        throw new ApiError(
          "test_failed",
          "Greenhouse lists no users with this credential, so there are no Site Admins to pick from.",
          "Paste the address of a Site Admin's page in Greenhouse, or the number in it.",
          { cause: error },
        );
      }
    },

    async *connect(draft, signal, by) {
      await refuseTaken(deps, draft);
      const session = await openDraft(draft, 0, signal);
      const usersWell = yield* steps(session, NOTHING_KNOWN, draft.settings.off);
      if (!usersWell) {
        throw new ApiError(
          "test_failed",
          "Users can't be read, so nothing was saved.",
          "Mend what the test names, then connect again.",
        );
      }
      const fingerprint = fingerprintOf(seal, draft.origins, draft.credential);
      try {
        const connection = await store.write((tx) =>
          createConnection(tx, seal, { ...draft, fingerprint, now: deps.now(), by }),
        );
        return connection.id;
      } catch (error) {
        throw taken(error);
      }
    },

    async *testConnection(connection, signal) {
      refuseFrozen(connection);
      const session = await openSaved(connection, signal);
      yield* steps(session, await knownTo(store, connection.id), connection.settings.off);
    },

    async *replaceCredential(connection, input, signal, by = null) {
      const credential = input.credential ?? (await storedCredential(connection));
      const draft: Draft = { ...connection, credential, adminUserId: input.adminUserId };
      const session = await openDraft(draft, connection.id, signal);
      const known = await knownTo(store, connection.id);
      let adminWell = true;
      let usersWell = false;
      for await (const step of session.test(known, !connection.settings.off.includes("audit_log"))) {
        if (step.step === "users" && step.state === "well") usersWell = true;
        if (step.step === "admin_user" && step.state === "failed") adminWell = false;
        yield step;
      }
      if (!adminWell) {
        throw new ApiError(
          "test_failed",
          "This admin user did not pass the test, so the old one stays.",
          "Choose an active Site Admin, and try again.",
        );
      }
      if (!usersWell) {
        throw new ApiError(
          "test_failed",
          "With this credential users can't be read, so the old one stays.",
          "Mend what the test names, and try again.",
        );
      }
      if (!(await sameAccount(store, session, connection))) {
        throw new ApiError(
          "other_account",
          `This credential opens another Greenhouse account than ${connection.name}. Nothing was changed.`,
          `Use a credential of ${connection.name}'s account, or connect this one as a new account.`,
        );
      }
      await worker.stopRuns(connection.id);
      const fingerprint = fingerprintOf(seal, connection.origins, credential);
      try {
        await store.write((tx) =>
          replaceCredential(tx, seal, connection.id, credential, fingerprint, input.adminUserId, deps.now()),
        );
      } catch (error) {
        throw taken(error);
      }
      // It has passed the test: what the old one stopped is read again at once.
      if (!connection.paused) {
        const asked = { trigger: "credential", who: by } as const;
        await worker.request(connection.id, LANE_NAMES, { only: null, full: false, asked });
      }
    },

    async updateConnection(connection, patch, by = null) {
      const { before, after } = await store
        .write(async (tx) => {
          const changed = await updateConnection(tx, connection.id, patch);
          const [from, to] = [changed.before.timeZone, changed.after.timeZone];
          if (from === to) return changed;
          await changeTimeZone(tx, connection.id, { from: dayZone(from), to: dayZone(to) });
          const memory = readCheckpoint(await laneMemory(tx, connection.id, "recruiting_activity"));
          await recountDeeds(tx, connection.id, dayZone(to), memory.forgottenBefore);
          return changed;
        })
        .catch((error: unknown) => {
          throw taken(error);
        });
      if (before.timeZone !== after.timeZone) await recountDays(store, connection.id);
      if (patch.settings) {
        await tellSwitched(deps, { ...connection, settings: before }, after.off);
        const on = before.off.filter((stream) => !after.off.includes(stream));
        const asked = { trigger: "settings", who: by } as const;
        await worker.request(connection.id, [...new Set(on.map(laneOf))], { only: null, full: false, asked });
      }
      if (patch.paused) await worker.stopRuns(connection.id);
    },

    async disconnect(connection, data, wait = true) {
      await store.write(async (tx) => {
        await endActionsOf(tx, connection.id, deps.now());
        await freezeConnection(tx, connection.id, deps.now());
      });
      await worker.stopRuns(connection.id);
      if (data === "keep") return;
      await store.write((tx) => deleteConnectionBatch(tx, connection.id));
      // A single command does all of it, or nobody may. A server goes on by itself: a proxy wouldn't wait for an hour.
      await deletions.finish(connection.id, !wait ? 0 : worker.mode === "asked" ? null : DELETING_MS);
    },

    async startSync(connection, request: SyncRequest, by = null) {
      refuseFrozen(connection);
      if (connection.paused) {
        throw new ApiError(
          "connection_paused",
          `${connection.name} is paused.`,
          "Take the pause back, then sync.",
        );
      }
      await refuseWithoutWorker();
      const started = await worker.request(connection.id, request.lanes, {
        only: request.streams,
        full: request.full,
        asked: { trigger: "request", who: by },
      });
      const lanes = await laneState(store.read, connection.id);
      return started.map(({ lane, joined }) => ({
        lane,
        joined,
        run: (joined && lanes.find((each) => each.lane === lane)?.run) || null,
      }));
    },

    async stopSync(connection) {
      await worker.putOff(connection);
    },

    async *progress(connection, signal) {
      for await (const each of follow(deps, worker, connection.id, signal)) yield* told(each);
    },

    async acceptHeld(connection, stream, rowsAbsent) {
      const nothing = new ApiError("nothing_held", `No listing of ${stream} is held for ${connection.name}.`);
      if (stream === "audit_log" || isRecruiting(stream)) throw nothing;
      await store.write(async (tx) => {
        await lockConnection(tx, connection.id);
        const held = await heldListing(tx, connection.id, stream);
        if (!held) throw nothing;
        if (held.rowsAbsent !== rowsAbsent) throw otherLoss(stream, held.rowsAbsent, rowsAbsent);
        await acceptHeld(tx, connection.id, stream, deps.now());
        const rows = await countListed(tx, connection.id, stream);
        await saveVerdict(tx, connection.id, well(stream), deps.now(), { rows, at: held.lastSeenAt });
        await tellConnection(tx, connection.id, deps.now());
      });
    },

    previewAction: (connection, wanted, by, signal) => previewAction(deps, connection, wanted, by, signal),

    async applyAction(connection, action, typed) {
      await refuseWithoutWorker();
      // Said again of one whose process has died, it goes on here.
      const again = action.appliedAt !== null;
      if ((await applyAction(deps, connection, action, typed)) || again) actions.wake(action.id);
    },

    async approveAction(connection, action, by) {
      await refuseWithoutWorker();
      if (await approveAction(deps, connection, action, by)) actions.wake(action.id);
    },

    stopAction: (action, by) => stopAction(deps, action, by),

    ...operating(deps, worker, options),
  };
}

function locked({ name }: Connection): ApiError {
  return new ApiError(
    "not_possible",
    `The credential of ${name} can't be opened: this installation's key is not the one that sealed it.`,
    "Replace the credential, or start Glasshouse with the key it had (GLASSHOUSE_SECRET_KEY).",
  );
}

/** It was listed again since somebody looked. */
function otherLoss(stream: Stream, lacks: number, shown: number): ApiError {
  return new ApiError(
    "count_wrong",
    `The held listing of ${stream} lacks ${lacks} rows, not ${shown}. Nothing was applied.`,
    "Look at what it lacks now, then accept that.",
  );
}

/** Before Greenhouse is asked anything: is the name, or the credential, in use already? */
async function refuseTaken(deps: SyncDeps, draft: Draft): Promise<void> {
  const same = await getConnection(deps.store.read, draft.name);
  if (same) throw taken(new NameTaken(draft.name));
  const fingerprint = fingerprintOf(deps.seal, draft.origins, draft.credential);
  const other = (await listConnections(deps.store.read)).find((each) => each.fingerprint === fingerprint);
  if (other) throw taken(new FingerprintTaken(other.name));
}

function taken(error: unknown): unknown {
  if (error instanceof NameTaken) {
    return new ApiError("name_taken", error.message, "Choose another name.");
  }
  if (error instanceof FingerprintTaken) {
    return new ApiError(
      "account_taken",
      error.message,
      "Open that connection instead, or make a credential of its own.",
    );
  }
  return error;
}

/** A stream that was switched off or on says so at once, not with its next run. */
async function tellSwitched(deps: SyncDeps, connection: Connection, off: readonly Stream[]): Promise<void> {
  const now = deps.now();
  const verdicts = await listVerdicts(deps.store.read, connection.id);
  await deps.store.write(async (tx) => {
    for (const stream of off) {
      if (!connection.settings.off.includes(stream))
        await saveVerdict(tx, connection.id, switchedOff(stream), now);
    }
    for (const { verdict } of verdicts) {
      if (verdict.cause === "switched_off" && !off.includes(verdict.stream)) {
        const unread = { ...well(verdict.stream), state: "not_read_yet" as const };
        await saveVerdict(tx, connection.id, unread, now);
      }
    }
    await tellConnection(tx, connection.id, now);
  });
}

/** Days that a change of settings has marked; a kill leaves them to the next run. */
async function recountDays(store: Store, connection: number): Promise<void> {
  for (let more = true; more; ) more = (await store.write((tx) => rebuildOrgDays(tx, connection, 1))) > 0;
}
