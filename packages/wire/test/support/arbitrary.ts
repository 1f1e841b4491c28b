import type { DaemonId, GroupName, MembershipId, NodeName } from '@group-services/core';
import fc from 'fast-check';
import type * as z from 'zod/mini';
import {
  bytesField,
  daemonIdField,
  groupNameField,
  instanceField,
  membershipIdField,
  nodeNameField,
  providerIdField,
  traceField,
} from '../../src/fields.js';
import { labelsField, labelsOfProvidersField } from '../../src/labels.js';
import { digestField } from '../../src/name-server-messages.js';

/** Arbitrary messages made from the schemas themselves, so that no field can be forgotten. */

const nodeName = fc
  .oneof(fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/), fc.constant('x'.repeat(64)))
  .map((name) => name as NodeName);
const daemonId = fc.tuple(nodeName, fc.maxSafeNat()).map(([n, i]) => `${n}.${i}` as DaemonId);
const instance = fc.oneof(
  fc.stringMatching(/^[\x20-\x2e\x30-\x7e]{1,8}$/),
  fc.constant('~'.repeat(64)),
);

export const membershipId: fc.Arbitrary<MembershipId> = fc
  .tuple(daemonId, fc.nat(0xffffffff))
  .map(([daemon, joinNo]) => `${daemon}.${joinNo}` as MembershipId);
export const u32: fc.Arbitrary<number> = fc.nat(0xffffffff);
export const u53: fc.Arbitrary<number> = fc.maxSafeNat();
export const payload: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  // Longer than the scratch buffer of the headers.
  fc.constant(new Uint8Array(600).fill(0xc1)),
);

const groupName = fc
  .oneof(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), fc.constant('ß'.repeat(127)))
  .filter((name) => groupNameField.safeParse(name).success)
  .map((name) => name as GroupName);

/** Anything that a field of unknown kind may carry. */
const unknown = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }),
  fc.record({ exactly: fc.integer() }),
  fc.array(fc.integer(), { maxLength: 3 }),
);

const labels = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  { maxKeys: 3, noNullPrototype: true },
);
const providerId = fc.tuple(nodeName, instance).map(([n, i]) => `${n}/${i}`);

// Fields whose rule is code are known by identity.
const byIdentity = new Map<unknown, fc.Arbitrary<unknown>>([
  [nodeNameField, nodeName],
  [daemonIdField, daemonId],
  [membershipIdField, membershipId],
  [bytesField, payload],
  [groupNameField, groupName],
  [instanceField, instance],
  [providerIdField, providerId],
  [labelsField, labels],
  [digestField, fc.stringMatching(/^[0-9a-f]{32}$/)],
  [traceField, fc.stringMatching(/^[\x21-\x7e]{1,12}$/)],
  [
    labelsOfProvidersField,
    fc.dictionary(providerId, labels, { maxKeys: 3, noNullPrototype: true }),
  ],
]);

/** The parts of a schema's definition that the schemas of this package use. */
interface Definition {
  readonly type: string;
  readonly shape: Readonly<Record<string, z.ZodMiniType>>;
  readonly options: readonly z.ZodMiniType[];
  readonly element: z.ZodMiniType;
  readonly innerType: z.ZodMiniType;
  readonly keyType: z.ZodMiniType;
  readonly valueType: z.ZodMiniType;
  readonly values: readonly unknown[];
  readonly entries: Readonly<Record<string, string>>;
}

/** What a number, or the length of a text, may be. */
interface Bounds {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly isWhole: boolean;
}

/** The bounds as the checks of a schema have them. */
function boundsOf({ def }: z.ZodMiniType): Bounds {
  const checks = (def.checks ?? []).map((check) => check._zod.def as Check);
  const of = (...kinds: string[]) => checks.find(({ check }) => kinds.includes(check));
  const least = of('greater_than', 'min_length');
  const most = of('less_than', 'max_length');
  return {
    minimum: least?.minimum ?? least?.value,
    maximum: most?.maximum ?? most?.value,
    isWhole: 'format' in def && def.format === 'safeint',
  };
}

interface Check {
  readonly check: string;
  readonly value?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export function arbitraryOf<T>(schema: z.ZodMiniType<T>): fc.Arbitrary<T> {
  return anyOf(schema) as fc.Arbitrary<T>;
}

function anyOf(schema: z.ZodMiniType): fc.Arbitrary<unknown> {
  const known = byIdentity.get(schema);
  if (known !== undefined) return known;
  const definition = schema.def as unknown as Definition;
  switch (definition.type) {
    case 'object':
      return objectOf(definition);
    case 'union':
      return fc.oneof(...definition.options.map(anyOf));
    case 'array':
      return listOf(definition);
    case 'optional':
      return fc.option(anyOf(definition.innerType), { nil: undefined });
    case 'nullable':
      return fc.option(anyOf(definition.innerType), { nil: null });
    case 'literal':
      return fc.constantFrom(...definition.values);
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries));
    case 'boolean':
      return fc.boolean();
    case 'unknown':
      return unknown;
    case 'record':
      return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), anyOf(definition.valueType), {
        maxKeys: 4,
      });
    case 'number':
      return numberOf(boundsOf(schema));
    case 'string':
      return textOf(boundsOf(schema));
    default:
      throw new Error(`no arbitrary for a schema of type ${definition.type}`);
  }
}

/** A key whose value is undefined is the same as no key, also on the wire. */
function objectOf(definition: Definition): fc.Arbitrary<unknown> {
  const fields = Object.entries(definition.shape).map(
    ([name, field]) => [name, anyOf(field)] as const,
  );
  return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
}

/** One element at least, which every list of these messages may have; long ones cost time only. */
function listOf(definition: Definition): fc.Arbitrary<unknown> {
  return fc.array(anyOf(definition.element), { minLength: 1, maxLength: 3 });
}

function numberOf(bounds: Bounds): fc.Arbitrary<number> {
  const least = bounds.isWhole ? Number.MIN_SAFE_INTEGER : -Number.MAX_VALUE;
  const most = bounds.isWhole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
  const min = Math.max(bounds.minimum ?? least, least);
  const max = Math.min(bounds.maximum ?? most, most);
  if (bounds.isWhole) {
    return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  }
  // Adding 0 turns -0, which is written as 0, into 0.
  return fc.double({ min, max, noNaN: true }).map((value) => value + 0);
}

function textOf(bounds: Bounds): fc.Arbitrary<string> {
  const min = bounds.minimum ?? 0;
  const max = bounds.maximum ?? 200;
  return fc.oneof(
    fc
      .string({ minLength: min, maxLength: Math.min(max, min + 8), unit: 'binary' })
      .filter((text) => text.length <= max && !/\p{Cs}/u.test(text)),
    fc.constant('€'.repeat(max)),
  );
}
