import { useEffect, useRef } from 'preact/hooks';
import type { Player } from '../player.js';
import { drawTime, heightFor } from './draw-time.js';
import { FLIGHT_KINDS } from './flight-kinds.js';

/** The last seconds: lanes of daemons, the views they were in, and messages between them. */
export function TimePicture({ player }: { readonly player: Player }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = player.frame.value;
  useEffect(() => {
    if (canvas.current !== null && frame >= 0) drawTime(canvas.current, player);
  }, [frame, player]);
  return (
    <>
      <canvas
        ref={canvas}
        class="time"
        id="time"
        role="img"
        aria-label="Daemons over time; the story says the same in words"
        style={{ height: `${heightFor(player.run.daemons)}px` }}
      />
      <ul class="legend">
        {FLIGHT_KINDS.map((kind) => (
          <li key={kind} class={kind.replaceAll(' ', '-')}>
            {kind}
          </li>
        ))}
      </ul>
    </>
  );
}
