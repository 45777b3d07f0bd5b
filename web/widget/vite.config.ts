import { defineConfig, type Plugin, runnerImport, type UserConfig } from "vite";

type Catalogue = Record<string, string>;

const TEXTS = new URL("./src/texts/", import.meta.url).pathname;
const BREAK = "\n";
const USE = /\btexts(\?)?\.(\w+)/g;
// Whoever takes a catalogue apart in another way would read names that a build does not have.
const OTHER_USE = /\}\s*=\s*[\w.?#]*\btexts\b|\btexts(\?\.)?\[/;

/** A module of the texts, run here. */
async function run<T>(name: string): Promise<T> {
  return (await runnerImport<T>(`${TEXTS}${name}.ts`)).module;
}

function numbered(names: readonly string[], code: string, file: string): string {
  if (OTHER_USE.test(code)) throw new Error(`${file}: texts are read as texts.name, so that they can be numbered.`);
  return code.replace(USE, (_, perhaps: string | undefined, name: string) => {
    const number = names.indexOf(name);
    if (number < 0) throw new Error(`${file}: there is no text named ${name}.`);
    return `texts${perhaps ? "?." : ""}[${number}]`;
  });
}

/** The names of the texts become numbers, and each catalogue a list without them. */
function packedCatalogues(): Plugin {
  let names: readonly string[] = [];
  return {
    name: "packed-catalogues",
    enforce: "pre",
    async buildStart() {
      names = (await run<{ NAMES: readonly string[] }>("texts")).NAMES;
    },
    async transform(code, id) {
      const file = /\/widget\/src\/(.+)\.ts$/.exec(id)?.[1];
      if (!file) return null;
      const language = /^texts\/(en|ar|zh-\w+)$/.exec(file)?.[1];
      if (!language) return numbered(names, code, file);
      const { texts } = await run<{ texts: Catalogue }>(language);
      const all = names.map((name) => texts[name] ?? "");
      if (all.some((text) => !text || text.includes(BREAK))) throw new Error(`${file}: a text is empty or has a line break.`);
      return `export const texts = ${JSON.stringify(all.join(BREAK))}.split("\\n");`;
    },
  };
}

/** The panel and its languages: modules with hashed names. The launcher is built after it and knows their entry's name. */
const config: UserConfig = defineConfig({
  plugins: [packedCatalogues()],
  resolve: { alias: { "@funnel/shared": new URL("../shared", import.meta.url).pathname } },
  build: {
    target: "es2022",
    modulePreload: false,
    // A library: no preloading code is put around the languages.
    lib: { entry: { panel: new URL("./src/panel.ts", import.meta.url).pathname }, formats: ["es"] },

    rolldownOptions: {
      output: { format: "es", minify: true, entryFileNames: "assets/[name]-[hash].js", chunkFileNames: "assets/[name]-[hash].js" },
    },
  },
});

export default config;
