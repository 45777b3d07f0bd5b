// Builds every page into api/pages/files, with compressed copies beside the originals, and holds the widget to its size.
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TARGET = fileURLToPath(new URL("../api/pages/files/", import.meta.url));
const PARTS = ["desk"];
const FRESH = join(HERE, "dist");
const MOST_WIDGET_BYTES = 25 * 1024;
// Pages are not among them: the gateway writes a nonce into each.
const TEXT = /\.(js|css|svg|json)$/;
const zip = promisify(gzip);
const squeeze = promisify(brotliCompress);

/** Writes `.gz` and `.br` beside a file where they are smaller; returns the zipped size. */
async function compress(path) {
  const raw = await readFile(path);
  const [gz, br] = await Promise.all([
    zip(raw, { level: 9 }),
    squeeze(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
  ]);
  if (gz.length < raw.length) await writeFile(`${path}.gz`, gz);
  if (br.length < raw.length) await writeFile(`${path}.br`, br);
  return gz.length;
}

async function compressAll(folder) {
  const sizes = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !TEXT.test(entry.name)) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    sizes.set(path.slice(folder.length + 1), await compress(path));
  }
  return sizes;
}

function report(sizes) {
  const total = (prefix) => [...sizes].filter(([name]) => name.startsWith(prefix)).reduce((sum, [, size]) => sum + size, 0);
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  for (const part of PARTS) console.log(`web ${part}: ${kilobytes(total(`${part}/`))} gzipped`);
  if (total("widget/") > MOST_WIDGET_BYTES) {
    throw new Error(`The widget is larger than ${kilobytes(MOST_WIDGET_BYTES)}: make it smaller.`);
  }
}

await rm(FRESH, { recursive: true, force: true });
for (const part of PARTS) {
  const configFile = join(HERE, part, "vite.config.ts");
  await build({ configFile, root: join(HERE, part), logLevel: "warn", build: { emptyOutDir: false, outDir: join(FRESH, part) } });
}
report(await compressAll(FRESH));
await rm(TARGET, { recursive: true, force: true });
await rename(FRESH, TARGET);
