import type { z } from 'zod';

import { CHOICES_META, FLAG_META, PLACEHOLDER_META, RANGE_META } from './values.js';

/**
 * One option of a program, from which its command-line form, its environment variable, its key in
 * the configuration file, its line of help and its check follow.
 *
 * Without `default` it is required, unless it is `optional`.
 */
export interface OptionSpec {
  /** From the text that was written to the value; see `duration`, `size`, `address` and the others. */
  readonly schema: z.ZodType<unknown, string>;
  /** As a person would write it; a list for a repeatable option. */
  readonly default?: string | readonly string[] | undefined;
  /** What is said instead of a default that differs between machines, or follows from other options. */
  readonly defaultText?: string | undefined;
  /** May be missing, and is then undefined. */
  readonly optional?: boolean | undefined;
  /** Given several times, comma-separated in the environment, a list in the file. */
  readonly repeatable?: boolean | undefined;
  /** One sentence without its full stop. */
  readonly description: string;
  /** What stands for the value in the help, such as `ADDRESS`; what its schema says when left out. */
  readonly placeholder?: string | undefined;
  /** The environment variable if it is not `GS_` and the option's name. */
  readonly environment?: string | undefined;
}

/** All options of a program by their name in code: `nameServer` is written `--name-server`. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The checked values of an option table. */
export type ConfigOf<Options extends OptionTable> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]>;
};

type ValueOf<Spec extends OptionSpec> = Spec extends { readonly repeatable: true }
  ? readonly z.output<Spec['schema']>[]
  : Spec extends { readonly optional: true }
    ? z.output<Spec['schema']> | undefined
    : z.output<Spec['schema']>;

/** A mistake that only shows when several options are looked at together. */
export interface Conflict<Options extends OptionTable> {
  /** The option that it is reported at. */
  readonly option: keyof Options & string;
  readonly message: string;
}

/** Looks at several options together. */
export type Check<Options extends OptionTable> = (
  config: ConfigOf<Options>,
) => readonly Conflict<Options>[];

/** What a program is called and which options it has. */
export interface ProgramSpec<Options extends OptionTable> {
  readonly name: string;
  readonly version: string;
  /** One sentence for the help. */
  readonly description: string;
  readonly options: Options;
  /** Arguments besides options, such as the command of a tool; without it there are none. */
  readonly operands?: { readonly usage: string } | undefined;
  /** Keys of the configuration file that belong to others, such as another command of a tool. */
  readonly otherKeys?: readonly string[] | undefined;
  /** Each is called unless one of the values that it looks at is wrong by itself. */
  readonly checks?: readonly Check<Options>[] | undefined;
  /**
   * What is wrong with the files that options name, each beginning with its option. Only `--check-config` asks: a
   * program that starts reads them itself.
   */
  readonly files?: ((config: ConfigOf<Options>) => readonly string[]) | undefined;
}

/** Fixes the types of a program's option table. */
export function defineProgram<const Options extends OptionTable>(
  program: ProgramSpec<Options>,
): ProgramSpec<Options> {
  return program;
}

/** `nameServer` → `name-server`: the name on the command line and in the file. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** `nameServer` → `GS_NAME_SERVER`. */
export function environmentName(key: string, spec: OptionSpec): string {
  return spec.environment ?? `GS_${optionName(key).replaceAll('-', '_').toUpperCase()}`;
}

/** Whether the option takes no value on the command line. */
export function isFlag(spec: OptionSpec): boolean {
  return spec.schema.meta()?.[FLAG_META] === true;
}

/** What stands for the value of an option: `DURATION`. */
export function placeholderOf(spec: OptionSpec): string {
  const own = spec.schema.meta()?.[PLACEHOLDER_META];
  return spec.placeholder ?? (typeof own === 'string' ? own : 'VALUE');
}

/** Between which limits a number has to be, in words. */
export function rangeOf(spec: OptionSpec): string | undefined {
  const range = spec.schema.meta()?.[RANGE_META];
  return typeof range === 'string' ? range : undefined;
}

/** The words that the option may have, when it is one of a few. */
export function choicesOf(spec: OptionSpec): readonly string[] {
  const words = spec.schema.meta()?.[CHOICES_META];
  return Array.isArray(words) ? words : [];
}
