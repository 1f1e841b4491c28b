import { createHash, randomBytes } from 'node:crypto';
import { type OptionSpec, text } from '@group-services/runtime';
import { defineCommand } from '../command/define.js';

/** Far beyond what can be guessed. */
const TOKEN_BYTES = 32;

const principal = {
  schema: text('1 to 64 characters of A-Z a-z 0-9 . _ -', (it) => /^[\w.-]{1,64}$/u.test(it)),
  description: 'who the holder of the token is, for permissions and limits',
  placeholder: 'NAME',
} as const satisfies OptionSpec;

const expires = {
  schema: text(
    'a date and time such as 2027-01-31T12:00:00Z',
    (it) =>
      /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/u.test(it) &&
      !Number.isNaN(Date.parse(it)),
  ),
  optional: true,
  defaultText: 'never',
  description: 'when it is no longer taken',
  placeholder: 'TIME',
} as const satisfies OptionSpec;

export const tokenNewCommand = defineCommand({
  words: 'token new',
  description: 'make a token: itself on stdout, its entry for --tokens on stderr',
  details: 'The entry holds only a hash: who reads the file of the daemon cannot use it.',
  operands: {},
  options: { principal, expires },
  run: async ({ config, io }) => {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const hash = createHash('sha256').update(token).digest('hex');
    const end = config.expires === undefined ? '' : `, expires: ${JSON.stringify(config.expires)}`;
    io.remark(`- { token-sha256: "${hash}", principal: ${config.principal}${end} }`);
    await io.print(config.json ? JSON.stringify({ token, hash }) : token);
  },
});
