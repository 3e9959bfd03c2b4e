/**
 * For a run of all tests: `node:test` follows each promise of each test, so that an error which nobody waited for can be
 * laid to its test. That takes an eighth of the whole time (measured). Without it such an error fails its file, and the
 * file run alone names the test (test/run.ts).
 */
import hooks from "node:async_hooks";

const none: hooks.AsyncHook = { enable: () => none, disable: () => none };
hooks.createHook = () => none;
