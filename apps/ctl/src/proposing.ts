import {
  type Cause,
  type Phases,
  type ProtocolResult,
  RejectedError,
  TimeoutError,
} from '@group-services/client';
import type { GroupName } from '@group-services/core';
import type { ToClient } from '@group-services/wire';
import { type DaemonSession, failureOf } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { OperatorConnection, type Question } from './operator-connection.js';
import type { Report } from './report.js';

/** How long looking for the group may take. */
const LOOK_LIMIT_MS = 10_000;

/** The only handle of its connection: a subscription, so that the daemon is in the group. */
const HANDLE = 1;

type Proposed = Extract<Question, { readonly kind: 'operate' }>['proposed'];
type Ended = Extract<ToClient, { readonly kind: 'approved' | 'rejected' }>;

/**
 * Lets the daemon propose for the operator: no list changes, nobody joins, and members see
 * `NODE/$operator`. A group that nobody provides is left alone.
 */
export async function proposed(
  daemon: DaemonSession,
  group: string,
  { what, phases }: { readonly what: Proposed; readonly phases: Phases },
): Promise<Report> {
  const connection = await OperatorConnection.open(daemon);
  try {
    checkSize(what, connection);
    await subscribed(connection, group);
    const question = { kind: 'operate', handle: HANDLE, phases, proposed: what } as const;
    const answer = await connection.ask(question, 'unlimited');
    if (answer?.kind !== 'approved' && answer?.kind !== 'rejected') throw refused(answer, daemon);
    return reportOf(answer, daemon.services.node);
  } finally {
    connection.close();
  }
}

function reportOf(answer: Ended, node: string): Report {
  const { kind: outcome, phases, position, protocol, causes = [] } = answer;
  const result = { outcome, kind: protocol.kind, phases, position, causes };
  const text = resultText(result);
  const proposer = protocol.proposer ?? `${node}/$operator`;
  const remark = `Proposed as ${proposer}, which is in no list.`;
  if (outcome === 'rejected') throw new CommandFailure(EXIT_STATUS.failed, text, { remark });
  return { json: { proposer, ...result }, text: `${text}\n${remark}` };
}

async function subscribed(connection: OperatorConnection, group: string): Promise<void> {
  const seen = { membership: false, state: false, persistent: false, timeout: LOOK_LIMIT_MS };
  // The command line has checked the name.
  const name = group as GroupName;
  const question = { kind: 'subscribe', handle: HANDLE, group: name, ...seen } as const;
  const answer = await connection.ask(question, 'unlimited');
  if (answer?.kind === 'subscribed') return;
  throw new CommandFailure(EXIT_STATUS.failed, whyNot(group, answer));
}

function whyNot(group: string, answer: ToClient | undefined): string {
  if (answer?.kind !== 'refused') return `group ${group}: the daemon closed the connection`;
  if (answer.code !== 'UNKNOWN_GROUP') return `group ${group}: ${answer.text}`;
  return `nobody provides group ${group}; gsctl groups lists all`;
}

function refused(answer: ToClient | undefined, { endpoint }: DaemonSession): CommandFailure {
  if (answer?.kind === 'refused') return new CommandFailure(EXIT_STATUS.failed, answer.text);
  const message = `lost the daemon at ${endpoint}; whether it was run is not known`;
  return new CommandFailure(EXIT_STATUS.unreachable, message);
}

/** Before anything is proposed. */
function checkSize(what: Proposed, connection: OperatorConnection): void {
  const [name, bytes, limit] =
    what.kind === 'state'
      ? (['the value', what.value.length, connection.limit('stateValue')] as const)
      : what.kind === 'voted-message'
        ? (['the message', what.payload.length, connection.limit('message')] as const)
        : (['', 0, 0] as const);
  if (bytes <= limit) return;
  const message = `${name} has ${bytes} bytes; at most ${limit} are possible`;
  throw new CommandFailure(EXIT_STATUS.misuse, message);
}

/** The reasons that a group has, in an operator's words. */
export function joinFailure(error: unknown, group: string, endpoint: string): unknown {
  if (error instanceof RejectedError) {
    const why = `group ${group} did not let gsctl in: ${resultText(error.result)}`;
    return new CommandFailure(EXIT_STATUS.failed, why, { cause: error });
  }
  if (error instanceof TimeoutError) {
    const why = `group ${group} did not begin to let gsctl in within ${error.milliseconds} ms; gsctl votes tells whom it waits for`;
    return new CommandFailure(EXIT_STATUS.failed, why, { cause: error });
  }
  return failureOf(error, endpoint);
}

/** `state approved without a vote at position 7`, and who decided. */
export function resultText(
  result: Pick<ProtocolResult, 'kind' | 'outcome' | 'phases' | 'position' | 'causes'>,
): string {
  const { kind, outcome, phases, position, causes } = result;
  return `${kind} ${outcome} ${phasesText(phases)} at position ${position}${causesText(causes)}`;
}
export function phasesText(phases: number): string {
  if (phases === 0) return 'without a vote';
  return `after ${phases} voting phase${phases === 1 ? '' : 's'}`;
}

export function causesText(causes: readonly Cause[]): string {
  if (causes.length === 0) return '';
  const each = causes.map(({ provider, value, code }) => {
    const how = code === 'voted' ? value : `${value}: ${code}`;
    return provider === undefined ? code : `${provider} (${how})`;
  });
  return `; decided by ${each.join(', ')}`;
}
