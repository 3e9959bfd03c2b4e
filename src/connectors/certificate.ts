/** Looks at a certificate that was not trusted, to name who issued it. Nothing is sent over that connection. */
import { connect } from "node:tls";
import { proxyInForce } from "./proxy.ts";

const PATIENCE_MS = 5000;

/** The issuer of a host's certificate; null: it can't be seen, as behind a proxy. `host` may carry a port. */
export async function issuerOf(host: string, signal: AbortSignal): Promise<string | null> {
  if (proxyInForce() || signal.aborted) return null;
  const { hostname, port } = new URL(`https://${host}`);
  const servername = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      host: servername,
      port: Number(port || 443),
      // Trusting is not what this connection is for: it ends as soon as the certificate has been seen.
      rejectUnauthorized: false,
      ...(/^[\d.:]+$/.test(servername) ? {} : { servername }),
    });
    const end = (issuer: string | null) => {
      socket.destroy();
      resolve(issuer);
    };
    socket.setTimeout(PATIENCE_MS, () => end(null));
    socket.once("error", () => end(null));
    socket.once("secureConnect", () => {
      const { issuer } = socket.getPeerCertificate();
      const name = [issuer?.CN ?? issuer?.O].flat()[0];
      end(
        name
          ? String(name)
              .replace(/[^\p{L}\p{N}\p{P} ]/gu, "")
              .slice(0, 80)
          : null,
      );
    });
  });
}
