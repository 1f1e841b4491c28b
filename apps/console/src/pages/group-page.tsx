import type { GroupAnswer } from '../api/answers.js';
import { plural } from '../model/words.js';
import { Card, Fact, Pill } from '../parts/card.js';
import { ProviderTable } from '../parts/provider-table.js';
import { RecentEvents } from '../parts/recent-events.js';
import { LastProtocol, RunningProtocol } from '../parts/running-protocol.js';
import { StateValue } from '../parts/state-value.js';
import { WishButton } from '../parts/wish-button.js';
import { linkTo } from '../route.js';
import { group, type Program, votes, votesAt } from '../store.js';

/** One group: the protocol that runs and whom it waits for, then who provides it and what it holds. */
export function GroupPage(props: { name: string; known: Extract<Program, { kind: 'daemon' }> }) {
  const { name, known } = props;
  const shown = group.value;
  if (shown === undefined || (shown !== null && shown.group !== name)) {
    return <p class="quiet loading">Asking about {name}…</p>;
  }
  if (shown === null || shown.detail === null) return <NotHere name={name} shown={shown} />;
  const { detail } = shown;
  return (
    <>
      <Head shown={shown} self={known.status.node} />
      <div class="columns">
        <div class="column">
          {detail.running === null ? (
            <LastProtocol group={name} />
          ) : (
            <RunningProtocol
              running={detail.running}
              group={name}
              votes={votes.value}
              votesAt={votesAt.value}
              leader={shown.leader}
              self={known.status.node}
            />
          )}
          <ProviderTable group={name} providers={detail.providers} clients={known.clients} />
        </div>
        <div class="column narrow">
          <StateValue state={detail.state} />
          <Facts shown={shown} />
          <Attributes attributes={shown.attributes} />
          <RecentEvents group={name} />
        </div>
      </div>
    </>
  );
}

function Head({ shown, self }: { shown: GroupAnswer; self: string }) {
  const { group: name, leader, role, providers, stateBytes } = shown;
  return (
    <div class="page-head">
      <div>
        <p class="crumbs">
          <a href={linkTo('domain')}>Domain</a> / group
        </p>
        <h1>{name}</h1>
      </div>
      <div class="head-facts">
        {role === 'taking-over' ? <Pill tone="warn">taking over</Pill> : null}
        {leader === undefined ? (
          <Pill tone="bad">no leader</Pill>
        ) : (
          <Pill tone="accent">led by {leader === self ? `${self}, this daemon` : leader}</Pill>
        )}
        <a class="button" href={linkTo('timeline', name)}>
          Timeline
        </a>
        <WishButton
          wanted={{ kind: 'reset', group: name, providers: providers.length, stateBytes }}
          label="Reset"
        />
      </div>
    </div>
  );
}

function NotHere({ name, shown }: { name: string; shown: GroupAnswer | null }) {
  return (
    <>
      <h1>{name}</h1>
      <Card title="Not seen from here">
        <p>
          {shown?.waiting ??
            'This daemon is not in the group: none of its processes has joined or subscribed to it. Open the page of a node that is in it.'}
        </p>
        <p>
          <a href={linkTo('domain')}>Back to the domain</a>
        </p>
      </Card>
    </>
  );
}

function Facts({ shown }: { shown: GroupAnswer }) {
  const { generation, version, viewVersion, fence, daemons, local, stream } = shown;
  return (
    <Card title="Group">
      <dl class="facts wide">
        <Fact name="fence">
          <code>{fence}</code>
        </Fact>
        <Fact name="list of providers">version {viewVersion}</Fact>
        <Fact name="list of daemons">
          version {version}, generation {generation}
        </Fact>
        <Fact name="daemons">
          {daemons
            .map(({ node, full }) => (full ? node : `${node} (getting its state)`))
            .join(', ')}
        </Fact>
        <Fact name="subscribers">
          {plural(local.subscriptions, 'subscription')} on this daemon; others are not seen here
        </Fact>
        <Fact name="proposals">
          {local.waitingProposals + local.queued} waiting, {stream?.requests ?? 0} without an answer
        </Fact>
        <Fact name="retained">{plural(stream?.retained ?? 0, 'message')}</Fact>
      </dl>
    </Card>
  );
}

function Attributes({ attributes }: { attributes: Readonly<Record<string, unknown>> }) {
  return (
    <Card title="Attributes">
      <dl class="facts wide">
        {Object.entries(attributes).map(([name, value]) => (
          <Fact key={name} name={name}>
            <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}
