import {
  ATTRIBUTE_NAMES,
  groupNameProblem,
  type PartialAttributes,
  utf8Length,
} from '@group-services/wire';
import type { GroupAttributes, Phases } from '../api/attributes.js';
import { type ArgumentLimits, invalid, MILLISECONDS_MAX, unknownName } from './arguments.js';

/** Checks and conversions of group attributes and phases. */

const PHASES_MAX = 1_000_000;

type Check = (value: unknown, limits: ArgumentLimits) => string | undefined;

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value)
      ? undefined
      : `must be ${values.map((v) => JSON.stringify(v)).join(' or ')}`;

const wholeUpTo =
  (max: number): Check =>
  (value) =>
    isWhole(value, 0, max) ? undefined : `must be a whole number from 0 to ${max}`;

const checks: Readonly<Record<keyof GroupAttributes, Check>> = {
  version: versionProblem,
  joinPhases: phasesProblem,
  failurePhases: phasesProblem,
  batch: oneOf('none', 'joins', 'departures', 'both'),
  batchWindow: wholeUpTo(MILLISECONDS_MAX),
  defaultVote: oneOf('approve', 'reject'),
  timeLimit: wholeUpTo(MILLISECONDS_MAX),
  maxPhases: wholeUpTo(PHASES_MAX),
  contention: oneOf('queue', 'drop'),
  joinersVote: oneOf(true, false),
  delivery: oneOf('safe', 'agreed'),
  unresponsive: oneOf('announce', 'remove'),
  strict: oneOf(true, false),
  source: sourceProblem,
  castOutPhases: phasesProblem,
};

/** The attributes that were given, checked; names that are undefined count as left out. */
export function attributesOf(given: unknown, limits: ArgumentLimits): PartialAttributes {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null) throw invalid('attributes', 'must be an object');
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!isAttributeName(name)) {
      throw unknownName(`attributes.${name}`, name, ATTRIBUTE_NAMES);
    }
    const problem = checks[name](value, limits);
    if (problem !== undefined) {
      const tooLong = name === 'version' && typeof value === 'string';
      throw invalid(`attributes.${name}`, problem, tooLong ? 'attributeValue' : undefined);
    }
    checked[name] = value;
  }
  return checked as PartialAttributes; // Each field has passed its check.
}

/** Phases that were given for a proposal. */
export function phasesOf(phases: unknown, fallback: Phases): Phases {
  if (phases === undefined) return fallback;
  const problem = phasesProblem(phases);
  if (problem !== undefined) throw invalid('phases', problem);
  return phases as Phases; // It has passed its check.
}

/** Attributes as the wire has them, in the form of the public contract. */
export function publicAttributes(
  attributes: PartialAttributes & Omit<GroupAttributes, 'version'>,
): GroupAttributes {
  return Object.freeze({ ...attributes, version: attributes.version });
}

export function isAttributeName(name: string): name is keyof GroupAttributes {
  return (ATTRIBUTE_NAMES as readonly string[]).includes(name);
}

function versionProblem(value: unknown, limits: ArgumentLimits): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must be finite';
  if (typeof value !== 'string') return 'must be a text or a number';
  if (utf8Length(value) <= limits.attributeValue) return undefined;
  return `must have at most ${limits.attributeValue} bytes`;
}

function sourceProblem(value: unknown): string | undefined {
  return typeof value === 'string' ? groupNameProblem(value) : 'must be the name of a group';
}

function phasesProblem(value: unknown): string | undefined {
  if (value === 1 || value === 'voting') return undefined;
  const exactly =
    typeof value === 'object' && value !== null && 'exactly' in value ? value.exactly : undefined;
  if (isWhole(exactly, 1, PHASES_MAX)) return undefined;
  return `must be 1, "voting" or { exactly: n } with n from 1 to ${PHASES_MAX}`;
}

function isWhole(value: unknown, from: number, to: number): boolean {
  return Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
}
