import type { Entry, LeasedNode } from '../api/answers.js';
import { nameServerPageProblems } from '../model/problems.js';
import { durationText, namesText, nodeOfDaemon, plural } from '../model/words.js';
import { Card, Fact, Pill, type Tone } from '../parts/card.js';
import { NodeMap } from '../parts/node-map.js';
import { ProblemList } from '../parts/problem-list.js';
import { RecentEvents } from '../parts/recent-events.js';
import { Scroll } from '../parts/scroll.js';
import { linkTo } from '../route.js';
import type { Program } from '../store.js';

type Known = Extract<Program, { kind: 'name-server' }>;

/** The domain as the name server sees it: whose lease is fresh, and which daemon leads which group. */
export function NameServerPage({ known, group }: { known: Known; group: string }) {
  const { nodes, groups, status } = known;
  const entry = groups.find((one) => one.group === group);
  if (status.epoch === undefined) return <Standby known={known} />;
  if (group !== '') return <EntryPage name={group} entry={entry} />;
  return (
    <>
      <h1 class="visually-hidden">Domain {status.domain}</h1>
      <ProblemList
        problems={nameServerPageProblems(status, nodes)}
        calm="Every node that has not stopped renews its lease."
      />
      <div class="columns">
        <div class="column">
          <Card title="Nodes" extra={<span class="quiet">{plural(nodes.length, 'node')}</span>}>
            <ul class="node-cards">
              {nodes.map((node) => (
                <li key={node.node}>
                  <LeaseCard node={node} groups={groups} leaseMs={status.leaseMs ?? 1} />
                </li>
              ))}
            </ul>
          </Card>
          <Entries groups={groups} />
        </div>
        <div class="column narrow">
          <Card title="Leases">
            <NodeMap nodes={nodes.map((node) => mapped(node, groups))} nameServer />
            <p class="quiet note">
              The name server knows leases and leads. Links between nodes, processes, votes and
              state values are seen on the pages of the daemons.
            </p>
          </Card>
          <Table known={known} />
        </div>
      </div>
    </>
  );
}

function mapped({ node, alive, stopped }: LeasedNode, groups: readonly Entry[]) {
  const leads = groups.filter(({ leader }) => nodeOfMember(leader) === node).length;
  const state = alive ? 'alive' : stopped ? 'stopped' : 'gone';
  return { node, state, leads, heardMsAgo: null, isLinked: false } as const;
}

function LeaseCard(props: { node: LeasedNode; groups: readonly Entry[]; leaseMs: number }) {
  const { node, groups, leaseMs } = props;
  const { alive, stopped, connected, leaseForMs, address } = node;
  const tone: Tone = alive ? 'good' : stopped ? 'plain' : 'bad';
  const leads = groups.filter(({ leader }) => nodeOfMember(leader) === node.node);
  return (
    <article class={`node-card ${alive ? 'alive' : 'gone'}`} aria-label={`Node ${node.node}`}>
      <div class="node-head">
        <h3>{node.node}</h3>
        <Pill tone={tone}>{alive ? 'alive' : stopped ? 'stopped in order' : 'gone'}</Pill>
      </div>
      <div class="bar good" aria-hidden="true">
        <span style={{ width: `${Math.min(100, (leaseForMs * 100) / leaseMs)}%` }} />
      </div>
      <dl class="facts">
        <Fact name="lease">
          {leaseForMs > 0 ? `${durationText(leaseForMs)} left` : 'over'}
          {connected ? '' : ', not connected'}
        </Fact>
        <Fact name="leads">
          {leads.length === 0
            ? 'no group'
            : namesText(
                leads.map(({ group }) => group),
                2,
              )}
        </Fact>
        <Fact name="in groups">{node.groups}</Fact>
      </dl>
      <p class="address quiet">{address}</p>
    </article>
  );
}

function Standby({ known: { status } }: { known: Known }) {
  const { active, since, etcd } = status.lead ?? {};
  return (
    <>
      <h1>Name server</h1>
      <Card title="Ready to take over" extra={<Pill tone="plain">not active</Pill>}>
        <p>
          {active == null ? (
            'No name server is active at the moment.'
          ) : (
            <>
              Another one is active: <code>{active.address}</code>,{' '}
              <a href={active.admin}>its page</a> shows the domain.
            </>
          )}
        </p>
        <dl class="facts wide">
          <Fact name="since">{since ?? 'not known'}</Fact>
          <Fact name="etcd">
            {etcd?.member ?? 'not reached'}
            {etcd?.trouble == null ? '' : `: ${etcd.trouble}`}
          </Fact>
        </dl>
      </Card>
    </>
  );
}

function Table({ known: { status } }: { known: Known }) {
  const { epoch, store, leaseMs = 0, changes = 0, pendingClaims = 0, waitingLookups = 0 } = status;
  const isReady = status.recoveringForMs === null;
  return (
    <Card
      title="Table"
      extra={<Pill tone={isReady ? 'good' : 'warn'}>{isReady ? 'active' : 'recovering'}</Pill>}
    >
      <dl class="facts wide">
        <Fact name="epoch">{epoch}</Fact>
        <Fact name="store">
          <code>{store}</code>
        </Fact>
        <Fact name="lease">{durationText(leaseMs)}</Fact>
        {status.lead === undefined ? null : (
          <Fact name="etcd">
            {status.lead.etcd.member ?? 'not reached'}; active since {status.lead.since}
          </Fact>
        )}
        <Fact name="isolation">{status.isolation}</Fact>
        <Fact name="changes">{changes.toLocaleString('en')} since it started</Fact>
        <Fact name="waiting">
          {plural(pendingClaims, 'claim')}, {plural(waitingLookups, 'look-up')}
        </Fact>
      </dl>
    </Card>
  );
}

const SHOWN_MAX = 100;

function Entries({ groups }: { groups: readonly Entry[] }) {
  return (
    <Card title="Groups" extra={<span class="quiet">{plural(groups.length, 'group')}</span>}>
      {groups.length === 0 ? <p class="quiet">No group has been formed yet.</p> : null}
      <Scroll label="Groups of the domain">
        <table>
          <thead>
            <tr>
              <th>group</th>
              <th>led by</th>
              <th>on</th>
              <th class="number">version</th>
            </tr>
          </thead>
          <tbody>
            {groups.slice(0, SHOWN_MAX).map(({ group, leader, members, version }) => (
              <tr key={group}>
                <td>
                  <a href={linkTo('group', group)}>{group}</a>
                </td>
                <td>{nodeOfMember(leader)}</td>
                <td>
                  {namesText(
                    members.map(({ id }) => nodeOfMember(id)),
                    4,
                  )}
                </td>
                <td class="number">{version}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {groups.length > SHOWN_MAX ? <p class="quiet">and {groups.length - SHOWN_MAX} more</p> : null}
    </Card>
  );
}

function EntryPage({ name, entry }: { name: string; entry: Entry | undefined }) {
  return (
    <>
      <div class="page-head">
        <div>
          <p class="crumbs">
            <a href={linkTo('domain')}>Domain</a> / group
          </p>
          <h1>{name}</h1>
        </div>
      </div>
      {entry === undefined ? (
        <Card title="Unknown">
          <p>The name server knows no group of this name.</p>
        </Card>
      ) : (
        <Card title="Entry" extra={<Pill tone="accent">led by {nodeOfMember(entry.leader)}</Pill>}>
          <dl class="facts wide">
            <Fact name="daemons">
              {entry.members.map(({ id }) => nodeOfMember(id)).join(', ')}, oldest first
            </Fact>
            <Fact name="version">{entry.version}</Fact>
            <Fact name="generation">{entry.generation}</Fact>
            <Fact name="led since version">{entry.since}</Fact>
          </dl>
          <p class="quiet note">
            Providers, votes and the state value are seen on the page of a daemon that is in the
            group.
          </p>
        </Card>
      )}
      <RecentEvents group={name} />
    </>
  );
}

/** Of a membership, `n1.1732999999999.4`. */
function nodeOfMember(membership: string): string {
  return nodeOfDaemon(nodeOfDaemon(membership));
}
