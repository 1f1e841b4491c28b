import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** A package of others, and where it is installed. */
interface Other {
  readonly path: string;
  /** What it needs in another version than all others do: it brings that along. */
  readonly brings: string[];
}

/**
 * The tarballs of `npm run pack`, and beside them what they need of others as its registry would give it:
 * all that plain npm must have to install our programs without a network.
 */
export class Packages {
  readonly #folder: string;
  readonly #own: ReadonlyMap<string, string>;

  private constructor(folder: string, own: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.#own = own;
  }

  static async pack(folder: string): Promise<Packages> {
    const out = join(folder, 'own');
    await mkdir(join(folder, 'others'), { recursive: true });
    await run(process.execPath, [join(root, 'tooling/pack-check/pack.mjs'), '--out', out]);
    const files = await readdir(out);
    const own = files.map((file): [string, string] => {
      const name = /^group-services-(.+)-\d+\.\d+\.\d+.*\.tgz$/u.exec(file)?.[1] ?? file;
      return [`@group-services/${name}`, join(out, file)];
    });
    return new Packages(folder, new Map(own));
  }

  /** Installs these of our packages into a folder by plain npm; gives what npm had to say. */
  async install(into: string, paths: readonly string[]): Promise<string> {
    const own = new Set<string>();
    const others = new Map<string, Other>();
    for (const path of paths) await this.#gather(join(root, path), own, others);
    const tarballs = [...own].map((name) => this.#own.get(name) ?? `no tarball of ${name}`);
    const archives = [...others.values()].map((other) => this.#archive(other));
    const quiet = ['--offline', '--omit=optional', '--omit=peer', '--no-audit', '--no-fund'];
    const args = ['install', ...quiet, ...tarballs, ...(await Promise.all(archives))];
    const { stdout, stderr } = await run('npm', args, { cwd: into });
    return `${stdout}${stderr}`;
  }

  /** A package with all that it needs, by names. */
  async #gather(path: string, own: Set<string>, others: Map<string, Other>): Promise<void> {
    const { name, dependencies = {} } = await manifestOf(path);
    const isOwn = this.#own.has(name);
    if (isOwn && own.has(name)) return;
    if (isOwn) own.add(name);
    else others.set(name, { path, brings: [] });
    for (const needed of Object.keys(dependencies)) {
      const found = await installed(path, needed);
      const known = others.get(needed);
      if (known === undefined) await this.#gather(found, own, others);
      else if (known.path !== found) others.get(name)?.brings.push(found);
    }
  }

  /** One folder, whatever that is called, as a registry has it. */
  async #archive({ path, brings }: Other): Promise<string> {
    const { name } = await manifestOf(path);
    const label = name.replace(/^@/u, '').replace('/', '-');
    const copy = join(this.#folder, 'others', label);
    // A copy: equal files of an installed package may be one file, which an archive would tell.
    await cp(path, copy, { recursive: true });
    for (const one of brings) {
      await cp(one, join(copy, 'node_modules', basename(one)), { recursive: true });
    }
    const bundleDependencies = brings.map((one) => basename(one));
    const { scripts = {}, ...manifest } = await manifestOf(copy);
    // A registry has packages behind their `prepare`, of which npm would warn here.
    const { prepare: _, ...kept } = scripts;
    const packed = { ...manifest, scripts: kept, bundleDependencies };
    await writeFile(join(copy, 'package.json'), JSON.stringify(packed));
    await run('tar', ['-czf', `${label}.tgz`, label], { cwd: dirname(copy) });
    return `${copy}.tgz`;
  }
}

async function manifestOf(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Manifest;
}

/** Where a package finds what it needs: below it, or beside it in pnpm's store. */
async function installed(path: string, needed: string): Promise<string> {
  const store = /^(.*\/node_modules)\/(?:@[^/]+\/)?[^/]+$/u.exec(path)?.[1];
  const below = join(path, 'node_modules', needed);
  return await realpath(below).catch(async (error: unknown) => {
    if (store === undefined) throw error;
    return await realpath(join(store, needed));
  });
}
