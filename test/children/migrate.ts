/**
 * Opens a database with a program that knows only the migrations up to UNTIL, or that dies at the end of the migration
 * KILL, before it is committed. Arguments: FILE until|kill NAME. Prints `open` once it is open.
 */
import { registerHooks } from "node:module";

const [file, how, name] = process.argv.slice(2) as [string, "until" | "kill", string];

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const source = () => String(loaded.source);
    if (how === "kill" && url.endsWith(`/migrations/${name}.ts`)) {
      const dies = `const whole = up; up = async (db) => { await whole(db); process.kill(process.pid, "SIGKILL"); };`;
      return { ...loaded, source: `${source()}\n${dies}` };
    }
    if (how === "until" && url.endsWith("/migrations/all.ts")) {
      const later = (line: string) => (/^ {2}"(\d{4}-[\w-]+)":/.exec(line)?.[1] ?? "") > name;
      const lines = source().split("\n");
      return { ...loaded, source: lines.filter((line) => !later(line)).join("\n") };
    }
    return loaded;
  },
});
const { openStore } = await import("../../src/store/open.ts");
const store = await openStore({ file });
const role = { connection: 1, role_id: "7", state: "present", first_seen_at: 0 } as const;
await store.write((tx) => tx.insertInto("role").values(role).execute());
process.stdout.write("open\n");
await store.close();
