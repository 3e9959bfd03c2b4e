/** Licenses, use and the overview: the handlers of contract/usage.ts. */
import { followDirectory } from "../../findings/follow.ts";
import { getLicenseRules, licenses, previewLicenseRules } from "../../insights/licenses.ts";
import { overview } from "../../insights/overview.ts";
import { listRequestTypes, usage } from "../../insights/usage.ts";
import { previewWindows } from "../../insights/windows.ts";
import { DayZone } from "../../model/day.ts";
import { lockConnection } from "../../store/engine/engine.ts";
import { saveLicenseRules } from "../../store/usage/license-rules.ts";
import { setRequestTypes } from "../../store/usage/usage-rules.ts";
import { countAnew } from "../connections/count-anew.ts";
import { matched } from "../employees/employees.ts";
import { connectionOf, type Handlers } from "../handler.ts";
import { changed, plain } from "../trail/trail-changes.ts";

type Names =
  | "licenses"
  | "licenseRules"
  | "saveLicenseRules"
  | "previewLicenseRules"
  | "previewWindows"
  | "usage"
  | "requestTypes"
  | "setRequestTypes"
  | "overview";

export const useHandlers: Pick<Handlers, Names> = {
  async licenses({ params }, asking) {
    return licenses(asking.db, await connectionOf(asking, params.c), asking.now());
  },

  async licenseRules({ params }, asking) {
    return getLicenseRules(asking.db, await connectionOf(asking, params.c));
  },

  async saveLicenseRules({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    const before = await asking.services.store.write(async (tx) => {
      await lockConnection(tx, connection.id);
      const rules = await getLicenseRules(tx, connection);
      await saveLicenseRules(tx, connection.id, body);
      return rules;
    });
    asking.trail.details = changed(before, body);
    return getLicenseRules(asking.db, connection);
  },

  async previewLicenseRules({ params, body }, asking) {
    return previewLicenseRules(asking.db, await connectionOf(asking, params.c), body.rules, asking.now());
  },

  async previewWindows({ params, body }, asking) {
    return previewWindows(asking.db, await connectionOf(asking, params.c), body, asking.now());
  },

  async usage({ params, query }, asking) {
    return usage(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async requestTypes({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    return { items: await listRequestTypes(asking.db, connection, asking.now()) };
  },

  async setRequestTypes({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    const { store } = asking.services;
    const zone = new DayZone(connection.settings.timeZone);
    await store.write((tx) => setRequestTypes(tx, connection.id, zone, body.set));
    asking.trail.details = { count: typesOf(body.set, true), dontCount: typesOf(body.set, false) };
    await countAnew(store, connection.id);
    return { items: await listRequestTypes(asking.db, connection, asking.now()) };
  },

  async overview({ params }, asking) {
    const connection = await matched(asking, params.c);
    await followDirectory(asking.services.store, connection, asking.now());
    return overview(asking.db, connection, asking.now());
  },
};

/** The request types that were switched one way, in words. */
function typesOf(set: readonly { requestType: string | null; counts: boolean }[], counts: boolean) {
  return plain(
    set
      .filter((each) => each.counts === counts)
      .map(({ requestType }) => requestType ?? "events that name no request"),
  );
}
