import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    bench: 'src/bench.ts',
    member: 'src/member/main.ts',
    'relay-daemon': 'src/relay/daemon.ts',
    'heap-probe': 'src/group-services/heap-probe.ts',
  },
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
});
