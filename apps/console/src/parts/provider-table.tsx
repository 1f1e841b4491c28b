import { useMemo, useState } from 'preact/hooks';
import type { Client, Provider } from '../api/answers.js';
import { plural, sizeText } from '../model/words.js';
import { Card, Pill } from './card.js';
import { Scroll } from './scroll.js';
import { WishButton } from './wish-button.js';

const SHOWN_MAX = 60;

/** Providers, oldest first: the first one is who leads, where the oldest does it. */
export function ProviderTable(props: {
  group: string;
  providers: readonly Provider[];
  clients: readonly Client[];
}) {
  const { group, providers, clients } = props;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? providers : providers.slice(0, SHOWN_MAX);
  const processes = processesOf(group, clients);
  const states = JSON.stringify(shown.map(({ id }) => processes.get(id)));
  // What is the same as before is not compared again, row by row.
  const rows = useMemo(
    () =>
      shown.map((provider, at) => (
        <Row
          key={provider.id}
          group={group}
          provider={provider}
          place={at}
          left={providers.length - 1}
          client={processes.get(provider.id)}
        />
      )),
    [group, providers, isWhole, states],
  );
  return (
    <Card
      title="Providers"
      extra={<span class="quiet">{plural(providers.length, 'provider')}, oldest first</span>}
    >
      {providers.length === 0 ? <p class="quiet">Nobody provides this group.</p> : null}
      <Scroll label={`Providers of ${group}`}>
        <table>
          <thead>
            <tr>
              <th class="number">#</th>
              <th>provider</th>
              <th>node</th>
              <th>process</th>
              <th>
                <span class="visually-hidden">act</span>
              </th>
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      </Scroll>
      {shown.length < providers.length ? (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          Show all {providers.length.toLocaleString('en')}
        </button>
      ) : null}
    </Card>
  );
}

function Row(props: {
  group: string;
  provider: Provider;
  place: number;
  /** How many would be left without it. */
  left: number;
  client: Client | undefined;
}) {
  const { group, provider, place, left, client } = props;
  return (
    <tr>
      <td class="number quiet">{place + 1}</td>
      <td>
        <strong>{provider.id}</strong>
        {place === 0 ? <span class="oldest">oldest</span> : null}
        <Labels provider={provider} />
      </td>
      <td>{provider.node}</td>
      <td>
        <ProcessState provider={provider} client={client} />
      </td>
      <td class="number">
        <WishButton wanted={{ kind: 'expel', group, provider: provider.id, left }} label="Expel" />
      </td>
    </tr>
  );
}

function Labels({ provider }: { provider: Provider }) {
  const labels = Object.entries(provider.labels ?? {});
  return (
    <>
      {labels.map(([name, value]) => (
        <code key={name} class="label">
          {name}={String(value)}
        </code>
      ))}
    </>
  );
}

/** Of a process of another node what its daemon has announced; whether it is asked at all is seen there. */
function ProcessState(props: { provider: Provider; client: Client | undefined }) {
  const { provider, client } = props;
  const health = client?.responsiveness ?? provider.ailment;
  if (health === 'unresponsive') return <Pill tone="bad">does not answer</Pill>;
  if (health === 'self-reported-error') return <Pill tone="bad">reports an error</Pill>;
  if (client === undefined) return <span class="quiet">nothing wrong announced</span>;
  if (client.pressing.length > 0) return <Pill tone="warn">reads slowly</Pill>;
  const queued = client.queuedBytes > 0 ? `, ${sizeText(client.queuedBytes)} unread` : '';
  const state = client.responsiveness === undefined ? 'connected' : 'responsive';
  return (
    <Pill tone="good">
      {state}
      {queued}
    </Pill>
  );
}

function processesOf(group: string, clients: readonly Client[]): ReadonlyMap<string, Client> {
  const processes = new Map<string, Client>();
  for (const client of clients) {
    for (const membership of client.memberships) {
      if (membership.group === group && membership.provider !== undefined) {
        processes.set(membership.provider, client);
      }
    }
  }
  return processes;
}
