import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/gsns.ts'],
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
});
