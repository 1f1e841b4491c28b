import type { Addressing, Transport } from '@group-services/transport';
import * as z from 'zod';

import { type ConfigSources, textsGiven } from '../config/load.js';
import type { OptionSpec, OptionTable } from '../config/program.js';
import { address } from '../config/values.js';
import { loadTransports, NO_TRANSPORTS, type PluggedTransports } from './transports.js';

/**
 * The option `--transport`. What it names decides which addresses other options may have, so it is read and
 * its modules are loaded before the rest is checked; what is wrong with them is told with all other mistakes.
 */

/** The option, with what is known of the modules that it names. */
export function transportOption({ problems }: PluggedTransports = NO_TRANSPORTS) {
  const schema = z.string().transform((text, context) => {
    const problem = text === '' ? 'a module is expected' : problems.get(text);
    if (problem === undefined) return text;
    context.issues.push({ code: 'custom', message: `${text} ${problem}`.trim(), input: text });
    return z.NEVER;
  });
  return {
    schema,
    default: [],
    repeatable: true,
    description:
      'a transport of your own, for addresses of its scheme: a file (./mine.js) or package',
    placeholder: 'MODULE',
  } as const satisfies OptionSpec;
}

/** Loads what `--transport` names, wherever it is written. */
export async function transportsGiven(
  options: OptionTable,
  sources: ConfigSources,
): Promise<PluggedTransports> {
  if (!mayBeGiven(sources)) return NO_TRANSPORTS;
  return await loadTransports(textsGiven(options, sources, 'transport'));
}

/** Almost nobody gives one, and then nothing has to be read twice. */
function mayBeGiven({ argv, env }: ConfigSources): boolean {
  const isWritten = argv.some((one) => /^--(?:transport|config)\b/u.test(one));
  return isWritten || Boolean(env['GS_TRANSPORT']) || Boolean(env['GS_CONFIG']);
}

/** An option with addresses, which may then also be those of the plugged transports. */
export function withTransports<Spec extends OptionSpec>(
  spec: Spec,
  kinds: readonly Addressing[],
  transports: readonly Transport[],
): Spec {
  return { ...spec, schema: address([...kinds, ...transports]) };
}

/** Those that lose nothing, as everybody but daemons among themselves needs it. */
export function streamsOf({ transports }: PluggedTransports): readonly Transport[] {
  return transports.filter(({ delivery }) => delivery === 'stream');
}
