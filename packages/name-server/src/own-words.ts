import { assertNever, type DaemonId, daemonOf } from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';

/**
 * Whether a daemon asks in the name of a membership that is not its own. One that errs, or lies, could
 * change lists that it has no part in; such a message is not carried out.
 */
export function speaksForAnother(from: DaemonId, message: ToNameServer): boolean {
  switch (message.kind) {
    case 'register':
    case 'renew':
      return message.holdings.some((holding) => daemonOf(holding.membership) !== from);
    case 'resolve':
    case 'full':
    case 'delete':
    case 'disown':
      return daemonOf(message.membership) !== from;
    case 'change':
      return daemonOf(message.asker) !== from;
    case 'renew-digest':
    case 'probed':
    case 'list':
    case 'describe':
    case 'reset':
    case 'forget':
    case 'not-reached':
    case 'name-held':
    case 'unregister':
    case 'watch-nodes':
      return false;
    default:
      return assertNever(message);
  }
}
