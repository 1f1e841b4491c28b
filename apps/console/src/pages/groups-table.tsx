import { useState } from 'preact/hooks';
import type { Group } from '../api/answers.js';
import { namesText, plural } from '../model/words.js';
import { Card, Pill } from '../parts/card.js';
import { Scroll } from '../parts/scroll.js';
import { linkTo } from '../route.js';

const SHOWN_MAX = 50;

/** The groups that this daemon is in; those that are voted in first. */
export function GroupsTable({ groups, self }: { groups: readonly Group[]; self: string }) {
  const [isWhole, setWhole] = useState(false);
  const sorted = [...groups].sort((a, b) => urgency(b) - urgency(a));
  const shown = isWhole ? sorted : sorted.slice(0, SHOWN_MAX);
  return (
    <Card title="Groups" extra={<span class="quiet">{plural(groups.length, 'group')} here</span>}>
      {groups.length === 0 ? (
        <p class="quiet">
          {self} is in no group: no process of this node has joined or subscribed to one. Groups of
          other nodes are seen there.
        </p>
      ) : (
        <Scroll label="Groups of this daemon">
          <table>
            <thead>
              <tr>
                <th>group</th>
                <th>led by</th>
                <th class="number">providers</th>
                <th>on</th>
                <th>at the moment</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((group) => (
                <Row key={group.group} group={group} self={self} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {shown.length < groups.length ? (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          Show all {groups.length}
        </button>
      ) : null}
    </Card>
  );
}

function Row({ group, self }: { group: Group; self: string }) {
  return (
    <tr>
      <td>
        <a href={linkTo('group', group.group)}>{group.group}</a>
      </td>
      <td>{group.leader === self ? `${self} (here)` : (group.leader ?? 'nobody')}</td>
      <td class="number">{group.providers.length}</td>
      <td>
        {namesText(
          group.daemons.map(({ node }) => node),
          3,
        )}
      </td>
      <td>
        <Now group={group} />
      </td>
    </tr>
  );
}

function Now({ group: { voting, waiting, role } }: { group: Group }) {
  if (waiting !== null) return <Pill tone="bad">waits to get in</Pill>;
  if (role === 'joining') return <Pill tone="warn">getting in</Pill>;
  if (role === 'taking-over') return <Pill tone="warn">taking over</Pill>;
  if (voting === null) return <span class="quiet">quiet</span>;
  const { kind, waitingFor } = voting;
  const whom = waitingFor.length === 0 ? '' : `, waits for ${namesText(waitingFor, 2)}`;
  return (
    <Pill tone="accent">
      {kind}
      {whom}
    </Pill>
  );
}

function urgency({ waiting, voting }: Group): number {
  if (waiting !== null) return 2;
  return voting === null ? 0 : 1;
}
