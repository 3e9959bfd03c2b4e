// Does what runs in this container answer, be it server or worker? Exit code 0: it does. For HEALTHCHECK; Node built-ins only.
const { GLASSHOUSE_WORKER_ADDRESS, GLASSHOUSE_PORT } = process.env;
const address = GLASSHOUSE_WORKER_ADDRESS?.trim() || `127.0.0.1:${GLASSHOUSE_PORT?.trim() || "4180"}`;
const url = `http://${address}/healthz`;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!ok) throw new Error(`it answered ${status}`);
} catch (error) {
  process.stderr.write(`${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
