import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    switch: 'src/switch/main.ts',
    member: 'src/member/main.ts',
    stand: 'src/stand.ts',
    chaos: 'src/chaos/main.ts',
  },
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
});
