import type { Logger } from '../logger.js';
import { ReloadedFile } from './reloaded-file.js';
import { readSecretFile, UnusableFile } from './secret-file.js';
import { fileName } from './tls-options.js';

/** Less can be guessed. */
const LENGTH_MIN = 16;

export const adminTokenOption = {
  schema: fileName(),
  optional: true,
  description: 'holds the token that the admin endpoint asks for (authorization: Bearer …)',
  placeholder: 'FILE',
} as const;

/** The token of operators, read again when its file changes. */
export class AdminTokenFile {
  readonly #file: ReloadedFile<string> | undefined;

  /** @throws ProgramFailure */
  constructor(path: string | undefined, logger: Logger) {
    if (path === undefined) return;
    const warn = (text: string): void => logger.warn(text);
    const read = (): string => tokenOf(path, readSecretFile('--admin-token-file', path, warn));
    this.#file = new ReloadedFile({ path, what: 'the admin token', read, logger });
  }

  /** Undefined: there is none. */
  get token(): string | undefined {
    return this.#file?.content;
  }

  reload(): void {
    this.#file?.reload();
  }

  close(): void {
    this.#file?.close();
  }
}

function tokenOf(path: string, text: string): string {
  const token = text.trim();
  if (token.length >= LENGTH_MIN && !/\s/u.test(token)) return token;
  const how = `at least ${LENGTH_MIN} characters without spaces; gsctl token new makes one`;
  throw new UnusableFile(`--admin-token-file: ${path} must hold one token of ${how}`);
}
