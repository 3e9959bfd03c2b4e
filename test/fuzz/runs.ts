/** How often each property is tried: some hundred times with every `npm test`, far more in `npm run test:long`. */
const LONG = process.env.GLASSHOUSE_TEST_LONG === "1";

/** For fast-check: it prints seed and path of what fails; GLASSHOUSE_TEST_SEED tries the same again. */
export function runs(few: number): { numRuns: number; seed?: number } {
  const seed = Number(process.env.GLASSHOUSE_TEST_SEED);
  return { numRuns: LONG ? few * 50 : few, ...(process.env.GLASSHOUSE_TEST_SEED ? { seed } : {}) };
}
