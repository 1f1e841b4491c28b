import * as z from 'zod';
import { JSON_ERROR, JSON_OUTPUTS } from './outputs.js';

/** All of it as one JSON Schema: a definition for each command, by its words. */
export function jsonSchema(): string {
  const entries = Object.entries(JSON_OUTPUTS).map(([words, schema]) => [words, plain(schema)]);
  const page = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What gsctl prints with --json',
    description:
      'By the words of the command; watch and join print one for each line. Errors go to standard error. Keys may be added.',
    $defs: { error: plain(JSON_ERROR), ...Object.fromEntries(entries) },
  };
  return `${JSON.stringify(page, null, 2)}\n`;
}

/** Open to keys that a later release adds. */
function plain(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    override: ({ jsonSchema: one }) => {
      delete one.additionalProperties;
    },
  });
  return rest;
}
