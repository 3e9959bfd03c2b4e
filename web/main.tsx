/** Where the console begins: the reader's session, the pages, and nothing else. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { watchReader } from "./api/attended.ts";
import { call } from "./api/client.ts";
import { queries } from "./api/query.ts";
import { watchSession } from "./api/session-end.ts";
import { router } from "./router.tsx";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
if (nonce) setNonce(nonce);

watchReader(window);
watchSession(() => router.state.location.href);

// A tab that was open while Glasshouse was updated asks for files that are gone: the new ones come with a reload.
// Where nobody answers a reload would only lose the page that is open.
window.addEventListener("vite:preloadError", () => {
  void call("getSession", {}).then(
    () => window.location.reload(),
    () => {},
  );
});

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
