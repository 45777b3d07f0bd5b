import { defineConfig, type UserConfig } from "vite";

const PAGES = ["index", "product", "basket", "order", "returns"];

const config: UserConfig = defineConfig({
  base: "/demo/",
  build: {
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: Object.fromEntries(PAGES.map((page) => [page, new URL(`./${page}.html`, import.meta.url).pathname])),
    },
  },
});

export default config;
