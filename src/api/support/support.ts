/** The support bundle: the handler of contract/support.ts. */
import type { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { connectionView } from "../connections/view.ts";
import { connectionOf, type Handlers, iso, working } from "../handler.ts";
import { supportFacts } from "./support-facts.ts";

const README = `A support bundle of Glasshouse. It holds no secret, and no name, e-mail address, IP address or id of anybody:
versions, settings, verdicts, runs, lanes, coverage, counts, and the rate limits that Greenhouse told.
Read it before you send it: every file is plain JSON.
`;

export const supportHandlers: Pick<Handlers, "supportBundle"> = {
  async supportBundle({ params }, asking) {
    const { db, services, now, version } = asking;
    const connection = await connectionOf(asking, params.c);
    const at = now();
    const works = await working(asking);
    const view = await connectionView(db, connection, at, works);
    const scheduled = works.works;
    const facts = await supportFacts(services.store, connection, view, { version, scheduled, now: at });
    const zip = new ZipFile();
    const entry = { mtime: new Date(at), mode: 0o100644 };
    zip.addBuffer(Buffer.from(README), "README.txt", entry);
    for (const [file, content] of Object.entries(facts)) {
      zip.addBuffer(Buffer.from(`${JSON.stringify(content, null, 2)}\n`), file, entry);
    }
    zip.end();
    const day = iso(at).slice(0, 10);
    return {
      name: `glasshouse-support-${connection.id}-${day}.zip`,
      type: "application/zip",
      body: zip.outputStream as Readable,
    };
  },
};
