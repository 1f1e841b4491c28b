import * as z from 'zod/mini';
import { partialAttributesSchema } from './attributes.js';
import { bytesField, providerNameField, reasonField } from './fields.js';
import { object } from './object-schema.js';

/** What an operator may propose, too. */
const operated = [
  object({
    kind: z.literal('expel'),
    providers: z.array(providerNameField).check(z.minLength(1), z.maxLength(10_000)),
    reason: z.optional(reasonField),
  }),
  object({
    kind: z.literal('state'),
    value: bytesField,
    ifState: z.optional(z.nullable(bytesField)),
  }),
  /** A provider message that is voted on, or names a trace; else a one-phase one is a `send` frame. */
  object({ kind: z.literal('voted-message'), payload: bytesField, safe: z.boolean() }),
  object({ kind: z.literal('barrier') }),
] as const;

export const operatedSchema = z.discriminatedUnion('kind', operated);

export const proposedSchema = z.discriminatedUnion('kind', [
  object({ kind: z.literal('leave'), reason: z.optional(reasonField) }),
  object({ kind: z.literal('attributes'), attributes: partialAttributesSchema }),
  ...operated,
]);
