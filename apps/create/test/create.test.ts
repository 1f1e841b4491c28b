import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

// A project is made as a user makes it, compiled, tested, and its domain is started; only the installation is
// replaced by links to the packages of this repository.

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'apps/create/dist/create.js');
const compiler = join(root, 'tooling/tsconfig/tsc7.mjs');

let folder = '';
let project = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'create-'));
  project = join(folder, 'My Team');
  expect((await run([program, project])).text).toContain('npm run dev');
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, '@group-services'), { recursive: true });
  await mkdir(join(modules, '@types'));
  for (const name of ['client', 'recipes', 'testing']) {
    await symlink(join(root, 'packages', name), join(modules, '@group-services', name));
  }
  const installed = join(root, 'apps/create/node_modules');
  await symlink(join(installed, 'zod'), join(modules, 'zod'));
  await symlink(join(installed, '@types/node'), join(modules, '@types/node'));
  expect(await run([compiler], project)).toEqual({ status: 0, text: '' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(args: readonly string[], cwd = folder): Promise<{ status: unknown; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, out, err) => {
      resolve({ status: error === null ? 0 : error.code, text: out + err });
    });
  });
}

it('makes a project whose test passes', async () => {
  const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  expect(manifest.name).toBe('my-team');
  expect(await readFile(join(project, '.gitignore'), 'utf8')).toContain('node_modules/');
  const { status, text } = await run(['--test', 'dist/test/team.test.js'], project);
  expect(text).toMatch(/pass 2/);
  expect(status).toBe(0);
});

it('makes a project that rolls a version out by votes', async () => {
  const { status, text } = await run(['dist/src/rollout.js'], project);
  expect(status).toBe(0);
  expect(text).toContain('version 1 is committed');
  expect(text.match(/version 1 is in force/g)).toHaveLength(3);
  expect(text).toMatch(/version 2 is aborted: n3\/\S+ says "no room for version 2"/);
  expect(text).not.toContain('version 2 is in force');
});

it('makes a project whose domain runs, and whose processes vote', async () => {
  const domain = spawn(process.execPath, ['dist/src/dev.js'], { cwd: project });
  onTestFinished(() => void domain.kill());
  const text = await said(domain, [
    // By whoever joined first: three processes start at once.
    '"everything at once" was rejected',
    '"one step at a time" was approved',
    'says let us go',
    'Ctrl-C ends it all',
  ]);
  expect(text).toMatch(/Kill one, .*: kill -9 \d+/);
  const ended = new Promise((resolve) => domain.once('exit', resolve));
  domain.kill('SIGTERM');
  expect(await ended).toBe(0);
});

/** Everything it printed, as soon as all of these are in it. */
function said(child: ChildProcess, words: readonly string[]): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const onText = (chunk: Buffer): void => {
      text += chunk.toString();
      if (words.every((each) => text.includes(each))) resolve(text);
    };
    child.stdout?.on('data', onText);
    child.stderr?.on('data', onText);
    child.once('exit', () => reject(new Error(text)));
  });
}

it('writes into no folder that has something in it, and says what to do', async () => {
  const taken = join(folder, 'taken');
  await mkdir(taken);
  await writeFile(join(taken, 'precious'), '');
  const full = await run([program, taken]);
  expect(full).toMatchObject({ status: 1, text: expect.stringContaining('is not empty; give') });
  const file = await run([program, join(taken, 'precious')]);
  expect(file).toMatchObject({ status: 1, text: expect.stringContaining('is a file; give') });
  expect(await run([program, '--what'])).toMatchObject({ status: 2 });
  expect((await run([program, '--help'])).text).toContain('npm create group-services FOLDER');
});
