/** The program itself as a process of its own, and a browser's way to ask it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

const root = dirname(import.meta.dirname);

/** A server on a free port. `said` is everything it has said so far, answers too. @param flags of Node */
export async function program(
  t: TestContext,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ...flags, join(root, "src", "main.ts"), ...args],
    {
      env: {
        PATH: process.env.PATH,
        ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
        GLASSHOUSE_PORT: "0",
        GLASSHOUSE_LOG_LEVEL: "trace",
        GLASSHOUSE_TIME_SCALE: "100000",
        ...env,
      },
    },
  );
  t.after(() => child.kill("SIGKILL"));
  const said: string[] = [];
  const url = await new Promise<string>((done, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said.push(text);
        const address = /runs at (http:\S+)/.exec(said.join(""))?.[1];
        if (address) done(address);
      });
    }
    child.once("exit", () => failed(new Error(`it ended: ${said.join("")}`)));
  });
  let cookie = "";
  const send = async (call: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [method, path] = call.split(" ");
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        origin: url,
        cookie,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = answer.headers.getSetCookie()[0]?.split(";")[0];
    if (set) cookie = set;
    return answer;
  };
  const ask = async (...call: Parameters<typeof send>) => {
    const answer = await send(...call);
    const bytes = Buffer.from(await answer.arrayBuffer());
    said.push(bytes.toString("latin1"));
    // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
    return { status: answer.status, bytes, json: () => JSON.parse(bytes.toString()) as any };
  };
  /** The events of a stream, as they arrive. */
  async function* follow<T>(path: string): AsyncGenerator<T, void, void> {
    const answer = await send(`GET ${path}`, undefined, { accept: "text/event-stream" });
    let text = "";
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      const events = (text + part).split("\n\n");
      text = events.pop()!;
      for (const event of events) if (event.startsWith("data: ")) yield JSON.parse(event.slice(6)) as T;
    }
  }
  const setupCode = (dataDir: string) => readFileSync(join(dataDir, "setup-code"), "utf8").trim();
  return { child, url, said, ask, follow, setupCode, cookie: () => cookie };
}
