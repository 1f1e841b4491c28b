import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { screenshots: 'src/screenshots.ts', member: 'src/member.ts' },
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
});
