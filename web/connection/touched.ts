/** What somebody has touched in the form of settings: that alone is sent, or a form opened long ago undoes what others did. */
import type { Call } from "../api/client.ts";
import type { Connection } from "../integrations/troubles.ts";

type Settings = Connection["settings"];
type Lane = keyof Settings["everyMinutes"];
type Stream = Settings["off"][number];

export type Touched = Partial<
  Pick<Settings, "timeZone" | "windowDays" | "keepEventsDays" | "sharePercent" | "secondApproval">
> & {
  permissionType?: Connection["permissionType"];
  everyMinutes?: Partial<Record<Lane, number>>;
  /** Streams switched on or off, one by one. */
  on?: Partial<Record<Stream, boolean>>;
};

/** The settings as the form shows them. */
export function settingsWith(settings: Settings, touched: Touched): Settings {
  const { permissionType: _, everyMinutes, on = {}, ...rest } = touched;
  return {
    ...settings,
    ...rest,
    everyMinutes: { ...settings.everyMinutes, ...everyMinutes },
    off: [
      ...settings.off.filter((stream) => on[stream] !== true),
      ...(Object.keys(on) as Stream[]).filter(
        (stream) => on[stream] === false && !settings.off.includes(stream),
      ),
    ],
  };
}

/** What was put back as it stands isn't touched. */
export function touchedOf({ settings, permissionType }: Connection, touched: Touched): Touched {
  const { everyMinutes, on, ...rest } = touched;
  const stands = { ...settings, permissionType };
  return {
    ...differing(rest, stands),
    everyMinutes: differing(everyMinutes ?? {}, settings.everyMinutes),
    on: Object.fromEntries(
      Object.entries(on ?? {}).filter(([stream, is]) => is === settings.off.includes(stream as Stream)),
    ),
  };
}

function differing<T extends object>(given: T, stands: { [K in keyof T]?: unknown }): T {
  return Object.fromEntries(
    Object.entries(given).filter(([key, value]) => value !== stands[key as keyof T]),
  ) as T;
}

/** As the API takes it. */
export function changeOf(settings: Settings, touched: Touched): Call<"updateConnection">["body"] {
  const { permissionType, everyMinutes = {}, on = {}, ...rest } = touched;
  const change = {
    ...rest,
    ...(Object.keys(everyMinutes).length > 0 ? { everyMinutes } : {}),
    ...(Object.keys(on).length > 0 ? { off: settingsWith(settings, touched).off } : {}),
  };
  return {
    ...(permissionType === undefined ? {} : { permissionType }),
    ...(Object.keys(change).length > 0 ? { settings: change } : {}),
  };
}
