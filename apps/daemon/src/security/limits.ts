import { parseYamlFile, readOperatorFile } from '@group-services/runtime';
import * as z from 'zod';

/** What one principal may have; undefined: only the bounds of every process hold. */
export interface PrincipalLimits {
  readonly connections: number | undefined;
  readonly memberships: number | undefined;
  readonly openProposals: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

/** Without a file, and where no rule names a principal. */
const CONNECTIONS_DEFAULT = 64;
/** All processes behind the socket file are this one; how many there are is its host's to say. */
const LOCAL = 'local';

const whole = (max: number) => z.number().int().min(1).max(max).optional();

const limitsSchema = z.strictObject({
  'handshakes-per-second': whole(100_000),
  principals: z
    .array(
      z.strictObject({
        principals: z.array(z.string().min(1).max(255)).min(1).max(1000),
        connections: whole(1_000_000),
        memberships: whole(1_000_000),
        'open-proposals': whole(1_000_000),
        'bytes-per-second': whole(1_000_000_000_000),
      }),
    )
    .max(10_000)
    .default([]),
});

type Content = z.output<typeof limitsSchema>;

/** Limits of an operator's file: of the rules that name a principal the first decides. */
export class Limits {
  readonly #content: Content;
  readonly #matches: (pattern: string, name: string) => boolean;

  constructor(content: Content, matches: (pattern: string, name: string) => boolean) {
    this.#content = content;
    this.#matches = matches;
  }

  /** @throws UnusableFile */
  static read(path: string, matches: (pattern: string, name: string) => boolean): Limits {
    return Limits.parse(path, readOperatorFile('--limits', path), matches);
  }

  /** @throws UnusableFile */
  static parse(
    path: string,
    text: string,
    matches: (pattern: string, name: string) => boolean,
  ): Limits {
    const content = text.trim() === '' ? '{}' : text;
    return new Limits(parseYamlFile('--limits', path, content, limitsSchema), matches);
  }

  /** Handshakes per second of one address; undefined: the default. */
  get handshakesPerSecond(): number | undefined {
    return this.#content['handshakes-per-second'];
  }

  of(principal: string): PrincipalLimits {
    const rule = this.#content.principals.find(({ principals }) =>
      principals.some((pattern) => this.#matches(pattern, principal)),
    );
    const byDefault = principal === LOCAL ? undefined : CONNECTIONS_DEFAULT;
    return {
      connections: rule?.connections ?? byDefault,
      memberships: rule?.memberships,
      openProposals: rule?.['open-proposals'],
      bytesPerSecond: rule?.['bytes-per-second'],
    };
  }
}
