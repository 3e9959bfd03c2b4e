/** Sample data beside this installation: the handlers of contract/sample.ts. */
import { isSample } from "../../store/upkeep/sample.ts";
import type { SampleView } from "../contract/sample.ts";
import { ApiError } from "../errors.ts";
import type { Asking, Handlers } from "../handler.ts";

/** A program that is started and ended; one at a time. */
export interface SampleHouse {
  /** null: it can be started here. */
  readonly refused: string | null;
  /** As it is now. */
  view(): SampleView;
  /** Starts it, unless it runs already. */
  start(): Promise<void>;
  /** null: somebody is its admin already. Throws where it isn't ready. */
  newCode(): Promise<{ code: string | null; endsAt: string } | null>;
  /** Ends when it has ended. */
  stop(): Promise<void>;
}

type Names = "getSample" | "startSample" | "newSampleCode" | "stopSample";

export const sampleHandlers: Pick<Handlers, Names> = {
  async getSample(_asked, asking) {
    const here = await houseOf(asking);
    return typeof here === "string" ? elsewhere(here) : here.view();
  },

  async startSample(_asked, asking) {
    const house = await possible(asking);
    await house.start();
    return house.view();
  },

  async newSampleCode(_asked, asking) {
    const house = await possible(asking);
    if (house.view().state !== "ready") throw impossible("Sample data doesn't run, or isn't ready.");
    return (await house.newCode()) ?? { code: null, endsAt: null };
  },

  async stopSample(_asked, asking) {
    const here = await houseOf(asking);
    if (typeof here === "string") return elsewhere(here);
    await here.stop();
    return here.view();
  },
};

/** Or why there is none. */
async function houseOf({ sample, db }: Asking): Promise<SampleHouse | string> {
  if (await isSample(db)) return "This is sample data.";
  if (!sample) return "No server runs here.";
  return sample.refused ?? sample;
}

async function possible(asking: Asking): Promise<SampleHouse> {
  const here = await houseOf(asking);
  if (typeof here === "string") throw impossible(here);
  return here;
}

const impossible = (why: string) =>
  new ApiError(
    "not_possible",
    why,
    "Run `npm run demo` on a machine of your own, and open the address that it prints.",
  );

const elsewhere = (why: string): SampleView => ({ state: "elsewhere", step: null, url: null, why });
