import { performance } from "node:perf_hooks";
import { nextLook } from "../../alerts/due.ts";
import { quietUntil } from "../../model/alerts/alert-schedule.ts";
import { deleteOldAlerts, lastAlert } from "../../store/alerts/alerts.ts";
import { deleteOldDeliveries } from "../../store/alerts/deliveries.ts";
import { deliveriesToDo } from "../../store/alerts/delivery-leases.ts";
import { getDestination, listDestinations } from "../../store/alerts/destinations.ts";
import type { Worker } from "../worker.ts";
import { compose } from "./compose.ts";
import type { AlertDeps } from "./deps.ts";
import { Reports } from "./reports.ts";
import { send } from "./send.ts";

const LOOK_MS = 2_000;
/** The lanes of a sync end one after another, and each tells something: that is one message. */
const SETTLE_MS = 10_000;
/** Changed settings of a destination, here or in another process, are seen within this time. */
const LOOK_THROUGH_MS = 60_000;
const FORGET_MS = 3_600_000;
/** Of different destinations: of one, messages go one after another. */
const AT_ONCE = 4;
const DELETED_AT_ONCE = 1_000;
const ENDING_MS = 5_000;

/**
 * Sends alerts when they are due. One per process that serves or works, and any number of processes on one PostgreSQL. What a
 * single command leaves behind, the next of them sends.
 */
export class AlertRunner {
  readonly #deps: AlertDeps;
  readonly #worker: Pick<Worker, "mode">;
  readonly #running = new Map<number, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  readonly #reports: Reports;
  /** By destination: the how-manieth attempt of this process its last one was. */
  readonly #attempted = new Map<number, number>();
  #attempts = 0;
  #stopping = false;
  #away = false;
  /** The newest alert that all destinations were looked through for, and when to look through them again, whatever becomes of the clock. */
  #looked = { alert: -1, again: 0 };
  #forgetAt = 0;

  constructor(deps: AlertDeps, worker: Pick<Worker, "mode">) {
    this.#deps = deps;
    this.#worker = worker;
    this.#reports = new Reports(deps);
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), LOOK_MS);
    this.#tick();
  }

  /** A destination was made or changed. */
  wake(): void {
    this.#looked = { alert: -1, again: 0 };
    this.#tick();
  }

  /** Sends this one now, whoever sends the others, and whatever the hour. */
  async deliver(delivery: number): Promise<void> {
    await send(this.#deps, delivery, { early: true });
  }

  /** Makes and sends everything that is due, and ends when each has been tried once. */
  async round(): Promise<void> {
    while (this.#round) await this.#round;
    this.#round = this.#whole().finally(() => {
      this.#round = null;
    });
    await this.#round;
  }

  async #whole(): Promise<void> {
    this.#looked = { alert: -1, again: 0 };
    while (await this.#prepare(0));
    while ((await this.#sendDue()) > 0) await Promise.all(this.#running.values());
  }

  /** What is under way may end. A message whose answer wasn't waited for goes out again, with the same id. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#round;
    const late = new Promise<void>((done) => setTimeout(done, ENDING_MS).unref());
    await Promise.race([Promise.all(this.#running.values()), late]);
  }

  #tick(): void {
    if (this.#stopping || this.#round || this.#worker.mode !== "all") return;
    this.#round = this.#prepare(SETTLE_MS)
      .then(() => this.#sendDue())
      .then(() => {
        this.#away = false;
      })
      .catch((error) => {
        if (!this.#away) this.#deps.log.error({ err: error }, "alerts can't be read");
        this.#away = true;
      })
      .finally(() => {
        this.#round = null;
      });
  }

  /** @returns whether there is more to make right away */
  async #prepare(settleMs: number): Promise<boolean> {
    const more = await this.#composeAll(settleMs);
    await this.#forget();
    return more;
  }

  async #composeAll(settleMs: number): Promise<boolean> {
    const { store, now, log } = this.#deps;
    const newest = await lastAlert(store.read);
    const at = now();
    const steady = performance.now();
    if (newest === this.#looked.alert && steady < this.#looked.again) return false;
    const destinations = (await listDestinations(store.read)).filter(({ on }) => on);
    for (const destination of destinations) {
      if (this.#stopping) return false;
      await compose(this.#deps, destination, settleMs).catch((error) => {
        log.error({ err: error, destination: destination.id }, "no message can be made for a destination");
      });
    }
    const more = !this.#stopping && (await this.#reports.next(destinations));
    const news = newest !== this.#looked.alert;
    const wait = Math.min(
      news ? settleMs : LOOK_THROUGH_MS,
      ...destinations.map((each) => nextLook(each, at) - at),
    );
    this.#looked = { alert: newest, again: more ? 0 : steady + wait };
    return more;
  }

  /** Begins to send as many as may be under way; a receiver that takes its time holds up nobody else. @returns how many */
  async #sendDue(): Promise<number> {
    const { store, now, log } = this.#deps;
    const found = await deliveriesToDo(store.read, now());
    const free = found.filter(({ destination }) => !this.#running.has(destination));
    // Whoever doesn't answer comes after all others.
    const last = ({ destination }: { destination: number }) => this.#attempted.get(destination) ?? 0;
    free.sort((a, b) => last(a) - last(b));
    const next: typeof free = [];
    for (const one of this.#stopping ? [] : free) {
      if (next.length + this.#running.size >= AT_ONCE) break;
      const of = await getDestination(store.read, one.destination);
      // A test and a replay go out whatever the hour.
      if (of && (one.asked || quietUntil(of.schedule, now()) === null)) next.push(one);
    }
    for (const { delivery, destination } of next) {
      this.#attempted.set(destination, ++this.#attempts);
      const done = send(this.#deps, delivery)
        .catch((error) => log.error({ err: error, delivery }, "a message can't be sent"))
        .then(() => {
          this.#running.delete(destination);
          this.#tick();
        });
      this.#running.set(destination, done);
    }
    return next.length;
  }

  async #forget(): Promise<void> {
    const { store, now } = this.#deps;
    if (performance.now() < this.#forgetAt) return;
    this.#forgetAt = performance.now() + FORGET_MS;
    for (const forget of [deleteOldAlerts, deleteOldDeliveries]) {
      for (let more = true; more; )
        more = (await store.write((tx) => forget(tx, now(), DELETED_AT_ONCE))) === DELETED_AT_ONCE;
    }
  }
}
