/** For src/cli/commands.test.ts: ends well only when it gets the flags as they were typed. */
process.exitCode = process.argv.slice(2).join(" ") === "--users 5 --help --json" ? 0 : 1;
