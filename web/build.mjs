// Builds every page into api/pages/files, with compressed copies beside the originals, and holds the widget to its size.
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { minify } from "terser";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TARGET = fileURLToPath(new URL("../api/pages/files/", import.meta.url));
const PARTS = ["widget", "desk", "demo"];
const FRESH = join(HERE, "dist");
// What one visitor loads, in whichever language, and everything there is.
const MOST_BYTES_A_VISITOR = 25 * 1024;
const MOST_BYTES = 27 * 1024;
// Pages are not among them: the gateway writes a nonce into each.
const TEXT = /\.(js|css|svg|json)$/;
const zip = promisify(gzip);
const squeeze = promisify(brotliCompress);

/** The widget's style sheets are strings, in which no minifier takes the line breaks away. */
const STYLES = {
  name: "styles-in-one-line",
  enforce: "pre",
  transform: (code, id) => (/\/styles\.\w+\.ts$/.test(id) ? code.replace(/([;{},])\n/g, "$1") : null),
};

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

/** The bundler's own minifier leaves some hundred bytes in the widget that this one finds. */
async function tighten(folder) {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/^widget\.js$|panel-.*\.js$/.test(name)) continue;
    const path = join(folder, name);
    const options = { module: name !== "widget.js", ecma: 2022, compress: { passes: 3, pure_getters: true, unsafe_arrows: true } };
    await writeFile(path, (await minify(await readFile(path, "utf8"), options)).code);
  }
}

/** Holds the widget to its size. */
function weigh(sizes) {
  const parts = [...sizes].filter(([name]) => name.startsWith("widget/"));
  const bytes = (some) => some.reduce((sum, [, size]) => sum + size, 0);
  const languages = parts.filter(([name]) => /assets\/(en|ar|chinese)-/.test(name));
  if (languages.length !== 3) throw new Error("The widget's languages are in other files than they were.");
  const all = bytes(parts);
  const visitor = all - bytes(languages) + Math.max(...languages.map(([, size]) => size));
  console.log(`web widget: ${visitor} bytes gzipped as one visitor loads it, ${all} with every language`);
  if (visitor > MOST_BYTES_A_VISITOR || all > MOST_BYTES) throw new Error(`The widget has grown too large: ${MOST_BYTES_A_VISITOR} for a visitor and ${MOST_BYTES} in all at most.`);
}

function report(sizes) {
  const total = (prefix) => [...sizes].filter(([name]) => name.startsWith(prefix)).reduce((sum, [, size]) => sum + size, 0);
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  for (const part of PARTS) console.log(`web ${part}: ${kilobytes(total(`${part}/`))} gzipped`);
}

/** `/widget.js`: one classic script that knows the name of the panel's entry, with nothing global but `window.Funnel`. */
async function buildLauncher() {
  const names = await readdir(join(FRESH, "widget", "assets"));
  const panel = names.find((name) => /^panel-.*\.js$/.test(name));
  await build({
    configFile: false,
    plugins: [STYLES],
    root: join(HERE, "widget"),
    logLevel: "warn",
    define: { PANEL_FILE: JSON.stringify(`assets/${panel}`) },
    build: {
      target: "es2022",
      emptyOutDir: false,
      outDir: join(FRESH, "widget"),
      lib: { entry: "src/loader.ts", formats: ["iife"], name: "_", fileName: () => "widget.js" },
    },
  });
}

await rm(FRESH, { recursive: true, force: true });
for (const part of PARTS) {
  const configFile = join(HERE, part, "vite.config.ts");
  await build({ configFile, root: join(HERE, part), logLevel: "warn", plugins: [STYLES], build: { emptyOutDir: false, outDir: join(FRESH, part) } });
}
await buildLauncher();
await tighten(join(FRESH, "widget"));
const sizes = await compressAll(FRESH);
report(sizes);
weigh(sizes);
await rm(TARGET, { recursive: true, force: true });
await rename(FRESH, TARGET);
