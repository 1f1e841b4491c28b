// Packs every publishable package as a registry would give it out: `npm run pack [-- --out DIR]` leaves
// the tarballs in DIR (`packed` unless told otherwise). They name each other by version, so whoever has
// them all can install them with plain npm.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const out = resolve(root, outOf(process.argv.slice(2)));
mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) if (name.endsWith('.tgz')) rmSync(join(out, name));
const filters = publishable().flatMap((path) => ['--filter', `./${path}`]);
const child = spawn('pnpm', ['-r', ...filters, 'pack', '--pack-destination', out], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
child.on('error', (error) => {
  console.error(`pnpm pack: ${error.message}; try npm run setup`);
  process.exitCode = 1;
});
child.on('close', (code) => {
  const made = readdirSync(out).filter((name) => name.endsWith('.tgz'));
  console.log(`${made.length} packages in ${out}`);
  process.exitCode = code ?? 1;
});

function publishable() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`)
      .filter((path) => {
        const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
        return manifest.private !== true;
      }),
  );
}

function outOf(args) {
  const at = args.indexOf('--out');
  if (at < 0) return 'packed';
  if (args[at + 1] !== undefined) return args[at + 1];
  console.error('--out is followed by a folder');
  process.exit(2);
}
