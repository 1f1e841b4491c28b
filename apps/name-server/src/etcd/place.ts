/** Where a table is in etcd: `etcd:https://h1:2379,h2:2379/PREFIX`. */
export interface EtcdPlace {
  /** Base addresses of the members. */
  readonly members: readonly string[];
  /** Of all keys; ends with a slash. */
  readonly prefix: string;
}

export const ETCD_FORM = 'etcd:https://HOST:2379,HOST:2379/PREFIX (or http:)';

/** Undefined: this is no such place. */
export function etcdPlace(store: string): EtcdPlace | undefined {
  const [, scheme, hosts = '', prefix = ''] =
    /^etcd:(https?):\/\/([^/\s]+)\/([^\s]*[^/\s])\/?$/u.exec(store) ?? [];
  if (scheme === undefined) return undefined;
  const members = hosts.split(',').map((host) => memberUrl(scheme, host));
  return members.every((it) => it !== undefined) ? { members, prefix: `${prefix}/` } : undefined;
}

function memberUrl(scheme: string, host: string): string | undefined {
  const text = `${scheme}://${/:\d+$/u.test(host) ? host : `${host}:2379`}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === '' && url.hostname !== '' && url.search === '';
  return isPlain && url.hash === '' ? text : undefined;
}
