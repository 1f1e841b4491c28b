import { defineConfig } from 'tsup';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/tcp.ts',
    'src/tls.ts',
    'src/udp.ts',
    'src/unix.ts',
    'src/unix-dialler.ts',
    'src/memory.ts',
    'src/stream.ts',
    'src/compliance.ts',
  ],
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
  // There is a `node:test`, but no `test`.
  removeNodeProtocol: false,
});
