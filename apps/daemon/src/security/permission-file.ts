import { ACTIONS, type PermissionFile } from '@group-services/daemon-engine';
import { parseYamlFile, readOperatorFile } from '@group-services/runtime';
import * as z from 'zod';

const RULES_MAX = 10_000;

const patterns = z.array(z.string().min(1).max(255)).min(1).max(1000);

const rulesSchema = z
  .array(
    z.strictObject({
      principals: patterns,
      groups: patterns.default(['*']),
      allow: z.array(z.enum(ACTIONS)).max(ACTIONS.length),
    }),
  )
  .max(RULES_MAX);

/** @throws UnusableFile */
export function readPermissions(path: string): PermissionFile {
  return parsePermissions(path, readOperatorFile('--permissions', path));
}

/** @throws UnusableFile */
export function parsePermissions(path: string, text: string): PermissionFile {
  return { file: path, rules: parseYamlFile('--permissions', path, text, rulesSchema) };
}
