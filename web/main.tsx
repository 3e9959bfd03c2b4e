/** Where the console begins: the reader's session, the pages, and nothing else. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { call, SIGNED_OUT } from "./api/client.ts";
import { queries } from "./api/query.ts";
import { router } from "./router.tsx";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
if (nonce) setNonce(nonce);

// The session has ended, here or elsewhere: the page now asks for a sign-in.
window.addEventListener(SIGNED_OUT, async () => {
  await queries.refetchQueries({ queryKey: ["getSession"] });
  const { pathname, href } = router.state.location;
  if (pathname === "/sign-in") return;
  await router.navigate({ to: "/sign-in", search: { back: href, ended: "true" } });
});

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
