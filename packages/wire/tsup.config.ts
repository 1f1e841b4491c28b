import { defineConfig } from 'tsup';

export default defineConfig({
  // Two, and what they share in files that whoever uses one of them takes alone.
  entry: ['src/index.ts', 'src/client-side.ts', 'src/daemon-side.ts'],
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
  // As bundlers for browsers know the modules of Node.
  removeNodeProtocol: false,
  // Its optional native part has an install script, of which npm warns everybody who installs us.
  noExternal: ['msgpackr', 'zod'],
});
