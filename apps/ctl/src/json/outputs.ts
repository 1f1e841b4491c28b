import * as z from 'zod';
import {
  connectedProcesses,
  daemonStatus,
  domainNodes,
  groupEntry,
  groupsHere,
  peers,
  votesAnswer,
} from '../admin-answers.js';
import { benchFindings } from '../bench/bench.js';
import { nameServerStatus } from '../name-servers.js';
import { topFindings } from '../top/facts.js';

/**
 * What `gsctl COMMAND --json` prints, by the words of the command: the contract with programs, from which
 * `docs/json/gsctl.schema.json` is made. Keys may be added; those that are here stay what they are.
 */

const count = z.int().nonnegative();
/** A value of other programs: as text where it is text. */
const portable = z.union([z.object({ text: z.string() }), z.object({ base64: z.string() })]);

const peer = peers.element;

const nodeLine = z.object({
  node: z.string(),
  incarnation: count,
  address: z.string().optional(),
  isSelf: z.boolean(),
  alive: z.boolean().optional(),
  stopped: z.literal(true).optional(),
  drained: z.boolean().optional(),
  notReachedBy: z.array(z.object({ node: z.string(), why: z.string() })).optional(),
  peer: peer.optional(),
});

const slowedBy = z.object({
  pressing: z.array(
    z.object({
      at: z.string(),
      client: count,
      process: z.string(),
      cause: z.string(),
      bytes: count,
      sinceMs: z.number().optional(),
    }),
  ),
  asked: z.array(z.string()),
  unreached: z.array(z.object({ at: z.string(), why: z.string() })),
});

const drain = z.object({
  node: z.string(),
  /** Nothing is led, provided or subscribed to there any more. */
  empty: z.literal(true).optional(),
  drained: z.boolean(),
  leads: count,
  processes: count,
  providers: count,
  subscriptions: count,
  waitsFor: z.array(z.string()),
});

const proposed = z.object({
  proposer: z.string(),
  outcome: z.string(),
  kind: z.string(),
  phases: count,
  position: count,
  causes: z.array(
    z.object({ code: z.string(), value: z.string(), provider: z.string().optional() }),
  ),
});

const certificate = z.object({
  standsFor: z.array(z.string()),
  subject: z.string(),
  issuer: z.string(),
  isAuthority: z.boolean(),
  hosts: z.array(z.string()),
  validFrom: z.string(),
  validUntil: z.string(),
  daysLeft: z.int(),
  serialNumber: z.string(),
  fingerprint: z.string(),
});
const issued = certificate.extend({ certificate: z.string(), key: z.string() });

/** A line for each thing that happens; what belongs to each type is in the client library's reference. */
const event = z.looseObject({ time: z.string(), type: z.string() });

export const JSON_OUTPUTS: Readonly<Record<string, z.ZodType>> = {
  status: daemonStatus.extend({
    endpoint: z.string(),
    admin: z.string(),
    peers,
    groups: groupsHere,
    clients: connectedProcesses,
  }),
  clients: z.object({
    node: z.string(),
    clients: connectedProcesses,
    /** Of --also. */
    others: z.optional(
      z.array(
        z.union([
          z.object({ url: z.string(), node: z.string(), clients: connectedProcesses }),
          z.object({ url: z.string(), error: z.string() }),
        ]),
      ),
    ),
  }),
  nodes: z.object({
    /** Whether it has answered. */
    nameServer: z.boolean(),
    note: domainNodes.shape.note,
    nodes: z.array(nodeLine),
  }),
  'nodes drain': drain,
  'nodes undrain': drain,
  'nodes forget': z.object({ node: z.string(), forgotten: z.literal(true) }),
  'name-server status': z.array(
    z.union([
      z.object({ admin: z.string(), status: nameServerStatus }),
      z.object({ admin: z.string(), unreached: z.string() }),
    ]),
  ),
  'name-server step-down': z.object({ admin: z.string() }),
  groups: z.array(
    z.object({
      group: z.string(),
      leader: z.string(),
      daemons: count,
      providers: count.optional(),
      role: z.string().optional(),
    }),
  ),
  group: z.object({
    group: z.string(),
    /** That was asked. */
    node: z.string(),
    listed: z.object({ group: z.string(), leader: z.string(), daemons: count }).nullable(),
    waitsFor: groupEntry.shape.waitsFor,
    note: z.string().optional(),
    here: groupsHere.element.nullable(),
    slowedBy,
  }),
  'group reset': z.object({ group: z.string(), reset: z.literal(true) }),
  votes: votesAnswer.extend({ slowedBy }),
  watch: event,
  join: event,
  'state get': z.object({
    group: z.string(),
    view: z.object({
      group: z.string(),
      version: count,
      fence: z.string(),
      providers: z.array(z.string()),
      labels: z.record(z.string(), z.record(z.string(), z.string())),
    }),
    stateValue: portable.nullable(),
  }),
  'state set': proposed,
  send: proposed,
  expel: proposed,
  barrier: proposed,
  doctor: z.object({
    looked: z.array(z.string()),
    findings: z.array(
      z.object({ what: z.string(), where: z.string(), why: z.string(), todo: z.string() }),
    ),
  }),
  top: topFindings,
  bench: benchFindings,
  dump: z.object({ file: z.string(), bytes: count, programs: count }),
  'certs init': z.object({ domain: z.string(), folder: z.string() }),
  'certs issue node': issued,
  'certs issue name-server': issued,
  'certs issue client': issued,
  'certs revoke': z.object({ file: z.string(), revoked: count }),
  'certs show': certificate,
  'token new': z.object({ token: z.string(), hash: z.string() }),
};

/** On standard error, whenever a command ends with another status than 0. */
export const JSON_ERROR = z.object({
  error: z.object({
    /** The exit status. */
    status: z.int().min(1).max(3),
    message: z.string(),
    /** What was done all the same, or what to do next. */
    remark: z.string().optional(),
  }),
});

/** The command that these words of a command line begin with. */
export function outputOf(args: readonly string[]): z.ZodType | undefined {
  for (let words = Math.min(3, args.length); words > 0; words -= 1) {
    const output = JSON_OUTPUTS[args.slice(0, words).join(' ')];
    if (output !== undefined) return output;
  }
  return undefined;
}
