/** For src/owner/owner.test.ts: a process that takes a data directory, says what it became, and answers until it is told to end. */
import { createServer } from "node:http";
import { connectOrOwn } from "../../src/owner/owner.ts";

const [dataDir = "", command = "sync", answer = "answers"] = process.argv.slice(2);
const standing = await connectOrOwn(dataDir, { command, need: "any", waitMs: 10_000 });
if (standing.role === "client") {
  process.send!({ role: "client", pid: standing.owner?.pid });
} else {
  const server = createServer((_request, reply) => reply.end("ok"));
  if (answer === "answers") await standing.listen(server);
  process.send!({ role: "owner", pid: process.pid });
  process.once("message", () => {
    server.close(() => {
      standing.release();
      process.exit(0);
    });
    server.closeAllConnections();
    if (!server.listening) {
      standing.release();
      process.exit(0);
    }
  });
}
