// Lint, type check and unit tests side by side; prints what failed and ends with 1 where anything did.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

function program(name, bin = name) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: bins } = require(manifest);
  return join(dirname(manifest), typeof bins === "string" ? bins : bins[bin]);
}

function run(title, file, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: import.meta.dirname ?? new URL(".", import.meta.url).pathname });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve({ title, code, output }));
  });
}

const results = await Promise.all([
  run("lint", program("eslint"), ["--max-warnings", "0", "."]),
  run("types", program("vue-tsc"), ["--noEmit", "-p", "tsconfig.json"]),
  run("unit tests", program("vitest"), ["run"]),
]);
for (const { title, code, output } of results) {
  if (code !== 0) console.error(`${title} failed:\n${output}`);
  else console.log(`web ${title}: ok`);
}
process.exit(results.some(({ code }) => code !== 0) ? 1 : 0);
