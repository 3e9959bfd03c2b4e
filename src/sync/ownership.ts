/** Whose events a log holds: ours, another organization's, or both. */
import type { ActivityPage } from "../connectors/connector.ts";
import type { EventRecord, UnreadableRecord } from "../model/records.ts";

/** So many events of another organization before the first of ours: then the log is the other's. */
const OTHERS = 1000;

export class Ownership {
  /** null: not known yet. */
  organization: string | null;
  #sawOwn = false;
  #others = 0;

  constructor(organization: string | null) {
    this.organization = organization;
  }

  /**
   * What of a page may be stored. Events of another organization are left out and told.
   * @returns null: nothing of it, nor its claims, while all events so far are another's. The next run reads it again. But what
   * turned out false is taken back.
   */
  own(page: ActivityPage): ActivityPage | null {
    this.organization ??= mostNamed(page.events);
    const events = page.events.filter((event) => !this.#isOthers(event));
    const others = page.events.length - events.length;
    this.#sawOwn ||= page.events.some(
      ({ organizationId }) => organizationId === this.organization && organizationId !== null,
    );
    if (!this.#sawOwn) this.#others += others;
    if (this.heldBack)
      return page.unclaim && { ...page, events: [], unreadable: [], claim: null, hole: null };
    if (others === 0) return page;
    const left: UnreadableRecord = { id: null, field: "organization_id", reason: "another organization's" };
    const unreadable = page.unreadable.concat(Array.from({ length: others }, () => left));
    return { ...page, events, unreadable };
  }

  /** Nothing but another's events was seen, at least one. */
  get heldBack(): boolean {
    return !this.#sawOwn && this.#others > 0;
  }

  /** As many of them as leave no doubt. */
  get isOthers(): boolean {
    return this.heldBack && this.#others >= OTHERS;
  }

  #isOthers({ organizationId }: EventRecord): boolean {
    return organizationId !== null && this.organization !== null && organizationId !== this.organization;
  }
}

function mostNamed(events: readonly EventRecord[]): string | null {
  const named = new Map<string, number>();
  for (const { organizationId } of events) {
    if (organizationId !== null) named.set(organizationId, (named.get(organizationId) ?? 0) + 1);
  }
  return [...named].reduce((most, each) => (each[1] > most[1] ? each : most), ["", 0] as const)[0] || null;
}
