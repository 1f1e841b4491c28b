import * as z from 'zod/mini';
import { $constructor, $ZodObjectJIT } from 'zod/v4/core';

// Named with its type, since the compiler asks for one.
const Walked: $constructor<z.ZodMiniObject> = z.ZodMiniObject;

/**
 * Objects of the schemas that others' messages are checked by. zod's small edition, which keeps the client
 * small, walks over the fields of an object each time; compiled once, like those of the large edition, it takes
 * a third of that (ADR 0035). Where compiling is forbidden, as in many web pages, it walks.
 */
const CompiledObject = $constructor<z.ZodMiniObject>('CompiledObject', (schema, definition) => {
  Walked.init(schema, definition);
  $ZodObjectJIT.init(schema as never, definition);
});

/** As `z.object`. */
export const object: typeof z.object = (shape) =>
  // The constructor knows no shape; the fields are those of this one.
  new CompiledObject({ type: 'object', shape: shape ?? {} }) as never;
