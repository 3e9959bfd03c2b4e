import { everyPage } from "./every-page.ts";

everyPage("empty", async () => 1);
