// Bundles drive.ts and runs it: node drive.mjs BASE SITE_KEY MESSAGES EVERY socket|poll. Prints what came of it as JSON.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { WebSocket } from "ws";

/** As in a browser: an error that nobody listens to is followed by `close`, and ends nothing else. */
class BrowserSocket extends WebSocket {
  constructor(...parts) {
    super(...parts);
    this.on("error", () => undefined);
  }
}

const [base, siteKey, messages, every, link] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "funnel-client-"));
try {
  await build({
    configFile: false,
    logLevel: "error",
    build: { outDir: folder, lib: { entry: fileURLToPath(new URL("drive.ts", import.meta.url)), formats: ["es"], fileName: () => "drive.mjs" } },
  });
  const { drive } = await import(pathToFileURL(join(folder, "drive.mjs")).href);
  const sockets = link === "socket" ? BrowserSocket : null;
  console.log(JSON.stringify(await drive({ base, siteKey, messages: Number(messages), every: Number(every), WebSocket: sockets })));
} finally {
  await rm(folder, { recursive: true });
}
process.exit(0);
