import { createHash, timingSafeEqual } from 'node:crypto';
import { parseYamlFile, readSecretFile } from '@group-services/runtime';
import * as z from 'zod';

const PRINCIPAL = /^[\w.-]{1,64}$/u;
const TOKENS_MAX = 10_000;

const principalSchema = z.string().regex(PRINCIPAL, '1 to 64 characters of A-Z a-z 0-9 . _ -');

const tokensSchema = z
  .array(
    z.strictObject({
      'token-sha256': z.string().regex(/^[0-9a-f]{64}$/iu, 'expected 64 hexadecimal digits'),
      principal: principalSchema,
      expires: z
        .union([z.string(), z.date()])
        .transform((value, context) => {
          const at = value instanceof Date ? value.getTime() : Date.parse(value);
          if (!Number.isNaN(at)) return at;
          context.addIssue('expected a date such as 2027-01-31T12:00:00Z');
          return z.NEVER;
        })
        .optional(),
    }),
  )
  .max(TOKENS_MAX);

/** A token that is in force: whose it is, and what shows later that it still is. */
export interface GoodToken {
  readonly principal: string;
  readonly hash: string;
}

/** The tokens of a file: only their hashes are known, so that who reads it cannot use them. */
export class Tokens {
  readonly #entries: readonly {
    readonly hash: Buffer;
    readonly principal: string;
    readonly expires: number | undefined;
  }[];

  constructor(entries: z.output<typeof tokensSchema>) {
    this.#entries = entries.map((entry) => ({
      hash: Buffer.from(entry['token-sha256'], 'hex'),
      principal: entry.principal,
      expires: entry.expires,
    }));
  }

  /** @throws UnusableFile */
  static read(path: string, warn: (text: string) => void): Tokens {
    return Tokens.parse(path, readSecretFile('--tokens', path, warn));
  }

  /** @throws UnusableFile */
  static parse(path: string, text: string): Tokens {
    return new Tokens(parseYamlFile('--tokens', path, text, tokensSchema));
  }

  /** Whose token it is; undefined: nobody's, `expired`: not any more. */
  find(token: string, now = Date.now()): GoodToken | 'expired' | undefined {
    return this.#find(createHash('sha256').update(token).digest(), now);
  }

  /** Whether a token that was good still is, for the same principal. */
  holds({ hash, principal }: GoodToken, now = Date.now()): boolean {
    const found = this.#find(Buffer.from(hash, 'hex'), now);
    return typeof found === 'object' && found.principal === principal;
  }

  /** All are compared, so that the time says nothing of which it was. */
  #find(hash: Buffer, now: number): GoodToken | 'expired' | undefined {
    let found: GoodToken | 'expired' | undefined;
    for (const entry of this.#entries) {
      if (!timingSafeEqual(entry.hash, hash)) continue;
      const isOver = entry.expires !== undefined && entry.expires <= now;
      found = isOver ? 'expired' : { principal: entry.principal, hash: hash.toString('hex') };
    }
    return found;
  }
}
