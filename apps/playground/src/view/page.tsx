import { useSignal } from '@preact/signals';
import type { Player } from '../player.js';
import { Card } from './card.js';
import { ControlTable } from './control-table.js';
import { DomainMap } from './domain-map.js';
import { OrderPicture } from './order-picture.js';
import { Scenarios } from './scenarios.js';
import { StoryPanel } from './story-panel.js';
import { ThemeButton } from './theme-button.js';
import { TimePicture } from './time-picture.js';
import { Transport } from './transport.js';

/** The whole page, from what to try to what it means. */
export function Page({ player }: { readonly player: Player }) {
  return (
    <>
      <header class="top">
        <div>
          <h1>
            <a href="../">Group Services</a> <span>playground</span>
          </h1>
          <p>
            The engines that run in production, on a simulated network, in your browser. Break
            something: the processes still hear the same things in the same order.
          </p>
        </div>
        <div class="top-buttons">
          <ShareButton player={player} />
          <ThemeButton />
        </div>
      </header>
      <Objection player={player} />
      <Scenarios player={player} />
      <main>
        <div class="stage">
          <Card title="The domain" hint="Press a line to cut it, and again to mend it.">
            <DomainMap player={player} />
            <Transport player={player} />
            <ControlTable player={player} />
          </Card>
        </div>
        <StoryPanel player={player} />
        <Card
          kind="wide"
          title="The order"
          hint="One column for each place in the group’s order, one lane for each process. Who is behind has gaps at the end; nobody ever has something else in a column."
        >
          <OrderPicture player={player} />
        </Card>
        <Card
          kind="wide"
          title="Time"
          hint="One lane for each daemon, with the view that it is in. Lines are messages on their way."
        >
          <TimePicture player={player} />
        </Card>
      </main>
      <footer>
        Every run is made by its seed and by what you did, and by nothing else. Its link shows it to
        others, event by event. The checkers of the simulator, which watch thousands of such runs
        before each release, watch this one too. The page carries{' '}
        <a href="licences.txt">libraries of others</a>.
      </footer>
    </>
  );
}

function ShareButton({ player }: { readonly player: Player }) {
  const said = useSignal('Copy link');
  const copy = async (): Promise<void> => {
    const fragment = player.link();
    player.written = fragment;
    history.replaceState(null, '', fragment);
    try {
      await navigator.clipboard.writeText(location.href);
      said.value = 'Copied';
    } catch {
      // Without permission the link still stands in the address bar.
      said.value = 'In the address bar';
    }
    setTimeout(() => {
      said.value = 'Copy link';
    }, 2_000);
  };
  return (
    <button type="button" id="share" onClick={() => void copy()}>
      {said}
    </button>
  );
}

/** Something that must never be: it is shown, with the link that shows it again. */
function Objection({ player }: { readonly player: Player }) {
  player.frame.value;
  const { objection } = player.run;
  if (objection === undefined) return null;
  return (
    <p class="objection" role="alert">
      A checker objects: {objection}. You have found a fault of ours; please report it with the link
      of this run.
    </p>
  );
}
