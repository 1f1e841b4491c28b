import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
  // Its optional native part has an install script, of which npm warns everybody who installs us.
  noExternal: ['msgpackr', 'zod'],
});
