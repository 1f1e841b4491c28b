import { type GroupName, nearest } from '@group-services/core';
import {
  groupNameProblem,
  isInstance,
  type Labels,
  LIMITS,
  labelsProblem,
  utf8Length,
} from '@group-services/wire';
import { InvalidArgumentError } from '../api/errors.js';

/**
 * Checks of what callers pass. Each throws an InvalidArgumentError naming the argument, and every
 * public method turns a throw into a rejected promise.
 */

/** Longest time that a timer of Node or of the daemon can wait, in milliseconds. */
export const MILLISECONDS_MAX = 0x7fffffff;

/** Longest label of a process on the wire, in characters. */
const NAME_LENGTH_MAX = 256;

/** Limits of the daemon that a process must keep, in bytes except the last. */
export interface ArgumentLimits {
  readonly stateValue: number;
  readonly message: number;
  readonly attributeValue: number;
  readonly reason: number;
  readonly membershipsPerProcess: number;
}

/**
 * The limits that WELCOME announced. Nothing can be larger than the frames and fields of the wire
 * allow, whatever a daemon is configured to.
 */
export function argumentLimits(announced: Readonly<Record<string, number>>): ArgumentLimits {
  const limit = (name: keyof ArgumentLimits, most: number): number =>
    Math.min(announced[name] ?? LIMITS[name], most);
  const payloadMax = LIMITS.frame - 4096;
  return {
    stateValue: limit('stateValue', payloadMax),
    message: limit('message', payloadMax),
    attributeValue: limit('attributeValue', LIMITS.attributeValue),
    reason: limit('reason', LIMITS.reason),
    membershipsPerProcess: limit('membershipsPerProcess', Number.MAX_SAFE_INTEGER),
  };
}

/** An InvalidArgumentError; `problem` completes the sentence that begins with the argument. */
export function invalid(argument: string, problem: string, limit?: string): InvalidArgumentError {
  return new InvalidArgumentError(`${argument} ${problem}`, { argument, limit });
}

/** Every name that a kind of options has, so that others are found. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/**
 * Options must be an object that has none but these; left out, they are empty. `within`: of which option
 * they are the value.
 */
export function optionsOf<T extends object>(
  options: T | undefined,
  names: OptionNames<Required<T>>,
  within = '',
): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null) {
    throw invalid(within === '' ? 'options' : within, 'must be an object');
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !Object.hasOwn(names, name)) {
      const known = Object.keys(names).filter((each) => !each.startsWith('~'));
      throw unknownName(within === '' ? name : `${within}.${name}`, name, known);
    }
  }
  return options;
}

/** A name that does not exist, and the one that may have been meant. */
export function unknownName(
  argument: string,
  name: string,
  known: readonly string[],
): InvalidArgumentError {
  const meant = nearest(name, known);
  const hint = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
  const problem = argument.endsWith(name) ? 'does not exist' : `cannot be ${name}`;
  return invalid(argument, `${problem}; ${hint}`);
}

export function checkGroupName(name: unknown): asserts name is GroupName {
  if (typeof name !== 'string') {
    throw invalid('group', 'must be a name or what defineGroup returned');
  }
  const problem = groupNameProblem(name);
  if (problem === undefined) return;
  const limit = utf8Length(name) > LIMITS.groupName ? 'groupName' : undefined;
  throw new InvalidArgumentError(`group: ${problem}`, { argument: 'group', limit });
}

export function checkInstance(instance: unknown): void {
  if (instance === undefined) return;
  if (typeof instance === 'string' && isInstance(instance)) return;
  const tooLong = typeof instance === 'string' && instance.length > LIMITS.instance;
  const problem = `must have 1 to ${LIMITS.instance} printable ASCII characters without /`;
  throw invalid('instance', problem, tooLong ? 'instance' : undefined);
}

/** A copy of the labels, which belong to the caller; undefined when there are none. */
export function labelsOf(labels: Labels | undefined): Labels | undefined {
  if (labels === undefined) return undefined;
  const problem = labelsProblem(labels);
  if (problem !== undefined) {
    throw invalid('labels', problem, problem.includes('bytes') ? 'labels' : undefined);
  }
  const given = Object.entries(labels);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

export function checkName(name: unknown): void {
  if (name === undefined) return;
  if (typeof name !== 'string' || name === '') throw invalid('name', 'must be a text');
  if (name.length <= NAME_LENGTH_MAX) return;
  throw invalid('name', `must have at most ${NAME_LENGTH_MAX} characters`, 'name');
}

export function checkFunction(argument: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw invalid(argument, 'must be a function');
}

/** A function that may not be left out. */
export function checkCallback(argument: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(argument, 'must be a function');
}

export function checkBoolean(argument: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw invalid(argument, 'must be true or false');
}

export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw invalid('signal', 'must be an AbortSignal');
}

/** A duration; `fallback` when it was left out. */
export function millisecondsOf(argument: string, value: unknown, fallback: number): number {
  return optionalMilliseconds(argument, value) ?? fallback;
}

/** A duration that may be left out. */
export function optionalMilliseconds(argument: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= 0 && value <= MILLISECONDS_MAX) return value;
  throw invalid(argument, `must be milliseconds from 0 to ${MILLISECONDS_MAX}`);
}

/** The text given to `leave` or `expel`. */
export function checkReason(reason: unknown, limits: ArgumentLimits): void {
  if (reason === undefined) return;
  if (typeof reason !== 'string') throw invalid('reason', 'must be a text');
  if (utf8Length(reason) <= limits.reason) return;
  throw invalid('reason', `must have at most ${limits.reason} bytes`, 'reason');
}

/** What `expel` is given; throws for itself, doubles and what is no text. */
export function checkTargets(targets: unknown, self: string): asserts targets is string[] {
  const argument = 'providerIds';
  if (!Array.isArray(targets) || targets.some((target) => typeof target !== 'string')) {
    throw invalid(argument, 'must be an array of provider ids');
  }
  if (targets.length === 0) throw invalid(argument, 'must name at least one provider');
  if (targets.length > TARGETS_MAX) {
    throw invalid(argument, `must name at most ${TARGETS_MAX} providers`, argument);
  }
  if (targets.includes(self)) {
    throw invalid(argument, `must not name the proposer itself (${self}); use leave()`);
  }
  if (new Set(targets).size !== targets.length) throw invalid(argument, 'must not hold doubles');
}

const TARGETS_MAX = 10_000;

/** Whether a text has the form of a provider id; no other can be in a list. */
export function isProviderId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}\/[\x20-\x2e\x30-\x7e]{1,64}$/.test(text);
}

/** Bytes of a state value or message that is given to a call, within its limit. */
export function checkSize(
  bytes: Uint8Array,
  kind: 'stateValue' | 'message',
  limits: ArgumentLimits,
): void {
  if (bytes.length <= limits[kind]) return;
  throw invalid(kind, `has ${bytes.length} bytes; at most ${limits[kind]} are allowed`, kind);
}
