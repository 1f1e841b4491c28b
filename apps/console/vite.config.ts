import { defineConfig } from 'vite';

// One folder that gsd and gsns carry; it is loaded from the program itself and from nowhere else.
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    outDir: 'dist/console',
    // Its policy allows nothing within the page: no inlined files and no helper script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // Of the libraries that the page is made with.
    license: { fileName: 'licences.txt' },
  },
});
