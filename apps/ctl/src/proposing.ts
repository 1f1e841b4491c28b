import {
  type Cause,
  type ProtocolResult,
  type Provider,
  RejectedError,
  TimeoutError,
} from '@group-services/client';
import { type DaemonSession, failureOf } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import type { Report } from './report.js';

/** How long looking for the group and joining it may take. */
const JOIN_LIMIT_MS = 10_000;

/**
 * Joins the group as `gsctl-<pid>`, proposes, and says goodbye. A group that nobody provides is left
 * alone: joining would begin it.
 */
export async function proposed(
  daemon: DaemonSession,
  group: string,
  propose: (provider: Provider) => Promise<ProtocolResult>,
): Promise<Report> {
  await using subscription = await daemon.services.subscribe(group, { timeout: JOIN_LIMIT_MS });
  const provider = await joined(daemon, group);
  await subscription.close();
  const remark = `Proposed as ${provider.id}, which has said goodbye.`;
  try {
    const result = await propose(provider);
    const text = resultText(result);
    if (result.outcome === 'rejected') {
      throw new CommandFailure(EXIT_STATUS.failed, text, { remark });
    }
    const { outcome, kind, phases, position, causes } = result;
    const json = { provider: provider.id, outcome, kind, phases, position, causes };
    return { json: { ...json, saidGoodbye: true }, text: `${text}\n${remark}` };
  } catch (error) {
    throw withRemark(failureOf(error, daemon.endpoint), remark);
  } finally {
    await provider.goodbye();
  }
}

/** A lost daemon has taken the provider with it; whatever else went wrong, it says goodbye. */
function withRemark(failure: unknown, remark: string): unknown {
  const isLost = !(failure instanceof CommandFailure) || failure.status === EXIT_STATUS.unreachable;
  if (isLost || failure.remark !== undefined) return failure;
  return new CommandFailure(failure.status, failure.message, { cause: failure.cause, remark });
}

async function joined(daemon: DaemonSession, group: string): Promise<Provider> {
  const instance = `gsctl-${process.pid}`;
  try {
    return await daemon.services.join(group, { instance, timeout: JOIN_LIMIT_MS });
  } catch (error) {
    throw joinFailure(error, group, daemon.endpoint);
  }
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
export function resultText(result: ProtocolResult): string {
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
