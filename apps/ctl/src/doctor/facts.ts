import * as z from 'zod';
import type { connectedProcesses, daemonStatus, domainNodes, peers } from '../admin-answers.js';

const count = z.int().nonnegative();

/** Beside the status: what a daemon says of itself to doctor and dump. */
export const programStatus = z.looseObject({
  version: z.string().optional(),
  pid: count.optional(),
});

export const readiness = z.object({
  ready: z.boolean(),
  missing: z.array(z.string()),
  degraded: z.array(z.string()).optional(),
});

/** Options as they are in force; other releases have others. */
export const options = z.looseObject({
  heartbeat: z.number().optional(),
  suspectAfter: z.number().optional(),
  ackWindow: z.number().optional(),
  lease: z.number().optional(),
  store: z.string().optional(),
  listen: z.string().optional(),
  client: z.array(z.string()).optional(),
});

export const groupsLooked = z.array(
  z.looseObject({
    group: z.string(),
    role: z.string(),
    waiting: z.string().nullish(),
    leader: z.string().optional(),
    voting: z
      .looseObject({
        phase: count,
        waitedMs: z.number(),
        timeLeftMs: z.number().optional(),
        waitingFor: z.array(z.string()),
      })
      .nullish(),
  }),
);

/** What one program has answered; undefined: that it did not. */
export interface ProgramFacts {
  /** For people: `the daemon of n1`, or the URL. */
  readonly where: string;
  /** Why it could not be asked. */
  readonly unreachable?: string | undefined;
  /** Why it says nothing to us, although it is reached: it refuses, or is of another release. */
  readonly unusable?: string | undefined;
  readonly status?: z.output<typeof programStatus> | undefined;
  readonly readiness?: z.output<typeof readiness> | undefined;
  readonly options?: z.output<typeof options> | undefined;
  /** The clock there against ours, in milliseconds; positive: it is ahead. */
  readonly clockAheadMs?: number | undefined;
  /** Seconds left of each certificate, by file. */
  readonly certificates?: ReadonlyMap<string, number> | undefined;
  /** Of a process on this machine. */
  readonly openFilesMax?: number | undefined;
}

export interface Facts {
  /** Of gsctl. */
  readonly version: string;
  /** First the daemon that was asked. */
  readonly programs: readonly ProgramFacts[];
  readonly daemon: z.output<typeof daemonStatus>;
  readonly nodes: z.output<typeof domainNodes>;
  readonly peers: z.output<typeof peers>;
  readonly groups: z.output<typeof groupsLooked>;
  readonly clients: z.output<typeof connectedProcesses>;
  /** Socket files of this machine that everybody may write, and their modes. */
  readonly openSockets: readonly { readonly path: string; readonly mode: string }[];
  /** Folders of stores on this machine that are no real disk, or cannot be written, and why. */
  readonly badStores: readonly { readonly path: string; readonly why: string }[];
  /** What the kernel gives a socket at most, where UDP is used; undefined: not known or not used. */
  readonly socketBufferMax?: number | undefined;
}
