/**
 * What stands at every address of the console while it is not built: plain, without scripts, without data.
 *
 * @param nonce lets its styles in
 */
export function notBuiltPage(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Glasshouse</title>
<style nonce="${nonce}">
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1d2733; background: #fff }
  pre { background: #f2f4f7; padding: 1rem; overflow-x: auto; border-radius: 6px }
  @media (prefers-color-scheme: dark) { body { color: #e6eaf0; background: #12161c } pre { background: #1d232c } }
</style>
<h1>Glasshouse runs, without its console</h1>
<p>The console is not built. <code>npm start</code> builds it and says what stands in the way. Then load this page again.</p>
<p>The API and the command line work without it:</p>
<pre>npm run -s glasshouse -- connections
npm run -s glasshouse -- users NAME</pre>
</html>
`;
}
