import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

// What a program that is bundled carries of the library, from the sources and with everything that they
// import.

async function bundled(code: string, platform: 'node' | 'browser' = 'node'): Promise<Uint8Array> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform,
    target: 'node20',
    conditions: ['group-services-source'],
    external: ['node:*'],
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/**
 * msgpack and the checks of what comes from daemons are a quarter of it. One `import 'zod'` instead of
 * `zod/mini` in what the library imports brings 18 KiB more (ADR 0035).
 */
const KIB_MAX = 60;

it('is small, gzipped, with all that it needs', async () => {
  const all = await bundled(`export * from '../src/index.js'`);
  expect(gzipSync(all).length).toBeLessThan(KIB_MAX * 1024);
});

it('leaves out what a program does not use', async () => {
  const one = await bundled(`export { approve } from '../src/index.js'`);
  expect(one.length).toBeLessThan(2_000);
});

it('has nothing that a bundler for browsers stumbles over', async () => {
  const code = Buffer.from(await bundled(`export * from '../src/index.js'`, 'browser')).toString();
  // Modules of Node by their full names, which the bundler's user replaces or leaves out.
  const imported = [...code.matchAll(/(?:from|import) ?"([^"]+)"/g)].map(([, name]) => name);
  expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([]);
  expect(code).not.toMatch(/\brequire\("/);
});
