import { gzipSync } from 'node:zlib';
import { build, type Platform } from 'esbuild';
import { expect, it } from 'vitest';

// The client library as it is installed, in the bundle of a user's program. Its own test looks at the sources,
// of which a bundler leaves out whole files; what is published is built, and what is built can hold more.

async function bundled(platform: Platform): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '@group-services/client'`, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform,
    external: ['node:*'],
    logLevel: 'silent',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

it('is as small as promised', async () => {
  const { length } = gzipSync(await bundled('node'));
  expect(length).toBeGreaterThan(20 * 1024);
  expect(length).toBeLessThan(60 * 1024);
});

it('names the modules of Node by their full names, which bundlers for browsers tell from packages', async () => {
  // Anything else fails to resolve, and with it the build.
  const code = Buffer.from(await bundled('browser')).toString();
  const imported = [...code.matchAll(/(?:from|import) ?"([^"]+)"/g)].map(([, name = '']) => name);
  expect(imported).toContain('node:net');
  expect(imported.filter((name) => !name.startsWith('node:'))).toEqual([]);
});
