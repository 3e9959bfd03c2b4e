/** Makes the weekly reports: the report of one connection at a time, for all who are to have it, so that alerts don't wait for them. */
import { performance } from "node:perf_hooks";
import { dueReport } from "../../alerts/due.ts";
import { dayOf } from "../../model/alerts/alert-schedule.ts";
import type { Connection } from "../../model/connection.ts";
import { addDelivery, reportMade } from "../../store/alerts/deliveries.ts";
import { changeDestination, type Destination, lockDestination } from "../../store/alerts/destinations.ts";
import { getConnection, listConnections } from "../../store/connections/connections.ts";
import { lastListing } from "../../store/listings/listed.ts";
import type { Db } from "../../store/store.ts";
import { newMessageId } from "./compose.ts";
import type { AlertDeps } from "./deps.ts";
import { hears } from "./hears.ts";

/** What could not be made is tried again after so long. */
const AGAIN_MS = 60_000;

interface Due {
  destination: Destination;
  monday: number;
  /** The Monday as a day of its zone. */
  day: number;
}

export class Reports {
  readonly #deps: AlertDeps;
  /** By connection: when its report, which could not be made, is tried again. */
  readonly #failed = new Map<number, number>();

  constructor(deps: AlertDeps) {
    this.#deps = deps;
  }

  /** Makes the report of one connection, once for each destination and each Monday. @returns whether one was made, and others may be due */
  async next(destinations: readonly Destination[]): Promise<boolean> {
    const { store, now } = this.#deps;
    const due = destinations.flatMap((destination): Due[] => {
      const monday = dueReport(destination, now());
      return monday === null ? [] : [{ destination, monday, day: dayOf(destination.schedule, monday) }];
    });
    if (due.length === 0) return false;
    const lacking = await this.#lacking(due, await reported(store.read));
    for (const [connection, by] of lacking) {
      if ((this.#failed.get(connection.id) ?? 0) > performance.now()) continue;
      if (await this.#make(connection, by)) return true;
    }
    return false;
  }

  /** Who has no report yet of which connection; whoever has all is through with this Monday. */
  async #lacking(due: readonly Due[], connections: readonly Connection[]): Promise<Map<Connection, Due[]>> {
    const { store, now } = this.#deps;
    const lacking = new Map<Connection, Due[]>();
    for (const one of due) {
      const { destination, monday, day } = one;
      const may = await hears(store.read, destination);
      let all = true;
      for (const connection of connections) {
        if (!may.connection(connection.id)) continue;
        if (await reportMade(store.read, destination.id, { connection: connection.id, day })) continue;
        lacking.set(connection, [...(lacking.get(connection) ?? []), one]);
        all = false;
      }
      if (!all) continue;
      await store.write(async (tx) => {
        const latest = await lockDestination(tx, destination.id);
        if (!latest || dueReport(latest, now()) !== monday) return;
        await changeDestination(tx, latest.id, { heard: { ...latest.heard, weekly_report: monday } });
      });
    }
    return lacking;
  }

  async #make(connection: Connection, due: readonly Due[]): Promise<boolean> {
    const { store, now, settings, makeReport, log, onPoint } = this.#deps;
    try {
      const report = await makeReport(store, connection, now(), settings);
      for (const { destination, day } of due) await this.#add(destination.id, connection, day, report);
      this.#failed.delete(connection.id);
      onPoint?.("alerts_composed");
      return true;
    } catch (error) {
      this.#failed.set(connection.id, performance.now() + AGAIN_MS);
      log.error({ err: error, connection: connection.id }, "the weekly report can't be made");
      return false;
    }
  }

  async #add(
    id: number,
    { id: connection, name }: Connection,
    day: number,
    { subject, text, html, period }: Awaited<ReturnType<AlertDeps["makeReport"]>>,
  ): Promise<void> {
    const { store, now } = this.#deps;
    await store.write(async (tx) => {
      const destination = await lockDestination(tx, id);
      // Deleted, disconnected or taken from them while it was made.
      const still = await getConnection(tx, connection);
      if (!destination?.on || !still || still.frozenAt !== null) return;
      if (!(await hears(tx, destination)).connection(connection)) return;
      await addDelivery(tx, {
        destination: id,
        kind: "report",
        messageId: newMessageId(),
        subject,
        lines: [],
        more: 0,
        report: { text, html, period },
        saidAt: now(),
        madeAt: now(),
        about: [{ connection, name, topics: {} }],
        once: { connection, day },
      });
    });
  }
}

/** Of a connection that is disconnected, or was never read, there is nothing to report. */
async function reported(db: Db): Promise<Connection[]> {
  const all = (await listConnections(db)).filter(({ frozenAt }) => frozenAt === null);
  const listed = await Promise.all(all.map(({ id }) => lastListing(db, id, "users")));
  return all.filter((_, i) => listed[i] !== null);
}
