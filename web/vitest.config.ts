import { defineConfig } from "vitest/config";
import vue from "@vitejs/plugin-vue";

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { "@funnel/shared": new URL("./shared", import.meta.url).pathname } },
  test: {
    include: ["{shared,widget,desk,demo}/**/*.test.ts"],
    sequence: { shuffle: true },
    restoreMocks: true,
  },
});
