import { defineConfig } from 'vite';

// Packages are taken from their sources, as in tests, so that the page needs nothing built before it.
export default defineConfig({
  base: './',
  resolve: { conditions: ['group-services-source', 'module', 'browser', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 1000,
    // Of the libraries that the page is made with.
    license: { fileName: 'licences.txt' },
  },
});
