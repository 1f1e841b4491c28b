import { type GroupName, isNodeName } from '@group-services/core';
import {
  type Operator,
  RefusedAnswer,
  type Route,
  type RouteRequest,
} from '@group-services/runtime';
import { groupNameProblem, LIMITS, type ToClient } from '@group-services/wire';
import type { OperatorDesk, WishAnswer } from './operator-desk.js';

/**
 * What operators do over the admin endpoint, as the console asks for it: expel, reset, drain, undrain and
 * forget. Only who has shown a token or a certificate may: on loopback without a token everybody on
 * this host would be an operator.
 */
export function adminActions(desk: OperatorDesk): Readonly<Record<string, Route>> {
  return {
    /** Without a vote, as `gsctl expel` does it when it is not told otherwise. */
    '/api/expel': acting(({ query, operator }) => {
      const group = groupOf(query);
      const providers = query.getAll('provider');
      const reason = query.get('reason') ?? undefined;
      if (group === undefined) return wrong('group');
      if (!isListOfProviders(providers)) return wrong('provider');
      if (reason !== undefined && reason.length > LIMITS.reason) return wrong('reason');
      const proposed = { kind: 'expel', providers, reason } as const;
      return desk.propose(nameOf(operator), group, { kind: 'operate', phases: 1, proposed });
    }),
    '/api/reset': acting(({ query, operator }) => {
      const group = groupOf(query);
      if (group === undefined) return wrong('group');
      return desk.ask(nameOf(operator), { kind: 'reset', group });
    }),
    '/api/drain': acting((request) => draining(desk, request, 'drain')),
    '/api/undrain': acting((request) => draining(desk, request, 'undrain')),
    '/api/forget': acting(({ query, operator }) => {
      const node = query.get('node') ?? '';
      if (!isNodeName(node)) return wrong('node');
      return desk.ask(nameOf(operator), { kind: 'forget', node });
    }),
  };
}

/** Whether who asks may act here, and why not, for the page. */
export function operatorRoute({ operator }: RouteRequest): object {
  const { isProved, name } = operator;
  return isProved ? { mayAct: true, name } : { mayAct: false, why: NO_TOKEN };
}

const NO_TOKEN =
  'this daemon asks nobody for a token, so everybody on this host could do it: start gsd with --admin-token-file, or use gsctl';

const PROVIDER_LENGTH_MAX = 1024;
const PROVIDERS_MAX = 1_000;

type Acting = (request: RouteRequest) => Promise<WishAnswer> | RefusedAnswer;

function acting(act: Acting): Route {
  return async (request) => {
    if (!request.operator.isProved) return new RefusedAnswer({ status: 403, error: NO_TOKEN });
    const wished = act(request);
    return wished instanceof RefusedAnswer ? wished : shown(await wished);
  };
}

function draining(
  desk: OperatorDesk,
  { query, operator }: RouteRequest,
  wish: 'drain' | 'undrain',
): ReturnType<Acting> {
  const node = query.get('node') ?? '';
  if (!isNodeName(node)) return wrong('node');
  return desk.ask(nameOf(operator), { kind: 'drain', node, wish });
}

function shown(wished: WishAnswer): object {
  switch (wished.kind) {
    case 'answered':
      return answerShown(wished.answer);
    case 'open':
      return { outcome: 'open' };
    case 'busy':
      return new RefusedAnswer({
        status: 503,
        error: 'too many wishes of operators are open here',
      });
    case 'ended':
      return new RefusedAnswer({
        status: 503,
        error: 'the daemon is stopping; whether it was done is not known',
      });
  }
}

function answerShown(answer: ToClient): object {
  switch (answer.kind) {
    case 'done':
      return { outcome: 'done' };
    case 'drain':
      return { outcome: 'done', report: answer.report };
    case 'approved':
    case 'rejected': {
      const { kind: outcome, phases, position, protocol, causes = [] } = answer;
      return { outcome, proposer: protocol.proposer, phases, position, causes };
    }
    case 'refused':
      return new RefusedAnswer({ status: 409, error: answer.text });
    default:
      return new RefusedAnswer({
        status: 500,
        error: `an answer that was not expected (${answer.kind})`,
      });
  }
}

function nameOf({ name }: Operator): string {
  return `${name}, at the admin endpoint`;
}

function groupOf(query: URLSearchParams): GroupName | undefined {
  const name = query.get('group') ?? '';
  if (groupNameProblem(name) !== undefined) return undefined;
  return name as GroupName; // It has passed its check.
}

function isListOfProviders(providers: readonly string[]): boolean {
  const isUsable = providers.every(({ length }) => length > 0 && length <= PROVIDER_LENGTH_MAX);
  const isOnce = new Set(providers).size === providers.length;
  return isUsable && isOnce && providers.length > 0 && providers.length <= PROVIDERS_MAX;
}

function wrong(name: string): RefusedAnswer {
  return new RefusedAnswer({ status: 400, error: `${name} is missing, or no ${name} can be so` });
}
