import * as z from 'zod/mini';
import * as fields from '../../src/fields.js';
import * as labels from '../../src/labels.js';

/**
 * Says in lines of text what a schema lets travel: one line per field, with where it stands, whether it may
 * be left out, and what it holds. Two releases are compared by these lines.
 */

/** Fields with a check of their own, which no description shows, by what they are called in the sources. */
const NAMED = new Map<unknown, string>(
  Object.entries({ ...fields, ...labels }).map(([name, field]) => [field, name]),
);

/** @param at what the message is called */
export function describeSchema(schema: unknown, at: string): string[] {
  if (schema instanceof z.ZodMiniOptional) return describeSchema(schema.def.innerType, `${at}?`);
  if (schema instanceof z.ZodMiniNullable) {
    return [`${at} = or null`, ...describeSchema(schema.def.innerType, at)];
  }
  const name = NAMED.get(schema);
  if (name !== undefined) return [`${at} = ${name}`];
  if (schema instanceof z.ZodMiniObject) {
    const parts = Object.entries(schema.shape) as [string, unknown][];
    return [`${at} = map`, ...parts.flatMap(([key, part]) => describeSchema(part, `${at}.${key}`))];
  }
  if (schema instanceof z.ZodMiniDiscriminatedUnion) {
    return schema.def.options.flatMap((option) =>
      describeSchema(option, `${at}/${kindOf(option)}`),
    );
  }
  if (schema instanceof z.ZodMiniUnion) {
    return schema.def.options.flatMap((option, i) => describeSchema(option, `${at}|${i}`));
  }
  if (schema instanceof z.ZodMiniArray) {
    return [`${at} = list ${boundsOf(schema)}`, ...describeSchema(schema.def.element, `${at}[]`)];
  }
  // A word more is an addition, and not another field.
  if (schema instanceof z.ZodMiniEnum) return schema.options.map((word) => `${at} = word ${word}`);
  return [`${at} = ${boundsOf(schema as z.ZodMiniType)}`];
}

function kindOf(option: unknown): string {
  const kind: unknown = option instanceof z.ZodMiniObject ? option.shape['kind'] : undefined;
  if (!(kind instanceof z.ZodMiniLiteral)) throw new TypeError('a message says its kind');
  return String(kind.def.values[0]);
}

/** Type and bounds, without what is described by lines of their own. */
function boundsOf(schema: z.ZodMiniType): string {
  const json: Record<string, unknown> = z.toJSONSchema(schema, { unrepresentable: 'any' });
  const { $schema: _, items: __, ...bounds } = json;
  return JSON.stringify(bounds);
}
