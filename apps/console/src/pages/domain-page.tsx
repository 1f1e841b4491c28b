import { type NodeState, type SeenNode, seenNodes } from '../model/domain-nodes.js';
import { daemonProblems } from '../model/problems.js';
import { durationText, namesText, plural, sizeText } from '../model/words.js';
import { Card, Fact, Pill, type Tone } from '../parts/card.js';
import { MAP_MAX, NodeMap } from '../parts/node-map.js';
import { ProblemList } from '../parts/problem-list.js';
import { WishButton } from '../parts/wish-button.js';
import { options, type Program, samples } from '../store.js';
import { GroupsTable } from './groups-table.js';

type Daemon = Extract<Program, { kind: 'daemon' }>;

/** The domain as one daemon sees it: what is wrong first, then who is there, then what they do. */
export function DomainPage({ known }: { known: Daemon }) {
  const { status, nodes, groups } = known;
  const seen = seenNodes(status, nodes, groups);
  return (
    <>
      <h1 class="visually-hidden">Domain {status.domain}</h1>
      <ProblemList
        problems={daemonProblems(known)}
        calm={`${status.node} hears everybody it shares a group with, and nobody is waited for.`}
      />
      <div class="columns">
        <div class="column">
          <Card title="Nodes" extra={<span class="quiet">{plural(seen.length, 'node')}</span>}>
            <ul class="node-cards">
              {seen.map((node) => (
                <li key={node.node}>
                  <NodeCard node={node} known={known} />
                </li>
              ))}
            </ul>
          </Card>
          <GroupsTable groups={groups} self={status.node} />
        </div>
        <div class="column narrow">
          <Links seen={seen} known={known} />
          <NameServers known={known} />
        </div>
      </div>
    </>
  );
}

const STATES: Readonly<Record<NodeState, { readonly tone: Tone; readonly text: string }>> = {
  here: { tone: 'accent', text: 'this daemon' },
  alive: { tone: 'good', text: 'alive' },
  silent: { tone: 'warn', text: 'not heard from here' },
  gone: { tone: 'bad', text: 'gone' },
  stopped: { tone: 'plain', text: 'stopped in order' },
};

function NodeCard({ node, known }: { node: SeenNode; known: Daemon }) {
  const { tone, text } = STATES[node.state];
  const isDrained = node.isDrained === true;
  return (
    <article class={`node-card ${node.state}`} aria-label={`Node ${node.node}`}>
      <div class="node-head">
        <h3>{node.node}</h3>
        <Pill tone={isDrained ? 'warn' : tone}>{isDrained ? 'drained' : text}</Pill>
      </div>
      <dl class="facts">
        <Fact name="leads">{node.leads.length === 0 ? 'no group' : namesText(node.leads, 2)}</Fact>
        <Fact name="in groups">{node.groups}</Fact>
        {node.state === 'here' ? <OwnLoad known={known} /> : <LinkFacts node={node} />}
      </dl>
      <p class="address quiet">{node.address}</p>
      <div class="node-wishes">
        <NodeWishes node={node} />
      </div>
    </article>
  );
}

function NodeWishes({ node: { node, state, leads, isDrained } }: { node: SeenNode }) {
  if (state === 'gone') return <WishButton wanted={{ kind: 'forget', node }} label="Forget" />;
  if (state === 'stopped') return null;
  const drain = <WishButton wanted={{ kind: 'drain', node, leads }} label="Drain" />;
  const undrain = <WishButton wanted={{ kind: 'undrain', node }} label="Undrain" />;
  if (isDrained !== undefined) return isDrained ? undrain : drain;
  return (
    <>
      {drain}
      {undrain}
    </>
  );
}

function OwnLoad({ known }: { known: Daemon }) {
  const sample = samples.value.at(-1);
  const share = sample?.processor;
  const delay = sample?.delayMs[1];
  return (
    <>
      <Fact name="processes">{known.clients.length}</Fact>
      <Fact name="load">
        {share == null ? '…' : `${Math.round(share * 100)} % of a core`}
        {delay == null ? '' : `, loop ${durationText(delay)} late`}
      </Fact>
      <Fact name="memory">
        {sample === undefined ? '…' : sizeText(sample.counters.memoryBytes)}
      </Fact>
    </>
  );
}

function LinkFacts({ node: { link, state } }: { node: SeenNode }) {
  if (link === undefined || state === 'stopped') {
    return (
      <Fact name="link">
        <span class="quiet">none: no shared group</span>
      </Fact>
    );
  }
  const heard = link.heardMsAgo === null ? 'never' : `${durationText(link.heardMsAgo)} ago`;
  return (
    <>
      <Fact name="heard">{heard}</Fact>
      <Fact name="hears us">{durationText(link.hearsUsMsAgo)} ago</Fact>
    </>
  );
}

function Links({ seen, known }: { seen: readonly SeenNode[]; known: Daemon }) {
  const nodes = seen.map(({ node, state, leads, link }) => ({
    node,
    state,
    leads: leads.length,
    heardMsAgo: link?.heardMsAgo ?? null,
    isLinked: link !== undefined,
  }));
  return (
    <Card title="Links">
      <NodeMap nodes={nodes} nameServer={known.status.nameServer.connected} />
      <p class="quiet note">
        {seen.length > MAP_MAX ? 'There are too many nodes for a picture. ' : ''}
        The links of {known.status.node} are seen from here; links between other nodes, and their
        processes and load, are seen on their own pages. A number is how many of the groups here a
        node leads.
      </p>
    </Card>
  );
}

function NameServers({ known }: { known: Daemon }) {
  const { connected, recovering, epoch, isolated } = known.status.nameServer;
  const addresses = options.value.nameServer ?? [];
  const tone: Tone = !connected ? 'bad' : recovering ? 'warn' : 'good';
  const state = !connected ? 'not connected' : recovering ? 'recovering' : 'active';
  return (
    <Card title="Name server" extra={<Pill tone={tone}>{state}</Pill>}>
      <dl class="facts wide">
        <Fact name={addresses.length > 1 ? 'addresses' : 'address'}>
          {addresses.map((address) => (
            <code key={address}>{address} </code>
          ))}
        </Fact>
        <Fact name="epoch">{epoch ?? 'not known'}</Fact>
        {isolated ? <Fact name="groups">stand still without it</Fact> : null}
      </dl>
    </Card>
  );
}
