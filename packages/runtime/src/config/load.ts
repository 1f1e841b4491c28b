import { invariant } from '@group-services/core';
import * as z from 'zod';

import { readCommandLine } from './command-line.js';
import { type Environment, readEnvironment } from './environment.js';
import { readConfigFile } from './file.js';
import {
  type ConfigOf,
  type Conflict,
  environmentName,
  type OptionSpec,
  type OptionTable,
  optionName,
  type ProgramSpec,
  placeholderOf,
} from './program.js';
import type { Given, Mistake, Written } from './sources.js';

/** What a program was told, checked as a whole; or what to print and the status to exit with. */
export type LoadedConfig<Options extends OptionTable> =
  | {
      readonly ok: true;
      readonly config: ConfigOf<Options>;
      /** Arguments besides options. */
      readonly operands: readonly string[];
      /** For the log. */
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      /** 0: the text was asked for (help, version); 2: it lists mistakes. */
      readonly exitCode: 0 | 2;
      readonly text: string;
      /** What the text lists. */
      readonly mistakes: readonly Mistake[];
    };

export interface ConfigSources {
  /** Arguments without the names of runtime and script: `process.argv.slice(2)`. */
  readonly argv: readonly string[];
  readonly env: Environment;
}

/** Gathers options from command line, environment, file and defaults, and checks them together. */
export function loadConfig<Options extends OptionTable>(
  program: ProgramSpec<Options>,
  { argv, env }: ConfigSources,
): LoadedConfig<Options> {
  const { options } = program;
  const commandLine = readCommandLine({ ...program, checks: undefined, files: undefined }, argv);
  if (commandLine.kind === 'text') {
    return { ok: false, exitCode: 0, text: commandLine.text, mistakes: [] };
  }
  const environment = readEnvironment(options, env);
  const configFile = commandLine.configFile ?? environment.configFile;
  const file =
    configFile === undefined ? undefined : readConfigFile(options, configFile, program.otherKeys);

  const mistakes: Mistake[] = [...commandLine.source.mistakes, ...(file?.mistakes ?? [])];
  const sources = [commandLine.source.given, environment.given, file?.given ?? new Map()];
  const written = merge(options, sources);
  const texts = textsOf(options, written);
  const result = schemaOf(options).safeParse(texts);
  // Sound because the schema was made from the very table that the type is made from.
  const config = result.data as ConfigOf<Options> | undefined;
  if (!result.success) mistakes.push(...result.error.issues.map(explain(options, written)));
  // What a file says that cannot be read is not known, so nothing is compared with it.
  if (file === undefined || file.mistakes.length === 0 || file.given.size > 0) {
    for (const { option, message } of conflictsOf(program, texts)) {
      mistakes.push({ place: placeOf(option, options[option], written.get(option)), message });
    }
  }
  if (mistakes.length > 0 || config === undefined) {
    return { ok: false, exitCode: 2, text: listMistakes(program.name, mistakes), mistakes };
  }
  const { operands, checkOnly } = commandLine;
  if (checkOnly) return checked(program.name, program.files?.(config) ?? []);
  return { ok: true, config, operands, warnings: environment.warnings };
}

/** The answer to `--check-config`, when nothing but files may be wrong. */
function checked(name: string, wrong: readonly string[]) {
  const mistakes = wrong.map((text): Mistake => {
    const [, place = 'files', message = text] = /^(--[a-z-]+): (.*)$/su.exec(text) ?? [];
    return { place, message };
  });
  if (mistakes.length > 0) {
    return { ok: false, exitCode: 2, text: listMistakes(name, mistakes), mistakes } as const;
  }
  const text = `${name}: the configuration has no mistakes\n`;
  return { ok: false, exitCode: 0, text, mistakes } as const;
}

/** What is written for one option, by whoever decides on it, before anything is checked. */
export function textsGiven(
  options: OptionTable,
  { argv, env }: ConfigSources,
  key: string,
  otherKeys?: readonly string[],
): readonly string[] {
  const commandLine = readCommandLine({ name: '', version: '', description: '', options }, argv);
  if (commandLine.kind === 'text') return [];
  const environment = readEnvironment(options, env);
  const configFile = commandLine.configFile ?? environment.configFile;
  const file =
    configFile === undefined ? undefined : readConfigFile(options, configFile, otherKeys);
  const sources = [commandLine.source.given, environment.given, file?.given ?? new Map()];
  return (merge(options, sources).get(key) ?? []).map(({ text }) => text);
}

/** Stands for the value of an option that is wrong. */
const WRONG = Symbol('wrong');

/** What the program's checks say, those left out that look at a value which is wrong by itself. */
function conflictsOf<Options extends OptionTable>(
  { options, checks = [] }: ProgramSpec<Options>,
  texts: Readonly<Record<string, unknown>>,
): readonly Conflict<Options>[] {
  const { shape } = schemaOf(options);
  const values = Object.entries(shape).map(([key, schema]) => {
    const { success, data } = schema.safeParse(texts[key]);
    return [key, success ? data : WRONG];
  });
  const config = new Proxy(Object.fromEntries(values), {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (value === WRONG) throw WRONG;
      return value;
    },
  }) as ConfigOf<Options>;
  return checks.flatMap((check) => {
    try {
      return check(config);
    } catch (error) {
      if (error === WRONG) return [];
      throw error;
    }
  });
}

/** The first source that says something about an option decides; sources are not mixed. */
function merge(options: OptionTable, sources: readonly Given[]): Given {
  const merged = new Map<string, readonly Written[]>();
  for (const [key, spec] of Object.entries(options)) {
    const found = sources.map((source) => source.get(key)).find((one) => one !== undefined);
    const written = found ?? defaultOf(spec);
    if (written !== undefined) merged.set(key, written);
  }
  return merged;
}

function defaultOf(spec: OptionSpec): readonly Written[] | undefined {
  if (spec.default === undefined) return undefined;
  const texts = typeof spec.default === 'string' ? [spec.default] : spec.default;
  return texts.map((text) => ({ text, place: 'default' }));
}

function schemaOf(options: OptionTable) {
  const entries = Object.entries(options).map(([key, spec]): [string, z.ZodType] => {
    const isRequired = spec.default === undefined && spec.optional !== true;
    if (spec.repeatable !== true) {
      return [key, spec.optional === true ? spec.schema.optional() : spec.schema];
    }
    const list = z.array(spec.schema);
    return [key, isRequired ? list.min(1) : list];
  });
  return z.strictObject(Object.fromEntries(entries));
}

function textsOf(options: OptionTable, written: Given): Record<string, unknown> {
  const entries = Object.entries(options).map(([key, spec]) => {
    const texts = written.get(key)?.map(({ text }) => text);
    return [key, spec.repeatable === true ? (texts ?? []) : texts?.[0]];
  });
  return Object.fromEntries(entries);
}

function explain(options: OptionTable, written: Given): (issue: z.core.$ZodIssue) => Mistake {
  return ({ path, message }) => {
    const [key, index] = path;
    const spec = options[String(key)];
    invariant(spec !== undefined, 'the schema has the keys of the option table and no others');
    const texts = written.get(String(key));
    const one = typeof index === 'number' ? texts?.[index] : texts?.[0];
    invariant(one?.place !== 'default', `the default of ${String(key)} is valid`);
    if (one === undefined) return missing(String(key), spec);
    return { place: one.place, message };
  };
}

function missing(key: string, spec: OptionSpec): Mistake {
  const name = optionName(key);
  const ways = `--${name} ${placeholderOf(spec)}, ${environmentName(key, spec)}, or ${name}`;
  return { place: `--${name}`, message: `is required; give ${ways} in the configuration file` };
}

function placeOf(
  key: string,
  spec: OptionSpec | undefined,
  written: readonly Written[] | undefined,
): string {
  const place = written?.[0]?.place;
  if (place !== undefined && place !== 'default') return place;
  return spec === undefined ? key : `--${optionName(key)}`;
}

function listMistakes(name: string, mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ place, message }) => `  ${place}: ${message}`);
  const title = `${name}: ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}`;
  return `${title} in the configuration\n${lines.join('\n')}\nTry ${name} --help.\n`;
}
