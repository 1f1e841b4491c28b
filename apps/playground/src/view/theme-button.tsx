import { useSignal } from '@preact/signals';

/** Light, dark, or what the system says. The documentation next door keeps its choice under the same name. */
const KEY = 'vitepress-theme-appearance';

export function ThemeButton() {
  const isDark = useSignal(begin());
  const turn = (): void => {
    isDark.value = !isDark.value;
    show(isDark.value);
    try {
      localStorage.setItem(KEY, isDark.value ? 'dark' : 'light');
    } catch {
      // A page without storage forgets it; nothing else.
    }
  };
  return (
    <button type="button" id="theme" aria-pressed={isDark} onClick={turn}>
      {isDark.value ? 'Light' : 'Dark'}
    </button>
  );
}

function begin(): boolean {
  const isDark = chosen() ?? matchMedia('(prefers-color-scheme: dark)').matches;
  show(isDark);
  return isDark;
}

function chosen(): boolean | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'dark' ? true : kept === 'light' ? false : undefined;
  } catch {
    return undefined;
  }
}

function show(isDark: boolean): void {
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
}
