import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plugged, type Transport, transportProblem } from '@group-services/transport';

import { BUILT_IN } from '../config/values.js';

/**
 * Transports that an operator brings: `--transport ./mine.js`, or the name of a package. Its module gives a
 * transport, or a function that makes one, as `transport` or as its default export. A path and a package are
 * looked for from the working directory, a package also where the program itself is installed.
 */
export interface PluggedTransports {
  readonly transports: readonly Transport[];
  /** By what was written: why it gives no transport. */
  readonly problems: ReadonlyMap<string, string>;
}

export const NO_TRANSPORTS: PluggedTransports = { transports: [], problems: new Map() };

/** Loads each once, in the order given. */
export async function loadTransports(written: readonly string[]): Promise<PluggedTransports> {
  const transports: Transport[] = [];
  const problems = new Map<string, string>();
  for (const one of new Set(written)) {
    const loaded = await load(one);
    const problem = typeof loaded === 'string' ? loaded : clash(loaded, transports);
    if (typeof loaded === 'string' || problem !== undefined) problems.set(one, problem ?? '');
    else transports.push(plugged(loaded));
  }
  return { transports, problems };
}

function clash({ scheme }: Transport, others: readonly Transport[]): string | undefined {
  if (BUILT_IN.has(scheme)) return `its scheme ${scheme}:// is taken: programs have that already`;
  const isTwice = others.some((other) => other.scheme === scheme);
  return isTwice ? `its scheme ${scheme}:// is that of another --transport` : undefined;
}

/** The transport, or what is wrong. */
async function load(written: string): Promise<Transport | string> {
  const found = await urlOf(written);
  if (found.url === undefined) return found.why;
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(found.url);
  } catch (error) {
    return `cannot be loaded: ${messageOf(error)}`;
  }
  const given = module['transport'] ?? module['default'];
  if (given === undefined) {
    const names = Object.keys(module).join(', ') || 'nothing';
    return `must export its transport, or a function that makes it, as transport or as its default; it exports ${names}`;
  }
  try {
    const made: unknown = typeof given === 'function' ? await given() : given;
    const problem = transportProblem(made);
    // It has the shape.
    return problem === undefined ? (made as Transport) : `gives no transport: ${problem}`;
  } catch (error) {
    return `cannot make its transport: ${messageOf(error)}`;
  }
}

type Found =
  | { readonly url: string; readonly why?: undefined }
  | { readonly why: string; readonly url?: undefined };

/** The address of the module, or why it is not found. */
async function urlOf(written: string): Promise<Found> {
  if (written.startsWith('file:')) return { url: written };
  if (/^\.{0,2}\//u.test(written) || isAbsolute(written)) {
    const path = resolve(written);
    return existsSync(path)
      ? { url: pathToFileURL(path).href }
      : { why: `cannot be loaded: there is no file ${path}` };
  }
  const { resolve: resolveModule } = await import('import-meta-resolve');
  const parents = [pathToFileURL(`${process.cwd()}/`).href, import.meta.url];
  let why = '';
  for (const parent of parents) {
    try {
      return { url: resolveModule(written, parent) };
    } catch (error) {
      why = why === '' ? messageOf(error) : why;
    }
  }
  const hint = existsSync(resolve(written)) ? `; for the file write ./${written}` : '';
  return { why: `is not found as a package: ${why}${hint}` };
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
