import * as z from 'zod';
import { partialAttributesSchema } from './attributes.js';
import { bytesField, providerNameField, reasonField } from './fields.js';

/** What an operator may propose, too. */
const operated = [
  z.object({
    kind: z.literal('expel'),
    providers: z.array(providerNameField).min(1).max(10_000),
    reason: reasonField.optional(),
  }),
  z.object({
    kind: z.literal('state'),
    value: bytesField,
    ifState: bytesField.nullable().optional(),
  }),
  /** A provider message that is voted on; a one-phase one is a `send` frame. */
  z.object({ kind: z.literal('voted-message'), payload: bytesField, safe: z.boolean() }),
  z.object({ kind: z.literal('barrier') }),
] as const;

export const operatedSchema = z.discriminatedUnion('kind', operated);

export const proposedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('leave'), reason: reasonField.optional() }),
  z.object({ kind: z.literal('attributes'), attributes: partialAttributesSchema }),
  ...operated,
]);
