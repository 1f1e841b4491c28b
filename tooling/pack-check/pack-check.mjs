// Packs every publishable package and looks at the tarball as its user will get it: publint for the
// manifest, "are the types wrong" for the declarations, and our own rules for what must not leave.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/**
 * We publish ES modules only. From 20.19 on Node loads them with `require`, so that is no problem; a
 * resolver that knows no `exports` finds the main entry.
 */
const isPromised = ({ kind, resolutionKind, entrypoint }) =>
  kind !== 'CJSResolvesToESM' && (resolutionKind !== 'node10' || entrypoint === '.');
const PACKING_AT_ONCE = 2;

const folder = mkdtempSync(join(tmpdir(), 'pack-check-'));
try {
  const waiting = publishable();
  const total = waiting.length;
  const problems = [];
  const worker = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      for (const text of await inspect(path)) problems.push(`${path}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: PACKING_AT_ONCE }, worker));
  for (const problem of problems.sort()) console.error(problem);
  console.log(`${total} packages packed, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function publishable() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((path) => {
        const manifest = manifestOf(path);
        return manifest !== undefined && manifest.private !== true;
      }),
  );
}

function manifestOf(path) {
  try {
    return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function inspect(path) {
  const packed = await pack(path);
  if (packed.error !== undefined) return [packed.error];
  const data = readFileSync(packed.tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) },
    strict: true,
  });
  return [
    ...messages.map((message) => formatMessage(message, pkg, { color: false })),
    ...leftovers(pkg),
    ...(await typeProblems(data, pkg)),
  ];
}

/** What only makes sense inside the repository must be gone from the packed manifest. */
function leftovers(manifest) {
  const text = JSON.stringify({ ...manifest, scripts: undefined, devDependencies: undefined });
  return ['workspace:', 'catalog:', 'group-services-source', 'publishConfig":{"exports']
    .filter((word) => text.includes(word))
    .map((word) => `the packed manifest still says "${word}"`);
}

async function typeProblems(data, manifest) {
  // A program without an importable entry has no declarations to judge.
  if (manifest.exports === undefined && manifest.main === undefined) return [];
  const { types, problems = [] } = await checkPackage(
    createPackageFromTarballData(new Uint8Array(data)),
  );
  if (types === false) return ['no type declarations in the tarball'];
  return problems
    .filter(isPromised)
    .map(
      (problem) =>
        `types: ${problem.kind} at ${problem.entrypoint ?? basename(problem.fileName ?? '?')}`,
    );
}

function pack(path) {
  return new Promise((done) => {
    const out = join(folder, path.replace('/', '-'));
    const child = spawn('pnpm', ['pack', '--json', '--pack-destination', out], {
      cwd: join(root, path),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const chunks = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].on('data', (chunk) => {
        chunks[stream] += chunk;
      });
    }
    child.on('error', (error) => done({ error: `pnpm pack: ${error.message}` }));
    child.on('close', (code) => {
      if (code !== 0) return done({ error: `pnpm pack failed: ${chunks.stderr}${chunks.stdout}` });
      // Before it stands what a script of the package has said.
      const answer = chunks.stdout.slice(chunks.stdout.search(/^\{/m));
      done({ tarball: JSON.parse(answer).filename });
    });
  });
}
