import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/dist/",
  build: {
    manifest: true,
    outDir: "../static/dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Nothing becomes a data: address: the content security policy refuses it.
    assetsInlineLimit: 0,
    rolldownOptions: { input: { staff: "src/staff.js", viewer: "src/viewer.js" } },
  },
});
