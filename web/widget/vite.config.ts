import { defineConfig, type UserConfig } from "vite";

/** The panel and its languages: modules with hashed names. The launcher is built after it and knows their entry's name. */
const config: UserConfig = defineConfig({
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
