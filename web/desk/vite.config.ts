import vue from "@vitejs/plugin-vue";
import { defineConfig, type UserConfig } from "vite";

const GATEWAY = process.env["FUNNEL_URL"] ?? "http://127.0.0.1:8000";

const config: UserConfig = defineConfig({
  base: "/desk/",
  plugins: [vue()],
  resolve: { alias: { "@funnel/shared": new URL("../shared", import.meta.url).pathname } },
  // The gateway puts a fresh nonce in this place of every page it serves.
  html: { cspNonce: "FUNNEL_NONCE" },
  build: { target: "es2022", assetsDir: "assets", sourcemap: false, modulePreload: { polyfill: false } },
  // `npm run dev -w desk` beside `make run`: cookie writes need the gateway's own origin.
  server: { proxy: { "/v1": { target: GATEWAY, ws: true, changeOrigin: true, headers: { origin: GATEWAY } } } },
});

export default config;
