import type { GroupView } from '@group-services/client';
import { answered, type DaemonSession } from './daemon-session.js';
import { type PortableBytes, portableBytes } from './state-text.js';

export interface StateReport {
  readonly json: {
    readonly group: string;
    readonly view: GroupView;
    readonly stateValue: PortableBytes | null;
  };
  /** Text where it is text, otherwise base64; empty without a value. */
  readonly text: string;
}

/** `gsctl state get NAME` */
export async function stateGet(daemon: DaemonSession, group: string): Promise<StateReport> {
  const subscription = await answered(daemon, daemon.services.subscribe(group));
  const { view, stateValue } = subscription;
  await subscription.close();
  const value = stateValue === undefined ? null : portableBytes(stateValue);
  const json = { group, view, stateValue: value };
  if (value === null) return { json, text: '' };
  return { json, text: 'text' in value ? value.text : value.base64 };
}
