import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The built file of one of the programs beside which this bench stands. */
export function builtProgram(name: 'gsd' | 'gsns'): string {
  const manifest = createRequire(import.meta.url).resolve(`@group-services/${name}/package.json`);
  return join(dirname(manifest), 'dist', `${name}.js`);
}
