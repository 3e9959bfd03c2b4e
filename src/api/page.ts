/** The page at `/` until there is a console: plain, without scripts, without data. */
export function page(version: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Glasshouse</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1d2733; background: #fff }
  pre { background: #f2f4f7; padding: 1rem; overflow-x: auto; border-radius: 6px }
  code { font-family: ui-monospace, monospace }
  @media (prefers-color-scheme: dark) { body { color: #e6eaf0; background: #12161c } pre { background: #1d232c } }
</style>
<h1>Glasshouse runs</h1>
<p>Version ${version}. Its API is at <code>/api/v1</code>, described by <code>/api/v1/openapi.json</code>;
it asks for the token in the file <code>token</code> of the data directory.</p>
<p>On this machine, in the folder of Glasshouse:</p>
<pre>npm run -s glasshouse -- connections
npm run -s glasshouse -- connect --help
npm run -s glasshouse -- users NAME</pre>
</html>
`;
}
