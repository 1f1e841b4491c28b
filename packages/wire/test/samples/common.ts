import type { DaemonId, GroupName, MembershipId, NodeName } from '@group-services/core';
import { type Attributes, DEFAULT_ATTRIBUTES, type Decoded, type Entry } from '../../src/index.js';

/** One way of writing and reading a kind of messages, with an example of every message. */
export interface Family<T> {
  readonly name: string;
  readonly encode: (message: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Decoded<T>;
  /** Name of the sample → message. The names are the headings of the golden file. */
  readonly samples: Readonly<Record<string, T>>;
}

/** A family whose message type no longer matters: all that the generic tests need. */
export interface AnyFamily {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly decode: (bytes: Uint8Array) => Decoded<unknown>;
  /** Decodes and writes the result again; undefined when the bytes are refused. */
  readonly rewrite: (bytes: Uint8Array) => Uint8Array | undefined;
}

export interface Sample {
  readonly name: string;
  readonly message: unknown;
  readonly encode: () => Uint8Array;
}

export function anyFamily<T>(family: Family<T>): AnyFamily {
  return {
    name: family.name,
    samples: Object.entries(family.samples).map(([name, message]) => ({
      name,
      message,
      encode: () => family.encode(message),
    })),
    decode: family.decode,
    rewrite: (bytes) => {
      const decoded = family.decode(bytes);
      return decoded.ok ? family.encode(decoded.value) : undefined;
    },
  };
}

export const node = 'n1' as NodeName;
export const daemon1 = 'n1.1700000000001' as DaemonId;
export const daemon2 = 'n2.1700000000002' as DaemonId;
export const m1 = `${daemon1}.1` as MembershipId;
export const m2 = `${daemon2}.4` as MembershipId;
export const m3 = 'n3.1700000000003.4294967295' as MembershipId;
export const group = 'billing' as GroupName;
export const generation = 1_700_000_000_123;

export const entry: Entry = {
  group,
  generation,
  version: 3,
  since: 2,
  leader: m1,
  members: [
    { id: m1, joinVersion: 1, full: true, address: 'tcp://127.0.0.1:7401' },
    { id: m2, joinVersion: 3, full: false, address: 'tcp://127.0.0.2:7401' },
  ],
};

export const attributes: Attributes = {
  ...DEFAULT_ATTRIBUTES,
  version: 7,
  joinPhases: 'voting',
  failurePhases: { exactly: 2 },
};

export const drainReport = {
  drained: true,
  leads: 1,
  processes: 2,
  providers: 3,
  subscriptions: 0,
  waitsFor: ['group billing: nobody else has its state'],
};

/** As W3C writes it. */
export const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

export function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}
