/** What whoever runs the installation asks of it: backup, key, whether it is ready, metrics. */
import { stat } from "node:fs/promises";
import { ApiError } from "./api/errors.ts";
import type { Metrics, Services } from "./api/services.ts";
import type { Worker } from "./jobs/worker.ts";
import type { Lane } from "./model/stream.ts";
import { undelivered } from "./store/alerts/deliveries.ts";
import { askWhetherItAnswers } from "./store/engine/answers.ts";
import { workersSeen } from "./store/lanes/workers.ts";
import { backup } from "./store/upkeep/backup.ts";
import { rotateKey } from "./store/upkeep/rotate.ts";
import type { SyncDeps } from "./sync/context.ts";

type Operating = Pick<Services, "backup" | "rotateKey" | "notReady" | "metrics">;

export function operating(
  deps: SyncDeps,
  worker: Worker,
  { dataDir, env }: { dataDir: string; env: NodeJS.ProcessEnv },
): Operating {
  const { store, seal } = deps;
  const answers = askWhetherItAnswers(store.read);
  return {
    async backup(file) {
      if (store.engine === "postgres") {
        throw new ApiError(
          "not_possible",
          "The data lies in PostgreSQL, which makes its backups itself.",
          'Run pg_dump --format=custom --file=FILE "$GLASSHOUSE_DATABASE_URL". docs/backup.md tells more.',
        );
      }
      await backup(store, file);
      return { file, bytes: (await stat(file)).size };
    },

    rotateKey: () => rotateKey(store, dataDir, env, seal),

    async notReady() {
      if (worker.stopping) return "Glasshouse is ending.";
      return (await answers()) ? null : "The database doesn't answer.";
    },

    async metrics(): Promise<Metrics> {
      const runs = [...worker.outcomes()].map(([key, count]) => {
        const [lane, outcome] = key.split(" ") as [Lane, string];
        return { lane, outcome, count };
      });
      const workers = deps.shared ? await workersSeen(store.read, deps.now()) : [];
      const messages = await undelivered(store.read, deps.now());
      return { runs, runningRuns: worker.running().length, ...deps.progress.totals(), workers, messages };
    },
  };
}
