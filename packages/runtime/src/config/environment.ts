import { nearest } from '@group-services/core';
import { environmentName, type OptionTable } from './program.js';
import type { SourceResult, Written } from './sources.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const CONFIG_FILE = 'GS_CONFIG';

export interface EnvironmentResult extends SourceResult {
  readonly configFile: string | undefined;
  /** Variables that look like ours and are not; see {@link readEnvironment}. */
  readonly warnings: readonly string[];
}

/**
 * Reads `GS_…` variables. An empty one counts as not set.
 *
 * An unknown `GS_…` variable is a warning, not a mistake: the programs of a domain often share one
 * environment, and container systems invent variables from service names (`GS_PORT` for a service
 * named `gs`). Unknown keys in a file and on the command line are mistakes.
 */
export function readEnvironment(options: OptionTable, env: Environment): EnvironmentResult {
  const given = new Map<string, readonly Written[]>();
  const known = new Set([CONFIG_FILE]);
  for (const [key, spec] of Object.entries(options)) {
    const place = environmentName(key, spec);
    known.add(place);
    const value = env[place];
    if (value === undefined || value === '') continue;
    const texts = spec.repeatable === true ? value.split(',') : [value];
    const written = texts.map((text) => ({ text: text.trim(), place }));
    given.set(key, written);
  }
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith('GS_') && !known.has(name))
    .sort()
    .map((name) => unknownVariable(name, [...known]));
  const configFile = env[CONFIG_FILE] === '' ? undefined : env[CONFIG_FILE];
  return { given, mistakes: [], configFile, warnings };
}

function unknownVariable(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `the environment variable ${name} is not an option of this program and is ignored${hint}`;
}
