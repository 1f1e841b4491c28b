import { type ConfigOf, httpAddress } from '@group-services/runtime';
import { accessOf, type accessOptions } from '../access.js';
import { AdminClient } from '../admin-client.js';
import type { OtherDaemon } from '../pressing.js';

/** What else a command looks at besides the daemon of `--endpoint`. */
export const also = {
  schema: httpAddress(),
  repeatable: true,
  default: [],
  description: 'the admin endpoint of another daemon, or of the name server',
  placeholder: 'URL',
} as const;

/** To be asked with what the operator proves himself by. */
export function othersOf(
  config: ConfigOf<typeof accessOptions> & { readonly also: readonly string[] },
): readonly OtherDaemon[] {
  const access = accessOf(config);
  return config.also.map((url) => ({ url, api: new AdminClient(url, { access }) }));
}
