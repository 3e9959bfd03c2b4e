/** How the console is built. `web/build.ts` runs it. */
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { InlineConfig } from "vite";

const config: InlineConfig = {
  root: import.meta.dirname,
  configFile: false,
  logLevel: "warn",
  plugins: [react(), tailwind()],
  build: {
    emptyOutDir: true,
    // Inlined files would be `data:` addresses, which the Content-Security-Policy allows for images alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};
export default config;
