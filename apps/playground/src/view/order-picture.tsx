import { useEffect, useRef } from 'preact/hooks';
import type { Player } from '../player.js';
import type { Cell } from '../stage/happenings.js';
import type { Column, Lane } from '../story/order-lanes.js';

/** The group's order as every process has heard it, newest on the right. */
export function OrderPicture({ player }: { readonly player: Player }) {
  player.told.value;
  const scroller = useRef<HTMLDivElement>(null);
  const { order } = player.story;
  const columns = order.columns.slice(-SHOWN);
  const newest = columns.at(-1)?.place;
  useEffect(() => {
    const element = scroller.current;
    if (element !== null && newest !== undefined) element.scrollLeft = element.scrollWidth;
  }, [newest]);
  return (
    <div class="order" id="order" ref={scroller}>
      {player.run.crew.map((member, index) => {
        const lane = order.lane(member.name);
        return (
          <div class="lane" key={member.name} data-process={member.name}>
            <span class={`lane-name hue-${index + 1}`} title={listOf(lane)}>
              <b>{member.name}</b>
              <small>{lane.state === undefined ? 'no value' : `= ${lane.state}`}</small>
            </span>
            {columns.map((column) => (
              <Place key={column.place} column={column} lane={lane} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

const SHOWN = 40;

function listOf({ list }: Lane): string {
  return list.length === 0 ? 'in no list at present' : `its list: ${list.join(', ')}`;
}

function Place({ column, lane }: { readonly column: Column; readonly lane: Lane }) {
  const heard = lane.heard.get(column.place);
  if (heard === undefined) return <span class="cell empty" />;
  const { what, text, from, title } = heard.cell;
  return (
    <span
      class={`cell ${what} ${hueOf(from)}`}
      title={`${title}, heard at ${(heard.at / 1000).toFixed(2)} s`}
    >
      {text}
    </span>
  );
}

export function hueOf(from: Cell['from']): string {
  return from === undefined ? '' : `hue-${from.charCodeAt(0) - 64}`;
}
