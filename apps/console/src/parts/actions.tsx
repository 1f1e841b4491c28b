import { confirm } from './confirm-dialog.js';
import { mayAct } from './sign-in.js';

/** Buttons of a signed-in operator; for everybody else there are none. */

export function ExpelButton({ group, provider }: { group: string; provider: string }) {
  if (!mayAct()) return null;
  const ask = (): void =>
    confirm({
      title: `Expel ${provider}?`,
      happens: [
        `An expel is proposed in ${group}, as NODE/$operator. If the group votes on it, the others may reject it.`,
        `${provider} is removed from the list and told so (reason “expel”); its process goes on, and may join again.`,
      ],
      verb: `Expel ${provider}`,
      path: `api/expel?group=${encodeURIComponent(group)}&provider=${encodeURIComponent(provider)}`,
    });
  return (
    <button type="button" class="small" onClick={ask} aria-label={`Expel ${provider}`}>
      expel
    </button>
  );
}

export function ResetButton({ group }: { group: string }) {
  if (!mayAct()) return null;
  const ask = (): void =>
    confirm({
      title: `Reset group ${group}?`,
      happens: [
        'The name server gives the group up: every process in it loses its membership, on all nodes.',
        'Its state value and its attributes are lost. Who joins next begins the group anew, with a higher generation.',
      ],
      verb: 'Reset the group',
      typed: group,
      path: `api/reset?group=${encodeURIComponent(group)}`,
    });
  return (
    <button type="button" class="small danger" onClick={ask}>
      Reset group
    </button>
  );
}
