import { httpAddress } from '@group-services/runtime';

/** What else a command looks at besides the daemon of `--endpoint`. */
export const also = {
  schema: httpAddress(),
  repeatable: true,
  default: [],
  description: 'the admin endpoint of another daemon, or of the name server',
  placeholder: 'URL',
} as const;
