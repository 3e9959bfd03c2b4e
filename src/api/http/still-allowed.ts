/** What takes long to answer (streams, files) ends with the rights of whom it is for. */
import type { FastifyRequest } from "fastify";
import { seesConnection } from "../../model/member.ts";
import type { Endpoint } from "../contract/kit.ts";
import { ApiError } from "../errors.ts";
import type { Asking } from "../handler.ts";
import { authorize } from "./guard.ts";

/** How long an answer goes on without a look. */
const LOOK_MS = 1000;

/** Looks before an item is given, at most once a second. @throws ApiError as `authorize`, `connection_not_found` */
export async function* stillAllowed<T, R>(
  items: AsyncGenerator<T, R, void>,
  request: FastifyRequest,
  endpoint: Endpoint,
  { now, trail }: Pick<Asking, "now" | "trail">,
): AsyncGenerator<T, R, void> {
  let lookedAt = now();
  try {
    for (;;) {
      const next = await items.next();
      if (next.done) return next.value;
      if (now() - lookedAt >= LOOK_MS) {
        lookedAt = now();
        const who = await request.askWho();
        authorize({ who, claimed: request.claimed, headers: request.headers }, endpoint);
        if (trail.connection !== undefined && !seesConnection(who, trail.connection)) {
          throw new ApiError("connection_not_found", "You may not see this connection any more.");
        }
      }
      yield next.value;
    }
  } finally {
    await items.return(undefined as R);
  }
}
