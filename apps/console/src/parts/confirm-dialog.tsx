import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { change } from '../api/http.js';
import { pollSoon } from '../store.js';

/** A change that the operator has asked for and has to confirm. */
export interface Action {
  readonly title: string;
  /** What will happen, and what will be lost. */
  readonly happens: readonly string[];
  /** On the button. */
  readonly verb: string;
  /** What has to be typed first, where the change cannot be taken back. */
  readonly typed?: string;
  readonly path: string;
}

const asked = signal<Action | undefined>(undefined);

export function confirm(action: Action): void {
  asked.value = action;
}

export function ConfirmDialog() {
  const action = asked.value;
  return action === undefined ? null : <Open key={action.path} action={action} />;
}

function Open({ action }: { action: Action }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [state, setState] = useState<'asking' | 'doing' | string>('asking');
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    asked.value = undefined;
  };
  const perform = async (event: Event): Promise<void> => {
    event.preventDefault();
    setState('doing');
    try {
      await change(action.path);
      pollSoon();
      close();
    } catch (error) {
      setState(error instanceof Error ? error.message : String(error));
    }
  };
  const isReady = action.typed === undefined || typed === action.typed;
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="confirm-title">
      <form onSubmit={(event) => void perform(event)}>
        <h2 id="confirm-title">{action.title}</h2>
        {action.happens.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {action.typed === undefined ? null : (
          <label class="typed">
            Type <code>{action.typed}</code> to go on
            <input
              type="text"
              autocomplete="off"
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
        )}
        {state === 'asking' || state === 'doing' ? null : (
          <p class="bad-text" role="alert">
            {state}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="plain" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={!isReady || state === 'doing'}>
            {state === 'doing' ? 'Doing it…' : action.verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
