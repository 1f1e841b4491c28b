import * as z from 'zod/mini';
import { groupNameField } from './fields.js';
import { LIMITS } from './limits.js';
import { object } from './object-schema.js';

/** Attributes of a process group (`client-api.d.ts`, GroupAttributes), set by its first provider. */

export const PHASES_MAX = 1_000_000;

export const phasesSchema = z.union([
  z.literal(1),
  z.literal('voting'),
  object({ exactly: z.int().check(z.gte(1), z.lte(PHASES_MAX)) }),
]);

const milliseconds = z.int().check(z.gte(0), z.lte(0x7fffffff));

const attributeFields = {
  version: z.optional(z.union([z.string().check(z.maxLength(LIMITS.attributeValue)), z.number()])),
  joinPhases: phasesSchema,
  failurePhases: phasesSchema,
  batch: z.enum(['none', 'joins', 'departures', 'both']),
  batchWindow: milliseconds,
  defaultVote: z.enum(['approve', 'reject']),
  timeLimit: milliseconds,
  maxPhases: z.int().check(z.gte(0), z.lte(1_000_000)),
  contention: z.enum(['queue', 'drop']),
  joinersVote: z.boolean(),
  delivery: z.enum(['safe', 'agreed']),
  unresponsive: z.enum(['announce', 'remove']),
  /** Left out is the same as false. */
  strict: z.optional(z.boolean()),
  /** The group on whose providers, of their own node, those of this group depend; for a whole life. */
  source: z.optional(groupNameField),
  /** Left out is the same as 1. */
  castOutPhases: z.optional(phasesSchema),
};

export const attributesSchema = object(attributeFields);
export const partialAttributesSchema = z.partial(z.strictObject(attributeFields));

export type Phases = z.infer<typeof phasesSchema>;
export type Attributes = z.infer<typeof attributesSchema>;
export type PartialAttributes = z.infer<typeof partialAttributesSchema>;
export type AttributeName = keyof Attributes;

export const DEFAULT_ATTRIBUTES: Attributes = {
  joinPhases: 1,
  failurePhases: 1,
  batch: 'none',
  batchWindow: 50,
  defaultVote: 'reject',
  timeLimit: 30_000,
  maxPhases: 0,
  contention: 'queue',
  joinersVote: true,
  delivery: 'safe',
  unresponsive: 'announce',
};

/** In the order in which differences are listed. */
export const ATTRIBUTE_NAMES: readonly AttributeName[] = [
  'version',
  'joinPhases',
  'failurePhases',
  'batch',
  'batchWindow',
  'defaultVote',
  'timeLimit',
  'maxPhases',
  'contention',
  'joinersVote',
  'delivery',
  'unresponsive',
  'strict',
  'source',
  'castOutPhases',
];

export interface AttributeDifference {
  readonly attribute: AttributeName;
  readonly given: unknown;
  readonly group: unknown;
}

function sameAttribute(name: AttributeName, given: PartialAttributes, group: Attributes): boolean {
  if (name === 'strict') return (given.strict ?? false) === (group.strict ?? false);
  if (name === 'castOutPhases') {
    return sameValue(given.castOutPhases ?? 1, group.castOutPhases ?? 1);
  }
  return sameValue(given[name], group[name]);
}

function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    return 'exactly' in a && 'exactly' in b && a.exactly === b.exactly;
  }
  return a === b;
}

/** The attributes that were given and differ from the group's. */
export function attributeDifferences(
  given: PartialAttributes,
  group: Attributes,
): AttributeDifference[] {
  return ATTRIBUTE_NAMES.filter(
    (name) => given[name] !== undefined && !sameAttribute(name, given, group),
  ).map((name) => ({ attribute: name, given: given[name], group: group[name] }));
}

/**
 * What keeps a joiner out (prescreen, M22): what it gave and the group has otherwise; of a strict group
 * also what it did not give.
 */
export function prescreenDifferences(
  given: PartialAttributes,
  group: Attributes,
): AttributeDifference[] {
  if (group.strict !== true) return attributeDifferences(given, group);
  return ATTRIBUTE_NAMES.filter((name) => !sameAttribute(name, given, group)).map((name) => ({
    attribute: name,
    given: given[name],
    group: group[name],
  }));
}

/** `base` with every attribute of `given` that is not undefined. */
export function withAttributes(base: Attributes, given: PartialAttributes): Attributes {
  const merged: Record<string, unknown> = { ...base };
  for (const name of ATTRIBUTE_NAMES) if (given[name] !== undefined) merged[name] = given[name];
  return merged as Attributes;
}
