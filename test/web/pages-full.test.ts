import { everyPage } from "./every-page.ts";

everyPage("full", async (there) => (await there.connected()).id);
